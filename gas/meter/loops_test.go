package meter

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

// shape is a loop that steps a local towards a bound, written in one of several forms.
type shape struct {
	name    string
	step    int64
	compare wasm.Opcode // 0 for none: the local itself is the condition
	negate  bool
	bound   int64
	local   bool // the bound is the function's second parameter instead
	swap    bool // the bound stands first
	spoil   spoil
}

// spoil is what else a loop does that makes its trip count hard to find.
type spoil int

const (
	nothing    spoil = iota
	stepsTwice       // the local is set once more
	stepsSometimes
	boundMoves
	leaves // by another branch
	returnsInside
	cutsShort // by a branch to the construct around the rest of the iteration: the loop, or the if around the tail
	stepsNotAlways
	spoils
)

// body returns a function (i, bound) -> i whose loop has the shape.
func (s *shape) body() []wasm.Instruction {
	var out []wasm.Instruction
	add := func(op wasm.Opcode, x ...uint64) {
		in := wasm.Instruction{Op: op}
		if len(x) > 0 {
			in.X = x[0]
		}
		out = append(out, in)
	}
	spend := func(n int) { // instructions without effect, so that head and tail cost something
		for range n {
			add(wasm.OpLocalGet, 2)
			add(wasm.OpI32Const, 1)
			add(wasm.OpI32Add)
			add(wasm.OpLocalSet, 2)
		}
	}
	spoiled := false
	spoilIt := func(out uint64) { // out is the label around the loop
		if spoiled {
			return
		}
		spoiled = true
		increment := func(local uint64) {
			add(wasm.OpLocalGet, local)
			add(wasm.OpI32Const, 1)
			add(wasm.OpI32Add)
			add(wasm.OpLocalSet, local)
		}
		switch s.spoil {
		case stepsTwice:
			increment(0)
		case stepsSometimes, leaves, returnsInside, cutsShort:
			add(wasm.OpLocalGet, 0)
			add(wasm.OpI32Const, 3)
			add(wasm.OpI32And)
			add(wasm.OpIf, emptyType)
			switch s.spoil {
			case stepsSometimes:
				increment(0)
			case leaves:
				add(wasm.OpBr, out+1)
			case cutsShort:
				add(wasm.OpBr, 1)
			default:
				add(wasm.OpLocalGet, 2)
				add(wasm.OpReturn)
			}
			add(wasm.OpEnd)
		case boundMoves:
			increment(1)
		}
	}
	update := func(op wasm.Opcode) {
		sometimes := s.spoil == stepsNotAlways && op == wasm.OpLocalSet
		if sometimes {
			add(wasm.OpLocalGet, 2)
			add(wasm.OpI32Const, 2)
			add(wasm.OpI32And)
			add(wasm.OpIf, emptyType)
		}
		add(wasm.OpLocalGet, 0)
		add(wasm.OpI32Const, uint64(s.step))
		add(wasm.OpI32Add)
		add(op, 0)
		if sometimes {
			add(wasm.OpEnd)
		}
	}
	bound := func() {
		if s.local {
			add(wasm.OpLocalGet, 1)
		} else {
			add(wasm.OpI32Const, uint64(s.bound))
		}
	}
	test := func(value func()) {
		switch {
		case s.compare == 0:
			value()
		case s.swap:
			bound()
			value()
			add(s.compare)
		default:
			value()
			bound()
			add(s.compare)
		}
		if s.negate {
			add(wasm.OpI32Eqz)
		}
	}
	get := func() { add(wasm.OpLocalGet, 0) }
	add(wasm.OpBlock, emptyType)
	switch s.name {
	case "bottom":
		add(wasm.OpLoop, emptyType)
		spoilIt(1)
		spend(1)
		test(func() { update(wasm.OpLocalTee) })
		add(wasm.OpBrIf, 0)
	case "steps first":
		add(wasm.OpLoop, emptyType)
		update(wasm.OpLocalSet)
		spoilIt(1)
		spend(1)
		test(get)
		add(wasm.OpBrIf, 0)
		spend(2)
	case "exit", "steps first, exit":
		add(wasm.OpBlock, emptyType)
		add(wasm.OpLoop, emptyType)
		if s.name != "exit" {
			update(wasm.OpLocalSet)
		}
		spend(1)
		test(get)
		add(wasm.OpBrIf, 1)
		spoilIt(1)
		spend(2)
		if s.name == "exit" {
			update(wasm.OpLocalSet)
		}
		add(wasm.OpBr, 0)
		add(wasm.OpEnd)
	case "copy", "copy tested":
		add(wasm.OpLoop, emptyType)
		add(wasm.OpLocalGet, 0)
		add(wasm.OpI32Const, uint64(s.step))
		add(wasm.OpI32Add)
		add(wasm.OpLocalTee, 4)
		if s.name == "copy" {
			add(wasm.OpLocalTee, 0)
			add(wasm.OpDrop)
			spoilIt(1)
			test(func() { add(wasm.OpLocalGet, 4) })
		} else {
			add(wasm.OpLocalSet, 0)
			spoilIt(1)
			test(get)
		}
		add(wasm.OpBrIf, 0)
		spend(1)
	case "kept", "kept, steps first":
		add(wasm.OpLoop, emptyType)
		spend(1)
		if s.name == "kept" {
			test(get)
			add(wasm.OpLocalSet, 4)
			update(wasm.OpLocalSet)
		} else {
			test(func() { update(wasm.OpLocalTee) })
			add(wasm.OpLocalSet, 4)
		}
		spoilIt(1)
		add(wasm.OpLocalGet, 4)
		add(wasm.OpBrIf, 0)
		spend(1)
	case "carry": // the next value is compared with the last
		add(wasm.OpLoop, emptyType)
		add(wasm.OpLocalGet, 0)
		add(wasm.OpI32Const, uint64(s.step))
		add(wasm.OpI32Add)
		add(wasm.OpLocalTee, 4)
		add(wasm.OpLocalGet, 0)
		add(max(s.compare, wasm.OpI32Eq))
		add(wasm.OpLocalSet, 5)
		add(wasm.OpLocalGet, 4)
		add(wasm.OpLocalSet, 0)
		spoilIt(1)
		add(wasm.OpLocalGet, 0)
		add(wasm.OpLocalSet, 4)
		add(wasm.OpLocalGet, 5)
		if s.negate {
			add(wasm.OpI32Eqz)
		}
		add(wasm.OpBrIf, 0)
		spend(1)
	case "blocks":
		add(wasm.OpLoop, emptyType)
		add(wasm.OpBlock, emptyType)
		spend(1)
		add(wasm.OpBlock, emptyType)
		add(wasm.OpLocalGet, 2)
		add(wasm.OpI32Const, 4)
		add(wasm.OpI32And)
		add(wasm.OpBrIf, 0)
		spend(1)
		spoilIt(3)
		add(wasm.OpEnd)
		spend(1)
		test(get)
		add(wasm.OpBrIf, 0)
		update(wasm.OpLocalSet)
		add(wasm.OpBr, 1)
		add(wasm.OpEnd)
		spend(1)
	case "else":
		add(wasm.OpLoop, emptyType)
		spend(1)
		test(get)
		add(wasm.OpIf, emptyType)
		spend(1)
		add(wasm.OpElse)
		spoilIt(2)
		spend(2)
		update(wasm.OpLocalSet)
		add(wasm.OpBr, 1)
		add(wasm.OpEnd)
		spend(1)
	case "if":
		add(wasm.OpLoop, emptyType)
		spend(1)
		test(get)
		add(wasm.OpIf, emptyType)
		spoilIt(2)
		spend(2)
		update(wasm.OpLocalSet)
		add(wasm.OpBr, 1)
		add(wasm.OpEnd)
		spend(1)
	}
	add(wasm.OpEnd)
	add(wasm.OpEnd)
	add(wasm.OpLocalGet, 0)
	add(wasm.OpEnd)
	return out
}

// shapes returns every combination worth trying.
func shapes() []shape {
	var all []shape
	for _, name := range []string{
		"bottom", "steps first", "exit", "steps first, exit", "if", "else", "blocks", "copy", "copy tested", "kept",
		"kept, steps first", "carry",
	} {
		steps := []int64{1, -1, 2, -5}
		if name == "bottom" || name == "exit" {
			steps = []int64{1, -1, 2, -4, 3, -5, 12, math.MinInt32}
		}
		for _, step := range steps {
			all = append(all, shape{name: name, step: step}, shape{name: name, step: step, negate: true})
			for compare := wasm.OpI32Eq; compare <= wasm.OpI32GeU; compare++ {
				swap := (int(compare)+int(step))%2 == 0
				all = append(all, shape{name: name, step: step, compare: compare, local: true})
				all = append(all, shape{name: name, step: step, compare: compare, local: true, swap: true})
				if step == 1 {
					for s := range spoils {
						all = append(all, shape{
							name: name, step: step, compare: compare, local: true, swap: swap, spoil: s,
						})
					}
				}
				for i, bound := range []int64{0, 7, -1, -3, math.MaxInt32, math.MinInt32 + 1} {
					all = append(
						all,
						shape{name: name, step: step, compare: compare, bound: bound, negate: i%2 == 1, swap: swap},
					)
				}
			}
		}
	}
	return all
}

func TestCountedLoopsCostWhatTheirIterationsCost(t *testing.T) {
	all, counted := shapes(), 0
	for some := range slices.Chunk(all, 40) {
		m := &wasm.Module{Types: []wasm.FuncType{{
			Params: []wasm.ValueType{wasm.I32, wasm.I32}, Results: []wasm.ValueType{wasm.I32},
		}}}
		for i := range some {
			m.Functions = append(m.Functions, 0)
			local := []wasm.Locals{{Count: 4, Type: wasm.I32}}
			m.Codes = append(m.Codes, wasm.Code{Locals: local, Body: some[i].body()})
			m.Exports = append(m.Exports, wasm.Export{Name: fmt.Sprintf("%d %+v", i, some[i]), Index: uint32(i)})
		}
		for _, p := range plansOf(t, m, uneven) {
			if slices.ContainsFunc(p.charges, func(c charge) bool { return c.loop != nil }) {
				counted++
			}
		}
		l := newLaw(t, m, uneven, engines["wasmtime"])
		l.steps = 500
		for i, s := range some {
			for j, from := range []int64{0, 5, -2, s.bound + 1, s.bound - 9*s.step, s.bound - 8*s.step + 1} {
				bound := from + s.step*int64(j*3) + int64(j&1)
				l.holds(t, m.Exports[i].Name, uint32(i), []uint64{uint64(uint32(from)), uint64(uint32(bound))})
			}
		}
	}
	if counted < len(all)/4 {
		t.Errorf("only %d of %d loops are counted", counted, len(all))
	}
}

// If the local begins with a constant, or with the zero that locals begin with, all iterations are paid for as one
// constant, in a loop that stands in another such loop too.
func TestLoopsOfConstantTripCountCostThatConstant(t *testing.T) {
	type function struct {
		shape
		from   int64
		nested bool
	}
	var all []function
	for k, s := range shapes() {
		for i, from := range []int64{0, 5, -2, s.bound + 1, s.bound - 9*s.step, s.bound - 8*s.step + 1} {
			if !s.local && (i+k)%3 == 0 {
				all = append(all, function{s, int64(int32(from)), (i+k)%2 == 1})
			}
		}
	}
	constant := 0
	for some := range slices.Chunk(all, 200) {
		m := &wasm.Module{Types: []wasm.FuncType{{Results: []wasm.ValueType{wasm.I32}}}}
		for i, f := range some {
			var body []wasm.Instruction
			if f.from != 0 || f.nested {
				from := wasm.Instruction{Op: wasm.OpI32Const, X: uint64(f.from)}
				body = append(body, from, wasm.Instruction{Op: wasm.OpLocalSet})
			}
			body = append(body, f.body()...)
			if f.nested {
				body = threeTimes(body[:len(body)-2])
			}
			m.Functions = append(m.Functions, 0)
			m.Codes = append(m.Codes, wasm.Code{Locals: []wasm.Locals{{Count: 6, Type: wasm.I32}}, Body: body})
			m.Exports = append(m.Exports, wasm.Export{Name: fmt.Sprintf("%d %+v", i, f), Index: uint32(i)})
		}
		for _, p := range plansOf(t, m, uneven) {
			if !slices.ContainsFunc(p.charges, func(c charge) bool { return c.loop != nil }) && len(p.charges) == 1 {
				constant++
			}
		}
		l := newLaw(t, m, uneven, engines["wasmtime"])
		l.steps = 1500
		for i := range some {
			l.holds(t, m.Exports[i].Name, uint32(i), nil)
		}
	}
	if constant < len(all)/3 {
		t.Errorf("only %d of %d loops are constant", constant, len(all))
	}
}

// threeTimes returns a function that executes a body, which leaves nothing, in a loop of three iterations, and returns
// local 0.
func threeTimes(body []wasm.Instruction) []wasm.Instruction {
	out := append([]wasm.Instruction{{Op: wasm.OpLoop, X: emptyType}}, body...)
	return append(out, []wasm.Instruction{
		{Op: wasm.OpLocalGet, X: 3},
		{Op: wasm.OpI32Const, X: 1},
		{Op: wasm.OpI32Add},
		{Op: wasm.OpLocalTee, X: 3},
		{Op: wasm.OpI32Const, X: 3},
		{Op: wasm.OpI32Ne},
		{Op: wasm.OpBrIf},
		{Op: wasm.OpEnd},
		{Op: wasm.OpLocalGet},
		{Op: wasm.OpEnd},
	}...)
}

func plansOf(t testing.TB, m *wasm.Module, s *gas.Schedule) []plan {
	t.Helper()
	sp, err := newSpace(m)
	must(t, err)
	a, err := analyse(sp)
	must(t, err)
	plans, err := a.plans(s.InstructionsFor(firstPages(m)))
	must(t, err)
	return plans
}
