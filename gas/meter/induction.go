package meter

import (
	"math"
	"slices"

	"hestia/internal/wasm"
)

// This file recognizes the induction variable of a loop: a local that every iteration changes once, by a constant, and
// that the exit test compares with a loop-invariant bound. It matches instruction patterns; it does not fold
// expressions.

// countable reads the test and the step of a path, and reports whether they give the trip count.
func (p *path) countable(body []wasm.Instruction) bool {
	for commuted := range 2 {
		if p.condition(body, commuted == 1) && p.steps(body) && p.meets() {
			return true
		}
	}
	return false
}

// meets reports whether the local cannot pass the bound unseen.
func (p *path) meets() bool {
	n, constant := int64(int32(p.bound.X)), p.bound.Op == wasm.OpI32Const
	if p.while == wasm.OpI32LtU || p.while == wasm.OpI32GtU {
		n = int64(uint32(n))
	}
	size := max(p.step, -p.step)
	near := size == 1 // the bound is met exactly
	switch p.while {
	case wasm.OpI32Ne:
		return true
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

// swapped holds for each comparison the one of the same operands in the other order.
var swapped = map[wasm.Opcode]wasm.Opcode{
	wasm.OpI32Eq: wasm.OpI32Eq, wasm.OpI32Ne: wasm.OpI32Ne,
	wasm.OpI32LtS: wasm.OpI32GtS, wasm.OpI32GtS: wasm.OpI32LtS,
	wasm.OpI32LtU: wasm.OpI32GtU, wasm.OpI32GtU: wasm.OpI32LtU,
	wasm.OpI32LeS: wasm.OpI32GeS, wasm.OpI32GeS: wasm.OpI32LeS,
	wasm.OpI32LeU: wasm.OpI32GeU, wasm.OpI32GeU: wasm.OpI32LeU,
}

// condition reads what is compared before the test: the local with the bound or, commuted, the bound with the local.
func (p *path) condition(body []wasm.Instruction, commuted bool) bool {
	i := p.test - 1
	negated := p.exits
	for ; i > p.at && body[i].Op == wasm.OpI32Eqz; i-- {
		negated = !negated
	}
	p.while, p.bound = body[i].Op, wasm.Instruction{Op: wasm.OpI32Const}
	_, compares := inverse[p.while]
	switch {
	case !compares:
		p.while = wasm.OpI32Ne
	case commuted:
		p.while = swapped[p.while]
		i--
		p.bound = body[max(i-p.size(body, i), p.at)]
	default:
		p.bound = body[i-1]
		i -= 2
	}
	if negated {
		p.while = inverse[p.while]
	}
	p.strict()
	if i <= p.at || p.bound.Op != wasm.OpI32Const && p.bound.Op != wasm.OpLocalGet {
		return false
	}
	p.tested, p.local = i, body[i].X
	return body[i].Op == wasm.OpLocalGet || body[i].Op == wasm.OpLocalTee
}

// size returns how many instructions leave the value of the induction variable, the last of which stands at an index:
// one that reads the local, or those that step it.
func (p *path) size(body []wasm.Instruction, i int) int {
	n := 1
	for ; body[i].Op == wasm.OpLocalTee; i-- {
		n++
	}
	if n > 1 {
		n += 2
	}
	return n
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
// set. If what is tested is not the local itself but another that is set to the same value there, and only there, that
// is the induction variable's copy.
func (p *path) steps(body []wasm.Instruction) bool {
	set := p.setOnce(body, p.local)
	if set < 0 || p.bound.Op == wasm.OpLocalGet && p.isSet(body, p.bound.X) {
		return false
	}
	if body[p.tested].Op == wasm.OpLocalTee && set != p.tested {
		return false
	}
	first := set - 1 // what computes the value ends there
	for first > p.at && body[first].Op == wasm.OpLocalTee {
		first--
	}
	if first-2 <= p.at {
		return false
	}
	of, by := &body[first-2], &body[first-1]
	if body[first].Op == wasm.OpI32Add && of.Op == wasm.OpI32Const {
		of, by = by, of
	}
	if of.Op != wasm.OpLocalGet || by.Op != wasm.OpI32Const {
		return false
	}
	p.step = int64(int32(by.X))
	if body[first].Op == wasm.OpI32Sub {
		p.step = -p.step
	} else if body[first].Op != wasm.OpI32Add {
		return false
	}
	p.stepsFirst = set < p.test
	if of.X != p.local && !p.copies(body, first, of.X) {
		return false
	}
	return p.step != 0
}

// copies takes a local for the induction variable if it is set to the value whose computation ends at an index.
func (p *path) copies(body []wasm.Instruction, computed int, local uint64) bool {
	set := p.setOnce(body, local)
	for i := computed + 1; i < set; i++ {
		if body[i].Op != wasm.OpLocalTee {
			return false
		}
	}
	if set < computed || set > p.test || p.bound.Op == wasm.OpLocalGet && p.bound.X == local {
		return false
	}
	p.local = local
	return true
}

// setOnce returns the index of the instruction that sets a local in the loop, if it is the only one and on the path, or
// -1.
func (p *path) setOnce(body []wasm.Instruction, local uint64) int {
	set := -1
	for i := p.at + 1; i <= p.back; i++ {
		if (body[i].Op == wasm.OpLocalSet || body[i].Op == wasm.OpLocalTee) && body[i].X == local {
			if set >= 0 {
				return -1
			}
			set = i
		}
	}
	if _, on := slices.BinarySearch(p.sets, set); !on {
		return -1
	}
	return set
}

// isSet reports whether the loop sets a local.
func (p *path) isSet(body []wasm.Instruction, local uint64) bool {
	return slices.ContainsFunc(body[p.at+1:p.back+1], func(in wasm.Instruction) bool {
		return (in.Op == wasm.OpLocalSet || in.Op == wasm.OpLocalTee) && in.X == local
	})
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
