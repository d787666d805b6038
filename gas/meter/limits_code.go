package meter

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// gauge is what is known of one body.
type gauge struct {
	height, nesting, loops, targets uint64 // the most anywhere in it

	frames []gaugeFrame
	depth  int     // operands
	joins  []join  // in the order in which their constructs begin; the first is the function's end
	opened []int32 // the joins of block, loop, if, else, end and accesses to tables, in the order of instructions
	loop   int32   // join of the innermost loop, or none
	inside uint64  // loops open
	marks  uint32  // to tell the targets of one br_table apart

	accesses int   // to locals so far
	accessed []int // by local: which access was the last

	sets liveness
}

// join is where branches meet: the head of a loop, the end of anything else.
type join struct {
	loop   bool
	parent int32 // the innermost loop around it, or none
	edges  uint32
	mark   uint32
	live   int // where the set of locals live there begins
}

const none = -1

// gaugeFrame is an open construct.
type gaugeFrame struct {
	op              wasm.Opcode
	join            int32
	base            int // operands below it
	params, results int
}

// follow counts one body, and finds its joins.
func (c *counter) follow(sig *wasm.FuncType, locals int, code []wasm.Instruction) *gauge {
	g := &c.gauge
	accessed := append(g.accessed[:0], make([]int, locals)...)
	*g = gauge{
		frames: g.frames[:0], joins: g.joins[:0], opened: g.opened[:0], loop: none, accessed: accessed, sets: g.sets,
	}
	g.open(wasm.OpBlock, 0, len(sig.Results))
	for i := range code {
		c.step(g, &code[i])
		g.height = max(g.height, uint64(g.depth))
		if g.depth > near {
			c.total[gas.CountFar]++
		}
	}
	edges := uint64(0)
	for i := range g.joins {
		edges += uint64(g.joins[i].edges)
	}
	c.total[gas.CountEdges] += edges
	c.total[gas.CountEdgeSquares] += edges * edges / 1024
	return g
}

func (c *counter) step(g *gauge, in *wasm.Instruction) {
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		params, results := c.blockArity(in.X)
		c.total[gas.CountPassed] += uint64(params + results)
		if in.Op == wasm.OpIf {
			g.move(1, 0)
		}
		g.move(params, 0)
		g.open(in.Op, params, results)
		g.opened = append(g.opened, g.frames[len(g.frames)-1].join)
	case wasm.OpElse:
		top := &g.frames[len(g.frames)-1]
		top.op = wasm.OpElse
		g.joins[top.join].edges++
		g.opened = append(g.opened, top.join)
		g.depth = top.base + top.params
	case wasm.OpEnd:
		g.close()
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		c.branch(g, in)
	case wasm.OpReturn:
		g.joins[0].edges++
		c.total[gas.CountPassed] += uint64(g.frames[0].results)
		g.depth = g.frames[len(g.frames)-1].base
	case wasm.OpUnreachable:
		g.depth = g.frames[len(g.frames)-1].base
	default:
		pops, pushes := c.counted(in)
		g.move(pops, pushes)
	}
}

func (g *gauge) open(op wasm.Opcode, params, results int) {
	j := int32(len(g.joins))
	g.joins = append(g.joins, join{loop: op == wasm.OpLoop, parent: g.loop})
	g.frames = append(g.frames, gaugeFrame{op: op, join: j, base: g.depth, params: params, results: results})
	g.depth += params
	if op == wasm.OpLoop {
		g.joins[j].edges = 1
		g.loop = j
		g.inside++
		g.loops = max(g.loops, g.inside)
	}
	g.nesting = max(g.nesting, uint64(len(g.frames)-1))
}

func (g *gauge) close() {
	top := g.frames[len(g.frames)-1]
	g.frames = g.frames[:len(g.frames)-1]
	g.opened = append(g.opened, top.join)
	g.depth = top.base + top.results
	j := &g.joins[top.join]
	switch top.op {
	case wasm.OpLoop:
		g.loop = j.parent
		g.inside--
	case wasm.OpIf:
		j.edges += 2
	default:
		j.edges++
	}
}

// move pops and pushes operands. Code behind a branch has as many as it asks for.
func (g *gauge) move(pops, pushes int) {
	g.depth = max(g.depth-pops, g.frames[len(g.frames)-1].base) + pushes
}

func (c *counter) branch(g *gauge, in *wasm.Instruction) {
	if in.Op != wasm.OpBr {
		g.move(1, 0)
	}
	g.marks++
	for _, label := range labels(in) {
		if uint64(label) >= uint64(len(g.frames)) {
			continue // invalid
		}
		target := &g.frames[len(g.frames)-1-int(label)]
		j := &g.joins[target.join]
		if j.mark == g.marks {
			continue
		}
		j.mark = g.marks
		j.edges++
		values := target.results
		if target.op == wasm.OpLoop {
			values = target.params
		}
		c.total[gas.CountPassed] += uint64(values)
	}
	if in.Op == wasm.OpBrTable {
		n := uint64(len(in.Targets))
		g.targets = max(g.targets, n)
		c.targets += n
		c.total[gas.CountTargets] += n
	}
	if in.Op != wasm.OpBrIf {
		g.depth = g.frames[len(g.frames)-1].base
	}
}

func (c *counter) blockArity(x uint64) (params, results int) {
	switch t := int64(x); {
	case t == wasm.EmptyBlock:
		return 0, 0
	case t < 0:
		return 0, 1
	default:
		sig := c.typeAt(x)
		return len(sig.Params), len(sig.Results)
	}
}

// branchesWithin tells whether branches meet within an instruction, once metered and compiled: the entry of a table is there
// already or made on first use, and what is charged by length is affordable or not.
func branchesWithin(op wasm.Opcode) bool {
	return usesTable(op) || op == wasm.OpMemoryGrow || op >= wasm.OpMemoryInit && op <= wasm.OpMemoryFill
}

func usesTable(op wasm.Opcode) bool {
	return op == wasm.OpCallIndirect || op == wasm.OpTableGet || op == wasm.OpTableSet ||
		op >= wasm.OpTableInit && op <= wasm.OpTableFill
}

// near is how many values are likely to be in registers at once, or nearly.
const near = 24

// access counts an access to a local.
func (c *counter) access(local uint64) {
	g := &c.gauge
	g.accesses++
	if local >= uint64(len(g.accessed)) {
		return // invalid
	}
	if g.accesses-g.accessed[local] > near {
		c.total[gas.CountFar]++
	}
	g.accessed[local] = g.accesses
}

// counted counts an instruction without a label, and returns the operands it takes and leaves.
func (c *counter) counted(in *wasm.Instruction) (pops, pushes int) {
	g, op := &c.gauge, in.Op
	if branchesWithin(op) {
		g.opened = append(g.opened, int32(len(g.joins)))
		g.joins = append(g.joins, join{parent: g.loop, edges: 2})
	}
	switch {
	case usesTable(op):
		c.total[gas.CountIndirect]++
	case op == wasm.OpCall, op == wasm.OpRefFunc, branchesWithin(op):
		c.total[gas.CountCalls]++
	case op >= wasm.OpLocalGet && op <= wasm.OpLocalTee:
		c.access(in.X)
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
	e := effectOf[op] // of an invalid opcode: none
	return int(e.pops), int(e.pushes)
}
