package mirror

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// writer writes the body of one function of the mirror. Its methods append code; add appends one instruction. A body
// is:
//
//	block
//	  branch to the end of this block unless the host function would succeed
//	  do what it does, settle the gas, return
//	end
//	call the host function with the same operands
type writer struct {
	*injector
	served
	host   uint32 // index of the import, or of the function that does the rest
	params int
	depth  uint64 // blocks open within the outer one
	code   []wasm.Instruction
}

// The block type of a block that leaves nothing.
const emptyBlock = ^uint64(0x3f)

func (w *writer) add(op wasm.Opcode, x uint64) {
	w.code = append(w.code, wasm.Instruction{Op: op, X: x})
}

// access adds a load or store at a fixed offset in a memory.
func (w *writer) access(op wasm.Opcode, memory uint32, offset uint64) {
	w.code = append(w.code, wasm.Instruction{Op: op, X: uint64(memory) << 32, Y: offset})
}

// left is the local after the parameters. It holds the gas left once the function is paid for.
func (w *writer) left() uint64 { return uint64(w.params) }

// window is the local after that. It holds the address of the window.
func (w *writer) window() uint64 { return w.left() + 1 }

// function returns the whole function around the code that write adds.
func (w *writer) function(write func(*writer)) wasm.Code {
	w.add(wasm.OpBlock, emptyBlock)
	w.add(wasm.OpGlobalGet, w.open)
	w.add(wasm.OpLocalTee, w.window())
	w.add(wasm.OpI32Eqz, 0)
	w.toHostIf()
	write(w)
	w.add(wasm.OpEnd, 0)
	w.call(0)
	w.add(wasm.OpEnd, 0)
	return wasm.Code{Locals: []wasm.Locals{{Count: 1, Type: wasm.I64}, {Count: 1, Type: wasm.I32}}, Body: w.code}
}

// toHostIf goes to the host if the value on top of the stack is not zero.
func (w *writer) toHostIf() { w.add(wasm.OpBrIf, w.depth) }

func (w *writer) nest() {
	w.add(wasm.OpBlock, emptyBlock)
	w.depth++
}

func (w *writer) unnest() {
	w.add(wasm.OpEnd, 0)
	w.depth--
}

// base leaves the base price of a call, in particles.
func (w *writer) base() { w.add(wasm.OpI64Const, w.price.Base*gas.PerGas) }

// perWord leaves the price of a call that pays for each 32 bytes of a length, rounded up, in particles. length leaves
// an i64.
func (w *writer) perWord(length func()) {
	length()
	w.add(wasm.OpI64Const, 31)
	w.add(wasm.OpI64Add, 0)
	w.add(wasm.OpI64Const, 5)
	w.add(wasm.OpI64ShrU, 0)
	w.add(wasm.OpI64Const, w.price.Word*gas.PerGas)
	w.add(wasm.OpI64Mul, 0)
	w.base()
	w.add(wasm.OpI64Add, 0)
}

// pay subtracts a price from the gas; price leaves an i64 of particles. The rest is in a local, and not yet settled.
func (w *writer) pay(price func()) {
	w.add(wasm.OpGlobalGet, w.gas)
	price()
	w.add(wasm.OpI64Sub, 0)
	w.add(wasm.OpLocalTee, w.left())
	w.add(wasm.OpI64Const, 0)
	w.add(wasm.OpI64LtS, 0)
	w.toHostIf()
}

// room is roomAt for operand 0.
func (w *writer) room(length func()) { w.roomAt(0, length) }

// roomAt goes to the host unless length bytes at an operand lie within the contract's memory. length leaves an i64.
func (w *writer) roomAt(operand uint64, length func()) {
	w.add(wasm.OpLocalGet, operand)
	w.add(wasm.OpI64ExtendI32U, 0)
	length()
	w.add(wasm.OpI64Add, 0)
	w.add(wasm.OpMemorySize, uint64(w.own))
	w.add(wasm.OpI64ExtendI32U, 0)
	w.add(wasm.OpI64Const, 16)
	w.add(wasm.OpI64Shl, 0)
	w.add(wasm.OpI64GtU, 0)
	w.toHostIf()
}

// settle stores the gas left. From here on nothing may fail.
func (w *writer) settle() {
	w.add(wasm.OpLocalGet, w.left())
	w.add(wasm.OpGlobalSet, w.gas)
}

// read leaves one of the function's words.
func (w *writer) read(word int) {
	at := uint64(w.first + word)
	if w.shared {
		w.add(wasm.OpLocalGet, w.window())
		w.access(wasm.OpI64Load, mirrored, 8*at)
	} else {
		w.add(wasm.OpGlobalGet, w.open+1+at)
	}
}
