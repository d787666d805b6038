package wasmtime_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm/wasmtime"
)

// nesting is a contract that calls itself until depth and gas end that, and finishes with the number of levels below
// it.
func nesting(declared, used string) string {
	return fmt.Sprintf(`(module
	  (import "ethereum" "getAddress" (func $getAddress (param i32)))
	  (import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
	  (import "ethereum" "getReturnDataSize" (func $size (result i32)))
	  (import "ethereum" "returnDataCopy" (func $copy (param i32 i32 i32)))
	  (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (memory (export "memory") 1) %s
	  (func (export "main") (local $e externref) %s
	    (call $getAddress (i32.const 0))
	    (drop (call $call (i64.const 0x7fffffffffffffff) (i32.const 0) (i32.const 32) (i32.const 0) (i32.const 0)))
	    (if (i32.eq (call $size) (i32.const 4)) (then (call $copy (i32.const 64) (i32.const 0) (i32.const 4))))
	    (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
	    (call $finish (i32.const 64) (i32.const 4))))`, declared, used)
}

func nest(t testing.TB, engine *wasmtime.Engine, code []byte) string {
	r := machine(t, engine, first, code).RunCall(&frame.Transaction{GasPrice: new(uint256.Int)}, caller,
		frame.Call{Target: first, Value: new(uint256.Int), Gas: gas.NewTank(1_000_000)})
	return fmt.Sprint(r.End, r.Cause, r.Output, r.Left.Particles())
}

// wasmtime gives an instance with externref a heap, which is one more memory: none may be one of the pool's few.
func TestReferencesOfTheHostTakeNoSlots(t *testing.T) {
	engines := bindings(t)
	for _, use := range [][2]string{
		{`(table $t 10 externref)`, ``},
		{`(table $t 10 externref)`, `(table.set $t (i32.const 1) (ref.null extern))`},
		{`(table $t 0 externref)`, `(drop (table.grow $t (ref.null extern) (i32.const 3)))`},
		{`(table $t 3 externref) (elem (table $t) (i32.const 0) externref (ref.null extern))`, ``},
		{
			`(table $t 3 externref) (elem $x externref (ref.null extern))`,
			`(table.init $t $x (i32.const 0) (i32.const 0) (i32.const 1))`,
		},
		{`(global $g (mut externref) (ref.null extern))`, `(global.set $g (global.get $g))`},
		{`(func $f (param externref) (result externref) (local.get 0))`, `(drop (call $f (ref.null extern)))`},
		{``, `(drop (block (result externref) (ref.null extern)))`},
		{``, `(local.set $e (ref.null extern)) (drop (ref.is_null (local.get $e)))`},
		{`(table $t 3 funcref)`, `(drop (table.grow $t (ref.null func) (i32.const 3)))`},
	} {
		t.Run(strings.Join(use[:], " "), func(t *testing.T) {
			code := wat.Assemble(t, nesting(use[0], use[1]))
			want := nest(t, engines["plain"], code)
			if !strings.HasPrefix(want, "finished") {
				t.Fatal(want)
			}
			if diff := cmp.Diff(want, nest(t, engines["shim"], code)); diff != "" {
				t.Errorf("plain binding (-) against shim (+):\n%s", diff)
			}
		})
	}
}

func TestWhoFindsThePoolFullRunsOnDemand(t *testing.T) {
	engines := bindings(t)
	code := wat.Assemble(t, nesting("", ""))
	engines["shim"].Overbook()
	if diff := cmp.Diff(nest(t, engines["plain"], code), nest(t, engines["shim"], code)); diff != "" {
		t.Errorf("plain binding (-) against shim (+):\n%s", diff)
	}
}

func TestAPanicInAHostFunctionIsAFault(t *testing.T) {
	var fault *frame.FaultError
	if err := wasmtime.Dispatch(); !errors.As(err, &fault) {
		t.Errorf("ended with %v, want a fault", err)
	}
}
