package rpc_test

import (
	"encoding/binary"
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
	"github.com/ethereum/go-ethereum/eth/tracers"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/ewasm"
	"hestia/internal/wat"
	"hestia/rpc"
	"hestia/transition"
	"hestia/vm"
)

// Two contracts that stand from the start: one calls everything a contract can call, the other always reverts.
var (
	mixed    = common.HexToAddress("0x1111111111111111111111111111111111111111")
	reverter = common.HexToAddress("0x2222222222222222222222222222222222222222")
	identity = common.BytesToAddress([]byte{4})
	sha256   = common.BytesToAddress([]byte{2})
)

// bytesAt is a data segment.
func bytesAt(offset int, data []byte) string {
	var text strings.Builder
	for _, b := range data {
		fmt.Fprintf(&text, `\%02x`, b)
	}
	return fmt.Sprintf(`(data (i32.const %d) "%s")`, offset, text.String())
}

// mixedCode pays bob, asks two precompiles, calls the reverter, makes an empty contract and finishes with two bytes.
func mixedCode(t testing.TB) []byte {
	value := make([]byte, 16)
	binary.LittleEndian.PutUint64(value, 7)
	return wat.Assemble(t, `(module
		(import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
		(import "ethereum" "callStatic" (func $callStatic (param i64 i32 i32 i32) (result i32)))
		(import "ethereum" "callDelegate" (func $callDelegate (param i64 i32 i32 i32) (result i32)))
		(import "ethereum" "create" (func $create (param i32 i32 i32 i32) (result i32)))
		(import "ethereum" "storageStore" (func $storageStore (param i32 i32)))
		(import "ethereum" "storageLoad" (func $storageLoad (param i32 i32)))
		(import "ethereum" "finish" (func $finish (param i32 i32)))
		(memory (export "memory") 1)
		`+bytesAt(0, bob[:])+bytesAt(32, identity[:])+bytesAt(64, sha256[:])+bytesAt(96, reverter[:])+
		bytesAt(128, value)+bytesAt(192, []byte{1, 2, 3, 4})+`
		(func (export "main")
			(drop (call $call (i64.const 50000) (i32.const 0) (i32.const 128) (i32.const 192) (i32.const 4)))
			(drop (call $callStatic (i64.const 50000) (i32.const 32) (i32.const 192) (i32.const 4)))
			(drop (call $callDelegate (i64.const 50000) (i32.const 64) (i32.const 192) (i32.const 4)))
			(drop (call $call (i64.const 50000) (i32.const 96) (i32.const 160) (i32.const 192) (i32.const 2)))
			(drop (call $create (i32.const 160) (i32.const 0) (i32.const 0) (i32.const 256)))
			(call $storageLoad (i32.const 192) (i32.const 300))
			(call $storageStore (i32.const 192) (i32.const 192))
			(call $finish (i32.const 192) (i32.const 2))))`)
}

func reverterCode(t testing.TB, output []byte) []byte {
	return wat.Assemble(t, fmt.Sprintf(`(module
		(import "ethereum" "revert" (func $revert (param i32 i32)))
		(memory (export "memory") 1)
		%s
		(func (export "main") (call $revert (i32.const 0) (i32.const %d))))`, bytesAt(0, output), len(output)))
}

// mixedServer is a devnet with the two contracts and one transaction that calls everything.
func mixedServer(t *testing.T) (*server, *types.Transaction) {
	rich := types.Account{Balance: new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{
		alice: rich, bob: rich, mixed: {Code: mixedCode(t), Balance: big.NewInt(100), Nonce: 1},
		reverter: {Code: reverterCode(t, []byte{9, 9}), Balance: new(big.Int), Nonce: 1},
	})
	genesis.Devnet = true
	s := startOn(t, genesis, miner.Instant, rpc.Config{})
	return s, s.send(t, bobKey, &mixed, 3, []byte{0xaa, 0xbb, 0xcc, 0xdd})
}

// evmMixed is what mixedCode is, for the EVM.
func evmMixed() []byte {
	p := program.New().Mstore([]byte{1, 2, 3, 4}, 0)
	call := func(op gethvm.OpCode, to common.Address, value any, size int) {
		p.Push(0).Push(0).Push(size).Push(0)
		if value != nil {
			p.Push(value)
		}
		p.Push(to).Push(50000).Op(op, gethvm.POP)
	}
	call(gethvm.CALL, bob, 7, 4)
	call(gethvm.STATICCALL, identity, nil, 4)
	call(gethvm.DELEGATECALL, sha256, nil, 4)
	call(gethvm.CALL, reverter, 0, 2)
	p.Push(0).Push(0).Push(0).Op(gethvm.CREATE, gethvm.POP)
	return p.Return(0, 2).Bytes()
}

func TestTheCallTreeIsWhatGethWouldShow(t *testing.T) {
	s, tx := mixedServer(t)
	var ours map[string]any
	s.must(t, &ours, "debug_traceTransaction", fmt.Sprintf(`%q, {"tracer":"callTracer"}`, tx.Hash()))

	db, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	check(t, err)
	for address, code := range map[common.Address][]byte{
		mixed: evmMixed(), reverter: program.New().Mstore([]byte{9, 9}, 0).Push(2).Push(0).Op(gethvm.REVERT).Bytes(),
	} {
		db.SetCode(address, code, tracing.CodeChangeUnspecified)
		db.SetNonce(address, 1, tracing.NonceChangeUnspecified)
		db.SetBalance(address, uint256.NewInt(100), tracing.BalanceChangeUnspecified)
	}
	db.SetBalance(bob, uint256.NewInt(1000), tracing.BalanceChangeUnspecified)
	tracer, err := tracers.DefaultDirectory.New("callTracer", new(tracers.Context), nil, s.chain.ChainConfig())
	check(t, err)
	_, _, err = runtime.Call(mixed, tx.Data(), &runtime.Config{
		ChainConfig: s.chain.ChainConfig(), Origin: bob, Value: big.NewInt(3), GasLimit: 3_000_000, State: db,
		Random: new(common.Hash), BlockNumber: big.NewInt(1),
		EVMConfig: gethvm.Config{Tracer: tracer.Hooks},
	})
	check(t, err)
	raw, err := tracer.GetResult()
	check(t, err)
	var theirs map[string]any
	check(t, json.Unmarshal(raw, &theirs))
	if diff := cmp.Diff(withoutGas(theirs), withoutGas(ours)); diff != "" {
		t.Errorf("(-geth +ours):\n%s", diff)
	}
	if calls, _ := ours["calls"].([]any); len(calls) != 5 {
		t.Errorf("%d calls, want 5", len(calls))
	}
}

// withoutGas leaves out what two machines differ in by their nature.
func withoutGas(frame map[string]any) map[string]any {
	delete(frame, "gas")
	delete(frame, "gasUsed")
	calls, _ := frame["calls"].([]any)
	for _, call := range calls {
		withoutGas(call.(map[string]any))
	}
	return frame
}

// noise is a watcher with every hook there is.
type noise struct{ events int }

func (n *noise) Before(*ewasm.Context, *ewasm.Function, ewasm.Args)               { n.events++ }
func (n *noise) After(*ewasm.Context, *ewasm.Function, ewasm.Args, uint64, error) { n.events++ }

func (n *noise) hooks(used map[common.Hash]uint64) *tracing.Hooks {
	var current common.Hash
	return &tracing.Hooks{
		OnTxStart:       func(_ *tracing.VMContext, tx *types.Transaction, _ common.Address) { current = tx.Hash() },
		OnTxEnd:         func(r *types.Receipt, _ error) { used[current] = r.GasUsed },
		OnEnter:         func(int, byte, common.Address, common.Address, []byte, uint64, *big.Int) { n.events++ },
		OnExit:          func(int, []byte, uint64, error, bool) { n.events++ },
		OnOpcode:        func(uint64, byte, uint64, uint64, tracing.OpContext, []byte, int, error) { n.events++ },
		OnFault:         func(uint64, byte, uint64, uint64, tracing.OpContext, int, error) { n.events++ },
		OnBalanceChange: func(common.Address, *big.Int, *big.Int, tracing.BalanceChangeReason) { n.events++ },
		OnNonceChange:   func(common.Address, uint64, uint64) { n.events++ },
		OnCodeChange:    func(common.Address, common.Hash, []byte, common.Hash, []byte) { n.events++ },
		OnStorageChange: func(common.Address, common.Hash, common.Hash, common.Hash) { n.events++ },
		OnLog:           func(*types.Log) { n.events++ },
	}
}

func TestWatchingChangesNothing(t *testing.T) {
	s, _ := mixedServer(t)
	s.send(t, bobKey, nil, 0, reverterCode(t, []byte{1}))
	for n := uint64(1); n <= s.chain.Head().Number.Uint64(); n++ {
		block := s.chain.BlockByNumber(n)
		watcher, used := new(noise), make(map[common.Hash]uint64)
		db, err := s.chain.Replay(t.Context(), block, len(block.Transactions()), func(int) (vm.Tracing, error) {
			return vm.Tracing{Hooks: watcher.hooks(used), Host: watcher}, nil
		})
		check(t, err)
		if root := db.IntermediateRoot(s.chain.Rules(block.Header())); root != block.Root() {
			t.Errorf("block %d: root %s when watched, %s when not", n, root, block.Root())
		}
		for _, receipt := range s.chain.Receipts(block.Hash()) {
			if used[receipt.TxHash] != receipt.GasUsed {
				t.Errorf("block %d: %d gas when watched, %d when not", n, used[receipt.TxHash], receipt.GasUsed)
			}
		}
		if watcher.events == 0 {
			t.Errorf("block %d: nothing was seen", n)
		}
	}
}

// Nothing but what the prestate tracer names is needed to execute the transaction to the same end.
func TestThePrestateExecutesToTheSameResult(t *testing.T) {
	s, _ := mixedServer(t)
	s.send(t, bobKey, &reverter, 0, nil)
	for n := uint64(1); n <= s.chain.Head().Number.Uint64(); n++ {
		block := s.chain.BlockByNumber(n)
		tx := block.Transactions()[0]
		var before map[common.Address]struct {
			Balance *hexutil.Big
			Nonce   uint64
			Code    hexutil.Bytes
			Storage map[common.Hash]common.Hash
		}
		s.must(t, &before, "debug_traceTransaction", fmt.Sprintf(`%q, {"tracer":"prestateTracer"}`, tx.Hash()))
		db, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
		check(t, err)
		for address, account := range before {
			db.SetBalance(address, uint256.MustFromBig(account.Balance.ToInt()), tracing.BalanceChangeUnspecified)
			db.SetNonce(address, account.Nonce, tracing.NonceChangeUnspecified)
			db.SetCode(address, account.Code, tracing.CodeChangeUnspecified)
			for key, value := range account.Storage {
				db.SetState(address, key, value)
			}
		}
		db.Finalise(params.Rules{})
		message, err := core.TransactionToMessage(tx, s.chain.SignerAt(block.NumberU64()), block.BaseFee())
		check(t, err)
		outcome, err := s.chain.Apply(t.Context(), chain.CallRequest{
			Header: block.Header(), State: db, Message: transition.Message{Message: *message},
		})
		check(t, err)
		receipt := s.chain.Receipts(block.Hash())[0]
		if outcome.UsedGas != receipt.GasUsed || outcome.Failed() != (receipt.Status == 0) {
			t.Errorf(
				"block %d: %d gas, failed %v; receipt %d gas, status %d", n, outcome.UsedGas, outcome.Failed(),
				receipt.GasUsed, receipt.Status,
			)
		}
	}
}

func TestHostCallsAreStepsOfATree(t *testing.T) {
	s, tx := mixedServer(t)
	type step struct {
		Name      string
		Args      map[string]hexutil.Bytes
		Gas, Left hexutil.Uint64
		Result    *hexutil.Uint64
		Frame     *struct {
			Type, Error string
			To          common.Address
		}
	}
	var tree struct {
		GasUsed hexutil.Uint64
		Steps   []step
	}
	s.must(t, &tree, "debug_traceTransaction", fmt.Sprintf(`%q, {"tracer":"hestiaTracer"}`, tx.Hash()))
	var names []string
	for i, step := range tree.Steps {
		names = append(names, step.Name)
		if step.Left > step.Gas || i > 0 && step.Gas > tree.Steps[i-1].Left {
			t.Errorf("step %d, %s: gas %d, then %d", i, step.Name, step.Gas, step.Left)
		}
	}
	if diff := cmp.Diff(
		[]string{"call", "callStatic", "callDelegate", "call", "create", "storageLoad", "storageStore", "finish"},
		names,
	); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	pay, revert, store := tree.Steps[0], tree.Steps[3], tree.Steps[6]
	if pay.Frame == nil || pay.Frame.To != bob || *pay.Result != 0 ||
		common.BytesToAddress(pay.Args["address"]) != bob {
		t.Errorf("the call of bob is %+v", pay)
	}
	if revert.Frame == nil || revert.Frame.Error != "execution reverted" || *revert.Result != 2 {
		t.Errorf("the call of the reverter is %+v", revert)
	}
	if len(store.Args["key"]) != 32 || store.Frame != nil || store.Result != nil {
		t.Errorf("the store is %+v", store)
	}
}

// customError is NotYours(bob, 5).
func customError() []byte {
	output := crypto.Keccak256([]byte("NotYours(address,uint256)"))[:4]
	output = append(output, common.LeftPadBytes(bob[:], 32)...)
	return append(output, common.LeftPadBytes([]byte{5}, 32)...)
}

const customABI = `[{"type":"error","name":"NotYours","inputs":[{"name":"owner","type":"address"},{"name":"","type":` +
	`"uint256"}]}]`

func TestErrorsAreToldByNameWhereTheInterfaceIsKnown(t *testing.T) {
	plain := reverterCode(t, customError())
	section := append([]byte{3}, "abi"+customABI...)
	speaking := binary.AppendUvarint(append(common.CopyBytes(plain), 0), uint64(len(section)))
	speaking = append(speaking, section...)
	for name, row := range map[string]struct {
		code []byte
		add  bool
		want string
	}{
		"by nobody":               {plain, false, "execution reverted"},
		"by hestia_addABI":        {plain, true, "execution reverted: NotYours(owner=" + bob.Hex() + ", arg1=5)"},
		"by the module's section": {speaking, false, "execution reverted: NotYours(owner=" + bob.Hex() + ", arg1=5)"},
	} {
		t.Run(name, func(t *testing.T) {
			rich := types.Account{Balance: big.NewInt(params.Ether)}
			genesis := chain.DefaultGenesis(
				types.GenesisAlloc{alice: rich, reverter: {Code: row.code, Balance: new(big.Int)}},
			)
			s := startOn(t, genesis, miner.Instant, rpc.Config{})
			if row.add {
				var known int
				if s.must(t, &known, "hestia_addABI", customABI); known != 1 {
					t.Errorf("%d errors", known)
				}
			}
			call := fmt.Sprintf(`{"from":%q,"to":%q}`, alice, reverter)
			for _, method := range []string{"eth_call", "eth_estimateGas"} {
				err := s.call(t, nil, method, call)
				if err == nil || err.Code != 3 || err.Message != row.want || err.Data != hexutil.Encode(customError()) {
					t.Errorf("%s: %+v, want %q", method, err, row.want)
				}
			}
			tx := s.send(t, aliceKey, &reverter, 0, nil)
			var receipt struct{ RevertReason string }
			s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", tx.Hash()))
			if want := row.want; receipt.RevertReason != want &&
				receipt.RevertReason != want+": "+hexutil.Encode(customError()) {
				t.Errorf("receipt says %q, want %q", receipt.RevertReason, want)
			}
		})
	}
}
