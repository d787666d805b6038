package wasmtime_test

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// recursing returns a contract that goes frames wasm calls deep, then calls itself with all its gas, and finishes
// with the number of contract frames from itself down.
func recursing(t testing.TB, frames int) []byte {
	t.Helper()
	code := wat.Assemble(t, fmt.Sprintf(`(module
	  (import "ethereum" "getAddress" (func $getAddress (param i32)))
	  (import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
	  (import "ethereum" "getReturnDataSize" (func $size (result i32)))
	  (import "ethereum" "returnDataCopy" (func $copy (param i32 i32 i32)))
	  (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (memory (export "memory") 1)
	  (func $descend (param $n i32) (result i32)
	    (if (result i32) (local.get $n)
	      (then (i32.add (i32.const 1) (call $descend (i32.sub (local.get $n) (i32.const 1)))))
	      (else
	        (call $getAddress (i32.const 0))
	        (drop (call $call (i64.const 0x7fffffffffffffff) (i32.const 0) (i32.const 32) (i32.const 0) (i32.const 0)))
	        (i32.const 0))))
	  (func (export "main")
	    (drop (call $descend (i32.const %d)))
	    (if (i32.eq (call $size) (i32.const 4)) (then (call $copy (i32.const 64) (i32.const 0) (i32.const 4))))
	    (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
	    (call $finish (i32.const 64) (i32.const 4))))`, frames))
	return code
}

// machine returns a machine on an empty state in which code stands at address.
func machine(t testing.TB, engine vm.Engine, address common.Address, code []byte) *vm.Machine {
	t.Helper()
	state, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	state.SetCode(address, code, tracing.CodeChangeUnspecified)
	return vm.New(vm.Environment{
		Engine:   engine,
		State:    state,
		Config:   params.MergedTestChainConfig,
		Rules:    params.MergedTestChainConfig.Rules(common.Big1, true, 1),
		Schedule: gas.Default(),
		Block:    &frame.Block{Number: 1, GasLimit: 1 << 40},
	})
}

func runDeep(t testing.TB, engine vm.Engine, frames int, given uint64) (depth uint32, used uint64, end frame.End) {
	address := common.HexToAddress("0xc0de")
	m := machine(t, engine, address, recursing(t, frames))
	tank := gas.NewTank(given)
	r := m.RunCall(&frame.Transaction{GasPrice: new(uint256.Int)}, common.Address{1},
		frame.Call{Target: address, Value: new(uint256.Int), Gas: tank})
	if len(r.Output) == 4 {
		depth = binary.LittleEndian.Uint32(r.Output)
	}
	return depth, given - r.Left.Left(), r.End
}

// The gas is far more than 1,025 levels of 63/64 can eat, so that only depth and stack decide.
const deepGas = 1 << 45

func TestDeepRecursionHasOneOutcome(t *testing.T) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for _, frames := range []int{1, 100, 1_000, 6_000} {
		t.Run(fmt.Sprintf("frames=%d", frames), func(t *testing.T) {
			depth, used, end := runDeep(t, engine, frames, deepGas)
			if end != frame.Finished || depth != 1025 {
				t.Errorf("ended %v at depth %d, want every level to depth 1024 to run", end, depth)
			}
			var others sync.WaitGroup
			for range 4 {
				others.Go(func() {
					if d, u, e := runDeep(t, engine, frames, deepGas); d != depth || u != used || e != end {
						t.Errorf("under load: depth %d, gas %d, %v; alone: depth %d, gas %d, %v", d, u, e, depth,
							used, end)
					}
				})
			}
			others.Wait()
		})
	}
}

// Beyond its few slots the pool's contracts run on demand, in the middle of a transaction.
func TestDepthIsTheSameOnBothBindings(t *testing.T) {
	engines := bindings(t)
	for _, frames := range []int{1, 200} {
		for _, given := range []uint64{deepGas, 1_000_000} {
			depth, used, end := runDeep(t, engines["plain"], frames, given)
			if d, u, e := runDeep(t, engines["shim"], frames, given); d != depth || u != used || e != end {
				t.Errorf("shim: depth %d, gas %d, %v; plain binding: depth %d, gas %d, %v", d, u, e, depth, used, end)
			}
		}
	}
}

func TestUnboundedRecursionOverflowsTheStackOnce(t *testing.T) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	_, used, end := runDeep(t, engine, 1<<30, 1<<40)
	if end != frame.Halted || used != 1<<40 {
		t.Errorf("ended %v having used %d, want halted with all gas burnt", end, used)
	}
}
