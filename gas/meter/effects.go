package meter

import (
	"fmt"
	"slices"

	"hestia/internal/wasm"
)

// This file bounds register pressure: how many values a compiler may make of each instruction that it has not seen
// before. An optimizing compiler keeps such a value for another instruction that would compute it again, however far
// that is (global value numbering), and computes it before a loop that does not change it (loop-invariant code motion).

// plainValues is how many values a compiler may make of an instruction that freshValues does not name.
const plainValues = 1

// freshValues holds the others, from the first opcode to the last of each row.
var freshValues = []struct {
	first, last wasm.Opcode
	values      int
}{
	{wasm.OpNop, wasm.OpNop, 0},
	{wasm.OpDrop, wasm.OpDrop, 0},
	{wasm.OpLocalGet, wasm.OpLocalTee, 0},
	{wasm.OpTableGet, wasm.OpTableSet, 4},  // the table's bound and base, the entry's address and its test
	{wasm.OpI32Load, wasm.OpMemorySize, 2}, // loads and stores: an address and a value
	{wasm.OpRefNull, wasm.OpRefNull, 0},
	{wasm.OpDataDrop, wasm.OpDataDrop, 0},
	{wasm.OpElemDrop, wasm.OpElemDrop, 0},
}

// indirectValues is how many values a compiler may make of looking a function up in a table.
const indirectValues = 4

// guardValues is how many values a compiler may make of what hides the bits of a NaN from an instruction.
const guardValues = 3

// guarded reports whether something hides the bits of a NaN from an instruction, once it has been metered: see package
// ewasm/nan.
func guarded(op wasm.Opcode) bool {
	switch op {
	case wasm.OpF32Store, wasm.OpF64Store, wasm.OpI32ReinterpretF32, wasm.OpI64ReinterpretF64,
		wasm.OpF32Copysign, wasm.OpF64Copysign:
		return true
	}
	return false
}

// makesFloat reports whether an instruction may leave a float that is neither a parameter nor a local.
func (sp *space) makesFloat(in *wasm.Instruction) bool {
	switch in.Op {
	case wasm.OpCall:
		sig, err := sp.signature(in.X)
		return err == nil && anyFloat(sig.Results)
	case wasm.OpCallIndirect:
		return in.X < uint64(len(sp.Types)) && anyFloat(sp.Types[in.X].Results)
	case wasm.OpGlobalGet:
		return in.X < uint64(len(sp.globalTypes)) && sp.globalTypes[in.X].Float()
	}
	return in.Op.Float()
}

func anyFloat(types []wasm.ValueType) bool { return slices.ContainsFunc(types, wasm.ValueType.Float) }

// fresh returns how many values a compiler may make of an instruction that calls nothing.
func fresh(op wasm.Opcode) int {
	if guarded(op) {
		return guardValues + freshValue(op)
	}
	return freshValue(op)
}

func freshValue(op wasm.Opcode) int {
	for _, row := range freshValues {
		if op >= row.first && op <= row.last {
			return row.values
		}
	}
	return plainValues
}

// effect returns how many operands an instruction without a label pops and pushes, and how many values a compiler may
// make of it.
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
	pops, pushes, fixed := in.Op.Arity()
	if !fixed {
		return 0, 0, 0, fmt.Errorf("unknown: %w", ErrInvalid)
	}
	return pops, pushes, fresh(in.Op), nil
}
