package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/google/go-cmp/cmp"

	"hestia/contracts"
	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// metered filters a module through hestia meter and decodes the result, which has to be valid.
func metered(t *testing.T, code []byte, args ...string) *wasm.Module {
	t.Helper()
	status, stdout, stderr := hestia(code, append([]string{"meter"}, args...)...)
	if status != 0 || stderr != "" {
		t.Fatalf("hestia meter %s: exit status %d: %s", strings.Join(args, " "), status, stderr)
	}
	if err := wasmtime.ModuleValidate(wasmtime.NewEngine(), []byte(stdout)); err != nil {
		t.Fatalf("the result is not valid: %v", err)
	}
	module, err := wasm.Decode([]byte(stdout))
	if err != nil {
		t.Fatal(err)
	}
	return module
}

func TestMeterTakesAnyModule(t *testing.T) {
	code := wat.Assemble(t, `(module
		(import "env" "memory" (memory 1 2)) (import "env" "table" (table 3 externref))
		(import "a" "g" (global i64)) (import "a" "m" (global (mut i32)))
		(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
		(func $f (export "_start") (param i32) (result i32 i32) (local.get 0) (global.get 1))
		(export "again" (func $f)) (export "write" (func $write)) (export "memory" (memory 0)) (export "g" (global 1))
		(table (export "functions") 1 funcref) (elem (table 1) (i32.const 0) func $f) (start $begin) (func $begin))`)
	before, err := wasm.Decode(code)
	if err != nil {
		t.Fatal(err)
	}
	after := metered(t, code)
	halt := after.Imports[len(after.Imports)-1]
	params := after.Types[halt.Function].Params
	if halt.Module != "hestia" || halt.Name != "halt" || !cmp.Equal(params, []wasm.ValueType{wasm.I32}) {
		t.Errorf("last import %+v", halt)
	}
	type item struct {
		module, name string
		kind         wasm.ExternalKind
	}
	imports := func(list []wasm.Import) (names []item) {
		for _, i := range list {
			names = append(names, item{i.Module, i.Name, i.Kind})
		}
		return names
	}
	exports := func(list []wasm.Export) (names []item) {
		for _, e := range list {
			names = append(names, item{"", e.Name, e.Kind})
		}
		return names
	}
	all := cmp.AllowUnexported(item{})
	want := append(imports(before.Imports), item{"hestia", "halt", wasm.ExternalFunction})
	if diff := cmp.Diff(want, imports(after.Imports), all); diff != "" {
		t.Errorf("imports: %s", diff)
	}
	want = append(exports(before.Exports),
		item{"", "__gas_left", wasm.ExternalGlobal}, item{"", "__stack_left", wasm.ExternalGlobal})
	if diff := cmp.Diff(want, exports(after.Exports), all); diff != "" {
		t.Errorf("exports: %s", diff)
	}
}

func TestMeterKeepsMainAndExportsTheCounters(t *testing.T) {
	exports := make(map[string]bool)
	for _, export := range metered(t, contracts.Token.Runtime, "--gas", "7").Exports {
		exports[export.Name] = true
	}
	if !exports["__gas_left"] || !exports["__stack_left"] || !exports["main"] {
		t.Errorf("exports %v", exports)
	}
}

func TestMeterSetsTheCounters(t *testing.T) {
	code := wat.Assemble(t, `(module (func (loop (br 0))))`)
	for _, row := range []struct {
		args []string
		gas  uint64
	}{
		{nil, 0},
		{[]string{"--gas", "12345678901"}, 12345678901},
		{[]string{"--schedule", "byzantium", "--gas=7"}, 7},
	} {
		globals := metered(t, code, row.args...).Globals
		if len(globals) != 2 || globals[0].Init[0].X != row.gas || int32(globals[1].Init[0].X) != gas.StackBytes {
			t.Errorf("%s: globals %+v", row.args, globals)
		}
		for _, g := range globals {
			if !g.Type.Mutable {
				t.Errorf("%s: a counter cannot be set", row.args)
			}
		}
	}
	if free := metered(t, code, "--schedule", "byzantium"); len(free.Codes[0].Body) != 4 {
		t.Errorf("a schedule without prices makes of a loop %d instructions", len(free.Codes[0].Body))
	}
}

func TestMeterPricesFloatsWhereAsked(t *testing.T) {
	code := wat.Assemble(t, `(module
		(func (export "f") (param f64) (result f32) (f32.demote_f64 (f64.sqrt (local.get 0)))))`)
	metered(t, code, "--floats")
	status, stdout, stderr := hestia(code, "meter", "--floats", "--explain")
	if status != 0 || stderr != "" || !regexp.MustCompile(`\n0x[0-9a-f]+ +[1-9]\d*  f64.sqrt\n`).MatchString(stdout) {
		t.Errorf("exit status %d\n%s%s", status, stdout, stderr)
	}
}
