package meter

import (
	"fmt"

	"hestia/gas"
	"hestia/internal/wasm"
)

// This file is the pass manager: it runs the passes over each function in order and collects a plan for the rewriter.

// plan is what instrumenting one function adds to it: plain tables, in the order of its instructions.
type plan struct {
	hidden   []int // instructions whose results are hidden from the optimizer
	charges  []charge
	edges    []edgeCharge
	kept     bool     // the gas counter is kept in a local from the first charge to the return
	regions  []region // if it is not kept: the parts of the body that keep it in one
	tests    []int    // if it is kept: the returns before which it is tested
	testEnd  bool     // if it is kept: it is tested at the end of the body
	checked  bool     // the function takes its weight from the stack counter and checks it
	weight   int32    // bytes
	atEntry  bool     // the weight is taken at the function's entry
	bindings []binding
	giveBack bool // the weight has been taken when the body ends
}

// empty reports whether the function stays as it is.
func (p *plan) empty() bool { return !p.pays() && !p.checked && len(p.hidden) == 0 }

// pays reports whether the function takes anything from the gas counter.
func (p *plan) pays() bool { return len(p.charges) > 0 || len(p.edges) > 0 }

// analysis is what is known about all functions.
type analysis struct {
	*space
	flows      []*flow // of the defined functions
	graph      *graph
	bounds     *bounds
	observed   []bool     // by function: the outside may observe the counter before it returns
	keeps      []bool     // by defined function: it should keep the gas counter in a local throughout
	promotable [][]region // of the defined functions that should not: where it could be

	// What depends on prices.
	accounts []*account // of the defined functions
	testing  []bool     // by function: the first thing it does is to pay something and test the gas counter
}

// analyse runs the passes that do not depend on prices.
func analyse(sp *space) (*analysis, error) {
	a := &analysis{space: sp, flows: make([]*flow, len(sp.Codes))}
	own := make([]uint64, len(sp.Codes))
	for i := range sp.Codes {
		sig := &sp.Types[sp.Functions[i]]
		f, err := findFlow(sp, sig, sp.Codes[i].Body)
		if err != nil {
			return nil, a.in(i, err)
		}
		a.flows[i], own[i] = f, weight(sig, &sp.Codes[i], f)
	}
	a.graph = newGraph(sp, a.flows)
	a.observed = a.graph.reaching(a.graph.leavesModule)
	a.bounds = findBounds(sp, a.graph, own)
	a.keeps, a.promotable = make([]bool, len(sp.Codes)), make([][]region, len(sp.Codes))
	for i := range sp.Codes {
		if a.keeps[i] = sp.keepsCounter(i); !a.keeps[i] && a.flows[i].loops {
			a.promotable[i] = findRegions(sp.Codes[i].Body, a.flows[i])
		}
	}
	return a, nil
}

// plans plans every defined function.
func (a *analysis) plans(prices *gas.Instructions) ([]plan, error) {
	a.accounts, a.testing = make([]*account, len(a.Codes)), make([]bool, a.functions)
	for i := range a.accounts {
		account, err := a.account(i, prices)
		if err != nil {
			return nil, err
		}
		f := a.imported + uint32(i)
		a.accounts[i] = account
		a.testing[f] = len(a.graph.callers[f]) > 0 && account.due[0] > 0 && !account.mayUnderflow()
	}
	crossings := func(int) []crossing { return nil }
	if prices.Crossing != 0 {
		facts := findAlignment(a.space)
		crossings = func(i int) []crossing { return facts.crossings(i, a.accounts[i].owner, prices.Crossing) }
	}
	plans := make([]plan, len(a.Codes))
	for i, account := range a.accounts {
		plans[i].charges = account.charges(&a.Codes[i], prices, a.growth, crossings(i))
		plans[i].edges = account.edges()
		plans[i].hidden = findChains(a.space, i)
		plans[i].kept = plans[i].pays() && a.keeps[i]
		if !plans[i].kept {
			plans[i].regions = charging(a.promotable[i], a.Codes[i].Body, &plans[i])
		}
		extend(plans[i].regions, a.Codes[i].Body, account.blocks)
		a.deferTests(i, &plans[i])
	}
	a.bind(plans)
	return plans, nil
}

// in adds the function to an error about a defined one.
func (a *analysis) in(i int, err error) error {
	return fmt.Errorf("function %d: %w", uint64(a.imported)+uint64(i), err)
}

// account finds what the blocks of a defined function cost and decides which place pays for each.
func (a *analysis) account(i int, prices *gas.Instructions) (*account, error) {
	observes := func(in *wasm.Instruction) bool {
		return in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && a.observed[in.X]
	}
	code, f := &a.Codes[i], a.flows[i]
	out, err := findAccount(code, f, findBlocks(code.Body, f, observes, a.splits(i)), prices)
	if err != nil {
		return nil, a.in(i, err)
	}
	finder := &loopFinder{
		body: code.Body, flow: f, blocks: out.blocks, observes: observes,
		params: uint64(len(a.Types[a.Functions[i]].Params)),
		lost:   func(block int) bool { return out.credit[out.list[block].out] == infinite },
	}
	var loops []loop
	if f.loops {
		loops = finder.find()
	}
	out.place(code.Body, loops)
	return out, nil
}

// splits returns a function that reports whether the gas counter is in a local at an instruction of a defined function,
// so that one more charge there is cheap. It has to be asked in the order of the instructions.
func (a *analysis) splits(i int) func(at int) bool {
	if a.keeps[i] {
		return func(int) bool { return true }
	}
	left := a.promotable[i]
	return func(at int) bool {
		for len(left) > 0 && left[0].end < at {
			left = left[1:]
		}
		return len(left) > 0 && left[0].start < at
	}
}

// keepsCounter reports whether a defined function should keep the gas counter in a local throughout: it makes no calls,
// around which the local would have to be written back, and has few values that the local would take a register from.
func (sp *space) keepsCounter(i int) bool {
	code := &sp.Codes[i]
	if uint64(len(sp.Types[sp.Functions[i]].Params))+code.DeclaredLocals() > fewValues {
		return false
	}
	for k := range code.Body {
		if op := code.Body[k].Op; op == wasm.OpCall || op == wasm.OpCallIndirect {
			return false
		}
	}
	return true
}

// bind plans how the functions bound the stack.
func (a *analysis) bind(plans []plan) {
	relies := func(in *wasm.Instruction) bool {
		return in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && a.bounds.needed[in.X]
	}
	for i := range plans {
		p, f := &plans[i], a.imported+uint32(i)
		if a.bounds.checked[f] {
			p.checked, p.weight = true, a.bounds.weights[f]
			p.bindings, p.giveBack, p.atEntry = findBindings(a.Codes[i].Body, a.flows[i], relies)
		}
	}
}
