package ewasm

import (
	"fmt"

	"hestia/gas"
	"hestia/internal/wasm"
)

// checkFloats refuses every type and every opcode of floating point to all but programs, and to these too under a
// schedule that has no floats. What programs could see of the bits of a NaN, which depend on the machine, package nan
// hides.
func checkFloats(m *wasm.Module, schedule *gas.Schedule) error {
	if schedule.Limits.Floats && IsProgram(m, schedule) {
		return nil
	}
	for i, t := range m.Types {
		if hasFloat(t.Params) || hasFloat(t.Results) {
			return broken(ErrFloat, fmt.Sprintf("type %d", i), "is %v", t)
		}
	}
	for i, g := range m.Globals {
		if g.Type.Type.Float() {
			return broken(ErrFloat, fmt.Sprintf("global %d", i), "is %v", g.Type.Type)
		}
	}
	for i := range m.Codes {
		if err := checkCodeFloats(&m.Codes[i], i+m.ImportedFunctions()); err != nil {
			return err
		}
	}
	return nil
}

func checkCodeFloats(code *wasm.Code, function int) error {
	for _, run := range code.Locals {
		if run.Type.Float() {
			return broken(ErrFloat, fmt.Sprintf("function %d", function), "has a local of type %v", run.Type)
		}
	}
	for i := range code.Body {
		in := &code.Body[i]
		if in.Op.Float() || floatBlock(in) || floatSelect(in) {
			return broken(ErrFloat, fmt.Sprintf("function %d, offset 0x%x", function, in.Offset), "%v", in.Op)
		}
	}
	return nil
}

func hasFloat(types []wasm.ValueType) bool {
	for _, t := range types {
		if t.Float() {
			return true
		}
	}
	return false
}

// floatBlock reports whether a block, loop or if has a float as its type. Types by index are checked with the types.
func floatBlock(in *wasm.Instruction) bool {
	if in.Op.Immediate() != wasm.ImmBlock {
		return false
	}
	return int64(in.X) == -3 || int64(in.X) == -4
}

func floatSelect(in *wasm.Instruction) bool {
	for _, t := range in.Targets {
		if in.Op == wasm.OpSelectTyped && wasm.ValueType(t).Float() {
			return true
		}
	}
	return false
}
