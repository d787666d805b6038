package meter

import "hestia/internal/wasm"

// This file builds the call graph. It finds what can reach a set of functions with a worklist over reversed edges, and
// a postorder of the graph with Tarjan's algorithm for strongly connected components.

// graph is the call graph of live code. Functions are named by index, imported ones first.
type graph struct {
	callees  [][]uint32
	callers  [][]uint32
	indirect []bool // calls through a table
	taken    []bool // its address is taken: exported, started, in a table, or named by ref.func
	imported uint32

	order     []uint32 // postorder: every function after all that it calls, unless both are in a cycle
	component []int    // by function: its strongly connected component, in postorder
	cyclic    []bool   // by function: it is in a cycle
}

func newGraph(sp *space, flows []*flow) *graph {
	g := &graph{
		callees: make([][]uint32, sp.functions), callers: make([][]uint32, sp.functions),
		indirect: make([]bool, sp.functions), taken: make([]bool, sp.functions), imported: sp.imported,
	}
	seen := make([]uint32, sp.functions) // the last caller that was seen, plus one
	for i, f := range flows {
		caller := sp.imported + uint32(i)
		for j := range sp.Codes[i].Body {
			switch in := &sp.Codes[i].Body[j]; {
			case in.Op == wasm.OpRefFunc:
				g.taken[in.X] = true
			case in.Op == wasm.OpCallIndirect && f.live[j]:
				g.indirect[caller] = true
			case in.Op == wasm.OpCall && f.live[j] && seen[in.X] != caller+1:
				seen[in.X] = caller + 1
				g.callees[caller] = append(g.callees[caller], uint32(in.X))
				g.callers[in.X] = append(g.callers[in.X], caller)
			}
		}
	}
	g.take(sp)
	g.sort()
	return g
}

// take marks the functions named outside bodies.
func (g *graph) take(sp *space) {
	for _, ex := range sp.Exports {
		if ex.Kind == wasm.ExternalFunction {
			g.taken[ex.Index] = true
		}
	}
	if sp.Start != nil {
		g.taken[*sp.Start] = true
	}
	constant := func(x []wasm.Instruction) {
		for _, in := range x {
			if in.Op == wasm.OpRefFunc {
				g.taken[in.X] = true
			}
		}
	}
	for i := range sp.Globals {
		constant(sp.Globals[i].Init)
	}
	for _, e := range sp.Elements {
		for _, f := range e.Functions {
			g.taken[f] = true
		}
		for _, x := range e.Expressions {
			constant(x)
		}
	}
}

// reaching returns the functions of a set and all from which a chain of calls by name can reach one of it.
func (g *graph) reaching(to func(function uint32) bool) []bool {
	set := make([]bool, len(g.callers))
	var work []uint32
	for f := range uint32(len(set)) {
		if to(f) {
			set[f] = true
			work = append(work, f)
		}
	}
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for _, caller := range g.callers[f] {
			if !set[caller] {
				set[caller] = true
				work = append(work, caller)
			}
		}
	}
	return set
}

// leavesModule reports whether a function is imported or calls through a table, which may hold an import.
func (g *graph) leavesModule(function uint32) bool {
	return function < g.imported || g.indirect[function]
}

// recurs reports whether a call of a callee by a function can lead back to that function.
func (g *graph) recurs(function, callee uint32) bool {
	return g.cyclic[function] && g.component[function] == g.component[callee]
}

// sort finds the postorder, the components and the cycles. It does not recurse, so that a deep graph cannot exhaust the
// stack.
func (g *graph) sort() {
	n := uint32(len(g.callees))
	g.component, g.cyclic = make([]int, n), make([]bool, n)
	t := &tarjan{graph: g, index: make([]uint32, n), low: make([]uint32, n), on: make([]bool, n)}
	for f := range n {
		if t.index[f] == 0 {
			t.visit(f)
		}
	}
}

// tarjan is the state of one depth-first walk.
type tarjan struct {
	*graph
	index, low []uint32 // numbers from 1 in the order of visits
	on         []bool   // on the stack
	stack      []uint32
	components int
	next       uint32
}

// visiting is a function on the path from the root, and how many of its callees are done.
type visiting struct {
	function uint32
	done     int
}

func (t *tarjan) visit(root uint32) {
	path := []visiting{t.begin(root)}
	for len(path) > 0 {
		v := &path[len(path)-1]
		f := v.function
		if v.done == len(t.callees[f]) {
			t.finish(f)
			path = path[:len(path)-1]
			if len(path) > 0 {
				up := path[len(path)-1].function
				t.low[up] = min(t.low[up], t.low[f])
			}
			continue
		}
		callee := t.callees[f][v.done]
		v.done++
		switch {
		case callee == f:
			t.cyclic[f] = true
		case t.index[callee] == 0:
			path = append(path, t.begin(callee))
		case t.on[callee]:
			t.low[f] = min(t.low[f], t.index[callee])
		}
	}
}

func (t *tarjan) begin(f uint32) visiting {
	t.next++
	t.index[f], t.low[f] = t.next, t.next
	t.stack = append(t.stack, f)
	t.on[f] = true
	return visiting{function: f}
}

// finish pops a component off the stack if f is the first of it that was visited.
func (t *tarjan) finish(f uint32) {
	if t.low[f] != t.index[f] {
		return
	}
	for first := len(t.stack) - 1; ; first-- {
		if t.stack[first] != f {
			continue
		}
		component := t.stack[first:]
		for _, member := range component {
			t.on[member] = false
			t.cyclic[member] = t.cyclic[member] || len(component) > 1
			t.component[member] = t.components
		}
		t.components++
		t.order = append(t.order, component...)
		t.stack = t.stack[:first]
		return
	}
}
