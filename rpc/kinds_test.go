package rpc_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/core/vm/program"
	"github.com/ethereum/go-ethereum/core/vm/runtime"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/tracers/logger"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/internal/wat"
	"hestia/rpc"
)

// What the node says of EVM code, and of contracts of both kinds that call each other.

// evmServer is a devnet with EVM code at mixed, which calls reverter among others.
func evmServer(t *testing.T, code []byte) *server {
	t.Helper()
	rich := types.Account{Balance: new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{
		alice: rich, bob: rich, mixed: {Code: code, Balance: big.NewInt(100), Nonce: 1},
		reverter: {Code: evmReverter([]byte{9, 9}), Balance: new(big.Int), Nonce: 1},
	})
	genesis.Devnet = true
	return startOn(t, genesis, miner.Instant, rpc.Config{})
}

// evmReverter is EVM code that reverts with an output.
func evmReverter(output []byte) []byte {
	return program.New().Mstore(output, 0).Push(len(output)).Push(0).Op(gethvm.REVERT).Bytes()
}

// evmEverything calls, creates, stores, logs and hashes.
func evmEverything() []byte {
	p := program.New().Sstore(7, 9).Sstore(8, 10).Push(7).Op(gethvm.SLOAD, gethvm.POP).Tstore(1, 2)
	p.Push(5).Push(4).Push(0).Op(gethvm.LOG1 - 1).Push(6).Push(4).Push(0).Op(gethvm.LOG1)
	p.Push(4).Push(0).Op(gethvm.KECCAK256, gethvm.POP).Push(mixed).Op(gethvm.BALANCE, gethvm.POP)
	return append(p.Bytes(), evmMixed()...)
}

// Each step of EVM code is what geth's struct logger makes of it, byte for byte, whatever it is told to show.
func TestTheStepsOfEVMCodeAreGeths(t *testing.T) {
	for name, code := range map[string][]byte{
		"everything":      evmEverything(),
		"stack underflow": {byte(gethvm.ADD)},
		"invalid jump":    program.New().Push(1).Op(gethvm.JUMP).Bytes(),
		"invalid opcode":  {0x0c},
		"out of gas":      program.New().Push(0).Push(uint64(1 << 40)).Op(gethvm.KECCAK256).Bytes(),
		"revert":          evmReverter([]byte{1, 2, 3}),
	} {
		for _, config := range []string{
			`{}`, `{"enableMemory":true,"enableReturnData":true}`, `{"disableStack":true,"disableStorage":true}`,
		} {
			t.Run(name+config, func(t *testing.T) {
				s := evmServer(t, code)
				tx := s.send(t, bobKey, &mixed, 3, []byte{0xaa, 0xbb, 0xcc, 0xdd})
				var ours, theirs map[string]any
				s.must(t, &ours, "debug_traceTransaction", fmt.Sprintf(`%q, %s`, tx.Hash(), config))
				check(t, json.Unmarshal(gethSteps(t, s, tx, code, config), &theirs))
				for _, key := range []string{"structLogs", "failed", "returnValue"} {
					if diff := cmp.Diff(theirs[key], ours[key]); diff != "" {
						t.Errorf("%s (-geth +ours):\n%s", key, diff)
					}
				}
			})
		}
	}
}

// gethSteps runs a transaction of bob to mixed in geth's EVM.
func gethSteps(t *testing.T, s *server, tx *types.Transaction, code []byte, config string) json.RawMessage {
	t.Helper()
	db, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	check(t, err)
	for address, code := range map[common.Address][]byte{mixed: code, reverter: evmReverter([]byte{9, 9})} {
		db.SetCode(address, code, tracing.CodeChangeUnspecified)
		db.SetNonce(address, 1, tracing.NonceChangeUnspecified)
	}
	db.SetBalance(mixed, uint256.NewInt(100), tracing.BalanceChangeUnspecified)
	db.SetBalance(bob, uint256.NewInt(1000), tracing.BalanceChangeUnspecified)
	var settings logger.Config
	check(t, json.Unmarshal([]byte(config), &settings))
	steps := logger.NewStructLogger(&settings)
	rules := s.chain.Rules(s.chain.Head())
	intrinsic, err := core.IntrinsicGas(tx.Data(), nil, nil, bob, tx.To(), uint256.NewInt(3), rules)
	check(t, err)
	_, _, _ = runtime.Call(mixed, tx.Data(), &runtime.Config{
		ChainConfig: s.chain.ChainConfig(), Origin: bob, Value: big.NewInt(3),
		GasLimit: tx.Gas() - intrinsic, State: db,
		Random: new(common.Hash), BlockNumber: big.NewInt(1), EVMConfig: gethvm.Config{Tracer: steps.Hooks()},
	})
	raw, err := steps.GetResult()
	check(t, err)
	return raw
}

// A transaction that goes from EVM code to wasm and back has the steps of both kinds in their order.
func TestTheStepLogHoldsBothKinds(t *testing.T) {
	s := mixedKinds(t)
	tx := s.send(t, bobKey, &mixed, 0, nil)
	var log struct {
		StructLogs []struct {
			Op    string
			Depth int
		}
	}
	s.must(t, &log, "debug_traceTransaction", fmt.Sprintf("%q", tx.Hash()))
	var steps []string
	for _, step := range log.StructLogs {
		steps = append(steps, fmt.Sprint(step.Depth, " ", step.Op))
	}
	want := "1 call, 2 PUSH1, 2 SLOAD, 2 POP, 2 PUSH0, 2 PUSH0, 2 REVERT, 1 storageLoad, 1 finish"
	if have := strings.Join(steps, ", "); have != want {
		t.Errorf("%s, want %s", have, want)
	}
}

// mixedKinds is a devnet with wasm code at mixed that calls EVM code at reverter.
func mixedKinds(t *testing.T) *server {
	t.Helper()
	rich := types.Account{Balance: new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{
		alice: rich, bob: rich, mixed: {Code: callerCode(t), Balance: big.NewInt(100), Nonce: 1},
		reverter: {Code: common.FromHex("600754505f5ffd"), Balance: new(big.Int), Nonce: 1},
	})
	genesis.Devnet = true
	return startOn(t, genesis, miner.Instant, rpc.Config{})
}

// callerCode calls reverter, reads a slot and finishes.
func callerCode(t testing.TB) []byte {
	return wat.Assemble(t, `(module
		(import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
		(import "ethereum" "storageLoad" (func $storageLoad (param i32 i32)))
		(import "ethereum" "finish" (func $finish (param i32 i32)))
		(memory (export "memory") 1)
		`+bytesAt(0, reverter[:])+`
		(func (export "main")
			(drop (call $call (i64.const 50000) (i32.const 0) (i32.const 128) (i32.const 192) (i32.const 4)))
			(call $storageLoad (i32.const 192) (i32.const 300))
			(call $finish (i32.const 192) (i32.const 0))))`)
}

// hestiaTracer shows what EVM code does outside of its frame by the names that host functions give the same.
func TestInstructionsThatReachOutAreStepsOfATree(t *testing.T) {
	s := evmServer(t, evmEverything())
	tx := s.send(t, bobKey, &mixed, 3, nil)
	type step struct {
		Name      string
		Args      map[string]hexutil.Bytes
		Numbers   map[string]int64
		Gas, Left hexutil.Uint64
		Result    *hexutil.Uint64
		Frame     *struct {
			Type, Error string
			To          common.Address
			Steps       []struct{ Name, Error string }
		}
	}
	var tree struct{ Steps []step }
	s.must(t, &tree, "debug_traceTransaction", fmt.Sprintf(`%q, {"tracer":"hestiaTracer"}`, tx.Hash()))
	var names []string
	for i, step := range tree.Steps {
		names = append(names, step.Name)
		if step.Left > step.Gas || i > 0 && step.Gas > tree.Steps[i-1].Left {
			t.Errorf("step %d, %s: gas %d, then %d", i, step.Name, step.Gas, step.Left)
		}
	}
	want := "SSTORE SSTORE SLOAD TSTORE LOG0 LOG1 KECCAK256 BALANCE CALL STATICCALL DELEGATECALL CALL CREATE RETURN"
	if have := strings.Join(names, " "); have != want {
		t.Fatalf("%s, want %s", have, want)
	}
	load, log, hash, pay := tree.Steps[2], tree.Steps[5], tree.Steps[6], tree.Steps[8]
	if common.BytesToHash(load.Args["key"]) != common.BigToHash(big.NewInt(7)) ||
		common.BytesToHash(load.Args["result"]) != common.BigToHash(big.NewInt(9)) {
		t.Errorf("the load is %+v", load)
	}
	if len(log.Args["topic1"]) != 32 || len(log.Args["data"]) != 4 || log.Numbers["length"] != 4 {
		t.Errorf("the log is %+v", log)
	}
	if common.BytesToHash(hash.Args["result"]) != crypto.Keccak256Hash(make([]byte, 4)) {
		t.Errorf("the hash is %+v", hash)
	}
	if pay.Frame == nil || pay.Frame.To != bob || *pay.Result != 1 ||
		common.BytesToAddress(pay.Args["address"]) != bob {
		t.Errorf("the call of bob is %+v", pay)
	}
	revert, create := tree.Steps[11], tree.Steps[12]
	if revert.Frame == nil || revert.Frame.Error != "execution reverted" || *revert.Result != 0 ||
		len(revert.Frame.Steps) != 1 || revert.Frame.Steps[0].Name != "REVERT" || revert.Frame.Steps[0].Error != "" {
		t.Errorf("the call of the reverter is %+v", revert)
	}
	if create.Frame == nil || common.BytesToAddress(create.Args["result"]) != create.Frame.To {
		t.Errorf("the creation is %+v", create)
	}
}

// A trace of EVM code ends at the limit of what is kept, as one of wasm does.
func TestTracesOfEVMCodeAreBounded(t *testing.T) {
	loop := program.New().Push(0).Push(40_000).Op(gethvm.MSTORE) // memory
	for range 900 {
		loop.Push(1)
	}
	top := loop.Size()
	loop.Op(gethvm.JUMPDEST).Push(1).Push(0).Op(gethvm.SSTORE).Push(top).Op(gethvm.JUMP)
	s := evmServer(t, loop.Bytes())
	for _, config := range []string{
		`{}`, `{"enableMemory":true}`, `{"disableStack":true}`, `{"tracer":"hestiaTracer"}`,
	} {
		call := fmt.Sprintf(`{"from":%q,"to":%q,"gas":"0xfffffff"}, "latest", %s`, bob, mixed, config)
		if err := s.call(t, nil, "debug_traceCall", call); err == nil || !strings.Contains(err.Message, "limited") {
			t.Errorf("%s: %v", config, err)
		}
	}
}

// A failure of EVM code is told in geth's words, a panic in Foundry's, and an error by the name that a file gives it.
func TestFailuresOfEVMCodeAreTold(t *testing.T) {
	panicked := append([]byte{0x4e, 0x48, 0x7b, 0x71}, common.LeftPadBytes([]byte{0x11}, 32)...)
	for name, row := range map[string]struct {
		code []byte
		want string
		kind int
	}{
		"stack underflow": {[]byte{byte(gethvm.ADD)}, "stack underflow (0 <=> 2)", -32000},
		"stack overflow":  {common.FromHex("5b58600056"), "stack limit reached 1024 (1023)", -32000},
		"invalid jump":    {program.New().Push(1).Op(gethvm.JUMP).Bytes(), "invalid jump destination", -32000},
		"invalid opcode":  {[]byte{0x0c}, "invalid opcode: opcode 0xc not defined", -32000},
		"invalid":         {[]byte{0xfe}, "invalid opcode: INVALID", -32000},
		"out of gas":      {common.FromHex("5b600056"), "out of gas", -32000},
		"return data":     {common.FromHex("60015f5f3e"), "return data out of bounds", -32000},
		"revert":          {evmReverter(nil), "execution reverted", 3},
		"panic": {
			evmReverter(panicked), "execution reverted: panic: arithmetic underflow or overflow (0x11)", 3,
		},
		"custom error": {
			evmReverter(customError()), "execution reverted: NotYours(owner=" + bob.Hex() + ", arg1=5)", 3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := evmServer(t, row.code)
			var known int
			s.must(t, &known, "hestia_addABI", customABI)
			call := fmt.Sprintf(`{"from":%q,"to":%q,"gas":"0x100000"}`, alice, mixed)
			if err := s.call(t, nil, "eth_call", call); err == nil || err.Code != row.kind || err.Message != row.want {
				t.Errorf("eth_call: %+v, want %q", err, row.want)
			}
			tx := s.send(t, aliceKey, &mixed, 0, nil)
			var receipt struct{ RevertReason string }
			s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", tx.Hash()))
			if !strings.HasPrefix(receipt.RevertReason, row.want) {
				t.Errorf("the receipt says %q, want %q", receipt.RevertReason, row.want)
			}
		})
	}
}

// demanding is code of either kind that calls an account with all its gas and reverts unless that succeeds.
func demanding(t testing.TB, kind string, to common.Address) []byte {
	if kind == "evm" {
		p := program.New().Push(0).Push(0).Push(0).Push(0).Push(0).Push(to).Op(gethvm.GAS, gethvm.CALL)
		after := byte(len(p.Bytes()) + 7)
		return append(p.Bytes(), 0x60, after, 0x57, 0x5f, 0x5f, 0xfd, 0x00, 0x5b, 0x00)
	}
	return wat.Assemble(t, `(module
		(import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
		(import "ethereum" "revert" (func $revert (param i32 i32)))
		(memory (export "memory") 1)
		`+bytesAt(0, to[:])+`
		(func (export "main") (if (call $call
			(i64.const 9223372036854775807) (i32.const 0) (i32.const 128) (i32.const 0) (i32.const 0))
			(then (call $revert (i32.const 0) (i32.const 0))))))`)
}

// chainOfKinds is a devnet in which contracts of the kinds call each other, the last evmEverything. It returns the
// first.
func chainOfKinds(t *testing.T, kinds ...string) (*server, common.Address) {
	t.Helper()
	rich := types.Account{Balance: new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))}
	to := mixed
	alloc := types.GenesisAlloc{
		alice: rich, bob: rich, mixed: {Code: evmEverything(), Balance: big.NewInt(100), Nonce: 1},
		reverter: {Code: evmReverter([]byte{9, 9}), Balance: new(big.Int), Nonce: 1},
	}
	for i, kind := range kinds {
		at := common.Address{0: 0xd0, 19: byte(i)}
		alloc[at], to = types.Account{Code: demanding(t, kind, to), Balance: new(big.Int), Nonce: 1}, at
	}
	genesis := chain.DefaultGenesis(alloc)
	genesis.Devnet = true
	return startOn(t, genesis, miner.Instant, rpc.Config{}), to
}

var mixes = [][]string{
	nil,
	{"evm"},
	{"wasm"},
	{"evm", "evm"},
	{"wasm", "evm"},
	{"evm", "wasm"},
	{"wasm", "wasm", "wasm"},
	{"evm", "wasm", "evm", "wasm", "evm"},
}

func TestEstimatesOfEVMCodeAreExactToTheUnit(t *testing.T) {
	for _, kinds := range mixes {
		t.Run(strings.Join(kinds, " "), func(t *testing.T) {
			s, to := chainOfKinds(t, kinds...)
			estimatesExactly(t, s, map[string]any{"from": alice, "to": to})
			estimatesExactly(t, s, map[string]any{"from": alice, "data": hexutil.Encode(demanding(t, "evm", to))})
			estimatesExactly(t, s, map[string]any{"from": alice, "data": hexutil.Encode(demanding(t, "wasm", to))})
		})
	}
}

// An access list holds what a chain of contracts touches, and the gas that a transaction with it uses.
func TestAccessListsReachThroughBothKinds(t *testing.T) {
	for _, kinds := range mixes {
		t.Run(strings.Join(kinds, " "), func(t *testing.T) {
			s, to := chainOfKinds(t, kinds...)
			var made struct {
				AccessList types.AccessList
				GasUsed    hexutil.Uint64
				Error      string
			}
			s.must(t, &made, "eth_createAccessList", fmt.Sprintf(`{"from":%q,"to":%q}, "latest"`, alice, to))
			slots := 0
			for _, tuple := range made.AccessList {
				if tuple.Address == mixed {
					slots = len(tuple.StorageKeys)
				}
			}
			if slots != 2 || made.Error != "" {
				t.Fatalf("%+v", made)
			}
			list, err := json.Marshal(made.AccessList)
			check(t, err)
			var hash common.Hash
			s.must(t, &hash, "eth_sendTransaction", fmt.Sprintf(
				`{"from":%q,"to":%q,"accessList":%s,"gas":"0x200000"}`, alice, to, list,
			))
			var receipt struct{ GasUsed, Status hexutil.Uint64 }
			s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", hash))
			if receipt.GasUsed != made.GasUsed || receipt.Status != 1 {
				t.Errorf("status %d with %d gas, the list said %d", receipt.Status, receipt.GasUsed, made.GasUsed)
			}
		})
	}
}

// debug_storageRangeAt shows what EVM code has stored.
func TestStorageOfEVMCodeIsShown(t *testing.T) {
	s := evmServer(t, evmEverything())
	tx := s.send(t, bobKey, &mixed, 3, nil)
	block := s.chain.Head().Hash()
	var shown struct {
		Storage map[common.Hash]struct{ Key, Value common.Hash }
	}
	s.must(t, &shown, "debug_storageRangeAt", fmt.Sprintf(
		`%q, 1, %q, "0x0000000000000000000000000000000000000000000000000000000000000000", 10`, block, mixed,
	))
	values := map[common.Hash]common.Hash{}
	for _, slot := range shown.Storage {
		values[slot.Key] = slot.Value
	}
	want := map[common.Hash]common.Hash{{31: 7}: {31: 9}, {31: 8}: {31: 10}}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("after %s: %s", tx.Hash(), diff)
	}
}
