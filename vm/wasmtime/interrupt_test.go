package wasmtime_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm"
)

// endless are contracts that would run for days on the gas they get here, each busy with something else.
var endless = []struct{ name, text string }{
	{"a loop", `(module (memory (export "memory") 1) (func (export "main") (loop (br 0))))`},
	{"calls", `(module (memory (export "memory") 1)
	  (func $fib (param i32) (result i32)
	    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0)) (else
	      (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0)
	        (i32.const 2)))))))
	  (func (export "main") (drop (call $fib (i32.const 1000)))))`},
	{"tables", `(module (memory (export "memory") 1) (table 2 funcref) (elem (i32.const 0) $f $f) (type $t (func))
	  (func $f (nop)) (func (export "main") (local i32)
	    (loop (call_indirect (type $t) (local.tee 0 (i32.xor (local.get 0) (i32.const 1)))) (br 0))))`},
	{"filling", `(module (memory (export "memory") 500) (func (export "main")
	  (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 32000000)) (br 0))))`},
	{"growing", `(module (memory (export "memory") 1) (func (export "main") (loop (drop (memory.grow (i32.const 1)))
		  (br 0))))`},
	{"host functions", `(module (import "ethereum" "useGas" (func $f (param i64))) (memory (export "memory") 1)
	  (func (export "main") (loop (call $f (i64.const 0)) (br 0))))`},
	{"hashing", `(module (import "ethereum" "keccak256" (func $f (param i32 i32 i32))) (memory (export "memory") 16)
	  (func (export "main") (loop (call $f (i32.const 0) (i32.const 1048576) (i32.const 0)) (br 0))))`},
	{"hashing much", `(module (import "ethereum" "keccak256" (func $f (param i32 i32 i32)))
		  (memory (export "memory") 500)
	  (func (export "main") (loop (call $f (i32.const 0) (i32.const 32000000) (i32.const 0)) (br 0))))`},
	{"calling itself", `(module
	  (import "ethereum" "getAddress" (func $getAddress (param i32)))
	  (import "ethereum" "callStatic" (func $call (param i64 i32 i32 i32) (result i32)))
	  (memory (export "memory") 1)
	  (func (export "main")
	    (call $getAddress (i32.const 32))
	    (loop (drop (call $call (i64.const 0x7fffffffffffffff) (i32.const 32) (i32.const 0) (i32.const 0))) (br 0))))`},
}

// almostEndless is gas for days.
const almostEndless = 1 << 46

// give runs code with a context that may end.
func give(ctx context.Context, m *vm.Machine, input []byte, left uint64) frame.Result {
	m.Interrupt = frame.InterruptAfter(ctx)
	defer m.Interrupt.Release()
	return m.RunCall(&frame.Transaction{GasPrice: new(uint256.Int)}, caller,
		frame.Call{Target: first, Value: new(uint256.Int), Gas: gas.NewTank(left), Input: input})
}

// engines are all that a run can be given up on.
func engines(t testing.TB) map[string]vm.Engine {
	all := map[string]vm.Engine{"wazero": newOther(t)}
	for name, e := range bindings(t) {
		all[name] = e
	}
	return all
}

func TestGivenUpRunEndsInAFault(t *testing.T) {
	for name, engine := range engines(t) {
		for _, row := range endless {
			t.Run(name+"/"+row.name, func(t *testing.T) {
				m := machine(t, engine, first, wat.Assemble(t, row.text))
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
				defer cancel()
				r := give(ctx, m, nil, almostEndless)
				if r.End != frame.Fault || !errors.Is(r.Cause, frame.ErrInterrupted) {
					t.Fatalf("ended as %v: %v", r.End, r.Cause)
				}
				if len(r.Output) != 0 || r.Left != (gas.Tank{}) {
					t.Errorf("gave %x and %v gas", r.Output, r.Left)
				}
			})
		}
	}
}

// interruptRounds is how often each contract is interrupted at a moment of its own.
const interruptRounds = 60

// TestRunsAreInterruptedAnywhere gives contracts up at all kinds of moments, in their prologues, calls, traps and
// returns, on several threads at once. Each must end as it does alone, or in the fault; a wrong step here would end
// the process.
func TestRunsAreInterruptedAnywhere(t *testing.T) {
	for name, engine := range engines(t) {
		if name != "host" { // which is the shim
			t.Run(name, func(t *testing.T) { interruptAnywhere(t, engine) })
		}
	}
}

func interruptAnywhere(t *testing.T, engine vm.Engine) {
	for _, row := range append(endless, struct{ name, text string }{"returning", `(module (memory (export "memory") 1)
	  (func $f (param i32) (result i32) (if (result i32) (local.get 0)
	    (then (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1))))) (else (i32.const 0))))
	  (func (export "main") (drop (call $f (i32.const 20)))))`},
		struct{ name, text string }{"trapping", `(module (memory (export "memory") 1) (func $f (param i32)
	    (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else unreachable)))
	  (func (export "main") (call $f (i32.const 20))))`}) {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			code := wat.Assemble(t, row.text)
			m := machine(t, engine, first, code)
			const left = 40_000
			want := give(context.Background(), m, nil, left)
			for i := range interruptRounds {
				ctx, cancel := context.WithCancel(t.Context())
				// From at once to after what the contract takes; in steps that no cycle of the machine's divides.
				timer := time.AfterFunc(time.Duration(i)*17*time.Microsecond, cancel)
				r := give(ctx, m, nil, left)
				timer.Stop()
				cancel()
				if !errors.Is(r.Cause, frame.ErrInterrupted) && (r.End != want.End || r.Left != want.Left) {
					t.Fatalf("round %d: %v with %v gas left: %v; alone %v with %v", i, r.End, r.Left, r.Cause,
						want.End, want.Left)
				}
			}
			if r := give(context.Background(), m, nil, left); r.End != want.End || r.Left != want.Left {
				t.Errorf("afterwards: %v with %v gas left, alone %v with %v", r.End, r.Left, want.End, want.Left)
			}
		})
	}
}

// busy is an endless contract and an engine.
type busy struct {
	engine, name, text string
	on                 vm.Engine
}

func interruptible(b *testing.B) (rows []busy) {
	all := engines(b)
	for _, engine := range []string{"shim", "plain", "wazero"} {
		for _, row := range endless {
			rows = append(rows, busy{engine, row.name, row.text, all[engine]})
		}
	}
	return rows
}

// BenchmarkInterrupt measures how long a run goes on after it is given up.
func BenchmarkInterrupt(b *testing.B) {
	for _, row := range interruptible(b) {
		b.Run("engine="+row.engine+"/busy="+row.name, func(b *testing.B) {
			m := machine(b, row.on, first, wat.Assemble(b, row.text))
			var worst, sum time.Duration
			rounds := 0
			for b.Loop() {
				ctx, cancel := context.WithCancel(b.Context())
				var at time.Time
				time.AfterFunc(2*time.Millisecond, func() { at = time.Now(); cancel() })
				if r := give(ctx, m, nil, almostEndless); r.End != frame.Fault {
					b.Fatalf("ended as %v: %v", r.End, r.Cause)
				}
				took := time.Since(at)
				worst, sum, rounds = max(worst, took), sum+took, rounds+1
			}
			b.ReportMetric(float64(sum.Microseconds())/float64(rounds), "mean-us")
			b.ReportMetric(float64(worst.Microseconds()), "worst-us")
		})
	}
}
