package meter

import (
	"math/bits"

	"hestia/internal/wasm"
)

// This file computes how often the back edge of a counted loop is taken, the trip count less one, from an induction
// variable and its bound: as a constant if all is known (LLVM's scalar evolution calls it the backedge-taken count), or
// by code that the preheader executes. Both have the same three cases, which docs/gas.md proves.

// maxTotal keeps what a loop costs in all away from the numbers at which sums saturate.
const maxTotal = 1 << 62

// total returns what the loop costs in all and how often its back edge is taken, if that is known and below maxTotal.
func (c *loopCharge) total() (cost, times uint64, ok bool) {
	times, ok = c.backEdges()
	high, low := bits.Mul64(times, c.each)
	return low + c.first, times, ok && high == 0 && low < maxTotal && c.first < maxTotal
}

// backEdges returns how often the back edge is taken, false if that is not a constant or the loop never ends.
func (l *loop) backEdges() (uint64, bool) {
	if !l.known || l.bound.Op != wasm.OpI32Const {
		return 0, false
	}
	v, n, step := uint32(l.from), uint32(l.bound.X), uint64(max(l.step, -l.step))
	if l.stepsFirst {
		v += uint32(l.step)
	}
	distance := uint64(n - v)
	if l.step < 0 {
		distance = uint64(v - n)
	}
	goes := true
	switch l.while {
	case wasm.OpI32Ne:
		shift, inverse := untilEqual(step)
		return uint64(uint32(distance)>>shift*inverse) & (1<<(32-shift) - 1), distance&(1<<shift-1) == 0
	case wasm.OpI32LtU:
		goes = v < n
	case wasm.OpI32LtS:
		goes = int32(v) < int32(n)
	case wasm.OpI32GtU:
		goes = v > n
	case wasm.OpI32GtS:
		goes = int32(v) > int32(n)
	}
	if !goes {
		return 0, true
	}
	return (distance + step - 1) / step, true
}

// chargeLoop takes what all iterations of a loop cost. The back edge is taken less than 2^32 times, and the prices are
// below 2^31, so the sum is no more than the largest int64.
func (w *bodyWriter) chargeLoop(c *loopCharge) {
	if c.while == wasm.OpI32Ne {
		w.untilMet(&c.loop)
	} else {
		w.untilPassed(&c.loop)
	}
	w.add(wasm.OpI64Const, c.each)
	w.add(wasm.OpI64Mul, 0)
	if c.first != 0 {
		w.add(wasm.OpI64Const, c.first)
		w.add(wasm.OpI64Add, 0)
	}
	w.chargeTop(wasm.OpI64GtS)
}

// untilEqual returns how to compute how many steps of a size lead from 0 to a distance modulo 2^32, the first time: the
// distance is shifted right, by the size's power of two, and multiplied by the inverse of its odd part, modulo what is
// left of 2^32.
func untilEqual(size uint64) (shift int, inverse uint32) {
	shift = bits.TrailingZeros64(size)
	odd := uint32(size >> shift)
	inverse = odd // to 3 bits; each round doubles them
	for range 4 {
		inverse *= 2 - odd*inverse
	}
	return shift, inverse
}

// untilMet leaves how often the back edge is taken, as i64, if the loop ends when the local equals the bound. If a
// power of two divides the step and not the distance, the loop never ends and spends all gas.
func (w *bodyWriter) untilMet(l *loop) {
	w.distance(l)
	shift, inverse := untilEqual(uint64(max(l.step, -l.step)))
	if shift > 0 {
		w.add(wasm.OpLocalTee, w.length)
		w.add(wasm.OpI32Const, signed32(1<<shift-1))
		w.add(wasm.OpI32And, 0)
		w.outOfGasIf()
		w.add(wasm.OpLocalGet, w.length)
		w.add(wasm.OpI32Const, uint64(shift))
		w.add(wasm.OpI32ShrU, 0)
	}
	if inverse != 1 {
		w.add(wasm.OpI32Const, signed32(uint64(inverse)))
		w.add(wasm.OpI32Mul, 0)
		if shift > 0 {
			w.add(wasm.OpI32Const, signed32(1<<(32-shift)-1))
			w.add(wasm.OpI32And, 0)
		}
	}
	w.add(wasm.OpI64ExtendI32U, 0)
}

// untilPassed leaves how often the back edge is taken, as i64, if the loop ends when the local reaches or passes the
// bound: 0 if it has done so when first tested, else the distance divided by the step, rounded up.
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

// tested leaves the local's value when it is first tested.
func (w *bodyWriter) tested(l *loop) {
	w.add(wasm.OpLocalGet, l.local)
	if l.stepsFirst {
		w.add(wasm.OpI32Const, signed32(uint64(l.step)))
		w.add(wasm.OpI32Add, 0)
	}
}

func (w *bodyWriter) operand(in wasm.Instruction) { w.add(in.Op, in.X) }

// signed32 spells the low 32 bits of n as the immediate of an i32.const.
func signed32(n uint64) uint64 { return uint64(int64(int32(n))) }
