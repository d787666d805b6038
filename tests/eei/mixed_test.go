package eei

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/transition"
	"hestia/vm"
)

// deepWasm is a contract that logs, and calls next from as many nested functions.
func deepWasm(t testing.TB, next common.Address, functions int) []byte {
	return contract(
		t, data(100, next[:]), data(200, amount(0)),
		fmt.Sprintf(`(func $deep (param i32)
			(if (local.get 0)
				(then (call $deep (i32.sub (local.get 0) (i32.const 1))))
				(else %s)))`, do("call", 1<<62, 100, 200, 0, 0)),
		do("log", 0, 0, 0, 0, 0, 0, 0), fmt.Sprintf("(call $deep (i32.const %d))", functions),
	)
}

func TestMixedRecursionEndsAtDepth1024(t *testing.T) {
	callers := map[string]func(t testing.TB, next common.Address) []byte{
		"deep": func(t testing.TB, next common.Address) []byte { return deepWasm(t, next, 3000) },
	}
	for _, kind := range codeKinds {
		callers[string(kind)] = func(t testing.TB, next common.Address) []byte {
			return kind.write(t, func(p puppet) {
				p.log(1)
				p.call(frame.PlainCall, next, 1<<62, 0)
			})
		}
	}
	for _, pattern := range []string{
		"evm", "wasm", "evm wasm", "evm evm wasm", "evm wasm wasm", "evm deep", "wasm deep evm", "evm evm evm deep",
	} {
		t.Run(pattern, func(t *testing.T) {
			w := osaka.world(t)
			ring := strings.Fields(pattern)
			at := func(i int) common.Address { return common.Address{18: 0xcc, 19: byte(i % len(ring))} }
			for i, name := range ring {
				w.place(at(i), callers[name](t, at(i+1)))
			}
			if o := w.call(message{to: at(0), gas: 1 << 49}); o.End != frame.Finished {
				t.Errorf("%v: %v", o.End, o.Cause)
			}
			equal(t, "frames", len(w.Logs()), 1025)
		})
	}
}

// Endless loops end with their request, in a fault, whatever code stands around them.
func TestEndlessLoopsOfEitherKindEndWithTheRequest(t *testing.T) {
	loop := map[string][]byte{
		"evm": common.FromHex("5b600056"), "wasm": contract(t, "(loop (br 0))"),
		"evm calls": evmKind.write(t, func(p puppet) {
			for range 200 {
				p.call(frame.PlainCall, other, 1<<62, 0)
			}
		}),
	}
	for name, code := range loop {
		for _, around := range append([]codeKind{""}, codeKinds...) {
			t.Run(fmt.Sprintf("%s/around=%s", name, around), func(t *testing.T) {
				w := osaka.world(t)
				w.place(library, code)
				w.place(other, code) // calls of calls of calls
				w.place(self, code)
				if around != "" {
					w.place(self, around.write(t, func(p puppet) {
						p.call(frame.PlainCall, library, 1<<62, 0)
						p.finish()
					}))
				}
				ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
				defer cancel()
				interrupt := frame.InterruptAfter(ctx)
				defer interrupt.Release()
				machine := vm.New(vm.Environment{
					Engine: engine, State: w.StateDB, Config: transition.DefaultConfig(transition.DevnetID),
					Rules: w.fork.rules, Schedule: w.fork.schedule, Block: w.block, Interrupt: interrupt,
				})
				began := time.Now()
				r := machine.RunCall(w.tx, sender, frame.Call{
					Target: self, Value: new(uint256.Int), Gas: gas.NewTank(1 << 49),
				})
				if r.End != frame.Fault || !errors.Is(r.Cause, frame.ErrInterrupted) {
					t.Errorf("%v: %v, want a fault: %v", r.End, r.Cause, frame.ErrInterrupted)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}
