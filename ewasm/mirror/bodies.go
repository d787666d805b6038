package mirror

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// The bodies of the mirror's functions, between what the writer puts before and the call of the host after.

func useGas(w *writer) {
	const most = 1 << 40 // negative amounts are above it as unsigned numbers
	w.add(wasm.OpLocalGet, 0)
	w.add(wasm.OpI64Const, most)
	w.add(wasm.OpI64GtU, 0)
	w.toHostIf()
	w.pay(func() {
		w.add(wasm.OpLocalGet, 0)
		w.add(wasm.OpI64Const, gas.PerGas)
		w.add(wasm.OpI64Mul, 0)
		w.base()
		w.add(wasm.OpI64Add, 0)
	})
	w.settle()
	w.add(wasm.OpReturn, 0)
}

func getGasLeft(w *writer) {
	w.pay(w.base)
	w.settle()
	w.add(wasm.OpLocalGet, w.left())
	w.add(wasm.OpI64Const, gas.PerGas)
	w.add(wasm.OpI64DivU, 0)
	w.add(wasm.OpReturn, 0)
}

func numberOf(w *writer) {
	w.pay(w.base)
	w.settle()
	w.read(0)
	w.add(wasm.OpReturn, 0)
}

func sizeOf(w *writer) {
	w.pay(w.base)
	w.settle()
	w.read(0)
	w.add(wasm.OpI32WrapI64, 0)
	w.add(wasm.OpReturn, 0)
}

func getReturnDataSize(w *writer) {
	w.pay(w.base)
	w.settle()
	w.add(wasm.OpLocalGet, w.window())
	w.access(wasm.OpI32Load, mirrored, returnSize)
	w.add(wasm.OpReturn, 0)
}

func amountOf(w *writer) {
	w.read(2)
	w.add(wasm.OpI64Eqz, 0)
	w.add(wasm.OpI32Eqz, 0)
	w.toHostIf()
	bytesOf(16)(w)
}

// bytesOf writes the first bytes of the words to the window of operand 0.
func bytesOf(width int) func(*writer) {
	return func(w *writer) {
		w.room(func() { w.add(wasm.OpI64Const, uint64(width)) })
		w.pay(w.base)
		w.settle()
		for at := 0; at < width; at += 8 {
			w.add(wasm.OpLocalGet, 0)
			w.read(at / 8)
			store := wasm.OpI64Store
			if width-at < 8 {
				store = wasm.OpI64Store32
			}
			w.access(store, w.own, uint64(at))
		}
		w.add(wasm.OpReturn, 0)
	}
}

// The operands of a copy.
const (
	result = iota
	offset
	length
)

// unrolled are the lengths of the copies that most contracts make: a word, a selector, an address. For these the
// price and the loads are constants, and there is no memory.copy, which is a call into the engine.
var unrolled = []uint64{32, 4, 20}

// shortCopy copies bytes out of the window. They begin at at, and their number is stored at held.
func shortCopy(held, at uint64) func(*writer) {
	return func(w *writer) {
		for _, bytes := range unrolled {
			w.nest()
			w.add(wasm.OpLocalGet, length)
			w.add(wasm.OpI32Const, bytes)
			w.add(wasm.OpI32Ne, 0)
			w.add(wasm.OpBrIf, 0)
			w.checkCopy(held, func() { w.add(wasm.OpI64Const, bytes) }, func() {
				w.add(wasm.OpI64Const, (w.price.Base+w.price.Word*((bytes+31)/32))*gas.PerGas)
			})
			w.add(wasm.OpLocalGet, offset)
			w.add(wasm.OpLocalGet, w.window())
			w.add(wasm.OpI32Add, 0)
			w.add(wasm.OpLocalSet, offset)
			for done := uint64(0); done < bytes; done += 8 {
				load, store := wasm.OpI64Load, wasm.OpI64Store
				if bytes-done < 8 {
					load, store = wasm.OpI32Load, wasm.OpI32Store
				}
				w.add(wasm.OpLocalGet, result)
				w.add(wasm.OpLocalGet, offset)
				w.access(load, mirrored, at+done)
				w.access(store, w.own, done)
			}
			w.add(wasm.OpReturn, 0)
			w.unnest()
		}
	}
}

// anyCopy is shortCopy for every length.
func anyCopy(held, at uint64) func(*writer) {
	return func(w *writer) { w.anyCopy(held, at) }
}

func (w *writer) anyCopy(held, at uint64) {
	wide := w.wide(length)
	w.checkCopy(held, wide, func() { w.perWord(wide) })
	w.add(wasm.OpLocalGet, result)
	w.add(wasm.OpLocalGet, offset)
	w.add(wasm.OpLocalGet, w.window())
	w.add(wasm.OpI32Add, 0)
	w.add(wasm.OpI32Const, at)
	w.add(wasm.OpI32Add, 0)
	w.add(wasm.OpLocalGet, length)
	w.code = append(w.code, wasm.Instruction{Op: wasm.OpMemoryCopy, X: uint64(w.own), Y: mirrored})
	w.add(wasm.OpReturn, 0)
}

// checkCopy pays for a copy. It goes to the host unless the copy stays within the contract's memory and the bytes held.
// length and price each leave an i64.
func (w *writer) checkCopy(held uint64, length, price func()) {
	w.add(wasm.OpLocalGet, offset)
	w.add(wasm.OpI64ExtendI32U, 0)
	length()
	w.add(wasm.OpI64Add, 0)
	w.add(wasm.OpLocalGet, w.window())
	w.access(wasm.OpI64Load, mirrored, held)
	w.add(wasm.OpI64GtU, 0)
	w.toHostIf()
	w.room(length)
	w.pay(price)
	w.settle()
}
