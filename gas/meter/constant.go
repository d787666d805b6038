package meter

import (
	"math/bits"
	"slices"

	"hestia/internal/wasm"
)

// dearLoop keeps what a loop costs in all away from where sums saturate.
const dearLoop = 1 << 62

// total returns what the loop costs in all and how often it comes back, if that is known and not too dear.
func (r *rounds) total() (cost, times uint64, ok bool) {
	times, ok = r.comesBack()
	high, low := bits.Mul64(times, r.each)
	return low + r.first, times, ok && high == 0 && low < dearLoop && r.first < dearLoop
}

// start returns what the local of a loop is when that is entered, if a constant is set last in the block that enters it, or
// nothing is set before and the loop stands in no other.
func (l *loopFinder) start(one *loop) (from int32, known bool) {
	own := l.blocks.owner[one.at]
	first := l.blocks.list[own].start
	for i := one.at - 1; i >= first; i-- {
		if in := &l.body[i]; in.Op != wasm.OpLocalSet && in.Op != wasm.OpLocalTee || in.X != one.local {
			continue
		}
		value := i - 1
		for value > first && l.body[value].Op == wasm.OpLocalTee {
			value--
		}
		return int32(l.body[max(value, 0)].X), value >= first && l.body[value].Op == wasm.OpI32Const
	}
	looped := func(i int) bool { return i >= 0 && l.body[i].Op == wasm.OpLoop }
	return 0, one.local >= l.params && !l.set[one.local] && !slices.ContainsFunc(l.open, looped)
}

// comesBack returns how often a loop of which all is known comes back, false if that is not known or it never ends. It is
// the arithmetic of untilMet and untilPassed.
func (l *loop) comesBack() (uint64, bool) {
	if !l.known || l.bound.Op != wasm.OpI32Const {
		return 0, false
	}
	v, n, step := uint32(l.from), uint32(l.bound.X), uint64(max(l.step, -l.step))
	if l.early {
		v += uint32(l.step)
	}
	distance := uint64(n - v)
	if l.step < 0 {
		distance = uint64(v - n)
	}
	goes := true
	switch l.while {
	case wasm.OpI32Ne:
		return distance / step, distance%step == 0
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
