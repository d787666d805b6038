package meter

import (
	"math"

	"hestia/internal/wasm"
)

// What one activation weighs, in bytes. A place on the native stack takes 8.
const (
	frameBytes   = 128 // return address, frame pointer, saved registers, alignment, what the instrumentation keeps
	operandBytes = 16  // a parameter, local or operand: where it is spilled, and its place among a call's arguments
	valueBytes   = 8   // a value that may be kept for when it is needed again
	roundValues  = 8   // values that counting a loop's rounds computes
)

// weight is an upper bound of the native stack that one activation of a function needs, in bytes. Operands and locals are
// not enough: what stands in a function twice may be computed once and kept in between, though the module keeps nothing.
func weight(sig *wasm.FuncType, code *wasm.Code, f *flow) uint64 {
	operands := uint64(len(sig.Params)+len(sig.Results)+f.height) + locals(code)
	return min(frameBytes+operandBytes*operands+valueBytes*f.values, math.MaxInt32)
}

// bounds says how the native stack is bounded, by function.
//
// Only functions that can be on the stack more often than the code shows check the counter: those that may come to call
// themselves by name, and those that can be called otherwise than by name. Each of them takes, with its own weight, that
// of the heaviest chain of unchecked functions that can stand above it before the next checked one.
type bounds struct {
	checked []bool
	weights []int32 // what a checked function takes from the counter
	needed  []bool  // the counter must be right when the function is called
}

func findBounds(sp *space, g *graph, own []uint64) *bounds {
	order, cyclic := g.upward()
	b := &bounds{checked: make([]bool, sp.functions), weights: make([]int32, sp.functions)}
	for _, f := range order {
		if f < sp.imported {
			continue
		}
		b.checked[f] = cyclic[f] || g.taken[f]
		above := uint64(0)
		for _, callee := range g.callees[f] {
			if !b.checked[callee] && !cyclic[callee] {
				above = max(above, uint64(b.weights[callee]))
			}
		}
		b.weights[f] = int32(min(own[f-sp.imported]+above, math.MaxInt32))
	}
	b.needed = g.leading(func(f uint32) bool { return g.outward(f) || b.checked[f] })
	return b
}
