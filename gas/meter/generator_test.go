package meter

import (
	"fmt"
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

// generator makes valid modules that are all control flow: loops of every shape that is counted and many that are not,
// branches out of anything into anything, calls to the outside and each other, traps, dead code. Every decision is a
// byte of a program, so that a fuzzer can steer it; when the bytes run out it finishes quickly.
type generator struct {
	program []byte
	body    []wasm.Instruction
	depth   int // open constructs
	budget  int // statements left in the function
}

// What a generated function has: parameters and locals, all i32.
const (
	generatedParams = 2
	generatedLocals = 7
	generatedFuncs  = 3
)

func (g *generator) choose(n int) int {
	if len(g.program) == 0 {
		return 0
	}
	b := g.program[0]
	g.program = g.program[1:]
	return int(b) % n
}

// pick returns one of several.
func pick[T any](g *generator, all ...T) T { return all[g.choose(len(all))] }

func (g *generator) add(op wasm.Opcode, immediates ...uint64) {
	in := wasm.Instruction{Op: op}
	if len(immediates) > 0 {
		in.X = immediates[0]
	}
	if len(immediates) > 1 {
		in.Y = immediates[1]
	}
	g.body = append(g.body, in)
}

func (g *generator) local() uint64 { return uint64(g.choose(generatedLocals)) }

func (g *generator) constant(n int64) { g.add(wasm.OpI32Const, uint64(n)) }

var emptyType = negative(wasm.EmptyBlock)

// The imports and types of generated modules.
const (
	hostSee = iota
	hostAsk
	generatedImports
)

func generate(program []byte) *wasm.Module {
	g := &generator{program: program}
	i32, i64 := wasm.I32, wasm.I64
	m := &wasm.Module{
		Types: []wasm.FuncType{
			{Params: []wasm.ValueType{i64}},
			{Params: []wasm.ValueType{i32}, Results: []wasm.ValueType{i32}},
			{Params: []wasm.ValueType{i32, i32}, Results: []wasm.ValueType{i32}},
		},
		Imports: []wasm.Import{
			{Module: "env", Name: "see", Function: 0},
			{Module: "env", Name: "ask", Function: 1},
		},
		Tables:   []wasm.Table{{Element: wasm.FuncRef, Limits: wasm.Limits{Min: 4, Max: 4, HasMax: true}}},
		Memories: []wasm.Limits{{Min: 1, Max: 3, HasMax: true}},
		Exports:  []wasm.Export{{Name: "memory", Kind: wasm.ExternalMemory}},
		Elements: []wasm.Element{{
			Type: wasm.FuncRef, Offset: []wasm.Instruction{{Op: wasm.OpI32Const}, {Op: wasm.OpEnd}},
			Functions: []uint32{generatedImports, hostAsk, generatedImports + 1},
		}},
	}
	for i := range generatedFuncs {
		m.Functions = append(m.Functions, 2)
		m.Codes = append(m.Codes, wasm.Code{
			Locals: []wasm.Locals{
				{Count: generatedLocals - generatedParams, Type: i32},
				{Count: 2, Type: wasm.F32},
				{Count: 2, Type: wasm.F64},
			},
			Body: g.function(),
		})
		if i == generatedFuncs-1 || g.choose(3) == 0 {
			m.Exports = append(m.Exports, wasm.Export{Name: fmt.Sprint("f", i), Index: uint32(generatedImports + i)})
		}
	}
	return m
}

func (g *generator) function() []wasm.Instruction {
	g.body, g.depth, g.budget = nil, 1, 40
	g.construct(wasm.OpBlock, func() {
		for g.budget > 0 && len(g.program) > 0 {
			g.statements(0)
		}
	})
	g.add(wasm.OpLocalGet, g.local())
	g.add(wasm.OpEnd)
	return g.body
}

// statements makes one or more; they leave no operands.
func (g *generator) statements(level int) {
	for range 1 + g.choose(4) {
		if g.budget--; g.budget > 0 {
			g.statement(level)
		}
	}
}

func (g *generator) statement(level int) {
	kind := g.choose(23)
	if level > 4 && kind >= 3 && kind <= 9 {
		kind = 0
	}
	switch kind {
	case 0, 1, 2:
		g.expression(2)
		g.add(wasm.OpLocalSet, g.local())
	case 3:
		g.conditional(level)
	case 4:
		g.construct(wasm.OpBlock, func() { g.statements(level + 1) })
	case 5, 6, 7, 8:
		g.counted(level)
	case 9:
		if g.choose(4) == 0 { // it never ends, or does so when it traps
			g.construct(wasm.OpLoop, func() {
				g.construct(wasm.OpBlock, func() { g.expression(1); g.add(wasm.OpDrop) })
				g.add(wasm.OpBr, 0)
			})
			return
		}
		g.construct(wasm.OpLoop, func() {
			g.statements(level + 1)
			g.expression(2)
			g.add(wasm.OpBrIf, 0)
		})
	case 10, 11:
		g.expression(2)
		g.add(wasm.OpBrIf, g.label())
	case 12:
		g.leave()
	case 13:
		g.expression(1)
		g.add(wasm.OpI64ExtendI32U)
		g.add(wasm.OpCall, hostSee)
	case 14, 15, 16:
		g.call()
	case 17, 18:
		g.memory()
	case 19, 20, 21:
		g.floats()
	default:
		g.expression(2)
		g.expression(1)
		g.add(pick(g, wasm.OpI32DivU, wasm.OpI32RemS))
		g.add(wasm.OpDrop)
	}
}

func (g *generator) construct(op wasm.Opcode, inside func()) {
	g.add(op, emptyType)
	g.depth++
	inside()
	g.depth--
	g.add(wasm.OpEnd)
}

// label returns one that takes no operands: any but the function's own.
func (g *generator) label() uint64 { return uint64(g.choose(g.depth - 1)) }

func (g *generator) conditional(level int) {
	g.expression(2)
	g.construct(wasm.OpIf, func() {
		g.statements(level + 1)
		if g.choose(2) == 0 {
			g.add(wasm.OpElse)
			g.statements(level + 1)
		}
	})
}

// counted makes a loop over a local, mostly one with a trip count that can be found.
func (g *generator) counted(level int) {
	i, bound := g.local(), g.local()
	step := pick(g, int64(1), -1, 2, -2, 4, 3, 8, -3, 6, 0)
	near := pick(g, int64(0), 1, 5, 16, 20, -1, 1<<31-1, -1<<31)
	g.constant(near - step*int64(g.choose(6)) + int64(pick(g, 0, 0, 0, 1, -1)))
	g.add(wasm.OpLocalSet, i)
	copied := pick(g, i, i, i, g.local())
	update := func(op wasm.Opcode) {
		g.add(wasm.OpLocalGet, i)
		switch g.choose(3) {
		case 0:
			g.constant(step)
			g.add(wasm.OpI32Add)
		case 1:
			g.constant(-step)
			g.add(wasm.OpI32Sub)
		default:
			g.body[len(g.body)-1] = wasm.Instruction{Op: wasm.OpI32Const, X: uint64(step)}
			g.add(wasm.OpLocalGet, i)
			g.add(wasm.OpI32Add)
		}
		if copied != i {
			g.add(wasm.OpLocalTee, copied)
		}
		g.add(op, i)
	}
	limit := func() {
		if g.choose(2) == 0 {
			g.constant(near)
		} else {
			g.add(wasm.OpLocalGet, bound)
		}
	}
	inside := func() {
		switch g.choose(6) {
		case 0, 1:
		case 2: // another step, or another bound
			g.expression(1)
			g.add(wasm.OpLocalSet, pick(g, i, bound))
		default:
			g.statements(level + 1)
		}
	}
	test := func(value func()) {
		switch g.choose(7) {
		case 0:
			value()
			return
		case 1, 2: // the bound first
			limit()
			value()
		default:
			value()
			limit()
		}
		g.add(wasm.OpI32Eq + wasm.Opcode(g.choose(10)))
		for range g.choose(3) {
			g.add(wasm.OpI32Eqz)
		}
		if g.choose(6) == 0 {
			condition := g.local()
			g.add(wasm.OpLocalSet, condition)
			inside()
			g.add(wasm.OpLocalGet, condition)
		}
	}
	get := func() { g.add(wasm.OpLocalGet, pick(g, i, i, copied)) }
	switch g.choose(5) {
	case 0: // tested at the bottom
		g.construct(wasm.OpLoop, func() {
			inside()
			if g.choose(2) == 0 {
				update(wasm.OpLocalSet)
				inside()
				test(get)
			} else {
				test(func() { update(wasm.OpLocalTee) })
			}
			g.add(wasm.OpBrIf, 0)
			inside()
		})
	case 1: // left in the middle
		g.construct(wasm.OpBlock, func() {
			g.construct(wasm.OpLoop, func() {
				inside()
				test(get)
				g.add(wasm.OpBrIf, 1)
				inside()
				update(wasm.OpLocalSet)
				g.add(wasm.OpBr, 0)
			})
		})
	case 2: // the back edge ends a block, or is taken from within it
		g.construct(wasm.OpLoop, func() {
			inside()
			g.construct(wasm.OpBlock, func() {
				inside()
				test(get)
				g.add(wasm.OpBrIf, 0)
				inside()
				update(wasm.OpLocalSet)
				if g.choose(3) == 0 {
					g.add(wasm.OpLocalGet, i)
					g.add(wasm.OpBrIf, 1)
				} else {
					g.add(wasm.OpBr, 1)
				}
			})
			inside()
		})
	case 3: // from within the second arm of an if
		g.construct(wasm.OpLoop, func() {
			inside()
			test(get)
			g.construct(wasm.OpIf, func() {
				inside()
				g.add(wasm.OpElse)
				update(wasm.OpLocalSet)
				inside()
				g.add(wasm.OpBr, 1)
			})
			inside()
		})
	default: // or the first
		g.construct(wasm.OpLoop, func() {
			inside()
			test(get)
			g.construct(wasm.OpIf, func() {
				update(wasm.OpLocalSet)
				inside()
				g.add(wasm.OpBr, 1)
			})
			inside()
		})
	}
}

// leave makes a branch out; what follows it is dead.
func (g *generator) leave() {
	switch g.choose(4) {
	case 0:
		g.add(wasm.OpBr, g.label())
	case 1:
		g.add(wasm.OpLocalGet, g.local())
		g.add(wasm.OpReturn)
	case 2:
		if g.choose(2) == 0 {
			g.add(wasm.OpUnreachable)
		}
	default:
		g.expression(1)
		in := wasm.Instruction{Op: wasm.OpBrTable}
		for range 1 + g.choose(4) {
			in.Targets = append(in.Targets, uint32(g.label()))
		}
		g.body = append(g.body, in)
	}
}

func (g *generator) call() {
	g.expression(1)
	switch g.choose(4) {
	case 0:
		g.add(wasm.OpCall, hostAsk)
	case 1, 2:
		g.expression(1)
		g.add(wasm.OpCall, uint64(generatedImports+g.choose(generatedFuncs)))
	default:
		g.expression(1)
		g.constant(int64(g.choose(4)))
		g.add(wasm.OpCallIndirect, 2)
	}
	g.add(wasm.OpLocalSet, g.local())
}

// stores makes some around the end of a page, most of them through one local.
func (g *generator) stores() {
	through := g.local()
	g.expression(1)
	g.constant(pick(g, int64(15), -8, 0xFFF, 0x1FF8))
	g.add(wasm.OpI32And)
	if g.choose(2) == 0 {
		g.constant(int64(g.choose(4)))
		g.add(wasm.OpI32Shl)
	}
	g.add(wasm.OpLocalSet, through)
	for range 1 + g.choose(4) {
		switch g.choose(6) {
		case 0:
			g.constant(4096*int64(g.choose(3)) - int64(g.choose(12)))
		case 1:
			g.expression(2)
			g.constant(pick(g, int64(0xFFFF), 0xFFFC, 0xFFF8))
			g.add(wasm.OpI32And)
		case 2:
			g.add(wasm.OpLocalGet, through)
			g.constant(pick(g, int64(1), 4, 8, 4080))
			g.add(wasm.OpI32Add)
			g.add(wasm.OpLocalTee, through)
		default:
			g.add(wasm.OpLocalGet, through)
		}
		op := pick(g, wasm.OpI32Store, wasm.OpI64Store, wasm.OpI32Store16, wasm.OpI64Store32, wasm.OpI64Store16,
			wasm.OpI64Store8, wasm.OpF32Store, wasm.OpF64Store)
		switch {
		case op == wasm.OpF32Store:
			g.float(&floatKinds[0], 1)
		case op == wasm.OpF64Store:
			g.float(&floatKinds[1], 1)
		default:
			g.expression(1)
		}
		if op >= wasm.OpI64Store8 || op == wasm.OpI64Store {
			g.add(wasm.OpI64ExtendI32U)
		}
		g.add(op, 0, uint64(pick(g, 0, 8, 4088, 4094, 4096, 1, 8190, 60000)))
	}
}

func (g *generator) memory() {
	if g.choose(2) == 0 {
		g.stores()
		return
	}
	g.add(wasm.OpLocalGet, g.local())
	g.constant(0xFFFF)
	g.add(wasm.OpI32And)
	switch g.choose(4) {
	case 0, 1:
		g.expression(1)
		g.add(wasm.OpI32Store, 0, 3)
	case 2:
		g.expression(1)
		g.expression(1)
		g.constant(63)
		g.add(wasm.OpI32And)
		g.add(wasm.OpMemoryFill)
	default:
		g.constant(pick(g, int64(1), 5, -1)) // some of them more than the maximum
		g.add(wasm.OpI32And)
		g.add(wasm.OpMemoryGrow)
		g.add(wasm.OpLocalSet, g.local())
	}
}

// expression leaves one i32.
func (g *generator) expression(depth int) {
	if depth == 0 {
		if g.choose(2) == 0 {
			g.constant(int64(g.choose(12)) - 3)
		} else {
			g.add(wasm.OpLocalGet, g.local())
		}
		return
	}
	switch g.choose(10) {
	case 0, 1:
		g.expression(0)
	case 8:
		k := g.floatKind()
		g.float(k, depth-1)
		g.add(k.truncate[g.choose(3)])
	case 9:
		k := g.floatKind()
		g.float(k, depth-1)
		g.float(k, depth-1)
		g.add(k.compare + wasm.Opcode(g.choose(6)))
	case 2:
		g.expression(depth - 1)
		g.add(wasm.OpI32Eqz)
	case 3:
		g.expression(depth - 1)
		g.add(wasm.OpLocalTee, g.local())
	case 4:
		g.expression(depth - 1)
		g.constant(0xFF)
		g.add(wasm.OpI32And)
		g.add(wasm.OpI32Load8U, 0, 1)
	default:
		g.expression(depth - 1)
		g.expression(depth - 1)
		g.add(pick(g, wasm.OpI32Add, wasm.OpI32Sub, wasm.OpI32Mul, wasm.OpI32And,
			wasm.OpI32Xor, wasm.OpI32LtS, wasm.OpI32GtU, wasm.OpI32Ne))
	}
}

// holdLaws checks every law for a generated module.
func holdLaws(t *testing.T, program []byte) {
	m := generate(program)
	for name, e := range engines {
		s := uneven
		if len(program)%2 == 0 {
			s = gas.Default()
		}
		l := newLaw(t, m, s, e)
		l.steps = 5_000
		eachExport(m, func(export string, function uint32, args []uint64) {
			if args[0] == 1 || args[0] == 6 || name == "wasmtime" {
				l.holds(t, export, function, args)
			}
		})
	}
}

func TestLawsHoldForGeneratedModules(t *testing.T) {
	n := uint64(80)
	if testing.Short() {
		n = 20
	}
	for seed := range n {
		program := randomBytes(seed, 300)
		t.Run(fmt.Sprint(seed), func(t *testing.T) { holdLaws(t, program[:100+seed%200]) })
	}
}

// FuzzLaws checks every law for modules made from the fuzzer's bytes.
func FuzzLaws(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("control flow, and little else"))
	f.Fuzz(func(t *testing.T, program []byte) { holdLaws(t, program) })
}
