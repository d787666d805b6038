package limits

import (
	"maps"
	"slices"

	"hestia/internal/wasm"
)

// shape is a kind of module with two sizes: how long, and how wide if that means anything.
type shape struct {
	name string
	wide bool
	// adds one function, with callees if need be, to a contract whose function 0 is empty
	make func(m *module, a, b int)
}

func repeat(t wasm.ValueType, n int) []wasm.ValueType { return slices.Repeat([]wasm.ValueType{t}, n) }

var shapes = []shape{
	// as code that is not optimized: a values, each in a local of its own, b of them live at once
	{"values in locals", true, func(m *module, a, b int) {
		var c body
		for l := range a {
			c.load(8 * (l % 4096))
			c.set(l)
			if l >= b {
				c.i32(8 * (l % 4096))
				c.get(l - b)
				c.get(l - b/2)
				c.op(wasm.OpI64Xor)
				c.xy(wasm.OpI64Store, 3, 0)
			}
		}
		m.fn(0, a, c)
	}},
	{"locals that are never used", false, func(m *module, a, _ int) { m.fn(0, a, nil) }},
	{"nested loops", true, func(m *module, a, b int) { // a loops, b locals bumped inside
		var c body
		for range a {
			c.loop()
		}
		for l := range b {
			c.bump(l)
		}
		for range a {
			c.get(0)
			c.op(wasm.OpI32WrapI64)
			c.brIf(0)
			c.end()
		}
		m.fn(0, b, c)
	}},
	{"nested loops, each bumps all", true, func(m *module, a, b int) {
		var c body
		for range a {
			c.loop()
			for l := range b {
				c.bump(l)
			}
		}
		for range a {
			c.get(0)
			c.op(wasm.OpI32WrapI64)
			c.brIf(0)
			c.end()
		}
		m.fn(0, b, c)
	}},
	{"sequential loops", true, func(m *module, a, b int) {
		var c body
		for range a {
			c.loop()
			for l := range b {
				c.bump(l)
			}
			c.get(0)
			c.op(wasm.OpI32WrapI64)
			c.brIf(0)
			c.end()
		}
		m.fn(0, b, c)
	}},
	// one local set in each of a ifs, b locals used at the end
	{"sequential ifs live all", true, func(m *module, a, b int) {
		var c body
		for i := range a {
			c.get(i % b)
			c.op(wasm.OpI32WrapI64)
			c.branch()
			c.bump((i * 7) % b)
			c.end()
		}
		for l := range b {
			c.i32(8 * l)
			c.get(l)
			c.xy(wasm.OpI64Store, 3, 0)
		}
		m.fn(0, b, c)
	}},
	{"nested blocks", true, func(m *module, a, b int) { // a nested blocks with br_if out of each at different depth
		var c body
		for range a {
			c.block()
		}
		for i := range a {
			c.get(i % b)
			c.op(wasm.OpI32WrapI64)
			c.brIf((i * 31) % (a - i))
			c.bump((i * 7) % b)
			c.end()
		}
		for l := range b {
			c.i32(8 * l)
			c.get(l)
			c.xy(wasm.OpI64Store, 3, 0)
		}
		m.fn(0, b, c)
	}},
	{"interpreter", true, func(m *module, a, b int) { // a cases over b locals
		var c body
		c.loop()
		for range a {
			c.block()
		}
		c.get(0)
		c.op(wasm.OpI32WrapI64)
		t := make([]uint32, a)
		for i := range t {
			t[i] = uint32(i)
		}
		c.table(t...)
		c.end()
		for i := 1; i < a; i++ {
			c.bump((i * 7) % b)
			c.bump((i * 11) % b)
			c.x(wasm.OpBr, a-i)
			c.end()
		}
		c.x(wasm.OpBr, 0)
		c.end()
		m.fn(0, b, c)
	}},
	{"live locals", true, func(m *module, a, b int) { // a locals loaded, then all stored
		var c body
		for l := range a {
			c.i32(8 * l)
			c.xy(wasm.OpI64Load, 3, 0)
			c.set(l)
		}
		for range b {
			for l := range a {
				c.i32(8 * l)
				c.get(l)
				c.xy(wasm.OpI64Store, 3, 0)
			}
		}
		m.fn(0, a, c)
	}},
	{"live locals over a loop", false, func(m *module, a, b int) {
		var c body
		for l := range a {
			c.i32(8 * l)
			c.xy(wasm.OpI64Load, 3, 0)
			c.set(l)
		}
		c.loop()
		for l := range a {
			c.get(l)
			c.get((l + 1) % a)
			c.op(wasm.OpI64Add)
			c.set(l)
		}
		c.get(0)
		c.op(wasm.OpI32WrapI64)
		c.brIf(0)
		c.end()
		for l := range a {
			c.i32(8 * l)
			c.get(l)
			c.xy(wasm.OpI64Store, 3, 0)
		}
		m.fn(0, a, c)
	}},
	{"live locals over calls", true, func(m *module, a, b int) {
		var c body
		for l := range a {
			c.i32(8 * l)
			c.xy(wasm.OpI64Load, 3, 0)
			c.set(l)
		}
		for range b {
			c.x(wasm.OpCall, 0)
		}
		for l := range a {
			c.i32(8 * l)
			c.get(l)
			c.xy(wasm.OpI64Store, 3, 0)
		}
		m.fn(0, a, c)
	}},
	{"operand stack", false, func(m *module, a, b int) {
		var c body
		for l := range a {
			c.i32(8 * l)
			c.xy(wasm.OpI64Load, 3, 0)
		}
		for range a - 1 {
			c.op(wasm.OpI64Add)
		}
		c.op(wasm.OpDrop)
		m.fn(0, 0, c)
	}},
	{"operand stack over blocks", true, func(m *module, a, b int) {
		var c body
		for l := range a {
			c.i32(8 * l)
			c.xy(wasm.OpI64Load, 3, 0)
		}
		for i := range b {
			c.i32(i)
			c.xy(wasm.OpI32Load, 2, 0)
			c.branch()
			c.bump(0)
			c.end()
		}
		for range a - 1 {
			c.op(wasm.OpI64Add)
		}
		c.op(wasm.OpDrop)
		m.fn(0, 1, c)
	}},
	{"br_table", false, func(m *module, a, b int) {
		var c body
		c.block()
		c.block()
		c.i32(0)
		c.xy(wasm.OpI32Load, 2, 0)
		t := make([]uint32, a)
		for i := range t {
			t[i] = uint32(i % 2)
		}
		c.table(t...)
		c.end()
		c.end()
		m.fn(0, 0, c)
	}},
	{"br_table with values", true, func(m *module, a, b int) {
		typ := m.typ(nil, repeat(wasm.I64, b))
		var c body
		c.x(wasm.OpBlock, typ)
		for i := range b {
			c.i64(i)
		}
		c.i32(0)
		c.xy(wasm.OpI32Load, 2, 0)
		t := make([]uint32, a)
		c.table(t...)
		c.end()
		for range b {
			c.op(wasm.OpDrop)
		}
		m.fn(0, 0, c)
	}},
	{"many functions", false, func(m *module, a, b int) {
		for range a {
			m.fn(0, 0, nil)
		}
	}},
	{"straight line", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.get(0)
			c.i64(3)
			c.op(wasm.OpI64Add)
			c.set(0)
		}
		c.i32(0)
		c.get(0)
		c.xy(wasm.OpI64Store, 3, 0)
		m.fn(0, 1, c)
	}},
	{"memory ops", false, func(m *module, a, b int) {
		var c body
		for i := range a {
			c.i32(0)
			c.i32(0)
			c.xy(wasm.OpI32Load, 2, i*4)
			c.xy(wasm.OpI32Store, 2, 0)
		}
		m.fn(0, 1, c)
	}},
	{"mul div", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.get(0)
			c.get(1)
			c.op(wasm.OpI64DivS)
			c.get(1)
			c.op(wasm.OpI64Mul)
			c.set(0)
		}
		c.i32(0)
		c.get(0)
		c.xy(wasm.OpI64Store, 3, 0)
		m.fn(0, 2, c)
	}},
	{"rem chain", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.get(0)
			c.get(1)
			c.op(wasm.OpI64RemS)
			c.set(0)
		}
		c.i32(0)
		c.get(0)
		c.xy(wasm.OpI64Store, 3, 0)
		m.fn(0, 2, c)
	}},
	{"select chain", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.get(0)
			c.get(1)
			c.get(0)
			c.op(wasm.OpI64Eqz, wasm.OpSelect)
			c.set(1)
		}
		c.i32(0)
		c.get(1)
		c.xy(wasm.OpI64Store, 3, 0)
		m.fn(0, 2, c)
	}},
	{"globals", true, func(m *module, a, b int) {
		for range b {
			m.global()
		}
		var c body
		for i := range a {
			c.x(wasm.OpGlobalGet, i%b)
			c.x(wasm.OpGlobalSet, (i+1)%b)
		}
		m.fn(0, 0, c)
	}},
	{"calls", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.x(wasm.OpCall, 0)
		}
		m.fn(0, 0, c)
	}},
	{"calls with params", true, func(m *module, a, b int) {
		typ := m.typ(repeat(wasm.I64, b), nil)
		f := m.fn(typ, 0, nil)
		var c body
		for range a {
			for range b {
				c.get(0)
			}
			c.x(wasm.OpCall, f)
		}
		m.fn(0, 1, c)
	}},
	{"calls with results", true, func(m *module, a, b int) {
		typ := m.typ(nil, repeat(wasm.I64, b))
		var r body
		for range b {
			r.i64(1)
		}
		f := m.fn(typ, 0, r)
		var c body
		for range a {
			c.x(wasm.OpCall, f)
			for range b {
				c.op(wasm.OpDrop)
			}
		}
		m.fn(0, 1, c)
	}},
	{"many params, shared type", true, func(m *module, a, b int) {
		typ := m.typ(repeat(wasm.I64, b), nil)
		for range a {
			m.fn(typ, 0, nil)
		}
	}},
	{"many results, shared type", true, func(m *module, a, b int) {
		typ := m.typ(repeat(wasm.I64, b), repeat(wasm.I64, b))
		for range a {
			m.fn(typ, 0, body{{Op: wasm.OpUnreachable}})
		}
	}},
	{"call_indirect", false, func(m *module, a, b int) {
		m.Tables = []wasm.Table{{Element: wasm.FuncRef, Limits: wasm.Limits{Min: 16}}}
		var c body
		for i := range a {
			c.i32(i % 16)
			c.xy(wasm.OpCallIndirect, 0, 0)
		}
		m.fn(0, 0, c)
	}},
	{"blocks with values", true, func(m *module, a, b int) { // phis: a ifs with b params and results
		typ := m.typ(repeat(wasm.I64, b), repeat(wasm.I64, b))
		var c body
		for i := range b {
			c.i32(8 * i)
			c.xy(wasm.OpI64Load, 3, 0)
		}
		for i := range a {
			c.i32(i)
			c.xy(wasm.OpI32Load, 2, 0)
			c.x(wasm.OpIf, typ)
			c.get(0)
			c.op(wasm.OpI64Add)
			c.end()
		}
		for range b {
			c.op(wasm.OpDrop)
		}
		m.fn(0, 1, c)
	}},
	{"loops with values", true, func(m *module, a, b int) { // a nested loops with b params
		typ := m.typ(repeat(wasm.I64, b), repeat(wasm.I64, b))
		var c body
		for i := range b {
			c.i32(8 * i)
			c.xy(wasm.OpI64Load, 3, 0)
		}
		for range a {
			c.x(wasm.OpLoop, typ)
		}
		for range a {
			c.i32(0)
			c.xy(wasm.OpI32Load, 2, 0)
			c.brIf(0)
			c.end()
		}
		for range b {
			c.op(wasm.OpDrop)
		}
		m.fn(0, 1, c)
	}},
	{"br_if with values", true, func(m *module, a, b int) {
		typ := m.typ(nil, repeat(wasm.I64, b))
		var c body
		c.x(wasm.OpBlock, typ)
		for i := range b {
			c.i32(8 * i)
			c.xy(wasm.OpI64Load, 3, 0)
		}
		for range a {
			c.i32(0)
			c.xy(wasm.OpI32Load, 2, 0)
			c.brIf(0)
		}
		c.end()
		for range b {
			c.op(wasm.OpDrop)
		}
		m.fn(0, 1, c)
	}},
	{"declared locals", false, func(m *module, a, b int) { m.fn(0, a, nil) }},
	{"declared locals, loops", true, func(m *module, a, b int) {
		var c body
		for range b {
			c.loop()
			c.get(0)
			c.op(wasm.OpI32WrapI64)
			c.brIf(0)
			c.end()
		}
		m.fn(0, a, c)
	}},
	{"ifs", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.get(0)
			c.op(wasm.OpI32WrapI64)
			c.branch()
			c.end()
		}
		m.fn(0, 1, c)
	}},
	{"memory grow", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.i32(0)
			c.x(wasm.OpMemoryGrow, 0)
			c.op(wasm.OpDrop)
		}
		m.fn(0, 1, c)
	}},
	{"memory fill", false, func(m *module, a, b int) {
		var c body
		for range a {
			c.i32(0)
			c.i32(0)
			c.i32(0)
			c.x(wasm.OpMemoryFill, 0)
		}
		m.fn(0, 1, c)
	}},
	{"table ops", false, func(m *module, a, b int) {
		m.Tables = []wasm.Table{{Element: wasm.FuncRef, Limits: wasm.Limits{Min: 16}}}
		var c body
		for range a {
			c.i32(0)
			c.i32(1)
			c.x(wasm.OpTableGet, 0)
			c.x(wasm.OpTableSet, 0)
		}
		m.fn(0, 1, c)
	}},
	{"data segments", false, func(m *module, a, b int) {
		for range a {
			m.Data = append(
				m.Data, wasm.Data{Offset: []wasm.Instruction{{Op: wasm.OpI32Const}, {Op: wasm.OpEnd}}, Init: []byte{1}},
			)
		}
		m.fn(0, 0, nil)
	}},
	{"globals declared", false, func(m *module, a, b int) {
		for range a {
			m.global()
		}
		m.fn(0, 0, nil)
	}},
	{"returns with values", true, func(m *module, a, b int) {
		typ := m.typ(nil, repeat(wasm.I64, b))
		var c body
		for i := range a {
			c.i32(i)
			c.xy(wasm.OpI32Load, 2, 0)
			c.branch()
			for range b {
				c.i64(i)
			}
			c.op(wasm.OpReturn)
			c.end()
		}
		c.op(wasm.OpUnreachable)
		m.fn(typ, 0, c)
	}},
	{"far memory", false, func(m *module, a, b int) { // offsets that no guard page catches
		var c body
		for range a {
			c.i32(0)
			c.i32(0)
			c.xy(wasm.OpI64Load, 3, 1<<32-9)
			c.xy(wasm.OpI64Store, 3, 1<<32-9)
		}
		m.fn(0, 0, c)
	}},
	{"nested ifs", true, func(m *module, a, b int) {
		var c body
		for i := range a {
			c.get(i % b)
			c.op(wasm.OpI32WrapI64)
			c.branch()
			c.bump(i % b)
		}
		for i := range a {
			c.op(wasm.OpElse)
			c.bump((i + 1) % b)
			c.end()
		}
		m.fn(0, b, c)
	}},
	{"dead code", false, func(m *module, a, b int) {
		var c body
		c.op(wasm.OpUnreachable)
		for range a {
			c.op(wasm.OpI64Add)
		}
		c.op(wasm.OpDrop)
		m.fn(0, 0, c)
	}},
	{"constants", true, func(m *module, a, b int) {
		var c body
		for i := range a {
			c.i64(i << 40)
			c.set(i % b)
		}
		for l := range b {
			c.i32(8 * l)
			c.get(l)
			c.xy(wasm.OpI64Store, 3, 0)
		}
		m.fn(0, b, c)
	}},
	{"bits", false, func(m *module, a, b int) {
		var c body
		c.i32(0)
		c.i32(0)
		c.xy(wasm.OpI64Load, 3, 0)
		for range a {
			c.op(wasm.OpI64Popcnt, wasm.OpI64Clz)
			c.i64(1)
			c.op(wasm.OpI64Rotl, wasm.OpI64Ctz)
		}
		c.xy(wasm.OpI64Store, 3, 0)
		m.fn(0, 0, c)
	}},
	{"conversions", false, func(m *module, a, b int) {
		var c body
		c.i32(0)
		c.i32(0)
		c.xy(wasm.OpI32Load, 2, 0)
		for range a {
			c.op(wasm.OpI32Extend8S, wasm.OpI64ExtendI32U, wasm.OpI64Extend16S, wasm.OpI32WrapI64, wasm.OpI32Eqz)
		}
		c.xy(wasm.OpI32Store, 2, 0)
		m.fn(0, 0, c)
	}},
	{"table moves", false, func(m *module, a, b int) {
		m.Tables = []wasm.Table{{Element: wasm.FuncRef, Limits: wasm.Limits{Min: 16}}}
		var c body
		for i := range a {
			c.i32(0)
			c.i32(0)
			c.i32(0)
			if i%2 == 0 {
				c.xy(wasm.OpTableCopy, 0, 0)
				continue
			}
			c.op(wasm.OpDrop)
			c.x(wasm.OpTableGet, 0)
			c.i32(0)
			c.x(wasm.OpTableGrow, 0)
			c.op(wasm.OpDrop, wasm.OpDrop)
		}
		m.fn(0, 0, c)
	}},
	{"function references", false, func(m *module, a, b int) {
		m.Elements = []wasm.Element{{Flag: 3, Mode: wasm.Declarative, Functions: []uint32{0}}}
		var c body
		for range a {
			c.x(wasm.OpRefFunc, 0)
			c.op(wasm.OpDrop)
		}
		m.fn(0, 0, c)
	}},
	{"counted loops", true, func(m *module, a, b int) {
		var c body
		for i := range a {
			c.i64(1000)
			c.set(i % b)
			c.loop()
			c.get(i % b)
			c.i64(1)
			c.op(wasm.OpI64Sub)
			c.x(wasm.OpLocalTee, i%b)
			c.i64(0)
			c.op(wasm.OpI64Ne)
			c.brIf(0)
			c.end()
		}
		m.fn(0, b, c)
	}},
	{"calls between live locals and branches", true, func(m *module, a, b int) {
		var c body
		for l := range b {
			c.i32(8 * l)
			c.xy(wasm.OpI64Load, 3, 0)
			c.set(l)
		}
		for i := range a {
			c.get(i % b)
			c.op(wasm.OpI64Eqz)
			c.branch()
			c.x(wasm.OpCall, 0)
			c.bump((i + 1) % b)
			c.end()
		}
		for l := range b {
			c.i32(8 * l)
			c.get(l)
			c.xy(wasm.OpI64Store, 3, 0)
		}
		m.fn(0, b, c)
	}},
	{"big interpreter", true, func(m *module, a, b int) { // a cases with arms of their own, b locals all over
		var c body
		c.loop()
		for range a {
			c.block()
		}
		c.get(0)
		c.op(wasm.OpI32WrapI64)
		t := make([]uint32, a)
		for i := range t {
			t[i] = uint32(i)
		}
		c.table(t...)
		c.end()
		for i := 1; i < a; i++ {
			c.get((i * 13) % b)
			c.op(wasm.OpI64Eqz)
			c.x(wasm.OpIf, empty)
			c.bump((i * 7) % b)
			c.op(wasm.OpElse)
			c.i32(i)
			c.xy(wasm.OpI64Load, 3, 0)
			c.set((i * 11) % b)
			c.x(wasm.OpCall, 0)
			c.end()
			c.x(wasm.OpBr, a-i)
			c.end()
		}
		c.x(wasm.OpBr, 0)
		c.end()
		m.fn(0, b, c)
	}},
}

// between are instructions put between locals that stay live over them.
var between = map[string]func(c *body, i int){
	"indirect call": func(c *body, i int) { c.i32(i % 16); c.xy(wasm.OpCallIndirect, 0, 0) },
	"call":          func(c *body, i int) { c.x(wasm.OpCall, 0) },
	"table.set":     func(c *body, i int) { c.i32(0); c.i32(1); c.x(wasm.OpTableGet, 0); c.x(wasm.OpTableSet, 0) },
	"memory.fill":   func(c *body, i int) { c.i32(0); c.i32(0); c.i32(0); c.x(wasm.OpMemoryFill, 0) },
	"memory.copy":   func(c *body, i int) { c.i32(0); c.i32(0); c.i32(i); c.x(wasm.OpMemoryCopy, 0) },
	"memory.grow":   func(c *body, i int) { c.i32(0); c.x(wasm.OpMemoryGrow, 0); c.op(wasm.OpDrop) },
	"division":      func(c *body, i int) { c.i32(1); c.i32(i); c.op(wasm.OpI32DivS, wasm.OpDrop) },
	"select": func(c *body, i int) {
		c.i32(1)
		c.i32(i)
		c.get(0)
		c.op(wasm.OpI32WrapI64, wasm.OpSelect, wasm.OpDrop)
	},
	"loop":  func(c *body, i int) { c.loop(); c.get(0); c.op(wasm.OpI32WrapI64); c.brIf(0); c.end() },
	"block": func(c *body, i int) { c.block(); c.get(0); c.op(wasm.OpI32WrapI64); c.brIf(0); c.end() },
	"store that may cross a page": func(c *body, i int) {
		c.load32(4 * i % 4096)
		c.i64(i)
		c.xy(wasm.OpI64Store, 3, i)
	},
	"far load": func(c *body, i int) { c.i32(0); c.xy(wasm.OpI64Load, 3, 1<<32-9); c.op(wasm.OpDrop) },
}

func init() {
	for _, name := range slices.Sorted(maps.Keys(between)) {
		put := between[name]
		shapes = append(shapes, shape{name + " between live locals", true, func(m *module, a, b int) {
			m.Tables = []wasm.Table{{Element: wasm.FuncRef, Limits: wasm.Limits{Min: 16}}}
			var c body
			for l := range b {
				c.i32(8 * l)
				c.xy(wasm.OpI64Load, 3, 0)
				c.set(l)
			}
			for i := range a {
				put(&c, i)
			}
			for l := range b {
				c.i32(8 * l)
				c.get(l)
				c.xy(wasm.OpI64Store, 3, 0)
			}
			m.fn(0, b, c)
		}})
	}
}
