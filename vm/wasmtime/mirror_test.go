package wasmtime_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
)

// TestContractsStillHaveOneMemory: what the mirror adds is the mirror's alone.
func TestContractsStillHaveOneMemory(t *testing.T) {
	engines := bindings(t)
	for name, text := range map[string]string{
		"two memories": `(module (memory (export "memory") 1) (memory 1) (func (export "main")))`,
		"the mirror's memory": `(module (import "hestia" "mirror" (memory 1 8192 shared)) (memory (export "memory") 1)
			  (func (export "main")))`,
		"a shared memory": `(module (memory (export "memory") 1 2 shared) (func (export "main")))`,
		"an atomic access": `(module (memory (export "memory") 1) (func (export "main")
			  (drop (i32.atomic.load (i32.const 0)))))`,
		"a second access": `(module (memory (export "memory") 1) (memory $b 1) (func (export "main")
			  (drop (i32.load $b (i32.const 0)))))`,
	} {
		code := wat.Assemble(t, text)
		for binding, engine := range engines {
			var broken *ewasm.RuleError
			if err := engine.Prepare(code, crypto.Keccak256Hash(code), gas.Default(), nil); !errors.As(err, &broken) {
				t.Errorf("%s, %s: %v, want a broken rule", name, binding, err)
			}
			if err := engine.Validate(code); err == nil {
				t.Errorf("%s, %s: valid", name, binding)
			}
		}
	}
}

// TestContractsCannotImportWorkInC: it holds nothing within memory.
func TestContractsCannotImportWorkInC(t *testing.T) {
	code := wat.Assemble(t, `(module (import "hestia" "ethereum.keccak256" (func (param i32 i32 i32 i32)))
	  (memory (export "memory") 1) (func (export "main")))`)
	for binding, engine := range bindings(t) {
		var broken *ewasm.RuleError
		if err := engine.Prepare(code, crypto.Keccak256Hash(code), gas.Default(), nil); !errors.As(err, &broken) {
			t.Errorf("%s: %v, want a broken rule", binding, err)
		}
	}
}

// TestEveryNestedFrameHasItsWindow nests frames that each read their calldata before and after the call they make,
// and what it returned, all in loops: more frames than a page of windows has room for, and than the pool has slots.
func TestEveryNestedFrameHasItsWindow(t *testing.T) {
	code := wat.Assemble(t, `(module
	  (import "ethereum" "getAddress" (func $getAddress (param i32)))
	  (import "ethereum" "callDataCopy" (func $callDataCopy (param i32 i32 i32)))
	  (import "ethereum" "returnDataCopy" (func $returnDataCopy (param i32 i32 i32)))
	  (import "ethereum" "getReturnDataSize" (func $getReturnDataSize (result i32)))
	  (import "ethereum" "callStatic" (func $call (param i64 i32 i32 i32) (result i32)))
	  (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (memory (export "memory") 1)
	  (func (export "main") (local $i i32)
	    (if (call $getReturnDataSize) (then unreachable))
	    (loop (call $callDataCopy (i32.const 0) (i32.const 0) (i32.const 4)))
	    (i32.store (i32.const 64) (i32.sub (i32.load (i32.const 0)) (i32.const 1)))
	    (call $getAddress (i32.const 32))
	    (if (i32.load (i32.const 0)) (then
	      (if (call $call (i64.const 0x7fffffffffffffff) (i32.const 32) (i32.const 64) (i32.const 4))
	        (then unreachable))
	      (loop (call $returnDataCopy (i32.const 104) (i32.const 0) (call $getReturnDataSize)))))
	    (loop (call $callDataCopy (i32.const 100) (i32.const 0) (i32.const 4)))
	    (call $finish (i32.const 100) (i32.add (i32.const 4) (call $getReturnDataSize)))))`)
	const deepest = 60
	for name, engine := range bindings(t) {
		m := machine(t, engine, first, code)
		r := m.RunCall(&frame.Transaction{GasPrice: new(uint256.Int)}, caller,
			frame.Call{
				Target: first, Value: new(uint256.Int), Gas: gas.NewTank(1 << 40),
				Input: []byte{deepest, 0, 0, 0},
			})
		var want bytes.Buffer
		for n := deepest; n >= 0; n-- {
			want.Write([]byte{byte(n), 0, 0, 0})
		}
		if r.End != frame.Finished || !bytes.Equal(r.Output, want.Bytes()) {
			t.Errorf("%s: %v %v, output %x, want %x", name, r.End, r.Cause, r.Output, want.Bytes())
		}
	}
}

// TestFunctionsInTablesAreTheSame calls host functions, which the mirror replaces and some of which have another type
// there, by way of tables that element segments and instructions have filled.
func TestFunctionsInTablesAreTheSame(t *testing.T) {
	code := wat.Assemble(t, `(module
	  (import "ethereum" "keccak256" (func $keccak256 (param i32 i32 i32)))
	  (import "bignum" "add" (func $add (param i32 i32 i32)))
	  (import "ethereum" "getCaller" (func $getCaller (param i32)))
	  (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (type $three (func (param i32 i32 i32))) (type $one (func (param i32)))
	  (memory (export "memory") 1) (table $t 4 funcref) (table $u 1 funcref)
	  (elem (table $t) (i32.const 0) func $keccak256 $getCaller)
	  (elem (table $u) (i32.const 0) funcref (ref.func $add))
	  (global $g funcref (ref.func $keccak256))
	  (func (export "main")
	    (table.set $t (i32.const 2) (global.get $g))
	    (table.set $t (i32.const 3) (ref.func $add))
	    (call_indirect $t (type $one) (i32.const 0) (i32.const 1))
	    (call_indirect $t (type $three) (i32.const 0) (i32.const 20) (i32.const 32) (i32.const 0))
	    (call_indirect $t (type $three) (i32.const 32) (i32.const 32) (i32.const 64) (i32.const 2))
	    (call_indirect $t (type $three) (i32.const 32) (i32.const 64) (i32.const 96) (i32.const 3))
	    (call_indirect $u (type $three) (i32.const 64) (i32.const 96) (i32.const 128) (i32.const 0))
	    (call $finish (i32.const 0) (i32.const 160))))`)
	hash := crypto.Keccak256(caller[:])
	again := crypto.Keccak256(hash)
	sum := new(uint256.Int).Add(new(uint256.Int).SetBytes(hash), new(uint256.Int).SetBytes(again)).Bytes32()
	last := new(uint256.Int).Add(new(uint256.Int).SetBytes(again), new(uint256.Int).SetBytes(sum[:])).Bytes32()
	want := slices.Concat(caller[:], make([]byte, 12), hash, again, sum[:], last[:])
	for name, engine := range bindings(t) {
		m := machine(t, engine, first, code)
		const given = 1_000_000
		r := m.RunCall(&frame.Transaction{GasPrice: new(uint256.Int)}, caller,
			frame.Call{Target: first, Value: new(uint256.Int), Gas: gas.NewTank(given)})
		if r.End != frame.Finished || !bytes.Equal(r.Output, want) {
			t.Errorf("%s: %v %v, output %x, want %x", name, r.End, r.Cause, r.Output, want)
		}
	}
}
