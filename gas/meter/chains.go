package meter

import (
	"slices"

	"hestia/gas"
	"hestia/internal/wasm"
)

// This file finds chains of arithmetic that an optimizer would make longer. One that rewrites sums of sums (Cranelift's
// e-graph reassociates) chooses a form of each value by itself: x*x*x*x may become x*(x*(x*x)), and a value that
// several others use is computed again in the form that each of them prefers. Ten squarings become seventy
// multiplications, which no price covers. So the result of a long chain is hidden from the optimizer: what comes
// out of a select is not rewritten with what went in.

const longChain = gas.LongChain

// link is a value: which one, and how long the chain is that ends with it.
type link struct {
	value uint32 // 0 for one that no chain goes through
	chain uint32

	source uint64 // the local that it was read from, plus one, or a constant; 0 for neither
	set    int    // where it was put into the variable that has it
}

// constantSource tells constants from locals.
const constantSource = 1 << 63

// span is a part of the code, both ends included.
type span struct{ first, last int }

// none marks a construct to whose end no branch has been met.
const none = -1

// chainFinder walks one body twice: it counts the uses of each value, and then the values of each chain.
type chainFinder struct {
	sp       *space
	operands []link
	locals   []link
	globals  []link
	stored   link   // what the last store stored
	address  uint64 // of that store: its source, or 0
	offset   uint64
	uses     []uint32 // by value
	counting bool
	next     uint32 // value
	branches []int  // by open construct: the first branch to its end, or none
	merged   []span // a variable set there has different values on the edges to a join behind; disjoint, ascending
	hidden   []int  // the instructions whose results are to be hidden
}

// findChains returns the instructions of a defined function, in their order, whose results are to be hidden.
func findChains(sp *space, function int) []int {
	body, sig := sp.Codes[function].Body, &sp.Types[sp.Functions[function]]
	n := 0
	for i := range body {
		if rewritable(body[i].Op) {
			n++
		}
	}
	if n < longChain {
		return nil
	}
	c := &chainFinder{
		sp: sp, uses: make([]uint32, n+1),
		locals:  make([]link, uint64(len(sig.Params))+sp.Codes[function].DeclaredLocals()),
		globals: make([]link, sp.globals),
	}
	for _, c.counting = range []bool{true, false} {
		c.walk(sig, body)
	}
	return c.hidden
}

func (c *chainFinder) walk(sig *wasm.FuncType, body []wasm.Instruction) {
	clear(c.locals)
	clear(c.globals)
	c.stored, c.merged = link{}, c.merged[:0]
	c.branches = append(c.branches[:0], none)
	c.operands, c.next = c.operands[:0], 0
	f := newFlowFinder(c.sp, sig, len(body))
	for i, in := range f.nest.Over(body) {
		result := c.follow(i, in, f.alive)
		if f.step(i, in) != nil {
			return // findFlow has refused it
		}
		c.edges(i, in, &f.nest)
		for len(c.operands) < f.depth {
			c.operands = append(c.operands, link{})
		}
		c.operands = c.operands[:f.depth]
		if _, pushes, fixed := in.Op.Arity(); fixed && pushes == 1 {
			c.operands[f.depth-1] = result
		}
	}
}

// at is a value that a variable is set to.
func (l link) at(i int) link {
	l.set = i
	return l
}

// get returns what a variable has, unless that depends on the way here.
func (c *chainFinder) get(l link) link {
	n, _ := slices.BinarySearchFunc(c.merged, l.set, func(s span, set int) int { return s.last - set })
	if n < len(c.merged) && c.merged[n].first <= l.set {
		return link{}
	}
	return l
}

// edges notes which code the edges to a join leave out. The same value may be on all edges if it was set before the
// first, and an optimizer then looks through the join. What iterations change it does not look through, but a loop
// may have one, so that is left to chance.
func (c *chainFinder) edges(i int, in *wasm.Instruction, nest *wasm.Nest[frame]) {
	top := len(c.branches) - 1
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop:
		c.branches = append(c.branches, none)
	case wasm.OpIf:
		c.branches = append(c.branches, i)
	case wasm.OpElse:
		c.merge(nest.Top().Start, i)
	case wasm.OpEnd:
		if c.branches[top] != none && nest.Top().Op != wasm.OpLoop {
			c.merge(c.branches[top], i)
		}
		c.branches = c.branches[:top]
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		for _, label := range in.Labels() {
			if first := &c.branches[top-int(label)]; *first == none {
				*first = i
			}
		}
	}
}

// merge adds a span that ends behind all others.
func (c *chainFinder) merge(first, last int) {
	for n := len(c.merged) - 1; n >= 0 && c.merged[n].last >= first; n-- {
		first = min(first, c.merged[n].first)
		c.merged = c.merged[:n]
	}
	c.merged = append(c.merged, span{first, last})
}

// operand returns an operand, 0 the topmost.
func (c *chainFinder) operand(n int) link {
	if n >= len(c.operands) {
		return link{}
	}
	return c.operands[len(c.operands)-1-n]
}

// follow returns what an instruction leaves on top of the operands.
func (c *chainFinder) follow(i int, in *wasm.Instruction, live bool) link {
	switch {
	case in.Op == wasm.OpLocalGet && in.X < uint64(len(c.locals)):
		l := c.get(c.locals[in.X])
		l.source = in.X + 1
		return l
	case in.Op == wasm.OpI32Const:
		return link{source: constantSource | in.X}
	case (in.Op == wasm.OpLocalSet || in.Op == wasm.OpLocalTee) && in.X < uint64(len(c.locals)):
		c.locals[in.X] = c.operand(0).at(i)
		return c.operand(0)
	case in.Op == wasm.OpGlobalGet && in.X < uint64(len(c.globals)):
		return c.get(c.globals[in.X])
	case in.Op == wasm.OpGlobalSet && in.X < uint64(len(c.globals)):
		c.globals[in.X] = c.operand(0).at(i)
	case in.Op >= wasm.OpI32Store && in.Op <= wasm.OpI64Store32:
		c.stored, c.address, c.offset = c.operand(0).at(i), c.operand(1).source, in.Y
	case in.Op >= wasm.OpI32Load && in.Op <= wasm.OpI64Load32U && c.loads(in):
		return c.get(c.stored)
	case transparent(in.Op):
		return c.operand(0)
	case rewritable(in.Op) && live:
		return c.compute(i, c.operand(1), c.operand(0))
	}
	return link{}
}

// compute returns the result of a rewritable instruction. Only values with several uses make chains.
func (c *chainFinder) compute(i int, a, b link) link {
	c.next++
	if c.counting {
		c.uses[a.value]++
		c.uses[b.value]++
		return link{value: c.next}
	}
	chain := uint32(0)
	for _, l := range []link{a, b} {
		if l.value != 0 && c.uses[l.value] > 1 {
			chain = max(chain, l.chain+1)
		}
	}
	if chain >= longChain {
		c.hidden = append(c.hidden, i)
		return link{}
	}
	return link{value: c.next, chain: chain}
}

// loads reports whether a load seems to read what the last store stored.
func (c *chainFinder) loads(in *wasm.Instruction) bool {
	return in.Y == c.offset && c.address != 0 && c.address == c.operand(0).source
}

// transparent reports whether optimizers have rules that move an operation on one operand.
func transparent(op wasm.Opcode) bool {
	return op == wasm.OpI32WrapI64 || op == wasm.OpI64ExtendI32S || op == wasm.OpI64ExtendI32U ||
		op >= wasm.OpI32Extend8S && op <= wasm.OpI64Extend32S
}

// rewritable reports whether optimizers have rules for operations on results of an operation.
func rewritable(op wasm.Opcode) bool {
	return op >= wasm.OpI32Add && op <= wasm.OpI32Mul || op >= wasm.OpI32And && op <= wasm.OpI32Rotr ||
		op >= wasm.OpI64Add && op <= wasm.OpI64Mul || op >= wasm.OpI64And && op <= wasm.OpI64Rotr
}
