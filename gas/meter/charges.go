package meter

import (
	"slices"

	"hestia/gas"
	"hestia/internal/wasm"
)

// charge is what is paid before an instruction.
type charge struct {
	at     int     // index of the instruction
	fixed  uint64  // particles; at most MaxInt64
	tested bool    // with fixed: whether the counter is below zero then
	scaled uint32  // particles for each unit of its topmost operand, an unsigned i32; 0 for none
	rounds *rounds // for all rounds of the loop that the instruction begins; nil for none
}

// edgeCharge is what is paid on one edge of a branch.
type edgeCharge struct {
	at     int    // index of the instruction
	label  uint32 // where the edge leads
	fixed  uint64 // particles, not 0; at most MaxInt64
	tested bool   // whether the counter is below zero then
}

// rounds is what a loop's rounds cost, apart from what is paid within.
type rounds struct {
	loop
	first uint64 // particles, up to the first test
	each  uint64 // particles, from a test to the next; less than dearRound, as is first
}

// dearRound keeps the price of 2^32 rounds within 64 bits.
const dearRound = 1 << 31

// account is what the blocks of one body cost, and where that is paid.
type account struct {
	*blocks
	costs  []uint64        // by block: what its instructions cost, the first block's locals included
	credit []uint64        // by junction: what is paid ahead on its edges
	due    []uint64        // by block: what is paid where it begins
	rounds map[int]*rounds // by instruction that begins a loop
	fixed  map[int]*rounds // likewise of loops that the block before them pays for
}

// findAccount prices the blocks of a body and says what credit the ways between them have.
func findAccount(code *wasm.Code, f *flow, b *blocks, prices *gas.Instructions) (*account, error) {
	costs := make([]uint64, len(b.list))
	costs[0] = times(locals(code), prices.Local)
	for i := range code.Body {
		price, err := priceOf(&code.Body[i], prices)
		if err != nil {
			return nil, at(&code.Body[i], err)
		}
		if own := b.owner[i]; own != dead {
			costs[own] = add(costs[own], price)
		}
	}
	return &account{blocks: b, costs: costs, credit: credits(b, costs), due: make([]uint64, len(costs))}, nil
}

// settle says what is due where. At the entry of each block its price is, less the credit that all ways to it bring, plus that
// which all ways on from it are to have; but what is due in every round of a loop is taken out of it, to be paid where the loop
// is entered: by the block before if it is known beforehand how much.
func (a *account) settle(body []wasm.Instruction, loops []loop) {
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

// balance is what is due at the entry of a block. Where no way on is observed it is paid as if none had to be left, and
// what was paid ahead counts.
func (a *account) balance(block int) uint64 {
	total := add(a.costs[block], a.ahead(a.list[block].out))
	return total - min(total, a.ahead(a.list[block].in))
}

// ahead is what is paid ahead on the edges of a junction, which is nothing where there is no hope.
func (a *account) ahead(junction int) uint64 {
	if a.credit[junction] == hopeless {
		return 0
	}
	return a.credit[junction]
}

func (a *account) hoist(loops []loop) {
	a.rounds, a.fixed = map[int]*rounds{}, map[int]*rounds{}
	for _, l := range slices.Backward(loops) { // inner ones before those they stand in
		r := &rounds{loop: l}
		for _, i := range l.head {
			r.first = add(r.first, a.due[i])
		}
		r.each = r.first
		for _, i := range l.tail {
			r.each = add(r.each, a.due[i])
		}
		cost, _, known := r.total()
		switch {
		case r.each == 0:
			continue
		case known:
			a.fixed[l.at] = r
		case r.each < dearRound:
			a.rounds[l.at] = r
		default:
			continue
		}
		for _, i := range append(l.head, l.tail...) {
			a.due[i] = 0
		}
		if known {
			before := a.owner[l.at]
			a.due[before] = add(a.due[before], cost)
		}
	}
}

// charges lists what is paid, in the order of the instructions.
func (a *account) charges(code *wasm.Code, prices *gas.Instructions) []charge {
	var charges []charge
	for i := range code.Body {
		c := charge{at: i, rounds: a.rounds[i]}
		if own := a.owner[i]; own != dead {
			if a.list[own].start == i {
				c.fixed = a.due[own]
			}
			c.scaled = scaleOf(code.Body[i].Op, prices)
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

// priceOf returns the price of an instruction as far as it does not depend on operands, in particles.
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
