package admit

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// This file measures one body in a single forward walk: how high operands stack, how deep constructs nest, and which
// joins there are with how many edges. It is the validation algorithm of the specification's appendix without types:
// code behind a branch that is always taken has as many operands as it asks for.

// gauge is what is known of one body.
type gauge struct {
	height, nesting, loops, targets uint64 // the most anywhere in it

	nest  wasm.Nest[operands]
	depth int    // operands
	joins []join // in the order in which their constructs begin; the first is the function's end
	// joins of block, loop, if, else, end, what branchesWithin, and wide stores or none, in the order of instructions
	opened []int32
	loop   int32  // join of the innermost loop, or none
	marks  uint32 // how many marks were given out: see join.mark

	accesses int   // to locals so far
	accessed []int // by local: which access was the last

	region  int32   // how many joins there were so far
	written []int32 // by local: the region that wrote it last; the first for what the caller or the entry writes
	across  []int32 // by local: its number among those that are live across joins, or none
	crosses int     // how many are

	sets   liveness
	values values
	asked  [4]asked // by the logarithm of its bytes: the address of the last store
	asks   int32    // joins that are none of the code's, but of what metering asks
	dead   bool     // control does not get here
}

// join is a place that several edges lead to: the header of a loop, the end of any other construct.
type join struct {
	loop   bool
	parent int32 // the innermost loop around it, or none
	edges  uint32
	mark   uint32 // of the last branch that led here, so that targets of one br_table count once
	live   int    // index of the set of locals live there
	passed value  // the richest that a branch passed
}

const none = -1

// operands is what a construct has to do with operands.
type operands struct {
	join            int32
	base            int // operands below it
	params, results int
	changed         int  // where changes of variables in it begin
	dead            bool // control does not get there
}

// body counts one body and finds its joins.
func (c *counter) body(sig *wasm.FuncType, locals int, code []wasm.Instruction) *gauge {
	g := &c.gauge
	accessed := append(g.accessed[:0], make([]int, locals)...)
	written, across := append(g.written[:0], make([]int32, locals)...), g.across[:0]
	for range locals {
		across = append(across, none)
	}
	*g = gauge{
		nest: g.nest, joins: append(g.joins[:0], join{parent: none}), opened: g.opened[:0], loop: none,
		accessed: accessed, written: written, across: across, sets: g.sets, values: g.values,
	}
	g.values.begin(locals, c.globals)
	g.nest.Root = operands{results: len(sig.Results)}
	var f floats
	for _, in := range g.nest.Over(code) {
		c.step(g, in)
		f.add(in.Op)
		g.values.resize(g.depth)
		g.height = max(g.height, uint64(g.depth))
		if g.depth > near {
			c.total[gas.CountFar]++
		}
	}
	f.sum(&c.total)
	all, squares := uint64(0), uint64(0)
	for i := range g.joins {
		edges := uint64(g.joins[i].edges)
		all, squares = all+edges, squares+edges*edges
	}
	c.total[gas.CountEdges] += all
	c.total[gas.CountEdgeSquares] += (squares + all*all/32) / 1024
	return g
}

// step follows one instruction. Constructs, branches and returns are counted by the operands that they pass on to a
// join, everything else by what it does.
func (c *counter) step(g *gauge, in *wasm.Instruction) {
	top := g.nest.Top()
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		c.open(g, in)
		g.opened = append(g.opened, top.Data.join)
	case wasm.OpElse:
		g.region++
		g.joins[top.Data.join].edges++
		g.opened = append(g.opened, top.Data.join)
		g.depth = top.Data.base + top.Data.params
		g.values.join(top.Data.changed, true)
		g.dead = top.Data.dead
	case wasm.OpEnd:
		g.close(top)
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		c.branch(g, in)
	case wasm.OpReturn:
		g.joins[0].edges++
		c.total[gas.CountPassed] += uint64(g.nest.Root.results)
		g.stop()
	case wasm.OpUnreachable:
		g.stop()
	default:
		result := g.values.follow(in, top.Data.changed)
		if rewritable(in.Op) {
			c.computed(g, in.Op, result)
		}
		pops, pushes := c.counted(in)
		g.move(pops, pushes)
		if pushes > 0 {
			g.values.resize(g.depth - 1)
			g.values.operands = append(g.values.operands, result)
		}
	}
}

// shiftMoves are the moves of a shift whose second operand has to be in a certain register.
const shiftMoves = 2

// computed counts what a rewritable operation costs beyond an instruction. Its operands are still there.
func (c *counter) computed(g *gauge, op wasm.Opcode, result value) {
	family := familyOf(op)
	if family != other {
		c.total[gas.CountRewrites] += result.beyondUsual()
	}
	if (shifts(op) || family == rotations) && !g.values.operand(0).constant() {
		c.total[gas.CountMoves] += shiftMoves
	}
	if result.chain == hidden {
		c.total[gas.CountInstructions] += hiding
	}
}

// open counts a construct that opens. The header of a loop has an edge from before the loop; any other construct gets
// its edges from branches and when it ends.
func (c *counter) open(g *gauge, in *wasm.Instruction) {
	params, results, ok := c.BlockArity(in.X)
	if !ok {
		params, results = 0, 0 // invalid
	}
	c.total[gas.CountPassed] += uint64(params + results)
	if in.Op == wasm.OpIf {
		g.move(1, 0)
	}
	g.move(params, 0)
	j := int32(len(g.joins))
	g.joins = append(g.joins, join{loop: in.Op == wasm.OpLoop, parent: g.loop})
	top := g.nest.Top()
	top.Data = operands{
		join: j, base: g.depth, params: params, results: results, changed: len(g.values.changes), dead: g.dead,
	}
	g.depth += params
	if in.Op == wasm.OpLoop {
		g.region++
		g.joins[j].edges = 1 // from before it
		g.loop = j
		g.values.resize(g.depth)
		g.values.forget(params)
		g.values.loop()
		g.loops = max(g.loops, uint64(top.Loops))
	}
	g.nesting = max(g.nesting, uint64(g.nest.Depth()+1))
}

// close counts a construct that ends: the edge from its last instruction, and of
// an if without a second arm the false edge.
func (g *gauge) close(top *wasm.Construct[operands]) {
	g.region++
	g.opened = append(g.opened, top.Data.join)
	g.depth = top.Data.base + top.Data.results
	j := &g.joins[top.Data.join]
	g.join(top, j)
	switch top.Op {
	case wasm.OpLoop:
		g.loop = j.parent
	case wasm.OpIf:
		j.edges += 2 // no second arm: the false edge too
	default:
		j.edges++
	}
}

// join closes a construct for the values.
func (g *gauge) join(top *wasm.Construct[operands], j *join) {
	byBranch := g.dead && top.Op != wasm.OpLoop // control comes by branches, if it comes
	g.values.join(top.Data.changed, byBranch)
	if byBranch {
		g.values.resize(top.Data.base)
		for range top.Data.results {
			g.values.operands = append(g.values.operands, j.passed)
		}
	}
	g.values.forget(top.Data.results)
	outer := 0
	if around := g.nest.Target(1); around != nil {
		outer = around.Data.changed
	}
	g.values.leave(top.Data.changed, outer)
	g.dead = top.Data.dead
}

// stop ends what control reaches, up to the next join.
func (g *gauge) stop() {
	g.depth = g.nest.Top().Data.base
	g.dead = true
}

// move pops and pushes operands.
func (g *gauge) move(pops, pushes int) {
	g.depth = max(g.depth-pops, g.nest.Around().Data.base) + pushes
}

// branch counts the edges of a branch, each target once, and the targets of a br_table.
func (c *counter) branch(g *gauge, in *wasm.Instruction) {
	if in.Op != wasm.OpBr {
		g.move(1, 0)
		g.values.resize(g.depth)
	}
	g.marks++
	for _, label := range in.Labels() {
		target := g.nest.Target(label)
		if target == nil {
			continue // invalid
		}
		j := &g.joins[target.Data.join]
		if j.mark == g.marks {
			continue
		}
		j.mark = g.marks
		j.edges++
		values := target.Data.results
		if target.Op == wasm.OpLoop {
			values = target.Data.params
		}
		c.total[gas.CountPassed] += uint64(values)
		for n := range values {
			j.passed = richer(j.passed, g.values.operand(n))
		}
	}
	if in.Op == wasm.OpBrTable {
		n := uint64(len(in.Targets))
		g.targets = max(g.targets, n)
		c.targets += n
		c.total[gas.CountTargets] += n
	}
	if in.Op != wasm.OpBrIf {
		g.stop()
	}
}

// counted counts an instruction without a label, and returns the operands it pops and pushes: none if it is invalid.
func (c *counter) counted(in *wasm.Instruction) (pops, pushes int) {
	g, op := &c.gauge, in.Op
	if branchesWithin(op) {
		g.within()
	}
	if op == wasm.OpMemoryGrow || op == wasm.OpTableGrow { // metering compares what they ask for with what there may be
		c.total[gas.CountCalls] += 2
	}
	if wide(op) {
		c.asks(in)
	}
	switch {
	case usesTable(op):
		c.total[gas.CountIndirect]++
	case op == wasm.OpCall, op == wasm.OpRefFunc, branchesWithin(op):
		c.total[gas.CountCalls]++
	case op >= wasm.OpLocalGet && op <= wasm.OpLocalTee:
		c.access(op, in.X)
	}
	switch op {
	case wasm.OpCall:
		sig := c.signature(in.X)
		c.total[gas.CountPassed] += arity(sig)
		return len(sig.Params), len(sig.Results)
	case wasm.OpCallIndirect:
		sig := c.typeAt(in.X)
		c.total[gas.CountPassed] += arity(sig)
		return len(sig.Params) + 1, len(sig.Results)
	}
	pops, pushes, _ = op.Arity()
	return pops, pushes
}

// branchesWithin reports whether the compiled form of an instruction, metering included, branches and joins again: a
// table entry is made on first use, a price by length can be paid or not.
func branchesWithin(op wasm.Opcode) bool {
	return usesTable(op) || op == wasm.OpMemoryGrow || op >= wasm.OpMemoryInit && op <= wasm.OpMemoryFill
}

// within adds the join of an instruction that branches within.
func (g *gauge) within() {
	g.region++
	g.opened = append(g.opened, int32(len(g.joins)))
	g.joins = append(g.joins, join{parent: g.loop, edges: 2})
}

// asked is an address in a region between joins that the code has.
type asked struct {
	number  uint32
	region  int32
	residue uint64 // of the offset
}

// asks counts what metering adds to a store of more than a byte: it asks whether the store crosses a page, once for
// those that follow through the same local, and joins again.
func (c *counter) asks(in *wasm.Instruction) {
	const width = 2 // logarithm, of most
	address, log := c.gauge.values.operand(1), width
	switch in.Op {
	case wasm.OpI64Store, wasm.OpF64Store:
		log = 3
	case wasm.OpI32Store16, wasm.OpI64Store16:
		log = 1
	}
	g := &c.gauge
	now := asked{address.number, g.region - g.asks, in.Y % (1 << log)}
	if address.fixed && (uint64(address.low)+in.Y)%page+1<<log <= page || now.number != unknown && now == g.asked[log] {
		g.opened = append(g.opened, none)
		return
	}
	g.asked[log] = now
	c.total[gas.CountCalls] += 2
	g.within()
	g.asks++
}

// page is what a machine maps at a time.
const page = 4096

// wide reports whether an instruction stores a value of more than one byte.
func wide(op wasm.Opcode) bool {
	return op >= wasm.OpI32Store && op <= wasm.OpI64Store32 && op != wasm.OpI32Store8 && op != wasm.OpI64Store8
}

// usesTable reports whether an instruction reads or writes entries of a table.
func usesTable(op wasm.Opcode) bool {
	return op == wasm.OpCallIndirect || op == wasm.OpTableGet || op == wasm.OpTableSet ||
		op >= wasm.OpTableInit && op <= wasm.OpTableFill
}

// near is how many values are likely to be in registers at once, or nearly.
const near = 24

// access counts an access to a local: one that lies far behind the last is likely to load from the stack. A local that
// is read in a region between joins that does not write it first is live across joins (upward exposed).
func (c *counter) access(op wasm.Opcode, local uint64) {
	g := &c.gauge
	g.accesses++
	if local >= uint64(len(g.accessed)) {
		return // invalid
	}
	if g.accesses-g.accessed[local] > near {
		c.total[gas.CountFar]++
	}
	g.accessed[local] = g.accesses
	switch {
	case op != wasm.OpLocalGet:
		g.written[local] = g.region
	case g.written[local] != g.region && g.across[local] == none:
		g.across[local] = int32(g.crosses)
		g.crosses++
	}
}
