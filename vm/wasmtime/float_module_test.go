package wasmtime_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"hestia/internal/wasm"
)

// Where things stand in the memory of a generated float program. It finishes with all up to floatEnd.
const (
	floatInput   = 0       // random bytes and many NaNs, never written
	floatDoubles = 1 << 12 // f64.store, aligned
	floatSingles = 2 << 12 // f32.store, aligned
	floatLongs   = 3 << 12 // i64.reinterpret_f64, aligned
	floatWords   = 4 << 12 // i32.reinterpret_f32, aligned
	floatCopies  = 5 << 12 // memory.copy of the input
	floatEnd     = 6 << 12
)

// The functions, globals and locals of one: finish is imported; helper takes and gives floats.
const (
	floatFinish = iota
	floatMain
	floatHelper

	floatLocals = 3 // of each type, in the order of floatTypes, behind the parameters
)

var floatTypes = []wasm.ValueType{wasm.I32, wasm.I64, wasm.F32, wasm.F64}

// payloads are NaNs of all kinds, infinities, zeros, and the ends of what converts.
var payloads = []uint64{
	0x7fc00000, 0xffc00000, 0x7fc00001, 0xffffffff, 0x7f800001, 0xff800001, 0x7f800000, 0xff800000, 0, 0x80000000,
	0x3f800000, 0xcf000000, 0x4f000000, 0x4f800000, 0xdf000000, 0x5f800000, 1, 0x80000001, 0x7f7fffff, 0x3effffff,
}

var longPayloads = []uint64{
	0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000000001, 0xffffffffffffffff, 0x7ff0000000000001,
	0xfff4000000000000, 0x7ff0000000000000, 0xfff0000000000000, 0, 1 << 63, 0x3ff0000000000000, 0xc1e0000000200000,
	0x41efffffffe00000, 0x43e0000000000000, 0xc3e0000000000000, 0x43f0000000000000, 1, 0x7fefffffffffffff,
	0x36a0000000000000, 0x47efffffefffffff,
}

// floatGenerator makes programs of floating point: straight-line code and loops, with everything that makes a NaN and
// everything that could show which.
type floatGenerator struct {
	*rand.Rand
	body  []wasm.Instruction
	depth int // of nested statements
	left  int // statements
}

// floatProgram returns a program that a seed determines.
func floatProgram(seed uint64) []byte {
	g := &floatGenerator{Rand: rand.New(rand.NewPCG(seed, 3))}
	end := wasm.Instruction{Op: wasm.OpEnd}
	constant := func(op wasm.Opcode, x uint64) []wasm.Instruction { return []wasm.Instruction{{Op: op, X: x}, end} }
	m := &wasm.Module{
		Types: []wasm.FuncType{
			{Params: []wasm.ValueType{wasm.I32, wasm.I32}},
			{},
			{Params: []wasm.ValueType{wasm.F32, wasm.F64}, Results: []wasm.ValueType{wasm.F64, wasm.F32}},
		},
		Imports:   []wasm.Import{{Module: "ethereum", Name: "finish"}},
		Functions: []uint32{1, 2},
		Memories:  []wasm.Limits{{Min: 1}},
		Tables:    []wasm.Table{{Element: wasm.FuncRef, Limits: wasm.Limits{Min: 1, Max: 1, HasMax: true}}},
		Elements: []wasm.Element{{
			Type: wasm.FuncRef, Offset: constant(wasm.OpI32Const, 0), Functions: []uint32{floatHelper},
		}},
		Globals: []wasm.Global{
			{
				Type: wasm.GlobalType{Type: wasm.F32, Mutable: true},
				Init: constant(wasm.OpF32Const, anyOf(g, payloads)),
			},
			{
				Type: wasm.GlobalType{Type: wasm.F64, Mutable: true},
				Init: constant(wasm.OpF64Const, anyOf(g, longPayloads)),
			},
		},
		Exports: []wasm.Export{
			{Name: "memory", Kind: wasm.ExternalMemory},
			{Name: "_start", Index: floatMain},
			{Name: "shown", Kind: wasm.ExternalGlobal, Index: 1},
		},
		Data: []wasm.Data{{Offset: constant(wasm.OpI32Const, floatInput), Init: g.input()}},
	}
	m.Codes = []wasm.Code{{Locals: g.locals(), Body: g.main()}, {Locals: g.locals(), Body: g.helper()}}
	return m.Encode()
}

func anyOf[T any](g *floatGenerator, all []T) T { return all[g.IntN(len(all))] }

func (g *floatGenerator) locals() (runs []wasm.Locals) {
	for _, t := range floatTypes {
		runs = append(runs, wasm.Locals{Count: floatLocals, Type: t})
	}
	return runs
}

// input is what the programs load.
func (g *floatGenerator) input() []byte {
	b := make([]byte, 0, 1024)
	for len(b) < 1000 {
		switch g.IntN(4) {
		case 0:
			b = binary.LittleEndian.AppendUint32(b, uint32(anyOf(g, payloads)))
		case 1:
			b = binary.LittleEndian.AppendUint64(b, anyOf(g, longPayloads))
		case 2:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(g.NormFloat64()*100))
		default:
			b = binary.LittleEndian.AppendUint64(b, g.Uint64())
		}
	}
	return b
}

func (g *floatGenerator) add(op wasm.Opcode, immediates ...uint64) {
	in := wasm.Instruction{Op: op}
	if len(immediates) > 0 {
		in.X = immediates[0]
	}
	if len(immediates) > 1 {
		in.Y = immediates[1]
	}
	g.body = append(g.body, in)
}

func (g *floatGenerator) main() []wasm.Instruction {
	g.body, g.left, g.depth = nil, 15+g.IntN(40), 0
	g.statements(0)
	g.add(wasm.OpI32Const, 0)
	g.add(wasm.OpI32Const, floatEnd)
	g.add(wasm.OpCall, floatFinish)
	g.add(wasm.OpEnd)
	return g.body
}

func (g *floatGenerator) helper() []wasm.Instruction {
	const parameters = 2
	g.body, g.left = nil, 5
	g.statements(parameters)
	g.add(wasm.OpLocalGet, 1)
	g.value(wasm.F64, 2, parameters)
	g.add(anyOf(g, []wasm.Opcode{wasm.OpF64Add, wasm.OpF64Min, wasm.OpF64Copysign}))
	g.add(wasm.OpLocalGet, 0)
	g.value(wasm.F32, 2, parameters)
	g.add(anyOf(g, []wasm.Opcode{wasm.OpF32Sub, wasm.OpF32Max, wasm.OpF32Copysign}))
	g.add(wasm.OpEnd)
	return g.body
}

// local returns a local of a type, in a function with so many parameters. The last one counts: see loop.
func (g *floatGenerator) local(t wasm.ValueType, parameters int) uint64 {
	for i, have := range floatTypes {
		if have == t {
			return uint64(parameters + i*floatLocals + g.IntN(floatLocals-1))
		}
	}
	panic("no such type")
}

// statements makes what is left to be made, or a part of it.
func (g *floatGenerator) statements(parameters int) {
	for g.left > 0 && (g.depth == 0 || g.IntN(5) > 0) {
		g.left--
		g.statement(parameters)
	}
}

func (g *floatGenerator) statement(parameters int) {
	switch g.IntN(16) {
	case 0, 1, 14:
		g.store(wasm.OpF64Store, floatDoubles, func() { g.value(wasm.F64, 3, parameters) }, parameters)
	case 2, 3, 15:
		g.store(wasm.OpF32Store, floatSingles, func() { g.value(wasm.F32, 3, parameters) }, parameters)
	case 4:
		g.store(wasm.OpI64Store, floatLongs, func() {
			g.value(wasm.F64, 2, parameters)
			g.add(wasm.OpI64ReinterpretF64)
		}, parameters)
	case 5:
		g.store(wasm.OpI32Store, floatWords, func() {
			g.value(wasm.F32, 2, parameters)
			g.add(wasm.OpI32ReinterpretF32)
		}, parameters)
	case 6, 7, 8:
		t := anyOf(g, floatTypes)
		g.value(t, 3, parameters)
		g.add(wasm.OpLocalSet, g.local(t, parameters))
	case 9:
		global := g.IntN(2)
		g.value(floatTypes[2+global], 3, parameters)
		g.add(wasm.OpGlobalSet, uint64(global))
	case 10:
		g.call(parameters)
	case 11, 12:
		g.loop(parameters)
	default:
		g.add(wasm.OpI32Const, uint64(floatCopies+g.IntN(2000)))
		g.add(wasm.OpI32Const, uint64(floatInput+g.IntN(500)))
		g.add(wasm.OpI32Const, uint64(g.IntN(300)))
		g.add(wasm.OpMemoryCopy)
	}
}

// store stores a value at an aligned place in a region.
func (g *floatGenerator) store(op wasm.Opcode, region uint64, value func(), parameters int) {
	g.value(wasm.I32, 1, parameters)
	g.add(wasm.OpI32Const, 0xff8)
	g.add(wasm.OpI32And)
	value()
	g.add(op, 0, region)
}

// call calls the helper, by name or table; the helper itself calls nothing.
func (g *floatGenerator) call(parameters int) {
	if parameters > 0 {
		return
	}
	g.value(wasm.F32, 2, parameters)
	g.value(wasm.F64, 2, parameters)
	if g.IntN(2) == 0 {
		g.add(wasm.OpCall, floatHelper)
	} else {
		g.add(wasm.OpI32Const, 0)
		g.add(wasm.OpCallIndirect, 2, 0)
	}
	g.add(wasm.OpLocalSet, g.local(wasm.F32, parameters))
	g.add(wasm.OpLocalSet, g.local(wasm.F64, parameters))
}

// loop makes a loop whose counter is a float, which nothing in it sets.
func (g *floatGenerator) loop(parameters int) {
	if g.depth > 0 {
		return
	}
	counter := uint64(parameters + len(floatTypes)*floatLocals - 1)
	empty := int64(wasm.EmptyBlock)
	g.add(wasm.OpF64Const, math.Float64bits(float64(1+g.IntN(30))))
	g.add(wasm.OpLocalSet, counter)
	g.add(wasm.OpLoop, uint64(empty))
	g.depth++
	g.statements(parameters)
	g.depth--
	g.add(wasm.OpLocalGet, counter)
	g.add(wasm.OpF64Const, math.Float64bits(1))
	g.add(wasm.OpF64Sub)
	g.add(wasm.OpLocalTee, counter)
	g.add(wasm.OpF64Const, 0)
	g.add(wasm.OpF64Gt)
	g.add(wasm.OpBrIf, 0)
	g.add(wasm.OpEnd)
}
