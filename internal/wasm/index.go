package wasm

import (
	"fmt"
	"slices"
	"strings"
)

// ImportedFunctions is how many functions are imported, and so the index of the first defined one.
func (m *Module) ImportedFunctions() int { return m.imported(ExternalFunction) }

// ImportedGlobals is how many globals are imported.
func (m *Module) ImportedGlobals() int { return m.imported(ExternalGlobal) }

func (m *Module) imported(kind ExternalKind) int {
	n := 0
	for i := range m.Imports {
		if m.Imports[i].Kind == kind {
			n++
		}
	}
	return n
}

// FunctionType is the signature of a function by its index, imported or defined; false if the index or the type index
// it leads to is out of range. It walks the imports each time: for many functions see FunctionTypes.
func (m *Module) FunctionType(index uint32) (FuncType, bool) {
	left := uint64(index)
	for i := range m.Imports {
		if m.Imports[i].Kind != ExternalFunction {
			continue
		}
		if left == 0 {
			return m.typeAt(m.Imports[i].Function)
		}
		left--
	}
	if left >= uint64(len(m.Functions)) {
		return FuncType{}, false
	}
	return m.typeAt(m.Functions[left])
}

// FunctionTypes returns the type index of every function, imported ones first. The indices are not checked.
func (m *Module) FunctionTypes() []uint32 {
	all := make([]uint32, 0, len(m.Functions))
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternalFunction {
			all = append(all, m.Imports[i].Function)
		}
	}
	return append(all, m.Functions...)
}

// BlockArity returns how many operands a construct with the block type x takes and leaves, x being the X of its
// instruction; false if x names no type.
func (m *Module) BlockArity(x uint64) (params, results int, ok bool) {
	switch t := int64(x); {
	case t == EmptyBlock:
		return 0, 0, true
	case t < 0:
		return 0, 1, true
	case t < int64(len(m.Types)):
		return len(m.Types[t].Params), len(m.Types[t].Results), true
	}
	return 0, 0, false
}

// DeclaredLocals returns how many locals a body declares, its function's parameters not counted.
func (c *Code) DeclaredLocals() uint64 {
	n := uint64(0)
	for _, run := range c.Locals {
		n += uint64(run.Count)
	}
	return n
}

func (m *Module) typeAt(index uint32) (FuncType, bool) {
	if uint64(index) >= uint64(len(m.Types)) {
		return FuncType{}, false
	}
	return m.Types[index], true
}

// Equal reports whether both signatures take and give the same types.
func (t FuncType) Equal(other FuncType) bool {
	return slices.Equal(t.Params, other.Params) && slices.Equal(t.Results, other.Results)
}

// String is the signature as "(i32, i64) -> i32"; several results stand in parentheses.
func (t FuncType) String() string {
	results := typeList(t.Results)
	if len(t.Results) != 1 {
		results = "(" + results + ")"
	}
	return "(" + typeList(t.Params) + ") -> " + results
}

func typeList(types []ValueType) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.String()
	}
	return strings.Join(names, ", ")
}

// String is the type in the text format, or its number if it is none.
func (t ValueType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	}
	return fmt.Sprintf("0x%02x", byte(t))
}

// Float reports whether the type is f32 or f64.
func (t ValueType) Float() bool { return t == F32 || t == F64 }

// String is the kind in the text format.
func (k ExternalKind) String() string {
	switch k {
	case ExternalFunction:
		return "func"
	case ExternalTable:
		return "table"
	case ExternalMemory:
		return "memory"
	case ExternalGlobal:
		return "global"
	}
	return fmt.Sprintf("0x%02x", byte(k))
}
