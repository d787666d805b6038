package nan

import "hestia/internal/wasm"

// kind is a type of floats, and what a guard needs of it.
type kind struct {
	integer   wasm.ValueType // of as many bits
	bits      wasm.Opcode    // makes an integer of it
	back      wasm.Opcode    // makes it of an integer
	constant  wasm.Opcode    // of the integer
	shift     wasm.Opcode    // to the left
	most      wasm.Opcode    // compares as unsigned: at most
	canonical uint64
	infinity  uint64 // shifted by one, which drops its sign: NaNs are above
}

var (
	single = kind{
		integer: wasm.I32, bits: wasm.OpI32ReinterpretF32, back: wasm.OpF32ReinterpretI32, constant: wasm.OpI32Const,
		shift: wasm.OpI32Shl, most: wasm.OpI32LeU, canonical: Canonical32, infinity: 0xffffffff_ff000000,
	}
	double = kind{
		integer: wasm.I64, bits: wasm.OpI64ReinterpretF64, back: wasm.OpF64ReinterpretI64, constant: wasm.OpI64Const,
		shift: wasm.OpI64Shl, most: wasm.OpI64LeU, canonical: Canonical64, infinity: 0xffe0000000000000,
	}
)

// shown returns the type of the operand that an instruction shows.
func shown(op wasm.Opcode) *kind {
	switch op {
	case wasm.OpF64Store, wasm.OpI64ReinterpretF64, wasm.OpF64Copysign:
		return &double
	}
	return &single
}

// writer writes one body.
type writer struct {
	body   []wasm.Instruction
	locals []wasm.Locals
	next   uint64 // index of the next local to be added
	held   map[*kind]uint64
}

func (w *writer) add(op wasm.Opcode, x uint64) {
	w.body = append(w.body, wasm.Instruction{Op: op, X: x})
}

// guarded writes an instruction that shows the operand on top, with the canonical NaN in place of any. It works on the
// bits: those of a NaN are above those of infinity, without the sign. Compilers make a conditional move of it. What is
// stored is the bits, so that they need not move back (docs/adr/0024 has what else was tried).
func (w *writer) guarded(in wasm.Instruction) {
	k := shown(in.Op)
	held := w.local(k)
	w.add(k.bits, 0)
	w.add(wasm.OpLocalTee, held)
	w.add(k.constant, k.canonical)
	w.add(wasm.OpLocalGet, held)
	w.add(k.constant, 1)
	w.add(k.shift, 0)
	w.add(k.constant, k.infinity)
	w.add(k.most, 0)
	w.add(wasm.OpSelect, 0)
	switch in.Op {
	case wasm.OpI32ReinterpretF32, wasm.OpI64ReinterpretF64:
		w.body[len(w.body)-1].Offset = in.Offset
		return
	case wasm.OpF32Store:
		in.Op = wasm.OpI32Store
	case wasm.OpF64Store:
		in.Op = wasm.OpI64Store
	default:
		w.add(k.back, 0)
	}
	w.body = append(w.body, in)
}

// local returns the local that holds the bits of operands of a kind.
func (w *writer) local(k *kind) uint64 {
	held, ok := w.held[k]
	if !ok {
		if w.held == nil {
			w.held = map[*kind]uint64{}
		}
		held = w.next
		w.held[k] = held
		w.locals = append(w.locals, wasm.Locals{Count: 1, Type: k.integer})
		w.next++
	}
	return held
}

// canonical reports whether an instruction leaves a value whose bits are the same everywhere: a constant that is no
// NaN, or the canonical one, or a converted integer.
func canonical(in *wasm.Instruction) bool {
	switch in.Op {
	case wasm.OpF32Const:
		return in.X&0x7fffffff <= 0x7f800000 || in.X == Canonical32
	case wasm.OpF64Const:
		return in.X&(1<<63-1) <= 0x7ff0000000000000 || in.X == Canonical64
	}
	return in.Op >= wasm.OpF32ConvertI32S && in.Op <= wasm.OpF32ConvertI64U ||
		in.Op >= wasm.OpF64ConvertI32S && in.Op <= wasm.OpF64ConvertI64U
}
