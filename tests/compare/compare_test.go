// Package compare holds contracts written in C against the same in Solidity: on geth's interpreter and on revm, by way
// of anvil. Each pair is held to one result; how long they take is measured in one run, by turns. Start at contenders
// and TestMeasure.
package compare

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/contracts"
	"hestia/frame"
	"hestia/gas"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// Where the pairs stand, each in the state of its own kind of code.
var (
	caller  = common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
	kernels = common.HexToAddress("0x00000000000000000000000000000000000ce1")
	token   = common.HexToAddress("0x0000000000000000000000000000000000010ce2")
)

// plenty is gas for any of them, and no more than a transaction may have.
const plenty = 1 << 28

// task is something that contracts are asked to do.
type task struct {
	name   string
	target common.Address
	input  []byte
	wide   bool // 256-bit arithmetic or hashing, which the EVM has instructions for
}

// tasks lists the kernels by their number, then what the token does.
func tasks() []task {
	var list []task
	for number, name := range []string{
		"keccak256 × 1,000,000", "mulmod × 1,000,000, by bignum", "xorshift, 64 bits, × 1,000,000", "fib(24)",
		"sieve of 200,000",
		"insertion sort of 1,000", "60 × 60 matrices", "SHA-256 × 200", "mulmod × 1,000,000, in C",
	} {
		list = append(
			list, task{name, kernels, calldata("run(uint256)", []byte{byte(number)}), number < 2 || number == 8},
		)
	}
	return append(list,
		task{"token: transfer", token, calldata("transfer(address,uint256)", []byte{0x77}, []byte{1}), true},
		task{"token: balanceOf", token, calldata("balanceOf(address)", caller[:]), true})
}

// calldata is a call of a method as Solidity's ABI has it.
func calldata(method string, arguments ...[]byte) []byte {
	data := crypto.Keccak256([]byte(method))[:4]
	for _, a := range arguments {
		data = append(data, common.LeftPadBytes(a, 32)...)
	}
	return data
}

// stored is what the token's storage holds: the caller's balance, which is in slot 1 of the layout, a billion billion.
func stored() (key, value common.Hash) {
	slot := crypto.Keccak256Hash(common.LeftPadBytes(caller[:], 32), common.LeftPadBytes([]byte{1}, 32))
	return slot, common.BigToHash(big.NewInt(1e18))
}

// binary is code in this house's kind and in Solidity's.
type binary struct {
	at        common.Address
	wasm, evm []byte
}

func binaries(t testing.TB) []binary {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile("../../contracts/kernels/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	decode := func(name string) []byte {
		code, err := hex.DecodeString(strings.TrimSpace(string(read(name))))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	return []binary{
		{kernels, read("kernels.wasm"), decode("Kernels.bin")},
		{token, contracts.Token.Runtime, decode("Token.bin")},
	}
}

// contender runs tasks in this process.
type contender func(task) ([]byte, error)

// contenders are the engine and geth's interpreter, each on a state of its own, which every task finds as it was.
func contenders(t testing.TB) (hestia, geth contender) {
	t.Helper()
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	rules := params.MergedTestChainConfig.Rules(common.Big1, true, 1)
	wasmState := newState(t, func(b binary) []byte { return b.wasm })
	machine := vm.New(vm.Environment{
		Engine: engine, State: wasmState, Config: params.MergedTestChainConfig, Rules: rules,
		Schedule: gas.Default(), Block: &frame.Block{Number: 1},
	})
	evmState := newState(t, func(b binary) []byte { return b.evm })
	evm := gethvm.NewEVM(gethvm.BlockContext{
		CanTransfer: core.CanTransfer, Transfer: core.Transfer,
		GetHash:     func(uint64) common.Hash { return common.Hash{} },
		BlockNumber: common.Big1, Time: 1, Difficulty: common.Big0, BaseFee: common.Big0, BlobBaseFee: common.Big0,
		Random: &common.Hash{}, GasLimit: plenty,
	}, evmState, params.MergedTestChainConfig, gethvm.Config{})
	tx := &frame.Transaction{Origin: caller, GasPrice: new(uint256.Int)}
	hestia = func(k task) ([]byte, error) {
		defer begin(wasmState, rules, k.target)()
		r := machine.RunCall(
			tx, caller, frame.Call{Target: k.target, Value: new(uint256.Int), Input: k.input, Gas: gas.NewTank(plenty)},
		)
		return r.Output, r.Cause
	}
	geth = func(k task) ([]byte, error) {
		defer begin(evmState, rules, k.target)()
		output, _, err := evm.Call(caller, k.target, k.input, gethvm.NewGasBudget(1<<40, 0), new(uint256.Int))
		return output, err
	}
	return hestia, geth
}

// begin begins a transaction and returns how to undo it.
func begin(db *gstate.StateDB, rules params.Rules, to common.Address) (undo func()) {
	db.Prepare(rules, caller, common.Address{}, &to, gethvm.ActivePrecompiles(rules), nil)
	snapshot := db.Snapshot()
	return func() { db.RevertToSnapshot(snapshot) }
}

func newState(t testing.TB, kind func(binary) []byte) *gstate.StateDB {
	t.Helper()
	db, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range binaries(t) {
		db.SetCode(b.at, kind(b), tracing.CodeChangeUnspecified)
	}
	db.AddBalance(caller, uint256.NewInt(1e18), tracing.BalanceChangeUnspecified)
	key, value := stored()
	db.SetState(token, key, value)
	db.Finalise(params.MergedTestChainConfig.Rules(common.Big1, true, 1))
	return db
}

func TestPairsComputeTheSame(t *testing.T) {
	hestia, geth := contenders(t)
	for _, k := range tasks() {
		have, err := hestia(k)
		if err != nil {
			t.Fatalf("%s: %v", k.name, err)
		}
		want, err := geth(k)
		if err != nil {
			t.Fatalf("%s: geth: %v", k.name, err)
		}
		if len(want) != 32 || bytes.Equal(want, make([]byte, 32)) || !bytes.Equal(have, want) {
			t.Errorf("%s: %x, in Solidity %x", k.name, have, want)
		}
	}
}
