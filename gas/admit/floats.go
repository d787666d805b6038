package admit

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// floats counts the instructions on floats of one body. What hides NaNs comes with metering: nothing of it is in the
// code, and the counts here stand for it too.
type floats struct{ all, pairs, signs uint64 }

// storeFloats is as how many instructions a store counts, which stores bits that hide NaNs.
const storeFloats = 3

// add counts an instruction if it is on floats.
func (f *floats) add(op wasm.Opcode) {
	if !op.Float() {
		return
	}
	f.all++
	if op == wasm.OpF32Store || op == wasm.OpF64Store {
		f.all += storeFloats - 1
	}
	if op >= wasm.OpF32Add && op <= wasm.OpF32Copysign || op >= wasm.OpF64Add && op <= wasm.OpF64Copysign {
		f.pairs++
	}
	if op == wasm.OpF32Copysign || op == wasm.OpF64Copysign {
		f.signs++
	}
}

// sum adds the counts of a body that ends to those of its module.
func (f *floats) sum(total *gas.Counts) {
	total[gas.CountFloats] += f.all
	total[gas.CountSigns] += f.signs
	total[gas.CountFloatSquares] += f.pairs * f.pairs / 1024
	total[gas.CountSignSquares] += f.signs * f.signs / 1024
}
