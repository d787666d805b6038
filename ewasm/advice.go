package ewasm

import (
	"strings"

	"hestia/gas"
	"hestia/internal/wasm"
)

// What compilers import on their own, and what to do so that they do not. Nothing else depends on it.

// adviceByName is for functions, by module and name.
var adviceByName = map[[2]string]string{
	{"env", "abort"}:    "AssemblyScript's: compile with --use abort=, or with a function of yours after it",
	{"env", "seed"}:     "AssemblyScript's Math.random: contracts have no randomness",
	{"env", "trace"}:    "AssemblyScript's trace: compile with --use trace=",
	{"env", "Date.now"}: "AssemblyScript's Date: contracts have the time of their block, getBlockTimestamp",
	{"env", "memory"}:   "export the memory in its place: compile without --importMemory or --import-memory",
	{"env", "table"}:    "define the table in the module: compile without --importTable or --import-table",
}

const (
	adviceWASI    = "a system call: compile for wasm32-unknown-unknown, and leave out what prints or exits"
	adviceBindgen = "wasm-bindgen's: leave that library out"
	adviceGo      = "Go's runtime for browsers, which contracts cannot have"
)

// adviceProgram returns what to do about a module that is no program though it imports what programs have, in brackets.
func adviceProgram(m *wasm.Module) string {
	switch {
	case exported(m, mainExport) >= 0:
		return " (it exports main: compile for wasm32-unknown-unknown and leave out what prints or exits, or " +
			"compile a program, which exports _start)"
	case exported(m, Initializer) >= 0:
		return adviceReactor
	default:
		return " (a program exports _start)"
	}
}

const adviceReactor = " (it exports _initialize, as a reactor does: compile a command, which exports _start)"

// adviceMain returns what to do about a module without main, in brackets.
func adviceMain(m *wasm.Module, schedule *gas.Schedule) string {
	switch {
	case !schedule.Limits.Programs:
		return ""
	case exported(m, Initializer) >= 0:
		return ", a program \"_start\"" + adviceReactor
	default:
		return ", a program \"_start\""
	}
}

// adviceByModule is for the rest, by module.
var adviceByModule = map[string]string{
	"env": "the linker leaves what it does not find to this module: link its definition, or declare the module " +
		"and name of a function of the interface",
	WASI:                           adviceWASI,
	"wasi_unstable":                "WASI before wasi_snapshot_preview1: compile with a newer SDK",
	"__wbindgen_placeholder__":     adviceBindgen,
	"__wbindgen_externref_xform__": adviceBindgen,
	"wbg":                          adviceBindgen,
	"go":                           adviceGo,
	"gojs":                         adviceGo,
}

// advice returns what to do about an import of a module that the interface does not have, in brackets; empty if nothing
// is known of it.
func advice(module, name string) string {
	text, known := adviceByName[[2]string{module, name}]
	if module == "env" && strings.HasPrefix(name, "console.") {
		text, known = "AssemblyScript's console: leave it out, or import the functions of debug on a devnet", true
	}
	if !known {
		text, known = adviceByModule[module]
	}
	if !known {
		return ""
	}
	return " (" + text + ")"
}
