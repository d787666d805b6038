package meter

import "hestia/internal/wasm"

// This file emits the instructions of a charge. How they are written depends on what Cranelift makes of them:
// docs/gas.md.

// charge takes what is paid before an instruction.
func (w *bodyWriter) charge(c *charge) {
	switch {
	case c.tested:
		w.chargeFixed(c.fixed)
	case c.fixed != 0:
		w.take(c.fixed)
	}
	if c.scaled != 0 {
		w.chargeScaled(c.scaled, c.grows)
	}
	if c.crosses != nil {
		w.chargeCrossing(c.crosses)
	}
	if c.loop != nil {
		w.chargeLoop(c.loop)
	}
}

// counter reads or writes the gas counter.
func (w *bodyWriter) counter(local, global wasm.Opcode) {
	if w.inside {
		w.add(local, w.left)
	} else {
		w.add(global, uint64(w.gas))
	}
}

func (w *bodyWriter) read()  { w.counter(wasm.OpLocalGet, wasm.OpGlobalGet) }
func (w *bodyWriter) write() { w.counter(wasm.OpLocalSet, wasm.OpGlobalSet) }

// take takes n from the gas counter, which may become negative. What is taken between two tests does not wrap.
func (w *bodyWriter) take(n uint64) {
	w.read()
	w.add(wasm.OpI64Const, n)
	w.add(wasm.OpI64Sub, 0)
	w.write()
}

// testLocal halts if the gas counter, in its local, is less than n.
func (w *bodyWriter) testLocal(n uint64) {
	w.add(wasm.OpLocalGet, w.left)
	w.add(wasm.OpI64Const, n)
	w.add(wasm.OpI64LtS, 0)
	w.add(wasm.OpIf, negative(wasm.EmptyBlock))
	w.depth++
	w.outOfGas(wasm.OpBr)
	w.depth--
	w.add(wasm.OpEnd, 0)
}

// chargeFixed takes n from the gas counter and halts if less was left. A local is compared before it is changed:
// Cranelift would compute a difference that is compared afterwards twice.
func (w *bodyWriter) chargeFixed(n uint64) {
	if n == 0 {
		w.outOfGasIfNegative()
		return
	}
	if w.inside {
		w.testLocal(n)
		w.take(n)
		return
	}
	w.take(n)
	w.outOfGasIfNegative()
}

// outOfGasIfNegative branches to the end of the outermost block if more has been taken from the gas counter than there
// was.
func (w *bodyWriter) outOfGasIfNegative() {
	w.read()
	w.add(wasm.OpI64Const, 0)
	w.add(wasm.OpI64LtS, 0)
	w.outOfGasIf()
}

// chargeScaled takes price for each unit of the topmost operand. Both are below 2^32, so that the product fits 64 bits.
// If g, which may be nil, cannot grow by so many units, it takes nothing.
func (w *bodyWriter) chargeScaled(price uint32, g *growth) {
	w.add(wasm.OpLocalTee, w.length)
	w.add(wasm.OpI64ExtendI32U, 0)
	w.add(wasm.OpI64Const, uint64(price))
	w.add(wasm.OpI64Mul, 0)
	if g != nil {
		w.add(wasm.OpI64Const, 0)
		w.add(wasm.OpLocalGet, w.length)
		w.add(wasm.OpI64ExtendI32U, 0)
		w.add(g.size, g.index)
		w.add(wasm.OpI64ExtendI32U, 0)
		w.add(wasm.OpI64Add, 0)
		w.add(wasm.OpI64Const, g.most)
		w.add(wasm.OpI64LeU, 0)
		w.add(wasm.OpSelect, 0)
	}
	w.chargeTop(wasm.OpI64GtU)
	w.add(wasm.OpLocalGet, w.length)
}

// chargeTop takes the topmost operand from the gas counter, or halts if the operand is greater. The comparison may be
// unsigned if the counter has been tested and is not negative, signed if the operand is not negative.
func (w *bodyWriter) chargeTop(greater wasm.Opcode) {
	w.add(wasm.OpLocalTee, w.cost)
	w.read()
	w.add(greater, 0)
	w.outOfGasIf()
	w.read()
	w.add(wasm.OpLocalGet, w.cost)
	w.add(wasm.OpI64Sub, 0)
	w.write()
}

// outOfGasIf branches to the end of the outermost block if the topmost operand is not zero.
func (w *bodyWriter) outOfGasIf() { w.outOfGas(wasm.OpBrIf) }

func (w *bodyWriter) outOfGas(branch wasm.Opcode) {
	outermost := w.depth
	if w.checked {
		outermost++
	}
	w.add(branch, outermost)
}

// hide hides the topmost operand, the result of an operation on i32 or i64, from the optimizer. It is chosen if the
// stack counter is not negative, which the optimizer does not know to be always true.
func (w *bodyWriter) hide(op wasm.Opcode) {
	other := wasm.OpI64Const
	if op < wasm.OpI64Add {
		other = wasm.OpI32Const
	}
	w.add(other, hiddenConstant)
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, 0)
	w.add(wasm.OpI32GeS, 0)
	w.add(wasm.OpSelect, 0)
}

// hiddenConstant is one that no rule of an optimizer is about.
const hiddenConstant = 77
