package limits

import (
	"slices"

	"hestia/internal/wasm"
)

// body is the code of a function being written.
type body []wasm.Instruction

func (b *body) op(ops ...wasm.Opcode) {
	for _, op := range ops {
		*b = append(*b, wasm.Instruction{Op: op})
	}
}

func (b *body) x(op wasm.Opcode, x int) { *b = append(*b, wasm.Instruction{Op: op, X: uint64(x)}) }

func (b *body) xy(op wasm.Opcode, x, y int) {
	*b = append(*b, wasm.Instruction{Op: op, X: uint64(x), Y: uint64(y)})
}

// load32 loads an i32 from an address.
func (b *body) load32(address int) {
	b.i32(address)
	b.xy(wasm.OpI32Load, 2, 0)
}

func (b *body) i32(v int) { b.x(wasm.OpI32Const, v) }
func (b *body) i64(v int) { b.x(wasm.OpI64Const, v) }
func (b *body) get(l int) { b.x(wasm.OpLocalGet, l) }
func (b *body) set(l int) { b.x(wasm.OpLocalSet, l) }

// empty is the type of a block without operands.
const empty = -64

func (b *body) block()     { b.x(wasm.OpBlock, empty) }
func (b *body) loop()      { b.x(wasm.OpLoop, empty) }
func (b *body) branch()    { b.x(wasm.OpIf, empty) }
func (b *body) end()       { b.op(wasm.OpEnd) }
func (b *body) brIf(l int) { b.x(wasm.OpBrIf, l) }

// table branches by the i32 on the stack.
func (b *body) table(targets ...uint32) {
	*b = append(*b, wasm.Instruction{Op: wasm.OpBrTable, Targets: targets})
}

// bump adds 1 to an i64 local.
func (b *body) bump(l int) {
	b.get(l)
	b.i64(1)
	b.op(wasm.OpI64Add)
	b.set(l)
}

// module is a program being written: type 0 is () -> (), function 0 is _start.
type module struct{ wasm.Module }

func contract() *module {
	m := &module{}
	m.Types = []wasm.FuncType{{}}
	m.Memories = []wasm.Limits{{Min: 1}}
	m.Exports = []wasm.Export{
		{Name: "memory", Kind: wasm.ExternalMemory}, {Name: "_start", Kind: wasm.ExternalFunction},
	}
	return m
}

// fn adds a function of a type with so many i64 locals.
func (m *module) fn(typ, locals int, b body) int {
	c := wasm.Code{Body: append(slices.Clip(b), wasm.Instruction{Op: wasm.OpEnd})}
	if locals > 0 {
		c.Locals = []wasm.Locals{{Count: uint32(locals), Type: wasm.I64}}
	}
	m.Functions = append(m.Functions, uint32(typ))
	m.Codes = append(m.Codes, c)
	return len(m.Codes) - 1
}

func (m *module) typ(params, results []wasm.ValueType) int {
	m.Types = append(m.Types, wasm.FuncType{Params: params, Results: results})
	return len(m.Types) - 1
}

func (m *module) global() {
	m.Globals = append(m.Globals, wasm.Global{
		Type: wasm.GlobalType{Type: wasm.I64, Mutable: true},
		Init: []wasm.Instruction{{Op: wasm.OpI64Const}, {Op: wasm.OpEnd}},
	})
}
