package meter

import (
	"fmt"
	"math"

	"hestia/gas"
	"hestia/internal/wasm"
)

// plan is what instrumenting one function adds to it.
type plan struct {
	charges []charge
	weight  int32 // bytes of native stack that one activation is taken to need
}

// charge is what is paid before an instruction.
type charge struct {
	at     int    // index of the instruction
	fixed  uint64 // particles; at most MaxInt64
	scaled uint32 // particles for each unit of its topmost operand, an unsigned i32; 0 for none
}

// analyse plans every defined function.
func analyse(sp *space, prices *gas.Instructions) ([]plan, error) {
	plans := make([]plan, len(sp.Codes))
	for i := range sp.Codes {
		f := uint64(sp.imported) + uint64(i)
		sig, err := sp.signature(f)
		if err == nil {
			plans[i], err = analyseFunction(sp, sig, &sp.Codes[i], prices)
		}
		if err != nil {
			return nil, fmt.Errorf("function %d: %w", f, err)
		}
	}
	return plans, nil
}

func analyseFunction(sp *space, sig *wasm.FuncType, code *wasm.Code, prices *gas.Instructions) (plan, error) {
	f, err := follow(sp, sig, code.Body)
	if err != nil {
		return plan{}, err
	}
	p := plan{weight: weight(sig, code, f)}
	fixed := make([]uint64, len(code.Body))
	fixed[0] = times(locals(code), prices.Local)
	payer := regions(code.Body, f)
	for i := range code.Body {
		price, err := priceOf(&code.Body[i], prices)
		if err != nil {
			return plan{}, at(&code.Body[i], err)
		}
		if payer[i] != dead {
			fixed[payer[i]] = add(fixed[payer[i]], price)
		}
	}
	for i := range code.Body {
		c := charge{at: i, fixed: fixed[i]}
		if f.live[i] {
			c.scaled = scaleOf(code.Body[i].Op, prices)
		}
		if c.fixed != 0 || c.scaled != 0 {
			p.charges = append(p.charges, c)
		}
	}
	return p, nil
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

// What one activation weighs, in bytes.
const (
	frameBytes = 128 // return address, frame pointer, saved registers, alignment, what the instrumentation keeps
	valueBytes = 16  // a parameter, local or operand: its spill slot, and its place among a call's arguments
)

// weight is an upper bound of the native stack that one activation of a function needs, in bytes.
func weight(sig *wasm.FuncType, code *wasm.Code, f *flow) int32 {
	values := uint64(len(sig.Params)+len(sig.Results)+f.height) + locals(code)
	return int32(min(frameBytes+valueBytes*values, math.MaxInt32))
}
