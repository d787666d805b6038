package node_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain/miner"
	"hestia/contracts"
	"hestia/internal/wat"
	"hestia/node"
)

// loops is deployed code that never ends but for its gas.
func loops(t *testing.T, client *gethrpc.Client, from common.Address) common.Address {
	t.Helper()
	code := wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") (loop (br 0))))`)
	var hash common.Hash
	sent := map[string]any{"from": from, "data": hexutil.Bytes(contracts.Deploy(code))}
	if err := client.Call(&hash, "eth_sendTransaction", sent); err != nil {
		t.Fatal(err)
	}
	var receipt struct{ ContractAddress common.Address }
	if err := client.Call(&receipt, "eth_getTransactionReceipt", hash); err != nil {
		t.Fatal(err)
	}
	return receipt.ContractAddress
}

func TestATransactionThatRunsTooLongIsRefused(t *testing.T) {
	for name, mining := range map[string]bool{"a block for each": true, "a block on demand": false} {
		t.Run(name, func(t *testing.T) {
			n := start(t, node.Config{Longest: 200 * time.Millisecond})
			client := n.Client()
			defer client.Close()
			var accounts []common.Address
			if err := client.Call(&accounts, "eth_accounts"); err != nil {
				t.Fatal(err)
			}
			slow := loops(t, client, accounts[0])
			if err := client.Call(nil, "evm_setAutomine", mining); err != nil {
				t.Fatal(err)
			}
			var hash common.Hash
			err := client.Call(&hash, "eth_sendTransaction", map[string]any{
				"from": accounts[0], "to": slow, "gas": "0x8000000",
			})
			if mining && (err == nil || !strings.Contains(err.Error(), "longer than this node lets one run: 200ms")) {
				t.Errorf("an endless loop: %v", err)
			}
			if !mining && err != nil {
				t.Errorf("an endless loop that waits: %v", err)
			}
			// Another account's transaction, and one of the same nonce.
			for _, from := range accounts[:2] {
				sent := map[string]any{"from": from, "to": accounts[2], "value": "0x1", "gas": "0x5208"}
				if !mining && from == accounts[0] {
					continue
				}
				if err := client.Call(&hash, "eth_sendTransaction", sent); err != nil {
					t.Fatal(err)
				}
				if err := client.Call(nil, "evm_mine"); err != nil {
					t.Errorf("evm_mine: %v", err)
				}
				var receipt struct{ Status hexutil.Uint64 }
				if err := client.Call(&receipt, "eth_getTransactionReceipt", hash); err != nil || receipt.Status != 1 {
					t.Errorf("a transfer after the loop: status %d, %v", receipt.Status, err)
				}
			}
			var left map[string]any
			if err := client.Call(&left, "txpool_status"); err != nil || left["pending"] != "0x0" {
				t.Errorf("waiting: %v, %v", left, err)
			}
		})
	}
}

func TestAClosedNodeDoesNotWaitForALongTransaction(t *testing.T) {
	n := start(t, node.Config{Longest: time.Hour})
	client := n.Client()
	defer client.Close()
	var accounts []common.Address
	if err := client.Call(&accounts, "eth_accounts"); err != nil {
		t.Fatal(err)
	}
	slow, head := loops(t, client, accounts[0]), n.Chain.Head().Number.Uint64()
	ended := make(chan error, 1)
	go func() {
		ended <- client.Call(nil, "eth_sendTransaction", map[string]any{
			"from": accounts[0], "to": slow, "gas": "0x8000000",
		})
	}()
	time.Sleep(300 * time.Millisecond)
	closed := time.Now()
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(closed); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	if err := <-ended; err == nil {
		t.Error("the endless loop was mined")
	}
	if n.Chain.Head().Number.Uint64() != head {
		t.Error("a block was made of a run that was given up")
	}
}

func TestATransactionThatRunsLongDoesNotStopQuestions(t *testing.T) {
	n := start(t, node.Config{Mining: miner.Manual, Longest: time.Hour})
	client := n.Client()
	defer client.Close()
	var accounts []common.Address
	if err := client.Call(&accounts, "eth_accounts"); err != nil {
		t.Fatal(err)
	}
	slow := common.Address{0xbb}
	code := wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") (loop (br 0))))`)
	if err := client.Call(nil, "anvil_setCode", slow, hexutil.Bytes(code)); err != nil {
		t.Fatal(err)
	}
	if err := client.Call(nil, "eth_sendTransaction", map[string]any{
		"from": accounts[0], "to": slow, "gas": "0x8000000",
	}); err != nil {
		t.Fatal(err)
	}
	sent := map[string]any{"from": accounts[1], "to": accounts[2], "value": "0x1"}
	for range 3 { // the first finds out that it runs long
		if err := client.Call(nil, "eth_sendTransaction", sent); err != nil {
			t.Errorf("another account: %v", err)
		}
	}
	var block struct{ Transactions []common.Hash }
	asked := time.Now()
	err := client.Call(&block, "eth_getBlockByNumber", "pending", false)
	if err != nil || len(block.Transactions) != 3 {
		t.Errorf("the pending block has %d transactions, want 3 (%v)", len(block.Transactions), err)
	}
	if took := time.Since(asked); took > time.Second {
		t.Errorf("the pending block took %v", took)
	}
}
