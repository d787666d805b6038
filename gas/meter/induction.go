package meter

import (
	"math"

	"hestia/internal/wasm"
)

// This file recognizes the induction variable of a loop: a local that every iteration changes once, by a constant, and
// that the exit test compares with a loop-invariant bound. It matches instruction patterns; it does not fold
// expressions.

// countable reads the test and the step of a path, and reports whether they give the trip count.
func (p *path) countable(body []wasm.Instruction) bool {
	tested, ok := p.condition(body)
	if !ok || !p.steps(body, tested) {
		return false
	}
	n, constant := int64(int32(p.bound.X)), p.bound.Op == wasm.OpI32Const
	if p.while == wasm.OpI32LtU || p.while == wasm.OpI32GtU {
		n = int64(uint32(n))
	}
	size := max(p.step, -p.step)
	near := size == 1 // the bound is met exactly
	switch p.while {
	case wasm.OpI32Ne:
		return size&(size-1) == 0
	case wasm.OpI32LtU:
		return p.step > 0 && (near || constant && n+size <= 1<<32)
	case wasm.OpI32LtS:
		return p.step > 0 && (near || constant && n+size <= 1<<31)
	case wasm.OpI32GtU:
		return p.step < 0 && (near || constant && n-size >= -1)
	case wasm.OpI32GtS:
		return p.step < 0 && (near || constant && n-size >= -1<<31-1)
	}
	return false
}

// inverse holds for each comparison the one that holds if it does not.
var inverse = map[wasm.Opcode]wasm.Opcode{
	wasm.OpI32Eq: wasm.OpI32Ne, wasm.OpI32Ne: wasm.OpI32Eq,
	wasm.OpI32LtS: wasm.OpI32GeS, wasm.OpI32GeS: wasm.OpI32LtS,
	wasm.OpI32LtU: wasm.OpI32GeU, wasm.OpI32GeU: wasm.OpI32LtU,
	wasm.OpI32GtS: wasm.OpI32LeS, wasm.OpI32LeS: wasm.OpI32GtS,
	wasm.OpI32GtU: wasm.OpI32LeU, wasm.OpI32LeU: wasm.OpI32GtU,
}

// condition reads what is compared before the test, and returns the index of the instruction that leaves the value of
// the induction variable.
func (p *path) condition(body []wasm.Instruction) (tested int, ok bool) {
	i := p.test - 1
	negated := p.exits
	for ; i > p.at && body[i].Op == wasm.OpI32Eqz; i-- {
		negated = !negated
	}
	p.while, p.bound = body[i].Op, wasm.Instruction{Op: wasm.OpI32Const}
	if _, compares := inverse[p.while]; compares {
		p.bound = body[i-1]
		i -= 2
	} else {
		p.while = wasm.OpI32Ne
	}
	if negated {
		p.while = inverse[p.while]
	}
	p.strict()
	if i <= p.at || p.bound.Op != wasm.OpI32Const && p.bound.Op != wasm.OpLocalGet {
		return 0, false
	}
	p.local = body[i].X
	return i, body[i].Op == wasm.OpLocalGet || body[i].Op == wasm.OpLocalTee
}

// strict turns a comparison that includes a constant bound into one that does not.
func (p *path) strict() {
	n := int32(p.bound.X)
	if p.bound.Op != wasm.OpI32Const {
		return
	}
	to := func(while wasm.Opcode, n int32) {
		p.while, p.bound.X = while, uint64(int64(n))
	}
	switch {
	case p.while == wasm.OpI32LeU && n != -1:
		to(wasm.OpI32LtU, n+1)
	case p.while == wasm.OpI32LeS && n != math.MaxInt32:
		to(wasm.OpI32LtS, n+1)
	case p.while == wasm.OpI32GeU && n != 0:
		to(wasm.OpI32GtU, n-1)
	case p.while == wasm.OpI32GeS && n != math.MinInt32:
		to(wasm.OpI32GtS, n-1)
	}
}

// steps reads how the local steps: by a constant, set at one place that every iteration reaches. The bound must not be
// set.
func (p *path) steps(body []wasm.Instruction, tested int) bool {
	set := 0
	var inside wasm.Nest[struct{}]
	for i, in := range inside.Over(body[p.at+1 : p.back+1]) {
		if in.Op != wasm.OpLocalSet && in.Op != wasm.OpLocalTee {
			continue
		}
		if p.bound.Op == wasm.OpLocalGet && in.X == p.bound.X {
			return false
		}
		if in.X != p.local {
			continue
		}
		i, depth := p.at+1+i, inside.Depth()
		p.stepsFirst = i < p.test
		if set != 0 || depth != 0 && (p.stepsFirst || depth != p.level) {
			return false
		}
		set = i
	}
	if set-3 <= p.at || body[tested].Op == wasm.OpLocalTee && set != tested {
		return false
	}
	by := &body[set-2]
	p.step = int64(int32(by.X))
	if body[set-1].Op == wasm.OpI32Sub {
		p.step = -p.step
	} else if body[set-1].Op != wasm.OpI32Add {
		return false
	}
	return p.step != 0 && by.Op == wasm.OpI32Const && body[set-3].Op == wasm.OpLocalGet && body[set-3].X == p.local
}

// start returns the local's value when a loop is entered, if the preheader sets a constant last, or if nothing sets the
// local before and the loop stands in no other: local constant propagation.
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
	return 0, one.local >= l.params && !l.set[one.local] && l.nest.Around().Loops == 0
}
