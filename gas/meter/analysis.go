package meter

import (
	"fmt"
	"slices"

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
	exits    []exit   // from regions
	tests    []int    // the returns before which it is tested, if it is in a local there
	testEnd  bool     // if it is kept: it is tested at the end of the body
	checked  bool     // the function takes its weight from the stack counter and checks it
	weight   int32    // bytes
	atEntry  bool     // the weight is taken at the function's entry
	bindings []binding
	giveBack bool // the weight has been taken when the body ends
	saved    bool // the stack counter is written from a local, not changed in place
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
	entry    []uint64   // by function: what its callers pay for it ahead
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
			a.promotable[i] = findRegions(sp.Codes[i].Body, a.flows[i], a.plain(i))
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
		a.accounts[i] = account
	}
	a.payEntries()
	for i, account := range a.accounts {
		account.place(a.Codes[i].Body, a.loops(i))
		f := a.imported + uint32(i)
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
		plans[i].exits = findExits(a.Codes[i].Body, a.flows[i], plans[i].regions)
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

// account finds what the blocks of a defined function cost.
func (a *analysis) account(i int, prices *gas.Instructions) (*account, error) {
	code, f := &a.Codes[i], a.flows[i]
	out, err := newAccount(code, f, findBlocks(code.Body, f, a.observes, a.splits(i)), prices)
	if err != nil {
		return nil, a.in(i, err)
	}
	return out, nil
}

// observes reports whether the outside may observe the gas counter while an instruction is executed.
func (a *analysis) observes(in *wasm.Instruction) bool {
	return in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && a.observed[in.X]
}

// loops returns the counted loops of a defined function whose credits are known.
func (a *analysis) loops(i int) []loop {
	if !a.flows[i].loops {
		return nil
	}
	f, account := a.imported+uint32(i), a.accounts[i]
	finder := &loopFinder{
		space: a.space, body: a.Codes[i].Body, flow: a.flows[i], blocks: account.blocks, observes: a.observes,
		recurs: func(callee uint64) bool { return a.graph.recurs(f, uint32(callee)) },
		params: uint64(len(a.Types[a.Functions[i]].Params)),
		lost:   func(block int) bool { return account.credit[account.list[block].out] == infinite },
	}
	return finder.find()
}

// splits returns a function that reports whether one more charge is cheap on the back edge of a br_if in a defined
// function: the gas counter is in a local there, or the loop goes on about once, since it calls its function. It has to
// be asked in the order of the instructions.
func (a *analysis) splits(i int) func(at, loop int) bool {
	if a.keeps[i] {
		return func(int, int) bool { return true }
	}
	left, calls := a.promotable[i], a.recursions(i)
	return func(at, loop int) bool {
		for len(left) > 0 && left[0].end < at {
			left = left[1:]
		}
		if len(left) > 0 && left[0].start < at {
			return true
		}
		next, _ := slices.BinarySearch(calls, loop)
		return next < len(calls) && calls[next] < at
	}
}

// recursions returns the indices of the calls in a defined function that lead back to it.
func (a *analysis) recursions(i int) (calls []int) {
	f := a.imported + uint32(i)
	if !a.graph.cyclic[f] || !a.flows[i].loops {
		return nil
	}
	for k := range a.Codes[i].Body {
		if in := &a.Codes[i].Body[k]; in.Op == wasm.OpCall && a.graph.recurs(f, uint32(in.X)) {
			calls = append(calls, k)
		}
	}
	return calls
}

// keepsCounter reports whether a defined function should keep the gas counter in a local throughout: it makes no calls
// that return, around which the local would have to be written back, and has few values that the local would take a
// register from.
func (sp *space) keepsCounter(i int) bool {
	code := &sp.Codes[i]
	if uint64(len(sp.Types[sp.Functions[i]].Params))+code.DeclaredLocals() > fewValues {
		return false
	}
	for k := range code.Body {
		if op := code.Body[k].Op; (op == wasm.OpCall || op == wasm.OpCallIndirect) && !diverges(code.Body, k) {
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
			b := &binder{
				relies: relies, plain: a.plain(i),
				recurs: func(in *wasm.Instruction) bool {
					return in.Op == wasm.OpCall && a.graph.recurs(f, uint32(in.X))
				},
			}
			p.checked, p.weight = true, a.bounds.weights[f]
			p.bindings, p.giveBack, p.atEntry = b.find(a.Codes[i].Body, a.flows[i])
			p.saved = b.saved
		}
	}
}

// plain returns a function that reports whether the label of the construct that an instruction of a defined function
// begins takes no operands. A negative index means the function's own label.
func (a *analysis) plain(i int) func(start int) bool {
	return func(start int) bool {
		if start < 0 {
			return len(a.Types[a.Functions[i]].Results) == 0
		}
		in := &a.Codes[i].Body[start]
		params, results, _ := a.BlockArity(in.X)
		return params == 0 && (in.Op == wasm.OpLoop || results == 0)
	}
}
