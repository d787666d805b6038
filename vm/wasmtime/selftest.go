package wasmtime

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/frame"
	"hestia/gas"
	"hestia/vm/wasmtime/leaves"
)

// errShim reports that the shim was written for another build of the wasmtime library.
var errShim = errors.New("the engine's shim does not fit this build of wasmtime (build with the tag plainwasmtime)")

// selfTested runs the self-test once in a process.
var selfTested = sync.OnceValue(func() error {
	if err := selfTest(); err != nil {
		return fmt.Errorf("%w: %w", errShim, err)
	}
	return nil
})

// selfContract uses all that the shim exchanges with wasm: operands and results of both widths, memory and gas. The
// length of its calldata chooses the kind of its end.
const selfContract = `(module
  (import "ethereum" "callDataCopy" (func $callDataCopy (param i32 i32 i32)))
  (import "ethereum" "getCallDataSize" (func $getCallDataSize (result i32)))
  (import "ethereum" "getBlockNumber" (func $getBlockNumber (result i64)))
  (import "ethereum" "getGasLeft" (func $getGasLeft (result i64)))
  (import "ethereum" "useGas" (func $useGas (param i64)))
  (import "ethereum" "revert" (func $revert (param i32 i32)))
  (import "ethereum" "finish" (func $finish (param i32 i32)))
  (import "ethereum" "keccak256" (func $keccak256 (param i32 i32 i32)))
  (import "bignum" "mulmod" (func $mulmod (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func $overflow (call $overflow) (call $useGas (i64.const 0)))
  (func $trap (drop (i32.load (i32.const 0xfffffff0))))
  (func (export "main")
    (call $callDataCopy (i32.const 3) (i32.const 0) (call $getCallDataSize))
    (i64.store (i32.const 16) (call $getBlockNumber))
    (call $useGas (i64.const 5))
    (i64.store (i32.const 24) (call $getGasLeft))
    (call $keccak256 (i32.const 1) (i32.const 31) (i32.const 32))
    (call $mulmod (i32.const 32) (i32.const 31) (i32.const 33) (i32.const 64))
    (if (i32.eq (call $getCallDataSize) (i32.const 1)) (then (call $trap)))
    (if (i32.eq (call $getCallDataSize) (i32.const 2)) (then (call $useGas (i64.const 0x100000000))))
    (if (i32.eq (call $getCallDataSize) (i32.const 3)) (then (call $overflow)))
    (if (i32.eq (call $getCallDataSize) (i32.const 4)) (then ;; with little left: every process waits for this
      (call $useGas (i64.sub (call $getGasLeft) (i64.const 1000)))
      (loop (br 0))))
    (if (i32.eq (call $getCallDataSize) (i32.const 5)) (then (call $revert (i32.const 0) (i32.const 96))))
    (if (i32.eq (call $getCallDataSize) (i32.const 6)) (then (call $finish (i32.const 0) (i32.const 96))))))`

const selfGas = 1_000_000

// selfTest checks what the shim assumes of wasmtime-go's types, and compares the two ways of running a contract.
func selfTest() error {
	for _, object := range []reflect.Type{
		reflect.TypeFor[wasmtime.Config](), reflect.TypeFor[wasmtime.Engine](), reflect.TypeFor[wasmtime.Module](),
		reflect.TypeFor[wasmtime.Error](),
	} {
		if object.Field(0).Type.Kind() != reflect.Pointer {
			return fmt.Errorf("%v does not begin with a pointer", object)
		}
	}
	if err := testLeaves(); err != nil {
		return err
	}
	reference, err := newPlain(Config{CacheBytes: 1})
	if err != nil {
		return err
	}
	defer reference.Close()
	e, err := newShim(Config{CacheBytes: 1}, mirrorForm)
	if err != nil {
		return err
	}
	defer e.Close()
	code, err := wasmtime.Wat2Wasm(selfContract)
	if err != nil {
		return err
	}
	hash := crypto.Keccak256Hash(code)
	for size := range 8 {
		want, have := reference.Run(selfContext(code, hash, size)), e.Run(selfContext(code, hash, size))
		if !same(have, want) {
			return fmt.Errorf("run %d: %v, not %v", size, have, want)
		}
	}
	return nil
}

// selfContext returns a frame without a state, which its contract does not need.
func selfContext(code []byte, hash common.Hash, size int) *ewasm.Context {
	return &ewasm.Context{Frame: frame.Frame{
		Code: code, CodeHash: hash, Schedule: gas.Default(), Gas: gas.NewTank(selfGas), PagesLeft: 1,
		Input: []byte("seven b")[:size], Block: &frame.Block{Number: 0x1122334455667788},
	}}
}

// same reports whether two runs ended the same way in every respect.
func same(a, b frame.Result) bool {
	return a.End == b.End && a.Left == b.Left && slices.Equal(a.Output, b.Output) &&
		fmt.Sprint(a.Cause) == fmt.Sprint(b.Cause)
}

// selfMemory is the memory of that test, in bytes.
const selfMemory = 256

// testLeaves compares every leaf with its host function, so that nothing runs if the compiler or the processor computes
// differently.
func testLeaves() error {
	for _, row := range mirror.Leaves() {
		memory := make([]byte, selfMemory)
		for i := range memory {
			memory[i] = byte(i*i + 7*i + 1)
		}
		var operands []uint32
		var args ewasm.Args
		for i := range row.Params {
			operands = append(operands, uint32(3+40*i))
			args = append(args, uint64(3+40*i))
		}
		c := selfContext(nil, common.Hash{}, 0)
		c.Gas, c.Memory = gas.NewTank(selfGas), bytes.Clone(memory)
		if _, err := row.Call(c, args); err != nil {
			return fmt.Errorf("%s: %w", row.Name, err)
		}
		if !leaves.Run(row.Number, memory, operands...) || !bytes.Equal(memory, c.Memory) {
			return fmt.Errorf("%s in C has another result than in Go", row.Name)
		}
	}
	return nil
}
