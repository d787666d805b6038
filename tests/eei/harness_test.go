// Package eei tests the Ethereum Environment Interface on the real engine, the real frame machine and geth's state:
// every function's rule, price and failure, under the schedule of the published tests and under the default one.
//
// A test builds a contract from text (contract_test.go), places it in a world (here) and looks at what its run left.
// Rules that all functions share are tested over one table of calls (table_test.go); gaps_test.go holds the rules
// that no public test covers.
package eei

import (
	"errors"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// What all tests share: compiling is slow, and both are safe to share.
var (
	engine *wasmtime.Engine
	store  *state.Store
)

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	var err error
	if engine, err = wasmtime.New(wasmtime.Config{}); err == nil {
		store, err = state.Open("", state.Options{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer engine.Close()
	defer store.Close()
	return m.Run()
}

// The accounts of every world.
var (
	// the transaction's origin, with a balance
	sender   = common.HexToAddress("0x5e00000000000000000000000000000000000001")
	self     = common.HexToAddress("0xc000000000000000000000000000000000000002") // the contract under test
	other    = common.HexToAddress("0xa000000000000000000000000000000000000003") // an account alive by its nonce alone
	dead     = common.HexToAddress("0xd000000000000000000000000000000000000004") // no account
	coinbase = common.HexToAddress("0xcb00000000000000000000000000000000000005")
)

const (
	plenty      = 10_000_000 // gas that no ordinary test uses up
	blockNumber = 1000
	rich        = 1_000_000_000 // wei of sender
)

// fork is a schedule with the rules of Ethereum it goes with.
type fork struct {
	name     string
	schedule *gas.Schedule
	rules    params.Rules
}

// byzantium is the schedule of the published tests as it is; its instructions are free.
var byzantium = fork{"byzantium", gas.Byzantium(), params.Rules{
	IsHomestead: true, IsEIP150: true, IsEIP155: true, IsEIP158: true, IsByzantium: true,
}}

// osaka is the development schedule (the default one with the debug module) without a price for instructions and for
// compiling, so that the prices of the interface can be read off exactly, and with the limits of the default one.
var osaka = fork{"osaka", freeOf(gas.Development(), gas.Default(), "development, free instructions"), osakaRules}

// wasmAlone is osaka with the schedule of its first version, which runs no EVM code.
var wasmAlone = fork{"osaka", func() *gas.Schedule {
	development, _ := gas.Named("development")
	first, _ := gas.Named("default")
	return freeOf(development, first, "first development, free instructions")
}(), osakaRules}

var osakaRules = params.Rules{
	IsHomestead: true, IsEIP150: true, IsEIP155: true, IsEIP158: true, IsEIP2929: true, IsByzantium: true,
	IsConstantinople: true, IsPetersburg: true, IsIstanbul: true, IsBerlin: true, IsLondon: true, IsMerge: true,
	IsShanghai: true, IsCancun: true, IsPrague: true, IsOsaka: true,
}

// freeOf needs a name of its own: engines know schedules by name. The limits are those of another schedule.
func freeOf(s, limits *gas.Schedule, name string) *gas.Schedule {
	free := *s
	free.Name, free.Instructions, free.State.Compilation = name, gas.Byzantium().Instructions, 0
	free.Limits = limits.Limits
	free.Limits.Debug = s.Limits.Debug
	return &free
}

// eachFork runs a test whose expectation is the same under both schedules.
func eachFork(t *testing.T, test func(t *testing.T, f fork)) {
	t.Helper()
	for _, f := range []fork{byzantium, osaka} {
		t.Run(f.name, func(t *testing.T) { test(t, f) })
	}
}

// world is a state with a block and a transaction around it.
type world struct {
	*gstate.StateDB
	t      testing.TB
	fork   fork
	block  *frame.Block
	tx     *frame.Transaction
	access types.AccessList
	prints []string // what contracts printed
}

func (f fork) world(t testing.TB) *world {
	t.Helper()
	db, err := store.At(types.EmptyRootHash)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		StateDB: db,
		t:       t,
		fork:    f,
		block: &frame.Block{
			Coinbase: coinbase, Number: blockNumber, Time: 1_700_000_000, GasLimit: 36_000_000,
			Difficulty: [32]byte{0: 1, 31: 0xff}, Hash: hashOfBlock,
			ChainID: 1<<63 + 5, BaseFee: *uint256.NewInt(6), BlobBaseFee: *uint256.NewInt(9),
		},
		tx: &frame.Transaction{Origin: sender, GasPrice: uint256.NewInt(7), BlobHashes: []common.Hash{
			{1, 0xaa},
			{1, 0xbb},
		}},
	}
	w.fund(sender, rich)
	w.SetNonce(other, 1, tracing.NonceChangeUnspecified)
	w.begin()
	return w
}

func hashOfBlock(number uint64) common.Hash { return crypto.Keccak256Hash([]byte(fmt.Sprint(number))) }

// begin ends the transaction so far and starts another: what was written is now the committed state, and cold.
func (w *world) begin() {
	w.t.Helper()
	w.Finalise(w.fork.rules)
	w.SetTxContext(common.Hash{1}, 0, 0)
	w.Prepare(w.fork.rules, sender, coinbase, &self, gethvm.ActivePrecompiles(w.fork.rules), w.access)
}

func (w *world) fund(account common.Address, wei uint64) {
	w.AddBalance(account, uint256.NewInt(wei), tracing.BalanceChangeUnspecified)
}

// place puts code at an address as a contract deployed by an earlier transaction.
func (w *world) place(at common.Address, code []byte) {
	w.t.Helper()
	w.SetNonce(at, 1, tracing.NonceChangeUnspecified)
	w.SetCode(at, code, tracing.CodeChangeUnspecified)
	w.begin()
}

func (w *world) machine() *vm.Machine {
	return vm.New(vm.Environment{
		Engine: engine, State: w.StateDB, Config: transition.DefaultConfig(transition.DevnetID), Rules: w.fork.rules,
		Schedule: w.fork.schedule, Block: w.block,
		Debug: func(line string) { w.prints = append(w.prints, line) },
	})
}

// outcome is how a transaction's own frame ended, and the gas it used.
type outcome struct {
	frame.Result
	Used uint64
}

// message is a call by sender; the zero value calls self with plenty of gas.
type message struct {
	kind  frame.CallKind
	to    common.Address // zero: self
	value *uint256.Int   // nil: none
	input []byte
	gas   uint64 // zero: plenty
	depth int    // of the frame called; the transaction's own is 0
}

func (w *world) call(m message) outcome {
	if m.to == (common.Address{}) {
		m.to = self
	}
	if m.value == nil {
		m.value = new(uint256.Int)
	}
	if m.gas == 0 {
		m.gas = plenty
	}
	call := frame.Call{Kind: m.kind, Target: m.to, Value: m.value, Input: m.input, Gas: gas.NewTank(m.gas)}
	above := &frame.Frame{Self: sender, Tx: w.tx, Depth: m.depth - 1, PagesLeft: w.fork.schedule.Limits.FramePages}
	result := w.machine().Call(above, call)
	return outcome{result, m.gas - result.Left.Left()}
}

// run places a contract made of parts at self and calls it.
func (w *world) run(parts ...string) outcome {
	w.t.Helper()
	w.place(self, contract(w.t, parts...))
	return w.call(message{})
}

// slot returns the value of a numbered slot of an account's storage.
func (w *world) slot(account common.Address, number byte) common.Hash {
	return w.GetState(account, common.Hash{31: number})
}

func (w *world) balance(account common.Address) uint64 { return w.GetBalance(account).Uint64() }

// finished fails the test unless the frame succeeded, and returns its output.
func (o outcome) finished(t testing.TB) []byte {
	t.Helper()
	if o.End != frame.Finished {
		t.Fatalf("%v: %v, want finished", o.End, o.Cause)
	}
	return o.Output
}

// trapped fails the test unless the frame trapped for this reason and burnt all of its gas.
func (o outcome) trapped(t testing.TB, why error) {
	t.Helper()
	if o.End != frame.Halted || !errors.Is(o.Cause, why) {
		t.Fatalf("%v: %v, want halted: %v", o.End, o.Cause, why)
	}
	if left := o.Left.Particles(); left != 0 {
		t.Errorf("%d particles left after a trap, want none", left)
	}
	if len(o.Output) != 0 {
		t.Errorf("output %x after a trap, want none", o.Output)
	}
}

// equal fails the test unless both are the same.
func equal[T comparable](t testing.TB, what string, have, want T) {
	t.Helper()
	if have != want {
		t.Errorf("%s = %v, want %v", what, have, want)
	}
}

const maxGas = math.MaxInt64 / gas.PerGas // the most a frame can be given
