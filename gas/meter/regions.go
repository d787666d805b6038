package meter

import "hestia/internal/wasm"

// dead marks an instruction that no region pays for.
const dead = -1

// regions returns for each instruction the index of the one before which it is paid, dead for those that cannot be
// reached. All instructions paid at one place run if the first of them does, unless one traps, and nothing between them
// lets the outside look at the count: here, the basic blocks, which calls end too.
func regions(body []wasm.Instruction, f *flow) []int {
	payer := make([]int, len(body))
	current := 0
	for i := range body {
		payer[i] = dead
		if f.live[i] {
			payer[i] = current
		}
		if ends(body, f, i) {
			current = i + 1
		}
	}
	return payer
}

// ends tells whether a basic block ends with instruction i.
func ends(body []wasm.Instruction, f *flow, i int) bool {
	switch body[i].Op {
	case wasm.OpLoop, wasm.OpIf, wasm.OpElse, wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable, wasm.OpReturn, wasm.OpUnreachable:
		return true
	case wasm.OpCall, wasm.OpCallIndirect:
		return true
	case wasm.OpEnd:
		return f.joined[i]
	}
	return false
}
