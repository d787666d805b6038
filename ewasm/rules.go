package ewasm

import (
	"errors"
	"fmt"
	"slices"

	"hestia/gas"
	"hestia/internal/wasm"
)

// The rules that make a module a contract.
var (
	ErrMalformed = errors.New("malformed module")
	ErrInvalid   = errors.New("invalid module")
	ErrImport    = errors.New("import not allowed")
	ErrExport    = errors.New("export not allowed")
	ErrMain      = errors.New("no main")
	ErrNoMemory  = errors.New("no memory")
	ErrStart     = errors.New("start function not allowed")
	ErrFloat     = errors.New("floating point not allowed")
	ErrSegment   = errors.New("segment out of bounds")
	ErrLimit     = errors.New("limit exceeded")
	ErrNotWasm   = errors.New("not a WebAssembly module")
)

// RuleError says which rule a module breaks, at which place, and how.
type RuleError struct {
	Rule  error  // one of the rules above
	Place string // the item, such as `import 3 "ethereum" "call"`
	What  string // what is wrong with it, and what would be right
}

func (e *RuleError) Error() string {
	switch {
	case e.Place == "":
		return fmt.Sprintf("%v: %s", e.Rule, e.What)
	case e.What == "":
		return fmt.Sprintf("%v: %s", e.Rule, e.Place)
	}
	return fmt.Sprintf("%v: %s: %s", e.Rule, e.Place, e.What)
}

// Unwrap returns the rule.
func (e *RuleError) Unwrap() error { return e.Rule }

func broken(rule error, place, what string, args ...any) error {
	return &RuleError{Rule: rule, Place: place, What: fmt.Sprintf(what, args...)}
}

// magic is how every binary module begins.
const magic = "\x00asm"

// IsWasm reports whether code begins as WebAssembly does.
func IsWasm(code []byte) bool { return len(code) >= len(magic) && string(code[:len(magic)]) == magic }

// Check decodes code and checks it against the contract rules of the schedule, its limits first. The error is a
// *RuleError. Types and indices within the module are not checked here: the engine validates them.
func Check(code []byte, schedule *gas.Schedule) (*wasm.Module, error) {
	m, _, err := examine(code, schedule)
	return m, err
}

func examine(code []byte, schedule *gas.Schedule) (*wasm.Module, *gas.Counts, error) {
	if !IsWasm(code) {
		return nil, nil, broken(ErrNotWasm, "", "does not begin with \\0asm")
	}
	m, counts, err := withinLimits(code, schedule)
	if err != nil {
		return nil, nil, err
	}
	for _, rule := range []func(*wasm.Module, *gas.Schedule) error{
		checkImports, checkExports, checkStart, checkMemory, checkConstants, checkSegments, checkFloats,
	} {
		if err := rule(m, schedule); err != nil {
			return nil, nil, err
		}
	}
	return m, counts, nil
}

// checkImports allows the functions of the interface that the schedule sells, with their types.
func checkImports(m *wasm.Module, schedule *gas.Schedule) error {
	for i := range m.Imports {
		item := &m.Imports[i]
		place := fmt.Sprintf("import %d %q %q", i, item.Module, item.Name)
		if !sells(schedule, item.Module) {
			return broken(ErrImport, place, "contracts under schedule %q do not import from this module%s",
				schedule.Name, advice(item.Module, item.Name))
		}
		if item.Kind != wasm.ExternalFunction {
			return broken(ErrImport, place, "a %v, and only functions can be imported", item.Kind)
		}
		row := Lookup(item.Module, item.Name)
		if row == nil {
			return broken(ErrImport, place, "no such function in the interface")
		}
		if !row.SoldBy(schedule) {
			return broken(ErrImport, place,
				"the interface of schedule %q does not have this function; later schedules do", schedule.Name)
		}
		if int(item.Function) >= len(m.Types) {
			return broken(ErrImport, place, "type %d does not exist", item.Function)
		}
		if have := m.Types[item.Function]; !have.Equal(row.Type()) {
			return broken(ErrImport, place, "has type %v, must be %v", have, row.Type())
		}
	}
	return nil
}

// sells reports whether contracts of the schedule may import anything from a module.
func sells(schedule *gas.Schedule, module string) bool {
	return slices.ContainsFunc(functions[:], func(row Function) bool {
		return row.Module == module && row.SoldBy(schedule)
	})
}

// checkExports requires main and memory, and under some schedules nothing else.
func checkExports(m *wasm.Module, schedule *gas.Schedule) error {
	var main, memory bool
	entry := entryOf(m, schedule)
	for i := range m.Exports {
		item := &m.Exports[i]
		place := fmt.Sprintf("export %d %q", i, item.Name)
		switch item.Name {
		case entry:
			main = true
			if err := checkEntry(m, item, place); err != nil {
				return err
			}
		case "memory":
			memory = true
			if item.Kind != wasm.ExternalMemory {
				return broken(ErrExport, place, "is a %v, must be the memory", item.Kind)
			}
		default:
			if schedule.Limits.ExactExports {
				return broken(ErrExport, place, "contracts export \"main\" and \"memory\" only")
			}
			if item.Name == Initializer && schedule.Limits.Initializers {
				if err := checkEntry(m, item, place); err != nil {
					return err
				}
			}
		}
	}
	if !main {
		return broken(ErrMain, "exports", "a contract exports the function \"main\"")
	}
	if !memory {
		return broken(ErrNoMemory, "exports", "a contract exports its memory as \"memory\"")
	}
	return nil
}

// checkEntry requires a function of the contract's own without parameters and results.
func checkEntry(m *wasm.Module, item *wasm.Export, place string) error {
	if item.Kind != wasm.ExternalFunction {
		return broken(ErrExport, place, "is a %v, must be a function", item.Kind)
	}
	if item.Index < uint32(m.ImportedFunctions()) {
		return broken(ErrExport, place, "is an imported function, must be the contract's own")
	}
	signature, ok := m.FunctionType(item.Index)
	if !ok {
		return broken(ErrExport, place, "function %d does not exist", item.Index)
	}
	if len(signature.Params)+len(signature.Results) != 0 {
		return broken(ErrExport, place, "has type %v, must be () -> ()", signature)
	}
	return nil
}

// checkStart refuses a start function if contracts of the schedule begin in main.
func checkStart(m *wasm.Module, schedule *gas.Schedule) error {
	if m.Start != nil && !schedule.Limits.Initializers {
		return broken(ErrStart, "start section", "names function %d; put the code into main", *m.Start)
	}
	return nil
}

// checkMemory requires one memory of the contract's own.
func checkMemory(m *wasm.Module, _ *gas.Schedule) error {
	if len(m.Memories) != 1 {
		return broken(ErrNoMemory, "memory section", "declares %d memories, must be 1", len(m.Memories))
	}
	return nil
}

// checkConstants refuses constant expressions of more than one instruction, a later extension of the binary format.
func checkConstants(m *wasm.Module, _ *gas.Schedule) error {
	for i := range m.Globals {
		if len(m.Globals[i].Init) != 2 {
			return broken(ErrInvalid, fmt.Sprintf("global %d", i), "its initial value must be one instruction")
		}
	}
	for i := range m.Elements {
		if e := &m.Elements[i]; e.Mode == wasm.Active && len(e.Offset) != 2 {
			return broken(ErrInvalid, fmt.Sprintf("element segment %d", i), "its offset must be one instruction")
		}
	}
	for i := range m.Data {
		if d := &m.Data[i]; d.Mode == wasm.Active && len(d.Offset) != 2 {
			return broken(ErrInvalid, fmt.Sprintf("data segment %d", i), "its offset must be one instruction")
		}
	}
	return nil
}
