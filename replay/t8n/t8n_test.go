package t8n_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/replay/t8n"
	"hestia/vm/wasmtime"
)

// input is everything that the tool reads, in one object.
type input struct {
	Alloc types.GenesisAlloc `json:"alloc"`
	Env   *t8n.Env           `json:"env"`
	Txs   []*t8n.Transaction `json:"txs"`
	RLP   hexutil.Bytes      `json:"txsRlp"`
}

const (
	old = `{"alloc": {"0x71562b71999873db5b286df957af199ec94617f7": {"balance": "0xffffffffff"}},
		"env": {"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentGasLimit": "0x5f5e100",
		"currentNumber": "5",
			"currentTimestamp": "1000", "parentDifficulty": "0x20000", "parentTimestamp": "1",
			"ommers": [{"delta": 1, "address": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba"}]},
		"txs": [{"gas": "0x100000", "gasPrice": "0x10", "input": "0x", "nonce": "0x0", "value": "0x0", "v": "0x0",
		"r": "0x0", "s": "0x0",
			"to": "0x1000000000000000000000000000000000000000",
			"secretKey": "0xb71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291"}]}`
	now = `{"alloc": {"0x71562b71999873db5b286df957af199ec94617f7": {"balance": "0xffffffffff", "code": "0x0061736d",
		"storage": {}}},
		"env": {"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentGasLimit": "0x5f5e100",
		"currentNumber": "5", "currentRandom": "0x1",
			"currentTimestamp": "1000", "parentBaseFee": "0x10", "parentGasUsed": "0x0", "parentGasLimit": "0x1000",
			"withdrawals": [],
			"parentExcessBlobGas": "0x0", "parentBlobGasUsed": "0x0", "blockHashes": {},
			"parentBeaconBlockRoot": "0x0000000000000000000000000000000000000000000000000000000000000000"},
		"txsRlp": "0xc0"}`
)

func TestBothErasRun(t *testing.T) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for fork, text := range map[string]string{"Byzantium": old, "London": old, "Osaka": now} {
		var in input
		if err := json.Unmarshal([]byte(text), &in); err != nil {
			t.Fatal(err)
		}
		if fork == "London" {
			in.Env.BaseFee = in.Env.ParentDifficulty
		}
		out, err := t8n.Run(
			engine, t8n.Input{Alloc: in.Alloc, Env: in.Env, Transactions: in.Txs}, t8n.Rules{Fork: fork, ChainID: 1},
		)
		if err != nil {
			t.Errorf("%s: %v", fork, err)
			continue
		}
		if len(out.Result.Receipts)+len(out.Result.Rejected) != len(in.Txs) {
			t.Errorf(
				"%s: %d receipts, %d rejected, of %d", fork, len(out.Result.Receipts), len(out.Result.Rejected),
				len(in.Txs),
			)
		}
	}
}

func TestADifficultyThatDoublesWithoutEndIsNotComputed(t *testing.T) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	var in input
	if err := json.Unmarshal([]byte(strings.Replace(old, `"5"`, `"4000000000000000000"`, 1)), &in); err != nil {
		t.Fatal(err)
	}
	_, err = t8n.Run(engine, t8n.Input{Alloc: in.Alloc, Env: in.Env}, t8n.Rules{Fork: "Istanbul", ChainID: 1})
	if !errors.Is(err, t8n.ErrConfig) {
		t.Errorf("the error is %v", err)
	}
}

// FuzzRun checks that the tool runs or refuses any input, and does not panic.
func FuzzRun(f *testing.F) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { engine.Close() })
	for i, text := range []string{old, now} {
		for j := range 3 {
			f.Add([]byte(text), uint8(3*i+j), int64(j-1))
		}
	}
	forks := []string{"Frontier", "Byzantium", "Berlin", "London", "Paris", "Cancun", "Osaka"}
	f.Fuzz(func(t *testing.T, data []byte, fork uint8, reward int64) {
		var in input
		if json.Unmarshal(data, &in) != nil {
			return
		}
		if list, err := t8n.DecodeRLP(in.RLP); err == nil {
			in.Txs = append(in.Txs, list...)
		}
		rules := t8n.Rules{Fork: forks[int(fork)%len(forks)], ChainID: 1, Reward: reward}
		out, err := t8n.Run(engine, t8n.Input{Alloc: in.Alloc, Env: in.Env, Transactions: in.Txs}, rules)
		if err == nil && len(out.Result.Receipts)+len(out.Result.Rejected) != len(in.Txs) {
			t.Fatalf(
				"%d receipts and %d rejected of %d transactions", len(out.Result.Receipts), len(out.Result.Rejected),
				len(in.Txs),
			)
		}
	})
}
