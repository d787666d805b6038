package meter

import (
	"math"
	"slices"

	"hestia/internal/wasm"
)

// This file bounds the native stack: worst-case stack usage analysis, bottom-up over the call graph. Chains of calls
// without a cycle are added up statically; cycles are bounded by the counter at run time.

// What one activation weighs, in bytes. A stack slot has 8.
const (
	frameBytes   = 128 // return address, frame pointer, saved registers, alignment, what the instrumentation keeps
	operandBytes = 16  // a parameter, local or operand: its spill slot, and its slot among a call's arguments
	valueBytes   = 8   // a value that may be kept until it is needed again
	floatBytes   = 8   // what each of both has more of if it may be a float, whose slot is as wide as a vector
	tripValues   = 8   // values that computing a loop's trip count makes
)

// weight is an upper bound of the native stack that one activation of a function needs, in bytes. Operands and locals
// are not enough: an expression that a function computes twice may be computed once and kept in between (effects.go).
func weight(sig *wasm.FuncType, code *wasm.Code, f *flow) uint64 {
	operands := uint64(len(sig.Params)+len(sig.Results)+f.height) + code.DeclaredLocals()
	bytes := frameBytes + operandBytes*operands + valueBytes*f.values
	if f.floats || anyFloat(sig.Params) || slices.ContainsFunc(code.Locals, floatLocals) {
		bytes += floatBytes * (operands + f.values)
	}
	return min(bytes, math.MaxInt32)
}

func floatLocals(run wasm.Locals) bool { return run.Type.Float() }

// bounds says how the native stack is bounded, by function.
//
// Only functions that can be on the stack more often than the call graph shows check the counter: those in a cycle, and
// those whose address is taken. Each takes, with its own weight, that of the heaviest chain of unchecked functions that
// can stand above it before the next checked one.
type bounds struct {
	checked []bool
	weights []int32 // what a checked function takes from the counter
	needed  []bool  // the counter must be right when the function is called
}

func findBounds(sp *space, g *graph, own []uint64) *bounds {
	b := &bounds{checked: make([]bool, sp.functions), weights: make([]int32, sp.functions)}
	for _, f := range g.order {
		if f < sp.imported {
			continue
		}
		b.checked[f] = g.cyclic[f] || g.taken[f]
		above := uint64(0)
		for _, callee := range g.callees[f] {
			if !b.checked[callee] && !g.cyclic[callee] {
				above = max(above, uint64(b.weights[callee]))
			}
		}
		b.weights[f] = int32(min(own[f-sp.imported]+above, math.MaxInt32))
	}
	b.needed = g.reaching(func(f uint32) bool { return g.leavesModule(f) || b.checked[f] })
	return b
}
