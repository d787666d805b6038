package ewasm

import (
	"slices"

	"hestia/gas"
	"hestia/internal/wasm"
)

// ProgramEntry is the export that makes a module a program and that runs.
const ProgramEntry = "_start"

// IsProgram reports whether a module is a program under a schedule: it exports the function _start without parameters
// and results, and no such function main. Compilers of programs may export a main of another type.
func IsProgram(m *wasm.Module, schedule *gas.Schedule) bool {
	return schedule.Limits.Programs && exportsEntry(m, ProgramEntry) && !exportsEntry(m, "main")
}

// exportsEntry reports whether a module exports a function without parameters and results under a name.
func exportsEntry(m *wasm.Module, name string) bool {
	at := exported(m, name)
	if at < 0 || m.Exports[at].Kind != wasm.ExternalFunction {
		return false
	}
	signature, ok := m.FunctionType(m.Exports[at].Index)
	return ok && len(signature.Params)+len(signature.Results) == 0
}

// entryOf returns the export that runs.
func entryOf(m *wasm.Module, schedule *gas.Schedule) string {
	if IsProgram(m, schedule) {
		return ProgramEntry
	}
	return "main"
}

// enterByMain returns exports in which the entry of a program is called main.
func enterByMain(exports []wasm.Export) []wasm.Export {
	exports = slices.DeleteFunc(slices.Clone(exports), func(item wasm.Export) bool { return item.Name == "main" })
	for i := range exports {
		if exports[i].Name == ProgramEntry {
			exports[i].Name = "main"
		}
	}
	return exports
}
