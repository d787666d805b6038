package meter

import (
	"fmt"

	"hestia/internal/wasm"
)

// effect is how many operands an instruction takes and leaves, and how many values a compiler may make of it that it has
// not seen before. An optimizing compiler keeps such a value for another instruction that would compute it again, however
// far that is, and computes it before a loop that does not change it.
type effect struct {
	first, last  wasm.Opcode
	pops, pushes int8
	values       int8
}

// effects holds every instruction without a label whose operands do not depend on its immediates.
var effects = []effect{
	{wasm.OpNop, wasm.OpNop, 0, 0, 0},
	{wasm.OpDrop, wasm.OpDrop, 1, 0, 0},
	{wasm.OpSelect, wasm.OpSelectTyped, 3, 1, 1},
	{wasm.OpLocalGet, wasm.OpLocalGet, 0, 1, 0},
	{wasm.OpLocalSet, wasm.OpLocalSet, 1, 0, 0},
	{wasm.OpLocalTee, wasm.OpLocalTee, 1, 1, 0},
	{wasm.OpGlobalGet, wasm.OpGlobalGet, 0, 1, 1},
	{wasm.OpGlobalSet, wasm.OpGlobalSet, 1, 0, 1},
	{wasm.OpTableGet, wasm.OpTableGet, 1, 1, 4},
	{wasm.OpTableSet, wasm.OpTableSet, 2, 0, 4},
	{wasm.OpI32Load, wasm.OpI64Load32U, 1, 1, 2},
	{wasm.OpI32Store, wasm.OpI64Store32, 2, 0, 2},
	{wasm.OpMemorySize, wasm.OpMemorySize, 0, 1, 2},
	{wasm.OpMemoryGrow, wasm.OpMemoryGrow, 1, 1, 1},
	{wasm.OpI32Const, wasm.OpF64Const, 0, 1, 1},
	{wasm.OpI32Eqz, wasm.OpI32Eqz, 1, 1, 1},
	{wasm.OpI32Eq, wasm.OpI32GeU, 2, 1, 1},
	{wasm.OpI64Eqz, wasm.OpI64Eqz, 1, 1, 1},
	{wasm.OpI64Eq, wasm.OpF64Ge, 2, 1, 1},
	{wasm.OpI32Clz, wasm.OpI32Popcnt, 1, 1, 1},
	{wasm.OpI32Add, wasm.OpI32Rotr, 2, 1, 1},
	{wasm.OpI64Clz, wasm.OpI64Popcnt, 1, 1, 1},
	{wasm.OpI64Add, wasm.OpI64Rotr, 2, 1, 1},
	{wasm.OpF32Abs, wasm.OpF32Sqrt, 1, 1, 1},
	{wasm.OpF32Add, wasm.OpF32Copysign, 2, 1, 1},
	{wasm.OpF64Abs, wasm.OpF64Sqrt, 1, 1, 1},
	{wasm.OpF64Add, wasm.OpF64Copysign, 2, 1, 1},
	{wasm.OpI32WrapI64, wasm.OpI64Extend32S, 1, 1, 1}, // conversions and sign extensions
	{wasm.OpRefNull, wasm.OpRefNull, 0, 1, 0},
	{wasm.OpRefIsNull, wasm.OpRefIsNull, 1, 1, 1},
	{wasm.OpRefFunc, wasm.OpRefFunc, 0, 1, 1},
	{wasm.OpI32TruncSatF32S, wasm.OpI64TruncSatF64U, 1, 1, 1},
	{wasm.OpMemoryInit, wasm.OpMemoryInit, 3, 0, 1},
	{wasm.OpDataDrop, wasm.OpDataDrop, 0, 0, 0},
	{wasm.OpMemoryCopy, wasm.OpMemoryFill, 3, 0, 1},
	{wasm.OpTableInit, wasm.OpTableInit, 3, 0, 1},
	{wasm.OpElemDrop, wasm.OpElemDrop, 0, 0, 0},
	{wasm.OpTableCopy, wasm.OpTableCopy, 3, 0, 1},
	{wasm.OpTableGrow, wasm.OpTableGrow, 2, 1, 1},
	{wasm.OpTableSize, wasm.OpTableSize, 0, 1, 1},
	{wasm.OpTableFill, wasm.OpTableFill, 3, 0, 1},
}

// effectOf holds effects by opcode.
var effectOf = func() map[wasm.Opcode]effect {
	by := map[wasm.Opcode]effect{}
	for _, e := range effects {
		for op := e.first; op <= e.last; op++ {
			by[op] = e
		}
	}
	return by
}()

// indirectValues is how many values a compiler may make of looking a function up in a table.
const indirectValues = 4

// effect returns the effect of an instruction without a label; that of a call depends on what is called.
func (sp *space) effect(in *wasm.Instruction) (pops, pushes, values int, err error) {
	switch in.Op {
	case wasm.OpCall:
		sig, err := sp.signature(in.X)
		if err != nil {
			return 0, 0, 0, err
		}
		return len(sig.Params), len(sig.Results), len(sig.Results), nil
	case wasm.OpCallIndirect:
		if in.X >= uint64(len(sp.Types)) {
			return 0, 0, 0, fmt.Errorf("type %d: %w", in.X, ErrInvalid)
		}
		sig := &sp.Types[in.X]
		return len(sig.Params) + 1, len(sig.Results), len(sig.Results) + indirectValues, nil
	case wasm.OpRefFunc:
		if _, err := sp.signature(in.X); err != nil {
			return 0, 0, 0, err
		}
	}
	e, known := effectOf[in.Op]
	if !known {
		return 0, 0, 0, fmt.Errorf("unknown: %w", ErrInvalid)
	}
	return int(e.pops), int(e.pushes), int(e.values), nil
}
