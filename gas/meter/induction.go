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
func (p *path) countable(l *loopFinder) bool {
	for commuted := range 2 {
		if p.condition(l.body, commuted == 1) && p.steps(l.body) && (p.meets() || p.isAddress(l)) {
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

// condition reads what is compared for the test: the local with the bound or, commuted, the bound with the local.
func (p *path) condition(body []wasm.Instruction, commuted bool) bool {
	negated := p.exits
	i := p.compare(body, &negated)
	p.compared = i + 1
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

// compare returns the index of the comparison whose result decides, which may have been kept in a local since. It notes
// whether it is negated.
func (p *path) compare(body []wasm.Instruction, negated *bool) int {
	skip := func(i int) int {
		for ; i > p.at && body[i].Op == wasm.OpI32Eqz; i-- {
			*negated = !*negated
		}
		return i
	}
	i := skip(p.test - 1)
	if body[i].Op != wasm.OpLocalGet {
		return i
	}
	set := p.definition(body, body[i].X, i)
	if set < 0 {
		return i
	}
	if _, compares := inverse[body[set-1].Op]; compares || body[set-1].Op == wasm.OpI32Eqz {
		return skip(set - 1)
	}
	return i
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
// set. What is tested may be another local that has the next value of the induction variable.
func (p *path) steps(body []wasm.Instruction) bool {
	set, sum := p.value(body, p.local)
	step, of := p.increment(body, sum)
	tested := set
	if body[p.tested].Op == wasm.OpLocalTee {
		tested = p.tested
	}
	if set < 0 || of != p.local {
		if tested = p.definition(body, p.local, p.tested+1); tested < 0 {
			return false
		}
		next := before(body, tested)
		step, of = p.increment(body, next)
		if set, sum = p.value(body, of); sum != next {
			return false
		}
	}
	p.step, p.local, p.stepsFirst = step, of, tested < p.compared
	switch {
	case step == 0 || body[p.tested].Op == wasm.OpLocalTee && tested != p.tested:
		return false
	case p.bound.Op == wasm.OpLocalGet && p.isSet(body, p.bound.X):
		return p.carries(tested, set)
	}
	return true
}

// carries takes a comparison of the next value with the last, which goes on until the sum wraps, for one with zero.
func (p *path) carries(tested, set int) bool {
	if p.while != wasm.OpI32GeU || p.step != 1 || p.bound.X != p.local || tested > p.compared || set < p.compared {
		return false
	}
	p.while, p.bound = wasm.OpI32Ne, wasm.Instruction{Op: wasm.OpI32Const}
	return true
}

// value returns the index at which a local is set, if every iteration sets it once, and of what computes its value,
// maybe by way of another such local; else -1.
func (p *path) value(body []wasm.Instruction, local uint64) (set, computed int) {
	if set = p.setOnce(body, local); set < 0 {
		return -1, -1
	}
	computed = before(body, set)
	if in := &body[computed]; in.Op == wasm.OpLocalGet && in.X != local {
		other := p.definition(body, in.X, computed)
		if other < 0 {
			return -1, -1
		}
		computed = before(body, other)
	}
	return set, computed
}

// before returns the index of what computes the value that an instruction sets.
func before(body []wasm.Instruction, set int) int {
	i := set - 1
	for i > 0 && body[i].Op == wasm.OpLocalTee {
		i--
	}
	return i
}

// increment reads a sum of a local and a constant, which may be negative; by is 0 if it is no such sum.
func (p *path) increment(body []wasm.Instruction, sum int) (by int64, local uint64) {
	if sum-2 <= p.at {
		return 0, p.local
	}
	x, y := &body[sum-2], &body[sum-1]
	if body[sum].Op == wasm.OpI32Add && x.Op == wasm.OpI32Const {
		x, y = y, x
	}
	if x.Op != wasm.OpLocalGet || y.Op != wasm.OpI32Const {
		return 0, p.local
	}
	switch by = int64(int32(y.X)); body[sum].Op {
	case wasm.OpI32Add:
		return by, x.X
	case wasm.OpI32Sub:
		return -by, x.X
	}
	return 0, p.local
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

// definition returns the index of the instruction that has set a local last when control reaches another in the same
// iteration, or -1 if it may not be on the path.
func (p *path) definition(body []wasm.Instruction, local uint64, at int) int {
	for i := at - 1; i > p.at; i-- {
		if (body[i].Op == wasm.OpLocalSet || body[i].Op == wasm.OpLocalTee) && body[i].X == local {
			if _, on := slices.BinarySearch(p.sets, i); on {
				return i
			}
			return -1
		}
	}
	return -1
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
