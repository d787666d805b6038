package wasm

import "encoding/binary"

// expression reads instructions up to the end that closes them.
func (r *reader) expression() []Instruction {
	start := len(r.slab)
	r.control = r.control[:0]
	for r.err == nil {
		if len(r.slab) == cap(r.slab) {
			r.slab, start = r.grow(r.slab[start:]), 0
		}
		r.slab = r.slab[:len(r.slab)+1]
		op := r.instruction(&r.slab[len(r.slab)-1])
		if r.closes(op) && r.err == nil {
			return r.slab[start:len(r.slab):len(r.slab)]
		}
	}
	return nil
}

// The least room that a new slab gives to the expression at hand and those after it, in instructions.
const slabSize = 1024

// grow is a slab that begins with the part of an expression that outgrew the last one. An instruction takes at least a
// byte and mostly two or more, and nothing is made for more than the input can still fill.
func (r *reader) grow(part []Instruction) []Instruction {
	room := min(len(r.b)-r.at, max(slabSize, len(part), (len(r.b)-r.at)/8))
	slab := make([]Instruction, len(part), len(part)+max(room, 1))
	copy(slab, part)
	return slab
}

// closes follows blocks by the opcode just read and reports whether it was the end of the expression. It keeps two
// bytes a block, so that a hostile module cannot make it take more (Nest keeps an order of magnitude more).
func (r *reader) closes(op Opcode) bool {
	depth := len(r.control)
	switch {
	case op.Opens():
		r.control = append(r.control, op)
	case op == OpElse && (depth == 0 || r.control[depth-1] != OpIf):
		r.fail(r.at-1, "else outside of an if")
	case op == OpElse:
		r.control[depth-1] = OpElse
	case op == OpEnd && depth == 0:
		return true
	case op == OpEnd:
		r.control = r.control[:depth-1]
	}
	return false
}

// instruction reads one opcode and its immediates.
func (r *reader) instruction(i *Instruction) Opcode {
	if r.at >= r.end {
		r.fail(r.at, "expression without its end")
		return 0
	}
	code := r.b[r.at]
	i.Op, i.Offset = Opcode(code), uint32(r.at)
	r.at++
	row := &opcodes[code]
	switch {
	case code == prefixFC:
		i.Op = r.prefixed()
		row = &opcodes[i.Op.slot()]
	case row.name == "":
		r.unknownOpcode(code)
	}
	if r.err == nil && row.immediate != ImmNone {
		r.immediates(i, row.immediate)
	}
	return i.Op
}

// prefixed reads what follows prefixFC.
func (r *reader) prefixed() Opcode {
	at := r.at - 1
	sub := r.u32()
	if sub >= prefixedCount {
		r.fail(at, "unknown opcode 0xfc %d", sub)
		return prefixFC
	}
	return prefixedFC | Opcode(sub)
}

func (r *reader) unknownOpcode(code byte) {
	if name := feature(code); name != "" {
		r.fail(r.at-1, "unknown opcode 0x%02x (%s)", code, name)
	}
	r.fail(r.at-1, "unknown opcode 0x%02x", code)
}

// immediates reads what follows an opcode.
func (r *reader) immediates(i *Instruction, kind Immediate) {
	switch kind {
	case ImmLabel, ImmFunction, ImmLocal, ImmGlobal, ImmTable, ImmElement:
		i.X = uint64(r.u32())
	case ImmTypeTable, ImmTables, ImmElementTable:
		i.X, i.Y = uint64(r.u32()), uint64(r.u32())
	case ImmMemArg:
		i.X, i.Y = r.alignment(), uint64(r.u32())
	case ImmI32:
		i.X = uint64(r.signed(bits32))
	case ImmI64:
		i.X = uint64(r.signed(bits64))
	case ImmF32:
		if b := r.bytes(4); b != nil {
			i.X = uint64(binary.LittleEndian.Uint32(b))
		}
	case ImmF64:
		if b := r.bytes(8); b != nil {
			i.X = binary.LittleEndian.Uint64(b)
		}
	case ImmBlock:
		i.X = r.blockType()
	case ImmLabels:
		i.Targets = r.labels()
	case ImmValueTypes:
		i.Targets = list(r, 1, func(r *reader) uint32 { return uint32(r.valueType()) })
	case ImmMemory:
		i.X = r.zero()
	case ImmMemories:
		i.X, i.Y = r.zero(), r.zero()
	case ImmData:
		i.X = r.segment(i)
	case ImmDataMemory:
		i.X, i.Y = r.segment(i), r.zero()
	case ImmRefType:
		i.X = uint64(r.refType())
	}
}

// maxAlignment bounds the alignment exponent; the bits above it choose other memories and 64-bit addresses.
const maxAlignment = 32

func (r *reader) alignment() uint64 {
	at := r.at
	exponent := r.u32()
	if exponent >= maxAlignment {
		r.fail(at, "alignment 2^%d (multiple memories)", exponent)
	}
	return uint64(exponent)
}

// blockType reads a type index, or one of the single bytes that are negative as a number.
func (r *reader) blockType() uint64 {
	at := r.at
	v := r.signed(bits33)
	if v >= 0 || v == -0x40 && r.at-at == 1 {
		return uint64(v)
	}
	if r.at-at > 1 || v < -0x40 {
		r.fail(at, "block type %d", v)
		return 0
	}
	r.at = at
	r.valueType()
	return uint64(v)
}

// labels reads the labels of a br_table, the default last.
func (r *reader) labels() []uint32 {
	n := r.count(1)
	all := make([]uint32, n+1)
	for i := range all {
		if all[i] = r.u32(); r.err != nil {
			return nil
		}
	}
	return all
}

// segment reads the index of a data segment, which only a module with a data count may name in code.
func (r *reader) segment(i *Instruction) uint64 {
	if r.section == codeSection && r.m.DataCount == nil {
		r.fail(int(i.Offset), "%s without a data count section", i.Op)
	}
	return uint64(r.u32())
}

// expression writes instructions, the closing end included.
func (w *writer) expression(list []Instruction) {
	for i := range list {
		w.instruction(&list[i])
	}
}

// instruction writes one opcode and its immediates: a byte, or the prefix 0xfc and a number.
func (w *writer) instruction(i *Instruction) {
	if i.Op.Prefixed() {
		w.prefixed(i.Op)
	} else {
		w.byte(byte(i.Op))
	}
	switch i.Op.Immediate() {
	case ImmNone:
	case ImmLabel, ImmFunction, ImmLocal, ImmGlobal, ImmTable, ImmElement, ImmData:
		w.u32(uint32(i.X))
	case ImmTypeTable, ImmTables, ImmElementTable:
		w.u32(uint32(i.X))
		w.u32(uint32(i.Y))
	case ImmMemArg:
		w.memArg(uint32(i.X), uint32(i.X>>32), uint32(i.Y))
	case ImmI32:
		w.signed(int64(int32(i.X)), width32)
	case ImmI64:
		w.signed(int64(i.X), width64)
	case ImmF32:
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(i.X))
	case ImmF64:
		w.b = binary.LittleEndian.AppendUint64(w.b, i.X)
	case ImmBlock:
		w.blockType(int64(i.X))
	case ImmLabels:
		w.labels(i.Targets)
	case ImmValueTypes:
		w.count(len(i.Targets))
		for _, t := range i.Targets {
			w.byte(byte(t))
		}
	case ImmMemory, ImmRefType:
		w.byte(byte(i.X))
	case ImmMemories:
		w.byte(byte(i.X))
		w.byte(byte(i.Y))
	case ImmDataMemory:
		w.u32(uint32(i.X))
		w.byte(byte(i.Y))
	}
}

// prefixed writes an opcode that is spelled with the prefix 0xFC.
func (w *writer) prefixed(op Opcode) {
	w.byte(prefixFC)
	w.u32(uint32(op - prefixedFC))
}

// namesMemory is the bit of an alignment after which a memory is named.
const namesMemory = 1 << 6

func (w *writer) memArg(alignment, memory, offset uint32) {
	if memory == 0 {
		w.u32(alignment)
	} else {
		w.u32(alignment | namesMemory)
		w.u32(memory)
	}
	w.u32(offset)
}

// blockType writes a type index as any other number and the rest, which a pad would spoil, as the byte it is.
func (w *writer) blockType(v int64) {
	if v < 0 {
		w.ordinal++
		w.byte(byte(v) & 0x7f)
		return
	}
	w.signed(v, width33)
}

// labels writes the labels of a br_table, the default last.
func (w *writer) labels(targets []uint32) {
	w.count(len(targets) - 1)
	for _, t := range targets {
		w.u32(t)
	}
}
