package ewasm_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

const (
	aMemory = `(memory (export "memory") 1)`
	aYield  = `(import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))`
)

func TestAProgramExportsStartAndNoMainOfContracts(t *testing.T) {
	old, _ := gas.Named("default")
	for name, test := range map[string]struct {
		text     string
		schedule *gas.Schedule
		want     error
		says     string
	}{
		"a program": {`(module ` + aYield + aMemory + `(func (export "_start")))`, gas.Default(), nil, ""},
		"that imports all modules": {
			`(module (import "ethereum" "getCaller" (func (param i32))) (import "bignum" "add" (func
				(param i32 i32 i32)))` +
				aYield + aMemory + `(func (export "_start")))`, gas.Default(), nil, "",
		},
		"rustc's main beside _start": {
			`(module ` + aYield + aMemory + `(func (export "_start")) (func (export "main") (param i32 i32)
				(result i32) (i32.const 0)))`, gas.Default(), nil, "",
		},
		"main that is no function": {
			`(module ` + aYield + aMemory + `(func (export "_start")) (global (export "main") i32 (i32.const 0)))`,
			gas.Default(), nil, "",
		},
		"an _initialize that is not run": {
			`(module ` + aYield + aMemory + `(func (export "_start")) (func (export "_initialize") (param i32)))`,
			gas.Default(), nil, "",
		},
		"a contract": {
			`(module ` + aYield + aMemory + `(func
				(export "main")))`, gas.Default(), ewasm.ErrImport, "it exports main",
		},
		"main beside _start is a contract": {
			`(module ` + aYield + aMemory + `(func (export "main")) (func (export "_start")))`, gas.Default(),
			ewasm.ErrImport, "it exports main",
		},
		"a reactor": {
			`(module ` + aYield + aMemory + `(func (export "_initialize")) (func (export "f")))`, gas.Default(),
			ewasm.ErrImport, "compile a command",
		},
		"a reactor without imports": {
			`(module ` + aMemory + `(func (export "_initialize")))`, gas.Default(), ewasm.ErrMain, "compile a command",
		},
		"neither": {`(module ` + aYield + aMemory + `(func))`, gas.Default(), ewasm.ErrImport, "exports _start"},
		"WASI before preview 1": {
			`(module (import "wasi_unstable" "sched_yield" (func (result i32)))` + aMemory + `(func
				(export "_start")))`,
			gas.Default(), ewasm.ErrImport, "newer SDK",
		},
		"an unknown function": {
			`(module (import "wasi_snapshot_preview1" "fd_fly" (func (result i32)))` + aMemory +
				`(func (export "_start")))`, gas.Default(), ewasm.ErrImport, "no such function",
		},
		"debug, on a devnet": {
			`(module (import "debug" "print32" (func (param i32)))` + aMemory + `(func (export "_start")))`,
			gas.Development(), nil, "",
		},
		"debug": {
			`(module (import "debug" "print32" (func (param i32)))` + aMemory + `(func (export "_start")))`,
			gas.Default(), ewasm.ErrImport, "",
		},
		"_start with a parameter": {
			`(module ` + aMemory + `(func (export "_start") (param i32)))`, gas.Default(), ewasm.ErrExport, "() -> ()",
		},
		"_start that is imported": {
			`(module ` + aYield + aMemory + `(export "_start" (func $yield)))`,
			gas.Default(), ewasm.ErrExport, "the contract's own",
		},
		"no memory": {`(module (func (export "_start")))`, gas.Default(), ewasm.ErrNoMemory, ""},
		"under an old schedule": {`(module ` + aYield + aMemory + `(func
			(export "_start")))`, old, ewasm.ErrImport, ""},
		"under an old schedule without imports": {
			`(module ` + aMemory + `(func (export "_start")))`, old, ewasm.ErrMain, `exports the function "main"`,
		},
	} {
		_, err := ewasm.Check(wat.Assemble(t, test.text), test.schedule)
		if !errors.Is(err, test.want) || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %v that says %q", name, err, test.want, test.says)
		}
	}
}

func TestAPreparedProgramExportsItsStartAsMain(t *testing.T) {
	text := `(module ` + aYield + aMemory + `(func $m (export "main") (param i32 i32) (result i32) (i32.const 0))
		(func (export "_start")) (func (export "_initialize")) (func (export "helper")))`
	m, err := ewasm.Check(wat.Assemble(t, text), gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := ewasm.Prepare(m, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]uint32{}
	for _, item := range prepared.Module.Exports {
		if item.Kind == wasm.ExternalFunction {
			exports[item.Name] = item.Index
		}
	}
	start := slices.IndexFunc(m.Exports, func(item wasm.Export) bool { return item.Name == "_start" })
	grown := uint32(prepared.Module.ImportedFunctions() - m.ImportedFunctions())
	if len(exports) != 1 || exports["main"] != m.Exports[start].Index+grown {
		t.Errorf("functions exported %v, want main alone, as function %d", exports, m.Exports[start].Index+grown)
	}
}
