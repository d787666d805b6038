package rpc_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/chain/miner"
	"hestia/contracts"
	"hestia/rpc"
	"hestia/rpc/query"
)

// everything returns what a client sees of chain, pool and clock.
func (s *server) everything(t *testing.T) (all []string) {
	t.Helper()
	look := func(method string, params ...string) {
		var answer json.RawMessage
		s.must(t, &answer, method, params...)
		all = append(all, fmt.Sprintf("%s(%s): %s", method, params, answer))
	}
	for n := range s.chain.Head().Number.Uint64() + 1 {
		look("eth_getBlockByNumber", fmt.Sprintf(`"0x%x", true`, n))
		look("eth_getBlockReceipts", fmt.Sprintf(`"0x%x"`, n))
	}
	look("eth_blockNumber")
	look("eth_getBlockByNumber", `"pending", true`)
	look("txpool_content")
	look("eth_gasPrice")
	look("anvil_nodeInfo")
	look("anvil_metadata")
	look("anvil_dumpState")
	return all
}

func TestAReorganizationWithABadPairLeavesEverythingAsItWas(t *testing.T) {
	s := start(t, miner.Manual, rpc.Config{})
	s.populate(t)
	s.must(t, nil, "anvil_mine", "2")
	s.must(t, nil, "eth_sendTransaction", fmt.Sprintf(`{"from":%q,"to":%q,"value":"0x1"}`, alice, bob))
	s.must(t, nil, "evm_mine")
	s.must(t, nil, "eth_sendTransaction", fmt.Sprintf(`{"from":%q,"to":%q,"value":"0x2"}`, alice, bob))
	var snapshot json.RawMessage
	s.must(t, &snapshot, "evm_snapshot")
	s.must(t, nil, "evm_setNextBlockTimestamp", "9000000000")
	s.must(t, nil, "hardhat_setNextBlockBaseFeePerGas", `"0x7"`)
	filters := make([]string, 3)
	for i, kind := range []string{"eth_newBlockFilter", "eth_newPendingTransactionFilter", "eth_newFilter"} {
		params := ""
		if i == 2 {
			params = "{}"
		}
		s.must(t, &filters[i], kind, params)
	}

	good := fmt.Sprintf(`[{"from":%q,"to":%q,"value":"0x5"},0]`, bob, alice)
	bad := map[string]string{
		"a nonce too high":  fmt.Sprintf(`[{"from":%q,"to":%q,"nonce":"0x63","gas":"0x5208"},1]`, bob, alice),
		"a nonce too low":   fmt.Sprintf(`[{"from":%q,"to":%q,"nonce":"0x0","gas":"0x5208"},1]`, bob, alice),
		"a low price":       fmt.Sprintf(`[{"from":%q,"to":%q,"gasPrice":"0x1","gas":"0x5208"},1]`, bob, alice),
		"too little gas":    fmt.Sprintf(`[{"from":%q,"to":%q,"gas":"0x1"},1]`, bob, alice),
		"more than a block": fmt.Sprintf(`[{"from":%q,"to":%q,"gas":"0xffffffffff"},1]`, bob, alice),
		"too much value": fmt.Sprintf(
			`[{"from":%q,"to":%q,"gas":"0x5208","value":"0xffffffffffffffffffffffffffffffff"},1]`, bob, alice,
		),
		"a stranger":         fmt.Sprintf(`[{"from":%q,"to":%q},1]`, common.Address{0xee}, alice),
		"what is no pair":    `[1]`,
		"no transaction":     `["0x1234",1]`,
		"a block too far":    fmt.Sprintf(`[{"from":%q,"to":%q},2]`, bob, alice),
		"a mined one twice":  "[" + raw(t, s.sign(t, aliceKey, 0, &bob, 0, nil)) + ",1]",
		"one signed for far": "[" + raw(t, s.sign(t, aliceKey, 88, &bob, 0, nil)) + ",1]",
	}
	before := s.everything(t)
	for name, pair := range bad {
		err := s.call(t, nil, "anvil_reorg", fmt.Sprintf(`{"depth":2,"tx_block_pairs":[%s,%s]}`, good, pair))
		if err == nil || !strings.Contains(err.Message, "pair 1") && name != "what is no pair" {
			t.Errorf("%s: %+v does not name the pair", name, err)
		}
		after := s.everything(t)
		for i := range before {
			if i >= len(after) || before[i] != after[i] {
				t.Fatalf("%s: changed\n%.2000s\n%.2000s", name, before[i], after[min(i, len(after)-1)])
			}
		}
	}
	for _, filter := range filters {
		var changes []json.RawMessage
		if s.must(t, &changes, "eth_getFilterChanges", fmt.Sprintf("%q", filter)); len(changes) > 0 {
			t.Errorf("filter %s has %s", filter, changes)
		}
	}
	var found bool
	if s.must(t, &found, "evm_revert", string(snapshot)); !found {
		t.Error("the snapshot is gone")
	}
}

func TestBlocksOfAReorganizationBuildOnEachOther(t *testing.T) {
	s := start(t, miner.Manual, rpc.Config{})
	for range 4 {
		s.must(t, nil, "evm_mine")
	}
	at := crypto.CreateAddress(alice, 0)
	pairs := []string{fmt.Sprintf(`[{"from":%q,"data":"0x%x"},0]`, alice, contracts.Counter.Creation)}
	increment := hexutil.Encode(crypto.Keccak256([]byte("increment()"))[:4])
	for block := range 3 {
		pairs = append(
			pairs, fmt.Sprintf(`[{"from":%q,"to":%q,"data":%q,"gas":"0x186a0"},%d]`, alice, at, increment, block),
		)
	}
	s.must(t, nil, "anvil_reorg", fmt.Sprintf(`{"depth":3,"tx_block_pairs":[%s]}`, strings.Join(pairs, ",")))
	var number hexutil.Uint64
	if s.must(t, &number, "eth_blockNumber"); number != 4 {
		t.Errorf("%d blocks", number)
	}
	for n, want := range map[int]int{1: 0, 2: 2, 3: 1, 4: 1} {
		var receipts []struct{ Status hexutil.Uint64 }
		s.must(t, &receipts, "eth_getBlockReceipts", fmt.Sprintf(`"0x%x"`, n))
		if len(receipts) != want {
			t.Errorf("block %d has %d transactions, want %d", n, len(receipts), want)
		}
		for _, r := range receipts {
			if r.Status != 1 {
				t.Errorf("block %d: a transaction failed", n)
			}
		}
	}
	err := s.call(t, nil, "anvil_reorg", `{"depth":9}`)
	if err == nil || err.Code != query.CodeInvalidParams {
		t.Errorf("below the first block: %+v", err)
	}
}
