package rpc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/google/go-cmp/cmp"

	"hestia/chain/miner"
	"hestia/contracts"
	"hestia/rpc"
)

func TestFiltersTellEachThingOnceAndAtOnce(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.send(t, aliceKey, nil, 0, contracts.Token.Creation)
	var blocks, logs, pending string
	s.must(t, &blocks, "eth_newBlockFilter", "")
	s.must(t, &logs, "eth_newFilter", fmt.Sprintf(`{"address":%q}`, token))
	s.must(t, &pending, "eth_newPendingTransactionFilter", "")

	for range 3 {
		tx := s.send(t, aliceKey, &token, 0, transfer(bob, 1))
		var hashes []common.Hash
		s.must(t, &hashes, "eth_getFilterChanges", fmt.Sprintf("%q", blocks))
		if diff := cmp.Diff([]common.Hash{s.chain.Head().Hash()}, hashes); diff != "" {
			t.Errorf("blocks (-want +got):\n%s", diff)
		}
		var found []*types.Log
		s.must(t, &found, "eth_getFilterChanges", fmt.Sprintf("%q", logs))
		if len(found) != 1 || found[0].TxHash != tx.Hash() {
			t.Errorf("logs %v, want the one of %s", found, tx.Hash())
		}
		s.must(t, &hashes, "eth_getFilterChanges", fmt.Sprintf("%q", pending))
		if diff := cmp.Diff([]common.Hash{tx.Hash()}, hashes); diff != "" {
			t.Errorf("pending (-want +got):\n%s", diff)
		}
	}
	for _, id := range []string{blocks, logs, pending} {
		var changes []any
		s.must(t, &changes, "eth_getFilterChanges", fmt.Sprintf("%q", id))
		if changes == nil || len(changes) != 0 {
			t.Errorf("told again: %v", changes)
		}
	}
	var all []*types.Log
	s.must(t, &all, "eth_getFilterLogs", fmt.Sprintf("%q", logs))
	if len(all) != 1 {
		t.Errorf("%d logs in the latest block, want 1", len(all))
	}
	var gone bool
	s.must(t, &gone, "eth_uninstallFilter", fmt.Sprintf("%q", blocks))
	if err := s.call(t, nil, "eth_getFilterChanges", fmt.Sprintf("%q", blocks)); !gone || err == nil ||
		err.Code != -32000 {
		t.Errorf("uninstalled %v, then %v", gone, err)
	}
}

func TestNoMoreFiltersThanTheNodeCanHold(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	for i := 0; ; i++ {
		err := s.call(t, nil, "eth_newBlockFilter", "")
		if err != nil && strings.Contains(err.Message, "too many filters") {
			return
		}
		if err != nil || i > 2000 {
			t.Fatalf("filter %d: %v", i, err)
		}
	}
}

func TestWebSocketPushesHeadsLogsAndPendingTransactions(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.send(t, aliceKey, nil, 0, contracts.Token.Creation)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client, err := gethrpc.DialWebsocket(ctx, strings.Replace(s.url, "http", "ws", 1), "")
	check(t, err)
	defer client.Close()

	heads, logs, pending := make(chan *types.Header, 8), make(chan types.Log, 8), make(chan common.Hash, 8)
	for _, subscribe := range []func() (*gethrpc.ClientSubscription, error){
		func() (*gethrpc.ClientSubscription, error) { return client.EthSubscribe(ctx, heads, "newHeads") },
		func() (*gethrpc.ClientSubscription, error) {
			return client.EthSubscribe(ctx, logs, "logs", map[string]any{"address": token})
		},
		func() (*gethrpc.ClientSubscription, error) {
			return client.EthSubscribe(ctx, pending, "newPendingTransactions")
		},
	} {
		subscription, err := subscribe()
		check(t, err)
		defer subscription.Unsubscribe()
	}
	var hash common.Hash
	check(t, client.CallContext(ctx, &hash, "eth_sendTransaction", map[string]any{
		"from": alice, "to": token, "data": fmt.Sprintf("0x%x", transfer(bob, 1)),
	}))
	for range 3 {
		select {
		case head := <-heads:
			if head.Hash() != s.chain.Head().Hash() {
				t.Errorf("head %s, want %s", head.Hash(), s.chain.Head().Hash())
			}
		case log := <-logs:
			if log.TxHash != hash || log.BlockHash != s.chain.Head().Hash() {
				t.Errorf("log %+v", log)
			}
		case got := <-pending:
			if got != hash {
				t.Errorf("pending %s, want %s", got, hash)
			}
		case <-ctx.Done():
			t.Fatal("not everything was pushed")
		}
	}
	if _, err := client.EthSubscribe(ctx, heads, "nothing"); err == nil {
		t.Error("subscribed to nothing")
	}
}
