package meter

import (
	"math/bits"

	"hestia/internal/wasm"
)

// chargeRounds takes what all rounds of a loop cost. How often the loop comes back from its first test is below 2^32, and
// the prices are below 2^31, so that the sum is no more than the largest int64.
func (w *bodyWriter) chargeRounds(r *rounds) {
	if r.while == wasm.OpI32Ne {
		w.untilMet(&r.loop)
	} else {
		w.untilPassed(&r.loop)
	}
	w.add(wasm.OpI64Const, r.each)
	w.add(wasm.OpI64Mul, 0)
	if r.first != 0 {
		w.add(wasm.OpI64Const, r.first)
		w.add(wasm.OpI64Add, 0)
	}
	w.chargeTop(wasm.OpI64GtS)
}

// untilMet leaves how often the loop comes back, as i64, where it goes on until the local meets the bound: the distance
// modulo 2^32 by the step, a power of two. If the step does not divide it they never meet, and all gas is spent.
func (w *bodyWriter) untilMet(l *loop) {
	w.distance(l)
	size := uint64(max(l.step, -l.step))
	if size > 1 {
		w.add(wasm.OpLocalTee, w.length)
		w.add(wasm.OpI32Const, signed32(size-1))
		w.add(wasm.OpI32And, 0)
		w.outOfGasIf()
		w.add(wasm.OpLocalGet, w.length)
		w.add(wasm.OpI32Const, uint64(bits.TrailingZeros64(size)))
		w.add(wasm.OpI32ShrU, 0)
	}
	w.add(wasm.OpI64ExtendI32U, 0)
}

// untilPassed leaves how often the loop comes back, as i64, where it goes on until the local comes to the bound or beyond:
// not at all if it is there when first tested, else the distance by the step, rounded up.
func (w *bodyWriter) untilPassed(l *loop) {
	w.distance(l)
	w.add(wasm.OpI64ExtendI32U, 0)
	if size := uint64(max(l.step, -l.step)); size > 1 {
		w.add(wasm.OpI64Const, size-1)
		w.add(wasm.OpI64Add, 0)
		w.add(wasm.OpI64Const, size)
		w.add(wasm.OpI64DivU, 0)
	}
	w.add(wasm.OpI64Const, 0)
	w.tested(l)
	w.operand(l.bound)
	w.add(l.while, 0)
	w.add(wasm.OpSelect, 0)
}

// distance leaves how far the local is from the bound when first tested, in the direction of its steps, modulo 2^32.
func (w *bodyWriter) distance(l *loop) {
	if l.step > 0 {
		w.operand(l.bound)
		w.tested(l)
	} else {
		w.tested(l)
		w.operand(l.bound)
	}
	w.add(wasm.OpI32Sub, 0)
}

// tested leaves what the local is when first tested.
func (w *bodyWriter) tested(l *loop) {
	w.add(wasm.OpLocalGet, l.local)
	if l.early {
		w.add(wasm.OpI32Const, signed32(uint64(l.step)))
		w.add(wasm.OpI32Add, 0)
	}
}

func (w *bodyWriter) operand(in wasm.Instruction) { w.add(in.Op, in.X) }

// signed32 spells the low 32 bits of n as the immediate of an i32.const.
func signed32(n uint64) uint64 { return uint64(int64(int32(n))) }
