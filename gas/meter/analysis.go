package meter

import (
	"fmt"

	"hestia/gas"
	"hestia/internal/wasm"
)

// plan is what instrumenting one function adds to it: plain tables, in the order of its instructions.
type plan struct {
	charges   []charge
	transfers []transfer
	spill     bool  // the gas counter is behind when the body ends
	checked   bool  // it takes weight from the stack counter and checks it
	weight    int32 // bytes
	give      give  // how the weight is given back when the body ends
}

// empty tells whether the function stays as it is.
func (p *plan) empty() bool { return len(p.charges) == 0 && len(p.transfers) == 0 && !p.checked }

// analysis is what is known about all functions.
type analysis struct {
	*space
	flows  []*flow // of the defined functions
	graph  *graph
	bounds *bounds
	spends []bool // by function: it may change the gas counter, or look at it
	outer  []bool // by function: the outside may look at the counter before it returns
}

// analyse plans every defined function.
func analyse(sp *space, prices *gas.Instructions) ([]plan, error) {
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
	plans := make([]plan, len(sp.Codes))
	if err := a.charge(plans, prices); err != nil {
		return nil, err
	}
	a.connect(plans)
	return plans, nil
}

// in adds the function to an error about a defined one.
func (a *analysis) in(i int, err error) error {
	return fmt.Errorf("function %d: %w", uint64(a.imported)+uint64(i), err)
}

// charge fills in what the functions pay.
func (a *analysis) charge(plans []plan, prices *gas.Instructions) error {
	looks := func(in *wasm.Instruction) bool {
		return in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && a.outer[in.X]
	}
	for i := range plans {
		code := &a.Codes[i]
		charges, err := findCharges(code, a.flows[i], findBlocks(code.Body, a.flows[i], looks), prices, looks)
		if err != nil {
			return a.in(i, err)
		}
		plans[i].charges = charges
	}
	a.spends = a.graph.leading(func(f uint32) bool {
		return a.graph.outward(f) || len(plans[f-a.imported].charges) > 0
	})
	return nil
}

// connect fills in how the functions hand the counters to each other.
func (a *analysis) connect(plans []plan) {
	of := func(in *wasm.Instruction) callee {
		if in.Op == wasm.OpCallIndirect {
			return callee{gas: true, stack: true}
		}
		return callee{gas: a.spends[in.X], stack: a.bounds.needed[in.X]}
	}
	for i := range plans {
		p, f := &plans[i], a.imported+uint32(i)
		p.checked, p.weight = a.bounds.checked[f], a.bounds.weights[f]
		t := &transferFinder{of: of, checked: p.checked}
		end := t.find(a.Codes[i].Body, a.flows[i], p.charges)
		p.transfers, p.spill, p.give = t.list, end.gas, end.give()
	}
}
