package mirror

import (
	"slices"

	"hestia/internal/wasm"
)

// The engine's memory.fill and memory.copy cannot be interrupted, and the first touch of a page may take 5 us. So a
// contract calls a function of the mirror instead, which does long ones in parts.

// bulkBytes is the size of a part.
const bulkBytes = 1 << 20

// The operands of both instructions.
const (
	bulkTo = iota
	bulkFrom
	bulkLength
)

// InParts returns a metered module that does only this, leaving the module as it was.
func InParts(m *wasm.Module) *wasm.Module {
	out := m.Clone()
	in := &injector{View: &View{}, out: out, defined: len(out.Codes)}
	in.bulk()
	return out
}

// bulk replaces the instructions in the contract's functions by calls of the mirror's.
func (in *injector) bulk() {
	functions := map[wasm.Opcode]uint32{}
	for i := range in.defined {
		body := in.out.Codes[i].Body
		for j := range body {
			op := body[j].Op
			if op != wasm.OpMemoryFill && op != wasm.OpMemoryCopy {
				continue
			}
			index, there := functions[op]
			if !there {
				index = in.bulkFunction(body[j])
				functions[op] = index
			}
			body[j] = wasm.Instruction{Op: wasm.OpCall, X: uint64(index), Offset: body[j].Offset}
		}
	}
}

// bulkFunction adds the function for one of the instructions. It does a short one at once, and a long one like this
// (if a part traps, the frame is undone, so that no one sees the parts before):
//
//	loop
//	  a part: the last one of a copy to a higher place, so that it does not overwrite what is yet to be copied
//	  again if more than a part is left
//	end
//	the rest
func (in *injector) bulkFunction(of wasm.Instruction) uint32 {
	of.Offset = 0
	w := &bulkWriter{writer: writer{injector: in}, of: of}
	w.add(wasm.OpBlock, emptyBlock)
	w.add(wasm.OpLocalGet, bulkLength)
	w.add(wasm.OpI32Const, bulkBytes)
	w.add(wasm.OpI32LeU, 0)
	w.add(wasm.OpBrIf, 0)
	if of.Op == wasm.OpMemoryCopy { // the last part comes first, and must not be out of bounds
		w.roomAt(bulkTo, w.wide(bulkLength))
	}
	w.add(wasm.OpLoop, emptyBlock)
	if of.Op == wasm.OpMemoryCopy {
		w.add(wasm.OpLocalGet, bulkTo)
		w.add(wasm.OpLocalGet, bulkFrom)
		w.add(wasm.OpI32GtU, 0)
		w.add(wasm.OpIf, emptyBlock)
		w.lastPart()
		w.add(wasm.OpElse, 0)
		w.firstPart()
		w.add(wasm.OpEnd, 0)
	} else {
		w.firstPart()
	}
	w.add(wasm.OpLocalGet, bulkLength)
	w.add(wasm.OpI32Const, bulkBytes)
	w.add(wasm.OpI32GtU, 0)
	w.add(wasm.OpBrIf, 0)
	w.add(wasm.OpEnd, 0)
	w.add(wasm.OpEnd, 0)
	w.add(wasm.OpLocalGet, bulkTo)
	w.add(wasm.OpLocalGet, bulkFrom)
	w.add(wasm.OpLocalGet, bulkLength)
	w.code = append(w.code, of, wasm.Instruction{Op: wasm.OpEnd})
	in.out.Types = append(slices.Clip(in.out.Types),
		wasm.FuncType{Params: []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32}})
	return in.add(uint32(len(in.out.Types)-1), wasm.Code{Body: w.code})
}

// bulkWriter writes that function.
type bulkWriter struct {
	writer
	of wasm.Instruction
}

// firstPart does the part at the operands and advances them.
func (w *bulkWriter) firstPart() {
	w.add(wasm.OpLocalGet, bulkTo)
	w.add(wasm.OpLocalGet, bulkFrom)
	w.add(wasm.OpI32Const, bulkBytes)
	w.code = append(w.code, w.of)
	w.move(bulkTo, wasm.OpI32Add)
	if w.of.Op == wasm.OpMemoryCopy {
		w.move(bulkFrom, wasm.OpI32Add)
	}
	w.move(bulkLength, wasm.OpI32Sub)
}

// lastPart does the part at the end of what is left.
func (w *bulkWriter) lastPart() {
	w.move(bulkLength, wasm.OpI32Sub)
	for _, operand := range []uint64{bulkTo, bulkFrom} {
		w.add(wasm.OpLocalGet, operand)
		w.add(wasm.OpLocalGet, bulkLength)
		w.add(wasm.OpI32Add, 0)
	}
	w.add(wasm.OpI32Const, bulkBytes)
	w.code = append(w.code, w.of)
}

func (w *bulkWriter) move(operand uint64, by wasm.Opcode) {
	w.add(wasm.OpLocalGet, operand)
	w.add(wasm.OpI32Const, bulkBytes)
	w.add(by, 0)
	w.add(wasm.OpLocalSet, operand)
}
