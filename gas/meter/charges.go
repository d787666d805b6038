package meter

import (
	"slices"

	"hestia/gas"
	"hestia/internal/wasm"
)

// This file prices the blocks and places the charges: one at the entry of each block that owes something, none in a
// loop whose trip count is known on entry. The second is loop-invariant code motion to the preheader; multiplying what
// an iteration costs by the trip count, instead of adding it each time, is final value replacement of the counter.

// charge is what is paid before an instruction.
type charge struct {
	at      int         // index of the instruction
	fixed   uint64      // particles; at most MaxInt64
	tested  bool        // with fixed: the counter is tested afterwards
	scaled  uint32      // particles for each unit of its topmost operand, an unsigned i32; 0 for none
	grows   *growth     // with scaled: nothing is paid for the units if this cannot grow by so many; nil for no growth
	crosses *crossing   // what this store and others may pay for crossing pages; nil for nothing
	loop    *loopCharge // for all iterations of the loop that the instruction begins; nil for none
}

// byOperands reports whether a part of the charge depends on operands or locals.
func (c charge) byOperands() bool { return c.scaled != 0 || c.crosses != nil || c.loop != nil }

// stores returns the stores that a charge asks for.
func (c *charge) stores() []crossingStore {
	if c.crosses == nil {
		return nil
	}
	return c.crosses.stores
}

// edgeCharge is what is paid on one edge of a branch.
type edgeCharge struct {
	at     int    // index of the instruction
	label  uint32 // that the edge leads to
	fixed  uint64 // particles, not 0; at most MaxInt64
	tested bool   // the counter is tested afterwards
}

// loopCharge is what the iterations of a counted loop cost, apart from what is paid inside.
type loopCharge struct {
	loop
	first uint64 // particles, up to the first test
	each  uint64 // particles, from a test to the next; for a loop paid at run time less than maxEach, as is first
}

// maxEach keeps the price of 2^32 iterations within 64 bits.
const maxEach = 1 << 31

// account is what the blocks of one body cost, and which place pays for each.
type account struct {
	*blocks
	costs    []uint64            // by block: what its instructions cost, the first block's locals included
	credit   []uint64            // by junction: what is paid ahead on its edges
	due      []uint64            // by block: what is paid at its entry
	counted  map[int]*loopCharge // by loop instruction: paid there, by a trip count known at run time
	constant map[int]*loopCharge // by loop instruction: paid by the preheader, as the trip count is a constant
}

// newAccount prices the blocks of a body.
func newAccount(code *wasm.Code, f *flow, b *blocks, prices *gas.Instructions) (*account, error) {
	costs := make([]uint64, len(b.list))
	costs[0] = times(code.DeclaredLocals(), prices.Local)
	for i := range code.Body {
		price, err := priceOf(&code.Body[i], prices)
		if err != nil {
			return nil, at(&code.Body[i], err)
		}
		if own := b.owner[i]; own != dead {
			costs[own] = add(costs[own], price)
			if code.Body[i].Op == wasm.OpBr {
				costs[own] = add(costs[own], idle(code.Body, i, prices))
			}
		}
	}
	return &account{blocks: b, costs: costs, due: make([]uint64, len(costs))}, nil
}

// place decides what is due at the entry of each block: its price, less the credit on the edges to it, plus the credit
// on the edges from it. What is due in every iteration of a counted loop is taken out of the loop.
func (a *account) place(body []wasm.Instruction, loops []loop) {
	free := map[int]bool{}
	for _, l := range loops {
		for _, i := range slices.Concat(l.head, l.tail) {
			free[i] = true
		}
	}
	sink(body, a.blocks, a.costs, a.credit, free)
	for i := range a.due {
		a.due[i] = a.balance(i)
	}
	a.hoist(loops)
}

// balance is what is due at the entry of a block. If no path from it is observed, it pays as if the edges from it had
// no credit, and what was paid ahead counts.
func (a *account) balance(block int) uint64 {
	total := add(a.costs[block], a.ahead(a.list[block].out))
	return total - min(total, a.ahead(a.list[block].in))
}

// ahead is what is paid ahead on the edges of a junction: nothing if its credit is infinite.
func (a *account) ahead(junction int) uint64 {
	if a.credit[junction] == infinite {
		return 0
	}
	return a.credit[junction]
}

// hoist takes what every iteration of a counted loop pays out of the loop.
func (a *account) hoist(loops []loop) {
	a.counted, a.constant = map[int]*loopCharge{}, map[int]*loopCharge{}
	for _, l := range slices.Backward(loops) { // inner loops before the loops around them
		c := &loopCharge{loop: l}
		for _, i := range l.head {
			c.first = add(c.first, a.due[i])
		}
		c.each = c.first
		for _, i := range l.tail {
			c.each = add(c.each, a.due[i])
		}
		cost, _, known := c.total()
		switch {
		case c.each == 0:
			continue
		case known:
			a.constant[l.at] = c
		case c.each < maxEach:
			a.counted[l.at] = c
		default:
			continue
		}
		for _, i := range append(l.head, l.tail...) {
			a.due[i] = 0
		}
		if known {
			preheader := a.owner[l.at]
			a.due[preheader] = add(a.due[preheader], cost)
		}
	}
}

// charges lists what is paid before instructions, in their order.
func (a *account) charges(
	code *wasm.Code, prices *gas.Instructions, growths func(*wasm.Instruction) *growth, crossings []crossing,
) []charge {
	var charges []charge
	for i := range code.Body {
		c := charge{at: i, loop: a.counted[i]}
		if len(crossings) > 0 && crossings[0].at == i {
			c.crosses, crossings = &crossings[0], crossings[1:]
		}
		if own := a.owner[i]; own != dead {
			if a.list[own].start == i {
				c.fixed = a.due[own]
			}
			if c.scaled = scaleOf(code.Body[i].Op, prices); c.scaled != 0 {
				c.grows = growths(&code.Body[i])
			}
		}
		if c != (charge{at: i}) {
			charges = append(charges, c)
		}
	}
	return charges
}

// edges lists what is paid on edges, in the order of the instructions.
func (a *account) edges() []edgeCharge {
	var edges []edgeCharge
	for i, b := range a.list {
		if b.edge && a.due[i] != 0 {
			edges = append(edges, edgeCharge{at: b.start, label: b.label, fixed: a.due[i]})
		}
	}
	return edges
}

// priceOf returns the part of an instruction's price that does not depend on operands, in particles.
func priceOf(in *wasm.Instruction, prices *gas.Instructions) (uint64, error) {
	price, sold := prices.Of(uint16(in.Op))
	if !sold {
		return 0, ErrUnpriced
	}
	if in.Op == wasm.OpBrTable {
		return add(uint64(price), times(uint64(len(in.Targets)), prices.BrTarget)), nil
	}
	return uint64(price), nil
}

// idle returns what the br at an index costs beside its price, as it repeats a loop that does next to nothing: the rest
// of an iteration's least price, in particles. It looks back until a branch, a call or the loop.
func idle(body []wasm.Instruction, br int, prices *gas.Instructions) uint64 {
	sum, label, closed := uint64(0), uint64(0), 0
	for i := br; i >= 0 && sum < uint64(prices.Iteration); i-- {
		price, _ := priceOf(&body[i], prices)
		sum = add(sum, price)
		switch op := body[i].Op; {
		case op == wasm.OpEnd:
			closed++
		case op == wasm.OpBlock && closed > 0:
			closed--
		case op == wasm.OpBlock:
			label++
		case op == wasm.OpLoop && closed == 0 && label == body[br].X:
			return uint64(prices.Iteration) - min(sum-price, uint64(prices.Iteration))
		case i != br && (op <= wasm.OpReturn || op == wasm.OpCall || op == wasm.OpCallIndirect) && op != wasm.OpNop:
			return 0
		}
	}
	return 0
}

// scaleOf returns what an instruction costs for each unit of its topmost operand, in particles.
func scaleOf(op wasm.Opcode, prices *gas.Instructions) uint32 {
	switch op {
	case wasm.OpMemoryGrow:
		return prices.MemoryPage
	case wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpMemoryInit:
		return prices.Byte
	case wasm.OpTableCopy, wasm.OpTableFill, wasm.OpTableInit, wasm.OpTableGrow:
		return prices.Entry
	}
	return 0
}
