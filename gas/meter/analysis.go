package meter

import (
	"fmt"
	"slices"

	"hestia/gas"
	"hestia/internal/wasm"
)

// plan is what instrumenting one function adds to it: plain tables, in the order of its instructions.
type plan struct {
	charges  []charge
	edges    []edgeCharge
	kept     bool     // the gas counter is kept in a local from the first charge to the return
	regions  []region // else: where it is kept in one
	tests    []int    // with kept: returns before which it is tested
	testEnd  bool     // with kept: it is tested where the body ends
	checked  bool     // it takes weight from the stack counter and checks it
	weight   int32    // bytes
	early    bool     // the counter is set where the function begins
	bindings []binding
	give     bool // the weight has been taken when the body ends
}

// empty tells whether the function stays as it is.
func (p *plan) empty() bool { return !p.pays() && !p.checked }

// pays tells whether the function takes anything from the gas counter.
func (p *plan) pays() bool { return len(p.charges) > 0 || len(p.edges) > 0 }

// analysis is what is known about all functions.
type analysis struct {
	*space
	flows  []*flow // of the defined functions
	graph  *graph
	bounds *bounds
	outer  []bool // by function: the outside may look at the counter before it returns

	// What prices decide.
	accounts []*account // of the defined functions
	testing  []bool     // by function: before all else it pays something and tests the gas counter
}

// analyse finds out what does not depend on prices.
func analyse(sp *space) (*analysis, error) {
	a := &analysis{space: sp, flows: make([]*flow, len(sp.Codes))}
	own := make([]uint64, len(sp.Codes))
	for i := range sp.Codes {
		sig := &sp.Types[sp.Functions[i]]
		f, err := follow(sp, sig, sp.Codes[i].Body)
		if err != nil {
			return nil, a.in(i, err)
		}
		a.flows[i], own[i] = f, weight(sig, &sp.Codes[i], f)
	}
	a.graph = newGraph(sp, a.flows)
	a.outer = a.graph.leading(a.graph.outward)
	a.bounds = findBounds(sp, a.graph, own)
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
		a.accounts[i], a.testing[f] = account, len(a.graph.callers[f]) > 0 && account.due[0] > 0 && !account.dear()
	}
	plans := make([]plan, len(a.Codes))
	for i, account := range a.accounts {
		plans[i].charges = account.charges(&a.Codes[i], prices)
		plans[i].edges = account.edges()
		plans[i].kept = plans[i].pays() && a.keeps(i)
		if !plans[i].kept {
			plans[i].regions = charging(findRegions(a.Codes[i].Body, a.flows[i]), a.Codes[i].Body, &plans[i])
		}
		early(plans[i].regions, a.Codes[i].Body, account.blocks)
		a.deferTests(i, &plans[i])
	}
	a.bind(plans)
	return plans, nil
}

// in adds the function to an error about a defined one.
func (a *analysis) in(i int, err error) error {
	return fmt.Errorf("function %d: %w", uint64(a.imported)+uint64(i), err)
}

// account says what a defined function costs and where that is paid.
func (a *analysis) account(i int, prices *gas.Instructions) (*account, error) {
	looks := func(in *wasm.Instruction) bool {
		return in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && a.outer[in.X]
	}
	code, f := &a.Codes[i], a.flows[i]
	out, err := findAccount(code, f, findBlocks(code.Body, f, looks, a.splits(i)), prices)
	if err != nil {
		return nil, a.in(i, err)
	}
	finder := &loopFinder{body: code.Body, flow: f, blocks: out.blocks, looks: looks, hopeless: func(block int) bool {
		return out.credit[out.list[block].out] == hopeless
	}, params: uint64(len(a.Types[a.Functions[i]].Params))}
	out.settle(code.Body, finder.find())
	return out, nil
}

// splits tells at which instructions of a defined function the gas counter is in a local, so that another charge is cheap.
func (a *analysis) splits(i int) func(at int) bool {
	if a.keeps(i) {
		return func(int) bool { return true }
	}
	left := findRegions(a.Codes[i].Body, a.flows[i])
	return func(at int) bool { // asked in order
		for len(left) > 0 && left[0].end < at {
			left = left[1:]
		}
		return len(left) > 0 && left[0].start < at
	}
}

// keeps tells whether a defined function had better keep the gas counter in a local: it makes no calls, around which the
// local would have to be moved, and has few values that the local would take a register from.
func (a *analysis) keeps(i int) bool {
	code := &a.Codes[i]
	if uint64(len(a.Types[a.Functions[i]].Params))+locals(code) > fewValues {
		return false
	}
	return !slices.ContainsFunc(code.Body, func(in wasm.Instruction) bool {
		return in.Op == wasm.OpCall || in.Op == wasm.OpCallIndirect
	})
}

// bind fills in how the functions bound the stack.
func (a *analysis) bind(plans []plan) {
	relies := func(in *wasm.Instruction) bool {
		return in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && a.bounds.needed[in.X]
	}
	for i := range plans {
		p, f := &plans[i], a.imported+uint32(i)
		if a.bounds.checked[f] {
			p.checked, p.weight = true, a.bounds.weights[f]
			p.bindings, p.give, p.early = findBindings(a.Codes[i].Body, a.flows[i], relies)
		}
	}
}
