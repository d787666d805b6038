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

// findCharges prices the regions of a body, in the order of its instructions.
func findCharges(code *wasm.Code, f *flow, r *regions, prices *gas.Instructions) ([]charge, error) {
	fixed := make([]uint64, len(code.Body))
	fixed[0] = times(locals(code), prices.Local)
	for i := range code.Body {
		price, err := priceOf(&code.Body[i], prices)
		if err != nil {
			return nil, at(&code.Body[i], err)
		}
		if r.payer[i] != dead {
			fixed[r.payer[i]] = add(fixed[r.payer[i]], price)
		}
	}
	hoist(fixed, r.arms)
	var charges []charge
	for i := range code.Body {
		c := charge{at: i, fixed: fixed[i]}
		if f.live[i] {
			c.scaled = scaleOf(code.Body[i].Op, prices)
		}
		if c.fixed != 0 || c.scaled != 0 {
			charges = append(charges, c)
		}
	}
	return charges, nil
}

// hoist has what both arms of an if cost at least paid before the if.
func hoist(fixed []uint64, all []arms) {
	for _, a := range all {
		least := min(fixed[a.first], fixed[a.second])
		fixed[a.first] -= least
		fixed[a.second] -= least
		fixed[a.parent] = add(fixed[a.parent], least)
	}
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
