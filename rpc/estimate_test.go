package rpc_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/contracts"
)

// leastCorpus is how many different calls the estimates are held by.
const leastCorpus = 50

// estimated is calls of every kind: plain, creating, reading, writing, clearing, failing inside, nested, with every fee
// and list.
func estimated() []map[string]any {
	owned := common.LeftPadBytes(alice[:], 32)
	calls := []map[string]any{
		{"from": alice, "to": bob, "value": "0x1"},
		{"from": alice, "to": common.Address{19: 0xfe}, "value": "0x1"},
		{"from": alice, "to": common.BytesToAddress([]byte{2}), "data": "0x0102"},
		{"from": alice, "to": common.BytesToAddress([]byte{1}), "data": "0x0102"},
		{"from": alice, "to": common.BytesToAddress([]byte{4}), "data": hexutil.Encode(make([]byte, 3000))},
		{"from": alice, "data": hexutil.Encode(contracts.Token.Creation)},
		{"from": alice, "data": hexutil.Encode(contracts.Counter.Creation)},
		{"from": alice, "data": hexutil.Encode(contracts.Keccak.Creation)},
		{"from": alice, "to": counter, "data": "0xd09de08a"},
		{"from": bob, "to": token, "data": hexutil.Encode(transfer(alice, 25))}, // clears a slot: a refund
		{"from": alice, "to": token, "data": hexutil.Encode(transfer(common.Address{1}, 1))},
		{"from": alice, "to": token, "data": "0x70a08231" + common.Bytes2Hex(owned)},
		{"from": alice, "to": token, "data": hexutil.Encode(transfer(alice, 1))},
		{"from": alice, "to": token, "data": hexutil.Encode(transfer(bob, 0))},
		{"from": alice, "to": mixed},
		{"from": alice, "to": mixed, "value": "0x5", "data": "0x01"},
		{"from": alice, "to": mixed, "accessList": types.AccessList{{Address: reverter, StorageKeys: []common.Hash{}}}},
		{
			"from": alice, "to": token, "data": hexutil.Encode(transfer(bob, 1)), "maxFeePerGas": "0x77359400",
			"maxPriorityFeePerGas": "0x1",
		},
		{"from": alice, "to": token, "data": hexutil.Encode(transfer(bob, 1)), "gasPrice": "0x77359400"},
		{
			"from": alice, "to": token, "data": hexutil.Encode(transfer(bob, 1)),
			"accessList": types.AccessList{{Address: token, StorageKeys: []common.Hash{}}},
		},
		{
			"from": alice, "to": token, "data": hexutil.Encode(transfer(bob, 1)),
			"accessList": types.AccessList{{Address: token, StorageKeys: []common.Hash{{}, {31: 1}}}},
		},
	}
	for i := range 12 { // data below and above its floor price, zeros and others
		data := make([]byte, 37<<i>>1)
		calls = append(calls, map[string]any{"from": alice, "to": bob, "data": hexutil.Encode(data)})
		for j := range data {
			data[j] = byte(j)
		}
		calls = append(calls, map[string]any{"from": alice, "to": token, "data": "0x18160ddd" + common.Bytes2Hex(data)})
	}
	for i := range byte(8) { // new slots, and amounts of every length
		data := hexutil.Encode(transfer(common.Address{5, i}, 1<<(7*i)))
		calls = append(calls, map[string]any{"from": alice, "to": token, "data": data})
	}
	return calls
}

// Every estimate is exact: the transaction succeeds with it and fails with one unit less.
func TestEstimatesAreExactToTheUnit(t *testing.T) {
	s, _ := mixedServer(t)
	s.populate(t)
	corpus := estimated()
	if len(corpus) < leastCorpus {
		t.Fatalf("%d calls, want %d", len(corpus), leastCorpus)
	}
	for i, call := range corpus {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			estimatesExactly(t, s, call)
		})
	}
}

// estimatesExactly fails the test unless a call succeeds with what is estimated for it, and fails with one unit less.
func estimatesExactly(t *testing.T, s *server, call map[string]any) {
	t.Helper()
	params := func() string {
		text, err := json.Marshal(call)
		check(t, err)
		return string(text)
	}
	var estimate hexutil.Uint64
	s.must(t, &estimate, "eth_estimateGas", params())
	call["gas"] = estimate
	s.must(t, nil, "eth_call", params()+`, "latest"`)
	call["gas"] = estimate - 1
	if err := s.call(t, nil, "eth_call", params()+`, "latest"`); err == nil {
		t.Errorf("%d is enough too", estimate-1)
	}
}
