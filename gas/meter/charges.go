package meter

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// charge is what is paid before an instruction.
type charge struct {
	at     int     // index of the instruction
	fixed  uint64  // particles; at most MaxInt64
	scaled uint32  // particles for each unit of its topmost operand, an unsigned i32; 0 for none
	rounds *rounds // for all rounds of the loop that the instruction begins; nil for none
}

// rounds is what a loop's rounds cost, apart from what is paid within.
type rounds struct {
	loop
	first uint64 // particles, up to the first test
	each  uint64 // particles, from a test to the next; less than dearRound, as is first
}

// dearRound keeps the price of 2^32 rounds within 64 bits.
const dearRound = 1 << 31

// findCharges prices the blocks of a body and says what is paid where, in the order of its instructions: at the entry of a
// block its price, less the credit that all ways to it bring, plus that which all ways on from it are to have.
func findCharges(code *wasm.Code, f *flow, b *blocks, prices *gas.Instructions, looks looker) ([]charge, error) {
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
	credit := credits(b, costs)
	due := costs
	for i, own := range b.list {
		due[i] = balance(costs[i], credit[own.in], credit[own.out])
	}
	finder := &loopFinder{body: code.Body, flow: f, blocks: b, looks: looks, hopeless: func(block int) bool {
		return credit[b.list[block].out] == hopeless
	}}
	known := collect(finder.find(), due)
	var charges []charge
	for i := range code.Body {
		c := charge{at: i, rounds: known[i]}
		if own := b.owner[i]; own != dead {
			if b.list[own].start == i {
				c.fixed = due[own]
			}
			c.scaled = scaleOf(code.Body[i].Op, prices)
		}
		if c != (charge{at: i}) {
			charges = append(charges, c)
		}
	}
	return charges, nil
}

// balance is what is due at the entry of a block of a cost, between its credits. Where no way on is observed it is paid as
// if none had to be left, and what was paid ahead counts.
func balance(cost, in, out uint64) uint64 {
	if in == hopeless {
		in = 0
	}
	if out == hopeless {
		out = 0
	}
	total := add(cost, out)
	return total - min(total, in)
}

// collect takes what is due in every round of a loop out of it, to be paid where it is entered.
func collect(loops []loop, due []uint64) map[int]*rounds {
	all := map[int]*rounds{}
	for _, l := range loops {
		r := &rounds{loop: l}
		for _, i := range l.head {
			r.first = add(r.first, due[i])
		}
		r.each = r.first
		for _, i := range l.tail {
			r.each = add(r.each, due[i])
		}
		if r.each == 0 || r.each >= dearRound {
			continue
		}
		all[l.at] = r
		for _, i := range append(l.head, l.tail...) {
			due[i] = 0
		}
	}
	return all
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
