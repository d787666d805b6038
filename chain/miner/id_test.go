package miner_test

import (
	"context"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/chain/miner"
)

func TestTransactionsWaitUntilTheChainIDIsAnother(t *testing.T) {
	genesis := chain.DefaultGenesis(nil)
	genesis.Devnet = true
	told := make(map[common.Hash]string)
	h := houseOn(t, engine(), miner.Config{
		Mode: miner.Manual, Waits: func(tx *types.Transaction, why string) { told[tx.Hash()] = why },
	}, genesis)
	renumber := func(id hexutil.Uint64) {
		if err := h.miner.Edit(chain.Edit{ChainID: &id}); err != nil {
			t.Fatal(err)
		}
	}
	anywhere := types.MustSignNewTx(key(0), types.HomesteadSigner{}, &types.LegacyTx{
		To: &target, Gas: 21000, GasPrice: big.NewInt(1e10),
	})
	for _, tx := range []*types.Transaction{anywhere, pay(key(0), 1, 1), pay(key(1), 0, 1)} {
		if err := h.miner.Add(tx); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what string, want int) {
		t.Helper()
		made, err := h.miner.Pending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waiting := len(h.pool.All()); waiting != want || len(made.Receipts) != want {
			t.Errorf("%s: %d wait and %d are pending, want %d", what, waiting, len(made.Receipts), want)
		}
	}
	expect("before", 3)
	id, err := h.miner.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	renumber(5)
	expect("under another id", 1)
	for _, tx := range []*types.Transaction{pay(key(0), 1, 1), pay(key(1), 0, 1)} {
		if why := told[tx.Hash()]; !strings.HasPrefix(why, "is dropped: ") {
			t.Errorf("of a transaction for another id is told %q", why)
		}
	}
	first, err := h.miner.Pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	renumber(6)
	if second, err := h.miner.Pending(t.Context()); err != nil || first == second {
		t.Error("the pending block is that of the id before")
	}
	if err := h.miner.Mine(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	if _, at, found := h.chain.Transaction(anywhere.Hash()); !found || at.Number != 1 {
		t.Error("a transaction that is signed for no chain was not mined")
	}
	if found, err := h.miner.Revert(id); !found || err != nil {
		t.Fatal(found, err)
	}
	expect("after a revert", 3)
	if err := h.miner.Mine(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	if built := h.chain.BlockByNumber(1); len(built.Transactions()) != 3 {
		t.Errorf("%d transactions were mined", len(built.Transactions()))
	}
	renumber(5)
	if err := h.miner.Rollback(1); err != nil || h.chain.ChainConfig().ChainID.Cmp(chainID) != 0 {
		t.Errorf("after a rollback the id is %d: %v", h.chain.ChainConfig().ChainID, err)
	}
}
