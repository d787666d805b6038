package wasmtime_test

import (
	"hestia/internal/wasm"
)

// opcodes returns those from first to last.
func opcodes(first, last wasm.Opcode) (all []wasm.Opcode) {
	for op := first; op <= last; op++ {
		all = append(all, op)
	}
	return all
}

// numeric are the instructions that leave a value of a type, by the types of their operands.
type numeric struct {
	operands []wasm.ValueType
	ops      []wasm.Opcode
}

var numerics = map[wasm.ValueType][]numeric{
	wasm.F32: {
		{[]wasm.ValueType{wasm.F32}, opcodes(wasm.OpF32Abs, wasm.OpF32Sqrt)},
		{[]wasm.ValueType{wasm.F32, wasm.F32}, opcodes(wasm.OpF32Add, wasm.OpF32Copysign)},
		{[]wasm.ValueType{wasm.I32}, opcodes(wasm.OpF32ConvertI32S, wasm.OpF32ConvertI32U)},
		{[]wasm.ValueType{wasm.I64}, opcodes(wasm.OpF32ConvertI64S, wasm.OpF32ConvertI64U)},
		{[]wasm.ValueType{wasm.F64}, []wasm.Opcode{wasm.OpF32DemoteF64}},
		{[]wasm.ValueType{wasm.I32}, []wasm.Opcode{wasm.OpF32ReinterpretI32}},
	},
	wasm.F64: {
		{[]wasm.ValueType{wasm.F64}, opcodes(wasm.OpF64Abs, wasm.OpF64Sqrt)},
		{[]wasm.ValueType{wasm.F64, wasm.F64}, opcodes(wasm.OpF64Add, wasm.OpF64Copysign)},
		{[]wasm.ValueType{wasm.I32}, opcodes(wasm.OpF64ConvertI32S, wasm.OpF64ConvertI32U)},
		{[]wasm.ValueType{wasm.I64}, opcodes(wasm.OpF64ConvertI64S, wasm.OpF64ConvertI64U)},
		{[]wasm.ValueType{wasm.F32}, []wasm.Opcode{wasm.OpF64PromoteF32}},
		{[]wasm.ValueType{wasm.I64}, []wasm.Opcode{wasm.OpF64ReinterpretI64}},
	},
	wasm.I32: {
		{[]wasm.ValueType{wasm.F32, wasm.F32}, opcodes(wasm.OpF32Eq, wasm.OpF32Ge)},
		{[]wasm.ValueType{wasm.F64, wasm.F64}, opcodes(wasm.OpF64Eq, wasm.OpF64Ge)},
		{[]wasm.ValueType{wasm.F32}, opcodes(wasm.OpI32TruncSatF32S, wasm.OpI32TruncSatF32U)},
		{[]wasm.ValueType{wasm.F64}, opcodes(wasm.OpI32TruncSatF64S, wasm.OpI32TruncSatF64U)},
		{[]wasm.ValueType{wasm.F32}, []wasm.Opcode{wasm.OpI32ReinterpretF32}},
		{[]wasm.ValueType{wasm.I32, wasm.I32}, []wasm.Opcode{wasm.OpI32Add, wasm.OpI32Xor, wasm.OpI32Rotl}},
		{[]wasm.ValueType{wasm.I64}, []wasm.Opcode{wasm.OpI32WrapI64}},
	},
	wasm.I64: {
		{[]wasm.ValueType{wasm.F32}, opcodes(wasm.OpI64TruncSatF32S, wasm.OpI64TruncSatF32U)},
		{[]wasm.ValueType{wasm.F64}, opcodes(wasm.OpI64TruncSatF64S, wasm.OpI64TruncSatF64U)},
		{[]wasm.ValueType{wasm.F64}, []wasm.Opcode{wasm.OpI64ReinterpretF64}},
		{[]wasm.ValueType{wasm.I64, wasm.I64}, []wasm.Opcode{wasm.OpI64Add, wasm.OpI64Xor, wasm.OpI64Rotl}},
		{[]wasm.ValueType{wasm.I32}, []wasm.Opcode{wasm.OpI64ExtendI32S, wasm.OpI64ExtendI32U}},
	},
}

// trapping are the conversions that trap for much of what they are given; a program has few.
var trapping = []wasm.Opcode{
	wasm.OpI32TruncF64S, wasm.OpI32TruncF64U, wasm.OpI64TruncF64S, wasm.OpI64TruncF64U,
}

var loads = map[wasm.ValueType][]wasm.Opcode{
	wasm.I32: {wasm.OpI32Load, wasm.OpI32Load8U, wasm.OpI32Load16S}, wasm.I64: {wasm.OpI64Load, wasm.OpI64Load32S},
	wasm.F32: {wasm.OpF32Load}, wasm.F64: {wasm.OpF64Load},
}

// value leaves a value of a type, made by at most so many instructions one on the other.
func (g *floatGenerator) value(t wasm.ValueType, depth, parameters int) {
	if depth == 0 || g.IntN(5) == 0 {
		g.given(t, parameters)
		return
	}
	depth--
	switch g.IntN(10) {
	case 0:
		g.value(t, depth, parameters)
		g.add(wasm.OpLocalTee, g.local(t, parameters))
	case 1:
		g.value(wasm.I32, min(depth, 1), parameters)
		g.add(wasm.OpI32Const, 0x1fff)
		g.add(wasm.OpI32And)
		g.add(anyOf(g, loads[t]), 0, uint64(g.IntN(8)))
	case 2:
		g.value(t, depth, parameters)
		g.value(t, depth, parameters)
		g.value(wasm.I32, depth, parameters)
		if g.IntN(2) == 0 {
			g.add(wasm.OpSelect)
		} else {
			g.body = append(g.body, wasm.Instruction{Op: wasm.OpSelectTyped, Targets: []uint32{uint32(t)}})
		}
	case 3:
		g.block(t, depth, parameters)
	default:
		kind := anyOf(g, numerics[t])
		for _, operand := range kind.operands {
			g.value(operand, depth, parameters)
		}
		g.add(anyOf(g, kind.ops))
	}
}

// given leaves a constant or a variable.
func (g *floatGenerator) given(t wasm.ValueType, parameters int) {
	switch choice := g.IntN(6); {
	case choice < 3:
		g.add(wasm.OpLocalGet, g.local(t, parameters))
	case t == wasm.I32:
		g.add(wasm.OpI32Const, uint64(int64(int32(anyOf(g, payloads)))))
	case t == wasm.I64:
		g.add(wasm.OpI64Const, anyOf(g, longPayloads))
	case choice == 3:
		g.add(wasm.OpGlobalGet, uint64(t^wasm.F32)&1)
	case t == wasm.F32:
		g.add(wasm.OpF32Const, anyOf(g, payloads))
	default:
		g.add(wasm.OpF64Const, anyOf(g, longPayloads))
	}
}

// block leaves the value of a block, which branches may pass, or the arm of an if.
func (g *floatGenerator) block(t wasm.ValueType, depth, parameters int) {
	result := uint64(int64(t) - 0x80)
	switch g.IntN(3) {
	case 0:
		g.value(wasm.I32, depth, parameters)
		g.add(wasm.OpIf, result)
		g.value(t, depth, parameters)
		g.add(wasm.OpElse)
		g.value(t, depth, parameters)
	case 1:
		g.add(wasm.OpBlock, result)
		g.value(t, depth, parameters)
		g.value(wasm.I32, depth, parameters)
		g.add(wasm.OpBrIf, 0)
		if g.IntN(40) == 0 && t.Float() {
			g.value(wasm.F64, depth, parameters)
			g.add(anyOf(g, trapping))
			g.add(wasm.OpDrop)
		}
	default:
		g.add(wasm.OpBlock, result)
		g.add(wasm.OpBlock, result)
		g.value(t, depth, parameters)
		g.value(wasm.I32, depth, parameters)
		g.body = append(g.body, wasm.Instruction{Op: wasm.OpBrTable, Targets: []uint32{0, 1, 0}})
		g.add(wasm.OpEnd)
	}
	g.add(wasm.OpEnd)
}
