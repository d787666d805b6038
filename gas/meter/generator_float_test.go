package meter

import (
	"math"

	"hestia/internal/wasm"
)

// What a generated function has besides: two locals of each type of floats, behind the integers.
const (
	generatedSingles = generatedLocals
	generatedDoubles = generatedLocals + 2
)

// floatKind is how the generator makes floats of a type.
type floatKind struct {
	value             wasm.ValueType
	locals            uint64
	load, store       wasm.Opcode
	compare, unary    wasm.Opcode // the first of them
	binary            wasm.Opcode
	convert, truncate []wasm.Opcode // from and to i32
	constants         []uint64
	constant, cast    wasm.Opcode // cast makes it of the other type
}

var floatKinds = [2]floatKind{
	{
		value: wasm.F32, locals: generatedSingles, load: wasm.OpF32Load, store: wasm.OpF32Store,
		compare: wasm.OpF32Eq, unary: wasm.OpF32Abs, binary: wasm.OpF32Add,
		convert: []wasm.Opcode{wasm.OpF32ConvertI32S, wasm.OpF32ConvertI32U, wasm.OpF32ReinterpretI32},
		truncate: []wasm.Opcode{
			wasm.OpI32TruncSatF32S, wasm.OpI32TruncSatF32U, wasm.OpI32ReinterpretF32, wasm.OpI32TruncF32S,
			wasm.OpI32TruncF32U,
		},
		constants: []uint64{
			0, 1 << 31, 0x3f800000, 0xc0400000, 1, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001,
			0x7f800001, 0xcf000000, 0x4f800000, 0x3fc00000, 0x40200000,
		},
		constant: wasm.OpF32Const, cast: wasm.OpF32DemoteF64,
	},
	{
		value: wasm.F64, locals: generatedDoubles, load: wasm.OpF64Load, store: wasm.OpF64Store,
		compare: wasm.OpF64Eq, unary: wasm.OpF64Abs, binary: wasm.OpF64Add,
		convert: []wasm.Opcode{wasm.OpF64ConvertI32S, wasm.OpF64ConvertI32U},
		truncate: []wasm.Opcode{
			wasm.OpI32TruncSatF64S, wasm.OpI32TruncSatF64U, wasm.OpI32TruncF64S, wasm.OpI32TruncF64U,
		},
		constants: []uint64{
			0, 1 << 63, math.Float64bits(1), math.Float64bits(-2.5), 1, 0x7fefffffffffffff, 0x7ff0000000000000,
			0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000001, 0x7ff0000000000001,
			math.Float64bits(1 << 63), math.Float64bits(-1 << 31),
		},
		constant: wasm.OpF64Const, cast: wasm.OpF64PromoteF32,
	},
}

func (k *floatKind) local(g *generator) uint64 { return k.locals + uint64(g.choose(2)) }

func (k *floatKind) other() *floatKind {
	if k == &floatKinds[0] {
		return &floatKinds[1]
	}
	return &floatKinds[0]
}

func (g *generator) floatKind() *floatKind { return &floatKinds[g.choose(2)] }

// float leaves one float.
func (g *generator) float(k *floatKind, depth int) {
	if depth <= 0 {
		if g.choose(2) == 0 {
			g.add(k.constant, pick(g, k.constants...))
		} else {
			g.add(wasm.OpLocalGet, k.local(g))
		}
		return
	}
	switch g.choose(9) {
	case 0:
		g.expression(depth - 1)
		g.add(pick(g, k.convert...))
	case 1:
		g.float(k.other(), depth-1)
		g.add(k.cast)
	case 2:
		g.float(k, depth-1)
		g.add(wasm.OpLocalTee, k.local(g))
	case 3:
		g.expression(depth - 1)
		g.constant(0xFF)
		g.add(wasm.OpI32And)
		g.add(k.load, 0, uint64(pick(g, 1, 4090)))
	case 4:
		g.float(k, depth-1)
		g.float(k, depth-1)
		g.expression(depth - 1)
		if g.choose(2) == 0 {
			g.add(wasm.OpSelect)
		} else {
			g.body = append(g.body, wasm.Instruction{Op: wasm.OpSelectTyped, Targets: []uint32{uint32(k.value)}})
		}
	case 5:
		g.add(wasm.OpBlock, negative(int64(k.value)-0x80))
		g.depth++
		g.float(k, depth-1)
		if g.choose(2) == 0 {
			g.expression(depth - 1)
			g.add(wasm.OpBrIf, 0)
		}
		g.depth--
		g.add(wasm.OpEnd)
	case 6, 7:
		g.float(k, depth-1)
		g.add(k.unary + wasm.Opcode(g.choose(7)))
	default:
		g.float(k, depth-1)
		g.float(k, depth-1)
		g.add(k.binary + wasm.Opcode(g.choose(7)))
	}
}

// floats makes statements of floats.
func (g *generator) floats() {
	for range 1 + g.choose(3) {
		k := g.floatKind()
		switch g.choose(4) {
		case 0:
			g.float(k, 3)
			g.add(wasm.OpLocalSet, k.local(g))
		case 1:
			g.float(k, 2)
			g.add(pick(g, k.truncate...))
			g.add(wasm.OpLocalSet, g.local())
		case 2:
			g.float(k, 1)
			g.float(k, 1)
			g.add(k.compare + wasm.Opcode(g.choose(6)))
			g.add(wasm.OpLocalSet, g.local())
		default:
			g.expression(1)
			g.constant(0xFFF)
			g.add(wasm.OpI32And)
			g.float(k, 3)
			g.add(k.store, 0, uint64(pick(g, 0, 2, 4088)))
		}
	}
}
