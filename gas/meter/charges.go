package meter

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// charge is what is paid before an instruction.
type charge struct {
	at     int    // index of the instruction
	fixed  uint64 // particles; at most MaxInt64
	scaled uint32 // particles for each unit of its topmost operand, an unsigned i32; 0 for none
}

// findCharges prices the blocks of a body and says what is paid where, in the order of its instructions: at the entry of a
// block its price, less the credit that all ways to it bring, plus that which all ways on from it are to have.
func findCharges(code *wasm.Code, f *flow, b *blocks, prices *gas.Instructions) ([]charge, error) {
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
	due := make([]uint64, len(code.Body))
	for i, own := range b.list {
		due[own.start] = less(add(costs[i], credit[own.out]), credit[own.in])
	}
	var charges []charge
	for i := range code.Body {
		c := charge{at: i, fixed: due[i]}
		if f.live[i] {
			c.scaled = scaleOf(code.Body[i].Op, prices)
		}
		if c.fixed != 0 || c.scaled != 0 {
			charges = append(charges, c)
		}
	}
	return charges, nil
}

// less subtracts, down to zero. It stops there only where nobody can look any more: a trap or an endless loop lies ahead.
func less(a, b uint64) uint64 { return a - min(a, b) }

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
