package rpc_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/internal/wat"
	"hestia/rpc"
)

// withSection returns a module with an interface in its custom section.
func withSection(module []byte, abi string) []byte {
	section := append([]byte{3}, "abi"+abi...)
	return append(binary.AppendUvarint(append(common.CopyBytes(module), 0), uint64(len(section))), section...)
}

// speaker logs Asked(7) and then reverts with NotYours(bob, 5), and says in its section what these are.
func speaker(t *testing.T) []byte {
	topic := crypto.Keccak256([]byte("Asked(uint256)"))
	return withSection(wat.Assemble(t, fmt.Sprintf(`(module
		(import "ethereum" "log" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
		(import "ethereum" "revert" (func $revert (param i32 i32)))
		(memory (export "memory") 1)
		%s %s (data (i32.const 159) "\07")
		(func (export "main")
			(call $log (i32.const 128) (i32.const 32) (i32.const 1) (i32.const 96) (i32.const 0) (i32.const 0)
			  (i32.const 0))
			(call $revert (i32.const 0) (i32.const 68))))`, bytesAt(0, customError()), bytesAt(96, topic))),
		`[{"type":"function","name":"ask","inputs":[{"name":"what","type":"uint256"}],"outputs":[]},
		  {"type":"event","name":"Asked","inputs":[{"name":"what","type":"uint256","indexed":false}]},`+customABI[1:])
}

// passing calls a contract with ask(9), and reverts with what that gave to revert. It has no interface.
func passing(t *testing.T, to common.Address) []byte {
	input := append(crypto.Keccak256([]byte("ask(uint256)"))[:4], common.LeftPadBytes([]byte{9}, 32)...)
	return wat.Assemble(t, fmt.Sprintf(`(module
		(import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
		(import "ethereum" "getReturnDataSize" (func $size (result i32)))
		(import "ethereum" "returnDataCopy" (func $copy (param i32 i32 i32)))
		(import "ethereum" "revert" (func $revert (param i32 i32)))
		(memory (export "memory") 1)
		%s %s
		(func (export "main")
			(drop (call $call (i64.const 1000000) (i32.const 0) (i32.const 32) (i32.const 64) (i32.const 36)))
			(call $copy (i32.const 256) (i32.const 0) (call $size))
			(call $revert (i32.const 256) (call $size))))`, bytesAt(0, to[:]), bytesAt(64, input)))
}

// passingServer is a devnet with a contract that passes on the error of another.
func passingServer(t *testing.T) (s *server, outer, inner common.Address) {
	outer, inner = common.Address{0xaa}, common.Address{0xbb}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{
		alice: {Balance: big.NewInt(params.Ether)},
		outer: {Code: passing(t, inner), Balance: new(big.Int)}, inner: {Code: speaker(t), Balance: new(big.Int)},
	})
	return startOn(t, genesis, miner.Instant, rpc.Config{}), outer, inner
}

func TestAnErrorThatIsPassedOnHasTheNameThatTheContractWhichMadeItGivesIt(t *testing.T) {
	want := "execution reverted: NotYours(owner=" + bob.Hex() + ", arg1=5)"
	for _, method := range []string{"eth_call", "eth_estimateGas"} {
		s, outer, _ := passingServer(t)
		if err := s.call(t, nil, method, fmt.Sprintf(`{"from":%q,"to":%q}`, alice, outer)); err == nil ||
			err.Message != want {
			t.Errorf("%s: %+v, want %q", method, err, want)
		}
	}
	s, outer, _ := passingServer(t)
	tx := s.send(t, aliceKey, &outer, 0, nil)
	var receipt struct{ RevertReason string }
	s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", tx.Hash()))
	if receipt.RevertReason != want {
		t.Errorf("receipt says %q, want %q", receipt.RevertReason, want)
	}
}

func TestAConstructorsErrorHasTheNameThatItsModuleGivesIt(t *testing.T) {
	s, _, _ := passingServer(t)
	err := s.call(t, nil, "eth_call", fmt.Sprintf(`{"from":%q,"data":"0x%x"}`, alice, speaker(t)))
	if want := "execution reverted: NotYours(owner=" + bob.Hex() + ", arg1=5)"; err == nil || err.Message != want {
		t.Errorf("%+v, want %q", err, want)
	}
}

func TestTheTreeNamesMethodsEventsAndErrors(t *testing.T) {
	s, outer, _ := passingServer(t)
	tx := s.send(t, aliceKey, &outer, 0, nil)
	var tree json.RawMessage
	s.must(t, &tree, "debug_traceTransaction", fmt.Sprintf(`%q, {"tracer":"hestiaTracer"}`, tx.Hash()))
	for _, want := range []string{
		`"call":"ask(what=9)"`, `"event":"Asked(what=7)"`,
		`"revertReason":"NotYours(owner=` + bob.Hex() + `, arg1=5)"`,
	} {
		if !strings.Contains(string(tree), want) {
			t.Errorf("%s is missing in\n%s", want, tree)
		}
	}
}
