package limits

import (
	"hestia/internal/wasm"
)

// floatLocals are locals of a type that a shape of floats has: as many of each, i32, i64, f32 and f64.
const floatLocals = 8

var floatTypes = []wasm.ValueType{wasm.I32, wasm.I64, wasm.F32, wasm.F64}

// floatShapes are long functions of one instruction on floats each, the result of every one used by a later one. All
// are kept in the end, through what shows the bits of a NaN. Without -sweep they are those that take longest.
func floatShapes() (all []shape) {
	if !*full {
		return append(floatMemory(wasm.F32)[1:3],
			floatShape(wasm.OpF64Copysign), floatShape(wasm.OpF32Max), floatShape(wasm.OpI64ReinterpretF64))
	}
	for op := wasm.OpF32Eq; op <= wasm.OpF64ReinterpretI64; op++ {
		if op.Known() && op.Float() {
			all = append(all, floatShape(op))
		}
	}
	for op := wasm.OpI32TruncSatF32S; op <= wasm.OpI64TruncSatF64U; op++ {
		all = append(all, floatShape(op))
	}
	for _, t := range []wasm.ValueType{wasm.F32, wasm.F64} {
		all = append(all, floatMemory(t)...)
	}
	return all
}

// floatShape repeats an instruction on locals a times.
func floatShape(op wasm.Opcode) shape {
	operands, result := floatSignature(op)
	return shape{"float " + op.String(), false, func(m *module, a, _ int) {
		var c body
		for i := range a {
			for k, t := range operands {
				c.get(floatLocal(t, i*(k+3)+k))
			}
			c.op(op)
			c.set(floatLocal(result, i))
		}
		keepFloats(&c)
		floatFunction(m, c)
	}}
}

// floatMemory are shapes of loads, stores and constants.
func floatMemory(t wasm.ValueType) []shape {
	load, store, constant, add := wasm.OpF32Load, wasm.OpF32Store, wasm.OpF32Const, wasm.OpF32Add
	if t == wasm.F64 {
		load, store, constant, add = wasm.OpF64Load, wasm.OpF64Store, wasm.OpF64Const, wasm.OpF64Add
	}
	long := func(name string, step func(c *body, i int)) shape {
		return shape{"float " + name, false, func(m *module, a, _ int) {
			var c body
			for i := range a {
				step(&c, i)
			}
			keepFloats(&c)
			floatFunction(m, c)
		}}
	}
	return []shape{
		long(load.String(), func(c *body, i int) {
			c.get(floatLocal(wasm.I32, 0))
			c.xy(load, 0, 8*i)
			c.set(floatLocal(t, i))
		}),
		long(store.String(), func(c *body, i int) {
			c.get(floatLocal(wasm.I32, i))
			c.get(floatLocal(t, i*3))
			c.xy(store, 0, 8*i)
		}),
		long(store.String()+" through one local", func(c *body, i int) {
			c.get(floatLocal(wasm.I32, 0))
			c.get(floatLocal(t, i*3))
			c.xy(store, 0, 8*(i%60))
		}),
		long(constant.String(), func(c *body, i int) {
			c.get(floatLocal(t, i))
			c.x(constant, 0x3f800000+i*77)
			c.op(add)
			c.set(floatLocal(t, i))
		}),
		long(t.String()+" select", func(c *body, i int) {
			c.get(floatLocal(t, i))
			c.get(floatLocal(t, i*3))
			c.get(floatLocal(wasm.I32, i))
			c.op(wasm.OpSelect)
			c.set(floatLocal(t, i*5))
		}),
		long(t.String()+" loops", func(c *body, i int) {
			c.loop()
			c.get(floatLocal(t, i))
			c.get(floatLocal(t, i+1))
			c.op(add)
			c.set(floatLocal(t, i))
			c.get(floatLocal(t, i+2))
			c.get(floatLocal(t, i))
			c.op(add)
			c.set(floatLocal(t, i+2))
			c.get(floatLocal(wasm.I32, 0))
			c.brIf(0)
			c.end()
		}),
	}
}

// floatSignature returns the types that an instruction takes and leaves, which its name says.
func floatSignature(op wasm.Opcode) (operands []wasm.ValueType, result wasm.ValueType) {
	name := op.String()
	types := map[string]wasm.ValueType{"i32": wasm.I32, "i64": wasm.I64, "f32": wasm.F32, "f64": wasm.F64}
	result = types[name[:3]]
	from := result
	for i := 4; i+3 <= len(name); i++ {
		if t, ok := types[name[i:i+3]]; ok {
			from = t
		}
	}
	pops, _, _ := op.Arity()
	for range pops {
		operands = append(operands, from)
	}
	if op <= wasm.OpF64Ge {
		result = wasm.I32
	}
	return operands, result
}

// floatLocal returns one of the locals of a type.
func floatLocal(t wasm.ValueType, i int) int {
	for k, have := range floatTypes {
		if have == t {
			return k*floatLocals + i%floatLocals
		}
	}
	panic("no such type")
}

// keepFloats stores all locals.
func keepFloats(c *body) {
	stores := []wasm.Opcode{wasm.OpI32Store, wasm.OpI64Store, wasm.OpF32Store, wasm.OpF64Store}
	for k, t := range floatTypes {
		for i := range floatLocals {
			c.i32(8 * (k*floatLocals + i))
			c.get(floatLocal(t, i))
			c.xy(stores[k], 0, 0)
		}
	}
}

// floatFunction adds a function that begins by loading all locals.
func floatFunction(m *module, c body) {
	loads := []wasm.Opcode{wasm.OpI32Load, wasm.OpI64Load, wasm.OpF32Load, wasm.OpF64Load}
	var first body
	var runs []wasm.Locals
	for k, t := range floatTypes {
		for i := range floatLocals {
			first.i32(8 * (k*floatLocals + i))
			first.xy(loads[k], 0, 0)
			first.set(floatLocal(t, i))
		}
		runs = append(runs, wasm.Locals{Count: floatLocals, Type: t})
	}
	at := m.fn(0, 0, append(first, c...))
	m.Codes[at].Locals = runs
}
