package meter

import (
	"fmt"

	"hestia/internal/wasm"
)

// space is a module whose index spaces are counted and whose function indices outside bodies are known to exist.
type space struct {
	*wasm.Module
	functions   uint32           // imported and defined
	imported    uint32           // functions
	globals     uint32           // imported and defined
	signatures  []uint32         // by function: its type
	globalTypes []wasm.ValueType // by global, imported or defined
	memories    []wasm.Limits
	tables      []wasm.Limits
}

func newSpace(m *wasm.Module) (*space, error) {
	sp := &space{
		Module: m, signatures: m.FunctionTypes(),
		imported: uint32(m.ImportedFunctions()), globals: uint32(m.ImportedGlobals() + len(m.Globals)),
	}
	sp.functions = uint32(len(sp.signatures))
	for i := range m.Imports {
		switch im := &m.Imports[i]; im.Kind {
		case wasm.ExternalGlobal:
			sp.globalTypes = append(sp.globalTypes, im.Global.Type)
		case wasm.ExternalMemory:
			sp.memories = append(sp.memories, im.Memory)
		case wasm.ExternalTable:
			sp.tables = append(sp.tables, im.Table.Limits)
		}
	}
	sp.memories = append(sp.memories, m.Memories...)
	for i := range m.Globals {
		sp.globalTypes = append(sp.globalTypes, m.Globals[i].Type.Type)
	}
	for i := range m.Tables {
		sp.tables = append(sp.tables, m.Tables[i].Limits)
	}
	if len(m.Codes) != len(m.Functions) {
		return nil, fmt.Errorf("%d functions, %d bodies: %w", len(m.Functions), len(m.Codes), ErrInvalid)
	}
	return sp, sp.check()
}

// check refuses function and type indices outside function bodies that name nothing: shifted by one, they could name
// something.
func (sp *space) check() error {
	for f, t := range sp.signatures {
		if uint64(t) >= uint64(len(sp.Types)) {
			return fmt.Errorf("function %d: type %d: %w", f, t, ErrInvalid)
		}
	}
	for _, ex := range sp.Exports {
		if ex.Kind == wasm.ExternalFunction && ex.Index >= sp.functions {
			return fmt.Errorf("export %q at offset %#x: function %d: %w", ex.Name, ex.Offset, ex.Index, ErrInvalid)
		}
	}
	if sp.Start != nil && *sp.Start >= sp.functions {
		return fmt.Errorf("start: function %d: %w", *sp.Start, ErrInvalid)
	}
	for i, g := range sp.Globals {
		if err := sp.checkConstant(g.Init); err != nil {
			return fmt.Errorf("global %d: %w", i, err)
		}
	}
	for i := range sp.Elements {
		if err := sp.checkElement(&sp.Elements[i]); err != nil {
			return fmt.Errorf("element segment %d: %w", i, err)
		}
	}
	for i, d := range sp.Data {
		if err := sp.checkConstant(d.Offset); err != nil {
			return fmt.Errorf("data segment %d: %w", i, err)
		}
	}
	return nil
}

func (sp *space) checkElement(e *wasm.Element) error {
	for _, f := range e.Functions {
		if f >= sp.functions {
			return fmt.Errorf("function %d: %w", f, ErrInvalid)
		}
	}
	for _, x := range e.Expressions {
		if err := sp.checkConstant(x); err != nil {
			return err
		}
	}
	return sp.checkConstant(e.Offset)
}

func (sp *space) checkConstant(expression []wasm.Instruction) error {
	for _, in := range expression {
		if in.Op == wasm.OpRefFunc && in.X >= uint64(sp.functions) {
			return fmt.Errorf("offset %#x: function %d: %w", in.Offset, in.X, ErrInvalid)
		}
	}
	return nil
}

// signature returns the type of a function, imported or defined.
func (sp *space) signature(function uint64) (*wasm.FuncType, error) {
	if function >= uint64(sp.functions) {
		return nil, fmt.Errorf("function %d: %w", function, ErrInvalid)
	}
	return &sp.Types[sp.signatures[function]], nil
}
