package vm_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

var (
	sender = common.Address{19: 1}
	outer  = common.Address{19: 0xaa}
	inner  = common.Address{19: 0xbb}
	rules  = params.Rules{IsHomestead: true, IsEIP150: true, IsEIP155: true, IsEIP158: true, IsByzantium: true}
	tx     = &frame.Transaction{Origin: sender, GasPrice: new(uint256.Int)}
)

// bench is a machine over a fresh state in which sender has 1000 wei.
type bench struct {
	*vm.Machine
	state *gstate.StateDB
}

func machine(t *testing.T, change func(*vm.Environment)) bench {
	t.Helper()
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	db, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	db.AddBalance(sender, uint256.NewInt(1000), tracing.BalanceChangeUnspecified)
	env := vm.Environment{Engine: engine, State: db, Rules: rules, Schedule: gas.Byzantium(), Block: &frame.Block{}}
	if change != nil {
		change(&env)
	}
	return bench{vm.New(env), db}
}

// contract compiles a module around main, which may call and finish.
func contract(t *testing.T, pages int, main string) []byte {
	t.Helper()
	code := wat.Assemble(t, fmt.Sprintf(`(module
		(import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
		(import "ethereum" "finish" (func $finish (param i32 i32)))
		(import "ethereum" "revert" (func $revert (param i32 i32)))
		(import "ethereum" "storageStore" (func $storageStore (param i32 i32)))
		(memory (export "memory") %d)
		(data (i32.const 19) "\bb")
		(func (export "main") %s))`, pages, main))
	return code
}

// callInner calls the inner contract without value and finishes with the answer.
const callInner = `(i32.store (i32.const 100) (call $call (i64.const 100000) (i32.const 0) (i32.const 64)
	  (i32.const 0) (i32.const 0)))
	(call $finish (i32.const 100) (i32.const 4))`

func (b bench) place(at common.Address, code []byte) {
	b.state.SetNonce(at, 1, tracing.NonceChangeUnspecified)
	b.state.SetCode(at, code, tracing.CodeChangeUnspecified)
}

func (b bench) call(to common.Address, wei uint64) frame.Result {
	return b.RunCall(tx, sender, frame.Call{Target: to, Value: uint256.NewInt(wei), Gas: gas.NewTank(1_000_000)})
}

func (b bench) balances() string {
	return fmt.Sprint(b.state.GetBalance(sender).Uint64(), b.state.GetBalance(outer).Uint64())
}

func TestATransactionsValueMovesWithSuccessOnly(t *testing.T) {
	for _, test := range []struct {
		main, balances string
		end            frame.End
	}{
		{"", "993 7", frame.Finished},
		{"(call $revert (i32.const 0) (i32.const 0))", "1000 0", frame.Reverted},
		{"unreachable", "1000 0", frame.Halted},
	} {
		t.Run(test.end.String(), func(t *testing.T) {
			b := machine(t, nil)
			b.place(outer, contract(t, 1, test.main))
			if r := b.call(outer, 7); r.End != test.end {
				t.Fatalf("%v: %v, want %v", r.End, r.Cause, test.end)
			}
			if have := b.balances(); have != test.balances {
				t.Errorf("balances %s, want %s", have, test.balances)
			}
		})
	}
}

func TestATransactionToNoAccount(t *testing.T) {
	b := machine(t, nil)
	if r := b.call(outer, 0); r.End != frame.Finished || b.state.Exist(outer) {
		t.Errorf("without value: %v, account exists: %v, want finished and false", r.End, b.state.Exist(outer))
	}
	if r := b.call(outer, 5); r.End != frame.Finished || b.balances() != "995 5" {
		t.Errorf("with value: %v, balances %s, want finished and 995 5", r.End, b.balances())
	}
}

func TestBeyondTheBalanceNothingRuns(t *testing.T) {
	b := machine(t, nil)
	b.place(outer, contract(t, 1, "unreachable"))
	r := b.call(outer, 1001)
	if r.End != frame.Rejected || r.Left.Left() != 1_000_000 || !errors.Is(r.Cause, frame.ErrBalance) {
		t.Errorf("%v, %d gas left, %v; want rejected with all gas for %v", r.End, r.Left.Left(), r.Cause,
			frame.ErrBalance)
	}
	creation := frame.Creation{Value: uint256.NewInt(1001), Code: contract(t, 1, ""), Gas: gas.NewTank(10)}
	if _, r := b.RunCreate(tx, sender, creation); r.End != frame.Rejected || b.state.GetNonce(sender) != 0 {
		t.Errorf("creation: %v, nonce %d, want rejected and 0", r.End, b.state.GetNonce(sender))
	}
}

func TestBelowTheDepthLimitNothingRuns(t *testing.T) {
	b := machine(t, nil)
	b.place(outer, contract(t, 1, "unreachable"))
	deepest := &frame.Frame{Self: sender, Tx: tx, Depth: 1024}
	call := frame.Call{Target: outer, Value: new(uint256.Int), Gas: gas.NewTank(10)}
	_, created := b.Create(deepest, frame.Creation{
		Value: new(uint256.Int), Code: contract(t, 1, ""),
		Gas: gas.NewTank(10),
	})
	for name, r := range map[string]frame.Result{"call": b.Call(deepest, call), "creation": created} {
		if r.End != frame.Rejected || r.Left.Left() != 10 || !errors.Is(r.Cause, frame.ErrDepth) {
			t.Errorf("%s: %v, %d gas left, %v; want rejected with all gas for %v", name, r.End, r.Left.Left(),
				r.Cause, frame.ErrDepth)
		}
	}
	if nonce := b.state.GetNonce(sender); nonce != 0 {
		t.Errorf("nonce = %d, want 0", nonce)
	}
}

func TestACreationAnswersTheAddressOfTheNonceBefore(t *testing.T) {
	b := machine(t, nil)
	b.state.SetNonce(sender, 41, tracing.NonceChangeUnspecified)
	for _, main := range []string{"", "unreachable"} {
		nonce := b.state.GetNonce(sender)
		creation := frame.Creation{Value: new(uint256.Int), Code: contract(t, 1, main), Gas: gas.NewTank(100_000)}
		at, _ := b.RunCreate(tx, sender, creation)
		if want := crypto.CreateAddress(sender, nonce); at != want {
			t.Errorf("address %v, want %v", at, want)
		}
		if have := b.state.GetNonce(sender); have != nonce+1 {
			t.Errorf("nonce %d, want %d", have, nonce+1)
		}
	}
}

func TestCodeThatNoEngineRunsSaysSo(t *testing.T) {
	b := machine(t, nil)
	b.place(outer, []byte{0x60, 0x00})
	if r := b.call(outer, 0); r.End != frame.Halted || !errors.Is(r.Cause, vm.ErrCodeKind) {
		t.Errorf("%v: %v, want halted: %v", r.End, r.Cause, vm.ErrCodeKind)
	}
}

// failing is the real engine, but for one code, at which the node itself fails.
type failing struct {
	vm.Engine
	at common.Hash
}

var errDisk = errors.New("disk on fire")

func (f failing) Run(c *ewasm.Context) frame.Result {
	if c.CodeHash == f.at {
		return c.Conclude(&frame.FaultError{Err: errDisk})
	}
	return f.Engine.Run(c)
}

func TestAFaultBelowIsAFaultAtTheTop(t *testing.T) {
	code := contract(t, 1, "nop")
	b := machine(t, func(e *vm.Environment) { e.Engine = failing{e.Engine, crypto.Keccak256Hash(code)} })
	b.place(outer, contract(t, 1, callInner))
	b.place(inner, code)
	r := b.call(outer, 0)
	if r.End != frame.Fault || !errors.Is(r.Cause, errDisk) {
		t.Errorf("%v: %v, want fault: %v", r.End, r.Cause, errDisk)
	}
}

func TestFramesAliveAtOnceShareOneBudgetOfMemory(t *testing.T) {
	small := *gas.Byzantium()
	small.Name, small.Limits.FramePages = "ten pages for all frames", 10
	for _, test := range []struct {
		name              string
		outer, inner      int
		growOuter, answer int
	}{
		{"fits", 5, 5, 0, 0},
		{"one page over", 5, 6, 0, 1},
		{"grown before the call", 4, 5, 2, 1},
		{"grown and fits", 4, 4, 2, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := machine(t, func(e *vm.Environment) { e.Schedule = &small })
			b.place(outer, contract(t, test.outer, fmt.Sprintf("(drop (memory.grow (i32.const %d)))",
				test.growOuter)+callInner))
			b.place(inner, contract(t, test.inner, ""))
			for range 2 { // a callee's memory is free again when it ends
				r := b.call(outer, 0)
				if r.End != frame.Finished || binary.LittleEndian.Uint32(r.Output) != uint32(test.answer) {
					t.Errorf("%v %x (%v), want the answer %d", r.End, r.Output, r.Cause, test.answer)
				}
			}
		})
	}
	t.Run("growth stops at what is left", func(t *testing.T) {
		b := machine(t, func(e *vm.Environment) { e.Schedule = &small })
		b.place(outer, contract(t, 6,
			`(drop (call $call (i64.const 100000) (i32.const 0) (i32.const 64) (i32.const 0) (i32.const 0)))`))
		b.place(inner, contract(t, 1, `(i32.store (i32.const 64) (memory.grow (i32.const 4)))
			(i32.store (i32.const 68) (memory.grow (i32.const 3))) (call $storageStore (i32.const 32) (i32.const 64))`))
		if r := b.call(outer, 0); r.End != frame.Finished {
			t.Fatalf("%v: %v", r.End, r.Cause)
		}
		have := b.state.GetState(inner, common.Hash{})
		if want := "ffffffff01000000"; common.Bytes2Hex(have[:8]) != want {
			t.Errorf("growth by 4, then by 3 of 4 pages: %x, want %s", have[:8], want)
		}
	})
}

func TestTracersSeeEveryFrame(t *testing.T) {
	var lines []string
	log := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	hooks := &tracing.Hooks{
		OnEnter: func(depth int, op byte, from, to common.Address, input []byte, gas uint64, value *big.Int) {
			log("%d %v %x -> %x, input %x, gas %d, value %v", depth, gethvm.OpCode(op), from[19], to[19], input, gas,
				value)
		},
		OnExit: func(depth int, output []byte, used uint64, err error, failed bool) {
			log("%d output %x, used %d, %v, failed %v", depth, output, used, err, failed)
		},
	}
	run := func(innerMain string) []string {
		lines = nil
		b := machine(t, func(e *vm.Environment) { e.Tracing.Hooks = hooks })
		b.place(outer, contract(t, 1, callInner))
		b.place(inner, contract(t, 1, innerMain))
		b.call(outer, 7)
		return lines
	}
	for _, test := range []struct{ main, last, answer, used string }{
		{`(call $finish (i32.const 19) (i32.const 1))`, "1 output bb, used 0, <nil>, failed false", "00", "700"},
		{
			`(call $revert (i32.const 19) (i32.const 1))`, "1 output bb, used 0, execution reverted, failed true", "02",
			"700",
		},
		{
			`unreachable`,
			"1 output , used 100000, wasm trap: unreachable in function main (4) at offset 0x8c, failed true", "01",
			"100700",
		},
	} {
		want := []string{
			"0 CALL 1 -> aa, input , gas 1000000, value 7",
			"1 CALL aa -> bb, input , gas 100000, value 0",
			test.last,
			"0 output " + test.answer + "000000, used " + test.used + ", <nil>, failed false",
		}
		if diff := cmp.Diff(want, run(test.main)); diff != "" {
			t.Errorf("%s:\n%s", test.main, diff)
		}
	}
	t.Run("creations too", func(t *testing.T) {
		lines = nil
		b := machine(t, func(e *vm.Environment) { e.Tracing.Hooks = hooks })
		creation := frame.Creation{Value: uint256.NewInt(3), Code: []byte{0x60}, Gas: gas.NewTank(500)}
		at, _ := b.RunCreate(tx, sender, creation)
		want := []string{
			fmt.Sprintf("0 CREATE 1 -> %x, input 60, gas 500, value 3", at[19]),
			fmt.Sprintf("0 output , used 500, %v, failed true", vm.ErrCodeKind),
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTracingChangesNothing(t *testing.T) {
	var results []string
	for _, hooks := range []*tracing.Hooks{nil, {}} {
		b := machine(t, func(e *vm.Environment) { e.Tracing.Hooks = hooks })
		b.place(outer, contract(t, 1, callInner))
		b.place(inner, contract(t, 1, "unreachable"))
		r := b.call(outer, 7)
		results = append(results, fmt.Sprintf("%v %x %d %x", r.End, r.Output, r.Left.Particles(),
			b.state.IntermediateRoot(rules)))
	}
	if results[0] != results[1] {
		t.Errorf("without hooks %s, with hooks %s", results[0], results[1])
	}
}

func TestTheSameRunTwiceIsTheSame(t *testing.T) {
	var results []string
	for range 2 { // each on an engine of its own, so that the second compiles again
		b := machine(t, func(e *vm.Environment) { e.Schedule = gas.Default() })
		b.place(outer, contract(t, 1, callInner))
		b.place(inner, contract(t, 1, "(call $storageStore (i32.const 0) (i32.const 0))"))
		r := b.call(outer, 7)
		results = append(results, fmt.Sprintf("%v %x %d %x", r.End, r.Output, r.Left.Particles(),
			b.state.IntermediateRoot(rules)))
	}
	if results[0] != results[1] {
		t.Errorf("first %s, then %s", results[0], results[1])
	}
}
