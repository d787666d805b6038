package mirror

import (
	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
)

// leaf is what a module with a mirror imports in place of a host function.
type leaf uint8

const (
	none     leaf = iota // the host function
	computes             // one of Leaves
	ends                 // one of Ends
	lends                // one of Others
)

// Leaves returns the host functions whose work an engine does in machine code of its own. Contracts with a mirror
// import each from Module under its LeafName, with an i32 after the other parameters: 0 calls the host function,
// anything else does the work, which is paid for and whose operands lie in memory.
func Leaves() []*ewasm.Function { return leaves(computes) }

// Ends returns the host functions that end a frame with an output, imported likewise. The output lies in memory and
// has at most OutputBytes. With 2 for the last operand the call may return: main then returns with nothing done in
// between.
func Ends() []*ewasm.Function { return leaves(ends) }

// Others returns all other host functions that the mirror does not answer alone. Contracts import them from Module
// under their LeafName, with the particles left (i64) and the pages of memory (i32) after the other parameters, and
// the particles then left after the other results.
func Others() []*ewasm.Function { return leaves(lends) }

// lend returns the whole function that calls one of Others.
func (w *writer) lend() wasm.Code {
	w.operands()
	w.add(wasm.OpGlobalGet, w.gas)
	w.add(wasm.OpMemorySize, uint64(w.own))
	w.add(wasm.OpCall, uint64(w.host))
	w.add(wasm.OpGlobalSet, w.gas)
	w.add(wasm.OpEnd, 0)
	return wasm.Code{Body: w.code}
}

// OutputBytes is the longest output with which a frame ends without the host.
const OutputBytes = 512

func leaves(of leaf) (rows []*ewasm.Function) {
	for i := range functions {
		if f := &functions[i]; f.leaf == of {
			rows = append(rows, f.row)
		}
	}
	return rows
}

// LeafName is the name under which contracts with a mirror import one of the Leaves, Ends or Others.
func LeafName(f *ewasm.Function) string { return f.Module + "." + f.Name }

const numberBytes = 32

// compute is for a function whose operands all point to numbers, the last to its result.
func compute(w *writer) {
	w.rooms(w.params)
	w.pay(w.base)
	w.do()
}

// power is compute for exp, whose price depends on the length of its exponent.
func power(w *writer) {
	const exponent = 1
	w.rooms(3)
	w.pay(func() {
		w.byteLength(exponent)
		w.add(wasm.OpI64Const, w.price.Byte*gas.PerGas)
		w.add(wasm.OpI64Mul, 0)
		w.base()
		w.add(wasm.OpI64Add, 0)
	})
	w.do()
}

// end is for the functions that end the frame with an output.
func end(w *writer) {
	const data, length = 0, 1
	w.add(wasm.OpLocalGet, length)
	w.add(wasm.OpI32Const, OutputBytes)
	w.add(wasm.OpI32GtU, 0)
	w.toHostIf()
	w.roomAt(data, w.wide(length))
	w.pay(w.base)
	w.settle()
	w.operands()
	w.add(wasm.OpGlobalGet, w.between)
	w.add(wasm.OpI32Eqz, 0)
	w.add(wasm.OpI32Const, 1)
	w.add(wasm.OpI32Add, 0)
	w.add(wasm.OpCall, uint64(w.host))
	w.add(wasm.OpReturn, 0)
}

func keccak256(w *writer) {
	const data, length, result = 0, 1, 2
	wide := w.wide(length)
	w.roomAt(data, wide)
	w.roomAt(result, func() { w.add(wasm.OpI64Const, numberBytes) })
	w.pay(func() { w.perWord(wide) })
	w.do()
}

// rooms goes to the host unless each of the first operands points to a number within the contract's memory.
func (w *writer) rooms(operands int) {
	for i := range operands {
		w.roomAt(uint64(i), func() { w.add(wasm.OpI64Const, numberBytes) })
	}
}

// wide returns what leaves an operand as an i64.
func (w *writer) wide(operand uint64) func() {
	return func() {
		w.add(wasm.OpLocalGet, operand)
		w.add(wasm.OpI64ExtendI32U, 0)
	}
}

// byteLength leaves the length in bytes of the number at an operand, from 0 to 32, as an i64. A load puts the highest
// byte of the number lowest, so that leading zero bytes are trailing zero bits.
func (w *writer) byteLength(operand uint64) {
	const word = 8
	w.add(wasm.OpI64Const, 0)
	for at := numberBytes - word; at >= 0; at -= word {
		load := func() {
			w.add(wasm.OpLocalGet, operand)
			w.access(wasm.OpI64Load, w.own, uint64(at))
		}
		w.add(wasm.OpI64Const, uint64(numberBytes-at))
		load()
		w.add(wasm.OpI64Ctz, 0)
		w.add(wasm.OpI64Const, 3)
		w.add(wasm.OpI64ShrU, 0)
		w.add(wasm.OpI64Sub, 0)
		load()
		w.add(wasm.OpI64Eqz, 0)
		w.add(wasm.OpSelect, 0) // the length without this word if it is zero
	}
}

// do settles and calls the leaf for the work.
func (w *writer) do() {
	w.settle()
	w.call(1)
	w.add(wasm.OpReturn, 0)
}

// call calls the import, with work as the operand of a leaf.
func (w *writer) call(work uint64) {
	w.operands()
	if w.leaf != none {
		w.add(wasm.OpI32Const, work)
	}
	w.add(wasm.OpCall, uint64(w.host))
}

func (w *writer) operands() {
	for i := range w.params {
		w.add(wasm.OpLocalGet, uint64(i))
	}
}
