package limits

import (
	"slices"

	"hestia/internal/wasm"
)

// adopted makes a program of any module: what it imports is defined, by bodies that are unreachable, and _start does
// nothing. The code that it has stays as it is.
func adopted(m *wasm.Module) []byte {
	out := *m
	out.Canonical()
	out.Imports, out.Start, out.Customs = nil, nil, nil
	own := out
	own.Functions, own.Codes, own.Globals, own.Tables, own.Memories = nil, nil, nil, nil, nil
	for i := range m.Imports {
		define(&own, &m.Imports[i])
	}
	main := uint32(len(own.Functions) + len(m.Functions))
	out.Types = append(slices.Clone(m.Types), wasm.FuncType{})
	out.Functions = append(append(own.Functions, m.Functions...), uint32(len(m.Types)))
	out.Codes = append(append(own.Codes, m.Codes...), wasm.Code{Body: []wasm.Instruction{{Op: wasm.OpEnd}}})
	out.Globals = append(own.Globals, m.Globals...)
	out.Tables = append(own.Tables, m.Tables...)
	out.Memories = append(own.Memories, m.Memories...)
	if len(out.Memories) == 0 {
		out.Memories = []wasm.Limits{{Min: 1}}
	}
	out.Exports = []wasm.Export{
		{Name: "memory", Kind: wasm.ExternalMemory},
		{Name: "_start", Kind: wasm.ExternalFunction, Index: main},
	}
	out.Data, out.Elements, out.Globals = slices.Clone(m.Data), slices.Clone(m.Elements), slices.Clone(out.Globals)
	for i := range out.Data {
		out.Data[i].Offset = constant(out.Data[i].Offset)
	}
	for i := range out.Elements {
		out.Elements[i].Offset = constant(out.Elements[i].Offset)
	}
	for i := range out.Globals {
		out.Globals[i].Init = constant(out.Globals[i].Init)
		if t := out.Globals[i].Type.Type; t.Float() && !out.Globals[i].Init[0].Op.Float() {
			out.Globals[i].Init[0].Op = map[wasm.ValueType]wasm.Opcode{
				wasm.F32: wasm.OpF32Const, wasm.F64: wasm.OpF64Const,
			}[t]
		}
	}
	return out.Encode()
}

// define defines what a module imports.
func define(own *wasm.Module, im *wasm.Import) {
	switch im.Kind {
	case wasm.ExternalFunction:
		own.Functions = append(own.Functions, im.Function)
		body := []wasm.Instruction{{Op: wasm.OpUnreachable}, {Op: wasm.OpEnd}}
		own.Codes = append(own.Codes, wasm.Code{Body: body})
	case wasm.ExternalGlobal:
		op := wasm.OpI32Const
		if im.Global.Type == wasm.I64 {
			op = wasm.OpI64Const
		}
		init := []wasm.Instruction{{Op: op}, {Op: wasm.OpEnd}}
		own.Globals = append(own.Globals, wasm.Global{Type: im.Global, Init: init})
	case wasm.ExternalTable:
		own.Tables = append(own.Tables, im.Table)
	case wasm.ExternalMemory:
		own.Memories = append(own.Memories, im.Memory)
	}
}

// constant replaces the value of a global by zero: it may have been imported.
func constant(expression []wasm.Instruction) []wasm.Instruction {
	if len(expression) > 0 && expression[0].Op == wasm.OpGlobalGet {
		return []wasm.Instruction{{Op: wasm.OpI32Const}, {Op: wasm.OpEnd}}
	}
	return expression
}
