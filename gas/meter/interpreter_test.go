package meter

import (
	"encoding/binary"
	"math"
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

// interpreter executes wasm one instruction at a time and counts each before it. It shares nothing with the
// analysis: what it counts is what an instrumented module has to count.
type interpreter struct {
	m       *wasm.Module
	prices  *gas.Instructions
	types   []uint32 // by function
	imports []wasm.Import
	ends    map[*wasm.Instruction]int   // index of the construct's end
	elses   map[*wasm.Instruction]int   // index of its else
	idle    map[*wasm.Instruction]int64 // what a br pays for an iteration that does nothing

	memory         []byte
	globals        []uint64
	tables         [][]uint64 // function index + 1
	noData, noElem []bool     // dropped
	stack          []uint64

	host  host
	spent int64
	steps int // left
	depth int
}

// What stops an interpreter early.
type (
	trapped struct{}
	endless struct{}
)

// maxDepth is a depth of calls that the native stack of every engine holds for the corpus.
const maxDepth = 200

func newInterpreter(m *wasm.Module, prices *gas.Instructions, steps int) *interpreter {
	in := &interpreter{
		m: m, prices: prices, steps: steps,
		ends: map[*wasm.Instruction]int{}, elses: map[*wasm.Instruction]int{}, idle: map[*wasm.Instruction]int64{},
		noData: make([]bool, len(m.Data)), noElem: make([]bool, len(m.Elements)),
		host: host{fee: hostFee},
	}
	for _, im := range m.Imports {
		in.imports = append(in.imports, im)
		in.types = append(in.types, im.Function)
	}
	in.types = append(in.types, m.Functions...)
	for i := range m.Codes {
		in.match(m.Codes[i].Body)
		in.matchIdle(m.Codes[i].Body)
	}
	for _, g := range m.Globals {
		in.globals = append(in.globals, in.constant(g.Init))
	}
	if len(m.Memories) > 0 {
		in.memory = make([]byte, int(m.Memories[0].Min)<<16)
	}
	for _, t := range m.Tables {
		in.tables = append(in.tables, make([]uint64, t.Limits.Min))
	}
	return in
}

// run instantiates and calls an export.
func (in *interpreter) run(function uint32, args []uint64) (r run) {
	defer func() {
		r.Calls, r.Spent, r.Memory = in.host.calls, in.spent, checksum(in.memory)
		switch p := recover().(type) {
		case nil:
			r.Ending = returned
		case trapped:
			r.Ending = trap
		case endless:
			r.Ending = unfinished
		default:
			panic(p)
		}
	}()
	for i, e := range in.m.Elements {
		if e.Mode == wasm.Active {
			in.tableInit(int(e.Table), i, in.constant(e.Offset), 0, uint64(len(e.Functions)+len(e.Expressions)))
			in.noElem[i] = true
		}
	}
	for i, d := range in.m.Data {
		if d.Mode == wasm.Active {
			in.memoryInit(i, in.constant(d.Offset), 0, uint64(len(d.Init)))
			in.noData[i] = true
		}
	}
	if in.m.Start != nil {
		in.call(*in.m.Start)
	}
	in.stack = append(in.stack, args...)
	in.call(function)
	r.Results = in.stack
	return r
}

func (in *interpreter) constant(x []wasm.Instruction) uint64 {
	switch x[0].Op {
	case wasm.OpI32Const:
		return uint64(uint32(x[0].X))
	case wasm.OpRefFunc:
		return x[0].X + 1
	case wasm.OpGlobalGet:
		return in.globals[x[0].X]
	case wasm.OpRefNull:
		return 0
	}
	return x[0].X
}

// match finds the ends of constructs.
func (in *interpreter) match(body []wasm.Instruction) {
	var open []*wasm.Instruction
	for i := range body {
		switch body[i].Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			open = append(open, &body[i])
		case wasm.OpElse:
			in.elses[open[len(open)-1]] = i
		case wasm.OpEnd:
			if n := len(open); n > 0 {
				in.ends[open[n-1]] = i
				open = open[:n-1]
			}
		}
	}
}

// matchIdle finds the loops that are straight code up to a br back.
func (in *interpreter) matchIdle(body []wasm.Instruction) {
	straight, loop, sum := false, 0, int64(0) // since the last loop, which is that deep
	depth, loops := 0, map[int]bool{}
	for i := range body {
		price, _ := in.prices.Of(uint16(body[i].Op))
		sum += int64(price)
		switch body[i].Op {
		case wasm.OpBlock:
			depth++
		case wasm.OpLoop:
			depth++
			straight, loop, sum, loops[depth] = true, depth, 0, true
		case wasm.OpIf:
			depth++
			straight = false
		case wasm.OpEnd:
			if loops[depth] {
				straight, loops[depth] = false, false
			}
			depth--
		case wasm.OpBr:
			if straight && depth-int(body[i].X) == loop {
				in.idle[&body[i]] = max(0, int64(in.prices.Iteration)-sum)
			}
			straight = false
		case wasm.OpElse, wasm.OpBrIf, wasm.OpBrTable, wasm.OpReturn, wasm.OpUnreachable, wasm.OpCall,
			wasm.OpCallIndirect:
			straight = false
		}
	}
}

func (in *interpreter) pop() uint64 {
	v := in.stack[len(in.stack)-1]
	in.stack = in.stack[:len(in.stack)-1]
	return v
}

func (in *interpreter) push(v uint64) { in.stack = append(in.stack, v) }

func (in *interpreter) pay(n int64) { in.spent += n }

func (in *interpreter) call(function uint32) {
	sig := in.m.Types[in.types[function]]
	args := len(in.stack) - len(sig.Params)
	if int(function) < len(in.imports) {
		im := in.imports[function]
		results := in.host.call(im.Module+"."+im.Name, seen(in.stack[args:], &sig), sig.Results, in.spent)
		in.spent += in.host.fee
		in.stack = append(in.stack[:args], results...)
		return
	}
	if in.depth++; in.depth > maxDepth {
		panic(endless{})
	}
	code := &in.m.Codes[int(function)-len(in.imports)]
	frame := append([]uint64(nil), in.stack[args:]...)
	in.stack = in.stack[:args]
	for _, run := range code.Locals {
		frame = append(frame, make([]uint64, run.Count)...)
		in.pay(int64(run.Count) * int64(in.prices.Local))
	}
	in.block(code.Body, 0, frame)
	results := in.stack[len(in.stack)-len(sig.Results):]
	in.stack = append(in.stack[:args], results...)
	in.depth--
}

// arity returns how many operands a construct takes and leaves.
func (in *interpreter) arity(x uint64) (params, results int) {
	switch t := int64(x); {
	case t == -64:
		return 0, 0
	case t < 0:
		return 0, 1
	default:
		return len(in.m.Types[t].Params), len(in.m.Types[t].Results)
	}
}

// block executes from pc until the end or else that closes it. It returns how many enclosing constructs a branch still
// leaves: -1 for none, returning for all.
const returning = math.MaxInt

func (in *interpreter) block(body []wasm.Instruction, pc int, frame []uint64) int {
	for ; ; pc++ {
		i := &body[pc]
		if in.steps--; in.steps < 0 {
			panic(endless{})
		}
		price, sold := in.prices.Of(uint16(i.Op))
		if !sold {
			panic("executed an instruction without a price: " + i.Op.String())
		}
		in.pay(int64(price))
		switch i.Op {
		case wasm.OpEnd, wasm.OpElse:
			return -1
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			if left := in.construct(body, pc, frame); left >= 0 {
				return left
			}
			pc = in.ends[i]
		case wasm.OpBr:
			in.pay(in.idle[i])
			return int(i.X)
		case wasm.OpBrIf:
			if uint32(in.pop()) != 0 {
				return int(i.X)
			}
		case wasm.OpBrTable:
			in.pay(int64(len(i.Targets)) * int64(in.prices.BrTarget))
			return int(i.Targets[min(uint64(uint32(in.pop())), uint64(len(i.Targets)-1))])
		case wasm.OpReturn:
			return returning
		default:
			in.simple(i, frame)
		}
	}
}

// construct executes the block, loop or if at pc and returns what block does.
func (in *interpreter) construct(body []wasm.Instruction, pc int, frame []uint64) int {
	i := &body[pc]
	params, results := in.arity(i.X)
	enter := pc + 1
	if i.Op == wasm.OpIf && uint32(in.pop()) == 0 {
		second, both := in.elses[i]
		if !both {
			return -1
		}
		enter = second + 1
	}
	base := len(in.stack) - params
	for {
		left := in.block(body, enter, frame)
		switch {
		case left == returning:
			return returning
		case left > 0:
			return left - 1
		case left < 0:
			return -1
		case i.Op != wasm.OpLoop:
			in.stack = append(in.stack[:base], in.stack[len(in.stack)-results:]...)
			return -1
		}
		in.stack = append(in.stack[:base], in.stack[len(in.stack)-params:]...)
	}
}

func (in *interpreter) require(ok bool) {
	if !ok {
		panic(trapped{})
	}
}

// simple executes an instruction that does not branch.
func (in *interpreter) simple(i *wasm.Instruction, frame []uint64) {
	switch i.Op {
	case wasm.OpUnreachable:
		panic(trapped{})
	case wasm.OpNop:
	case wasm.OpCall:
		in.call(uint32(i.X))
	case wasm.OpCallIndirect:
		index := uint32(in.pop())
		table := in.tables[i.Y]
		in.require(int(index) < len(table) && table[index] != 0)
		function := uint32(table[index] - 1)
		in.require(in.m.Types[in.types[function]].Equal(in.m.Types[i.X]))
		in.call(function)
	case wasm.OpDrop:
		in.pop()
	case wasm.OpSelect, wasm.OpSelectTyped:
		condition, second, first := uint32(in.pop()), in.pop(), in.pop()
		if condition != 0 {
			second = first
		}
		in.push(second)
	case wasm.OpLocalGet:
		in.push(frame[i.X])
	case wasm.OpLocalSet:
		frame[i.X] = in.pop()
	case wasm.OpLocalTee:
		frame[i.X] = in.stack[len(in.stack)-1]
	case wasm.OpGlobalGet:
		in.push(in.globals[i.X])
	case wasm.OpGlobalSet:
		in.globals[i.X] = in.pop()
	case wasm.OpI32Const:
		in.push(uint64(uint32(i.X)))
	case wasm.OpI64Const, wasm.OpF32Const, wasm.OpF64Const:
		in.push(i.X)
	case wasm.OpRefNull:
		in.push(0)
	case wasm.OpRefFunc:
		in.push(i.X + 1)
	case wasm.OpRefIsNull:
		in.push(truth(in.pop() == 0))
	default:
		switch {
		case i.Op >= wasm.OpI32Load && i.Op <= wasm.OpMemoryGrow,
			i.Op >= wasm.OpMemoryInit && i.Op <= wasm.OpMemoryFill:
			in.memoryOp(i)
		case i.Op >= wasm.OpTableInit || i.Op == wasm.OpTableGet || i.Op == wasm.OpTableSet:
			in.tableOp(i)
		case i.Op.Float():
			in.float(i.Op)
		default:
			in.numeric(i.Op)
		}
	}
}

// width returns how many bytes a load or store moves and whether it extends a sign into 32 or 64 bits.
func width(op wasm.Opcode) (bytes int, signedTo int) {
	switch op {
	case wasm.OpI32Load8S:
		return 1, 32
	case wasm.OpI64Load8S:
		return 1, 64
	case wasm.OpI32Load16S:
		return 2, 32
	case wasm.OpI64Load16S:
		return 2, 64
	case wasm.OpI64Load32S:
		return 4, 64
	case wasm.OpI32Load8U, wasm.OpI64Load8U, wasm.OpI32Store8, wasm.OpI64Store8:
		return 1, 0
	case wasm.OpI32Load16U, wasm.OpI64Load16U, wasm.OpI32Store16, wasm.OpI64Store16:
		return 2, 0
	case wasm.OpI64Load, wasm.OpI64Store, wasm.OpF64Load, wasm.OpF64Store:
		return 8, 0
	}
	return 4, 0
}

func (in *interpreter) memoryOp(i *wasm.Instruction) {
	switch {
	case i.Op == wasm.OpMemorySize:
		in.push(uint64(len(in.memory) >> 16))
	case i.Op == wasm.OpMemoryGrow:
		in.grow()
	case i.Op == wasm.OpDataDrop:
		in.noData[i.X] = true
	case i.Op == wasm.OpMemoryInit:
		n, from, to := in.length(in.prices.Byte), in.pop(), in.pop()
		in.memoryInit(int(i.X), to, from, n)
	case i.Op == wasm.OpMemoryCopy:
		n, from, to := in.length(in.prices.Byte), in.pop(), in.pop()
		in.require(from+n <= uint64(len(in.memory)) && to+n <= uint64(len(in.memory)))
		copy(in.memory[to:to+n], in.memory[from:from+n])
	case i.Op == wasm.OpMemoryFill:
		n, value, to := in.length(in.prices.Byte), in.pop(), in.pop()
		in.require(to+n <= uint64(len(in.memory)))
		for j := range in.memory[to : to+n] {
			in.memory[int(to)+j] = byte(value)
		}
	case i.Op >= wasm.OpI32Store:
		bytes, _ := width(i.Op)
		value, at := in.pop(), in.pop()+i.Y
		if i.Op == wasm.OpF32Store {
			value = shown(value, wasm.F32)
		} else if i.Op == wasm.OpF64Store {
			value = shown(value, wasm.F64)
		}
		if at%4096+uint64(bytes) > 4096 {
			in.pay(int64(in.prices.Crossing))
		}
		in.require(at+uint64(bytes) <= uint64(len(in.memory)))
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], value)
		copy(in.memory[at:], b[:bytes])
	default:
		bytes, signedTo := width(i.Op)
		at := in.pop() + i.Y
		in.require(at+uint64(bytes) <= uint64(len(in.memory)))
		var b [8]byte
		copy(b[:], in.memory[at:at+uint64(bytes)])
		in.push(signExtend(binary.LittleEndian.Uint64(b[:]), bytes*8, signedTo))
	}
}

// length pops the length of a bulk operation and pays for it.
func (in *interpreter) length(price uint32) uint64 {
	n := uint64(uint32(in.pop()))
	in.pay(int64(n) * int64(price))
	return n
}

func (in *interpreter) grow() {
	pages, now := uint64(uint32(in.pop())), len(in.memory)>>16
	limits := in.m.Memories[0]
	if !limits.HasMax {
		panic("a test module's memory needs a maximum")
	}
	if uint64(now)+pages > uint64(limits.Max) {
		in.push(math.MaxUint32)
		return
	}
	in.pay(int64(pages) * int64(in.prices.MemoryPage))
	in.memory = append(in.memory, make([]byte, pages<<16)...)
	in.push(uint64(now))
}

func (in *interpreter) memoryInit(segment int, to, from, n uint64) {
	var data []byte
	if !in.noData[segment] {
		data = in.m.Data[segment].Init
	}
	in.require(from+n <= uint64(len(data)) && to+n <= uint64(len(in.memory)))
	copy(in.memory[to:], data[from:from+n])
}

func (in *interpreter) tableInit(table, segment int, to, from, n uint64) {
	var refs []uint64
	if e := in.m.Elements[segment]; !in.noElem[segment] {
		for _, f := range e.Functions {
			refs = append(refs, uint64(f)+1)
		}
		for _, x := range e.Expressions {
			refs = append(refs, in.constant(x))
		}
	}
	in.require(from+n <= uint64(len(refs)) && to+n <= uint64(len(in.tables[table])))
	copy(in.tables[table][to:], refs[from:from+n])
}

func (in *interpreter) tableOp(i *wasm.Instruction) {
	switch i.Op {
	case wasm.OpTableGet:
		at := uint64(uint32(in.pop()))
		in.require(at < uint64(len(in.tables[i.X])))
		in.push(in.tables[i.X][at])
	case wasm.OpTableSet:
		ref, at := in.pop(), uint64(uint32(in.pop()))
		in.require(at < uint64(len(in.tables[i.X])))
		in.tables[i.X][at] = ref
	case wasm.OpTableSize:
		in.push(uint64(len(in.tables[i.X])))
	case wasm.OpElemDrop:
		in.noElem[i.X] = true
	case wasm.OpTableInit:
		n, from, to := in.length(in.prices.Entry), in.pop(), in.pop()
		in.tableInit(int(i.Y), int(i.X), to, from, n)
	case wasm.OpTableCopy:
		n, from, to := in.length(in.prices.Entry), in.pop(), in.pop()
		source, target := in.tables[i.Y], in.tables[i.X]
		in.require(from+n <= uint64(len(source)) && to+n <= uint64(len(target)))
		copy(target[to:to+n], source[from:from+n])
	case wasm.OpTableFill:
		n, ref, to := in.length(in.prices.Entry), in.pop(), in.pop()
		in.require(to+n <= uint64(len(in.tables[i.X])))
		for j := range n {
			in.tables[i.X][to+j] = ref
		}
	case wasm.OpTableGrow:
		n, ref, now := uint64(uint32(in.pop())), in.pop(), uint64(len(in.tables[i.X]))
		limits := in.m.Tables[i.X].Limits
		if now+n > uint64(limits.Max) {
			in.push(math.MaxUint32)
			return
		}
		in.pay(int64(n) * int64(in.prices.Entry))
		for range n {
			in.tables[i.X] = append(in.tables[i.X], ref)
		}
		in.push(now)
	default:
		panic("not a table instruction: " + i.Op.String())
	}
}

func TestInterpreterKnowsEveryIntegerInstruction(t *testing.T) {
	for op := wasm.Opcode(0); op < 0xFD00; op++ {
		if !op.Known() || op.Float() || op < wasm.OpI32Eqz || op > wasm.OpI64Extend32S {
			continue // the others have cases of their own, which the compiler checks
		}
		in := &interpreter{stack: []uint64{7, 3}}
		in.numeric(op)
	}
}
