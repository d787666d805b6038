package meter

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

// untestedWalk follows every path through a body, from the instructions alone, and knows for each instruction on it
// whether the gas counter may be below zero.
type untestedWalk struct {
	body    []wasm.Instruction
	plan    *plan
	tests   func(function uint64) bool // calling it tests the counter
	ends    []int                      // by instruction that opens a construct: its end
	arms    []int                      // by if: its else, or its end
	around  [][]int                    // by instruction: constructs that it stands in, the innermost last
	seen    [2][]bool                  // by whether the counter may be below zero, and instruction
	work    []place
	problem string
}

type place struct {
	at       int
	negative bool
}

// walkUntested returns what is wrong with a plan, or nothing.
func walkUntested(body []wasm.Instruction, p *plan, tests func(uint64) bool) string {
	n := len(body)
	w := &untestedWalk{
		body: body, plan: p, tests: tests,
		ends: make([]int, n), arms: make([]int, n), around: make([][]int, n),
		seen: [2][]bool{make([]bool, n), make([]bool, n)},
	}
	var open []int
	for i := range body {
		w.around[i] = slices.Clone(open)
		switch body[i].Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			open = append(open, i)
		case wasm.OpElse:
			w.arms[open[len(open)-1]] = i
		case wasm.OpEnd:
			if last := len(open) - 1; last >= 0 {
				w.ends[open[last]] = i
				if w.arms[open[last]] == 0 {
					w.arms[open[last]] = i
				}
				open = open[:last]
			}
		}
	}
	w.to(0, false)
	for len(w.work) > 0 && w.problem == "" {
		at := w.work[len(w.work)-1]
		w.work = w.work[:len(w.work)-1]
		w.step(at.at, at.negative)
	}
	return w.problem
}

func (w *untestedWalk) to(at int, negative bool) {
	which := 0
	if negative {
		which = 1
	}
	if !w.seen[which][at] {
		w.seen[which][at] = true
		w.work = append(w.work, place{at, negative})
	}
}

func (w *untestedWalk) wrong(at int, what string) {
	w.problem = fmt.Sprintf("instruction %d, %s: %s with a counter that may be below zero", at, &w.body[at], what)
}

// charged returns the charge at an instruction.
func (w *untestedWalk) charged(at int) charge {
	if k := slices.IndexFunc(w.plan.charges, func(c charge) bool { return c.at == at }); k >= 0 {
		return w.plan.charges[k]
	}
	return charge{at: at}
}

func (w *untestedWalk) step(i int, negative bool) {
	in, c := &w.body[i], w.charged(i)
	if c.fixed != 0 || c.tested {
		negative = !c.tested
	}
	if c.scaled != 0 && negative {
		w.wrong(i, "a length is paid")
	}
	negative = negative && c.loop == nil
	switch in.Op {
	case wasm.OpCall, wasm.OpCallIndirect:
		negative = negative && (in.Op != wasm.OpCall || !w.tests(in.X))
		fallthrough
	case wasm.OpMemoryGrow, wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpMemoryInit,
		wasm.OpTableCopy, wasm.OpTableFill, wasm.OpTableInit, wasm.OpTableGrow:
		if negative {
			w.wrong(i, "this is done")
		}
	case wasm.OpIf:
		second := w.arms[i]
		if w.body[second].Op == wasm.OpElse {
			second++
		}
		w.to(second, negative)
	case wasm.OpElse:
		w.to(w.ends[w.around[i][len(w.around[i])-1]], negative)
		return
	case wasm.OpReturn:
		if negative && !slices.Contains(w.plan.tests, i) {
			w.wrong(i, "it returns")
		}
		return
	case wasm.OpUnreachable:
		return
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		for _, label := range in.Labels() {
			w.branch(i, label, negative)
		}
		if in.Op != wasm.OpBrIf {
			return
		}
	case wasm.OpEnd:
		w.leave(i, negative)
		return
	}
	w.to(i+1, negative)
}

// branch follows the edge to a label, behind what the edge pays.
func (w *untestedWalk) branch(i int, label uint32, negative bool) {
	if k := slices.IndexFunc(w.plan.edges, func(e edgeCharge) bool { return e.at == i && e.label == label }); k >= 0 {
		negative = !w.plan.edges[k].tested
	}
	if slices.ContainsFunc(w.plan.exits, func(e exit) bool { return e.at == i && e.tested }) {
		negative = false
	}
	around := w.around[i]
	if int(label) == len(around) {
		w.leave(len(w.body)-1, negative)
		return
	}
	construct := around[len(around)-1-int(label)]
	if w.body[construct].Op != wasm.OpLoop {
		w.leave(w.ends[construct], negative)
		return
	}
	if c := w.charged(construct + 1); negative && !c.tested {
		w.wrong(i, "it takes a back edge")
	}
	w.to(construct+1, negative)
}

// leave goes on behind an end.
func (w *untestedWalk) leave(end int, negative bool) {
	if slices.ContainsFunc(w.plan.regions, func(r region) bool { return r.end == end && r.tested }) {
		negative = false
	}
	if end+1 < len(w.body) {
		w.to(end+1, negative)
	} else if negative && !w.plan.testEnd {
		w.wrong(end, "it returns")
	}
}

// On every path from a charge that is not tested, the counter is tested before an observation, before a back edge is
// taken, before a call of a function that does not test it first, and before work that depends on an operand.
func TestUntestedChargesAreTestedSoonEnough(t *testing.T) {
	all := modules(t)
	for name := range kernels {
		all[name] = kernel(t, name)
	}
	for seed := range uint64(600) {
		all[fmt.Sprint("generated ", seed)] = generate(randomBytes(seed, 100+int(seed)))
	}
	all["a call of what does not pay first"] = parse(t, `(module (memory 1 2)
		(func $grows (param i32) (loop (drop (memory.grow (local.get 0))) (br 0)))
		(func (export "run") (param i32) (loop (if (local.get 0) (then (call $grows (i32.const 1)))) (br 0))))`)
	untested, tested := 0, 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m := all[name]
		for _, s := range []*gas.Schedule{gas.Default(), uneven, even} {
			plans := plansOf(t, m, s)
			tests := func(function uint64) bool {
				i := int(function) - m.ImportedFunctions()
				return i >= 0 && len(plans[i].charges) > 0 && plans[i].charges[0].at == 0 && plans[i].charges[0].tested
			}
			for i := range plans {
				if problem := walkUntested(m.Codes[i].Body, &plans[i], tests); problem != "" {
					t.Errorf("%s, function %d, schedule %s: %s", name, i, s.Name, problem)
				}
				for _, c := range plans[i].charges {
					if c.tested {
						tested++
					} else if c.fixed != 0 {
						untested++
					}
				}
			}
		}
	}
	if untested < tested/4 {
		t.Errorf("%d charges are tested, and only %d not", tested, untested)
	}
}

// A function whose charges could take the counter below every int64 tests each of them, and its callers test before.
func TestFunctionsThatMayUnderflowTestEveryCharge(t *testing.T) {
	m := parse(t, `(module
		(func $costly (export "run") (param i32) (loop (if (local.get 0) (then (nop))) (br 0)))
		(func (export "calls") (param i32) (loop (if (local.get 0) (then (call $costly (i32.const 1)))) (br 0))))`)
	for count, all := range map[uint32]bool{20: false, 1<<30 + 1: true} {
		m.Codes[0].Locals = []wasm.Locals{{Count: count, Type: wasm.I64}}
		s := *even
		s.Instructions.Local = 1<<32 - 2
		plans := plansOf(t, m, &s)
		untested := func(c charge) bool { return c.fixed != 0 && !c.tested }
		if got := !slices.ContainsFunc(plans[0].charges, untested); got != all {
			t.Errorf("%d locals: %+v", count, plans[0].charges)
		}
		arm := slices.IndexFunc(plans[1].charges, func(c charge) bool { return c.at == 3 })
		if arm < 0 || plans[1].charges[arm].tested != all {
			t.Errorf("%d locals, before the call: %+v", count, plans[1].charges)
		}
	}
}
