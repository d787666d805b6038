package chain_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/google/go-cmp/cmp"

	"hestia/chain"
	"hestia/gas"
)

func TestReopenedChainIsTheSameAndGoesOn(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	c := openChain(t, store, chain.DefaultGenesis(alloc()))
	blocks := story(t, c)
	last := blocks[len(blocks)-1]
	receipts := c.Receipts(last.Hash())
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	c = openChain(t, openStore(t, dir), chain.DefaultGenesis(alloc()))
	if c.Head().Hash() != last.Hash() {
		t.Fatalf("head is %d, was %d", c.Head().Number, last.Number())
	}
	equal := cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })
	if diff := cmp.Diff(receipts, c.Receipts(last.Hash()), equal); diff != "" {
		t.Errorf("receipts changed: %s", diff)
	}
	for _, block := range blocks {
		for i, tx := range block.Transactions() {
			_, at, found := c.Transaction(tx.Hash())
			if !found || at.BlockHash != block.Hash() || at.Index != i || at.Number != block.NumberU64() {
				t.Errorf("transaction %d of block %d is at %+v, found %v", i, block.NumberU64(), at, found)
			}
		}
		if _, err := c.StateAt(block.Root()); err != nil {
			t.Errorf("the state of block %d is gone: %v", block.NumberU64(), err)
		}
	}
	build(t, c, alice.pay(3))
}

func TestStateLostInACrashIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	c := openChain(t, store, chain.DefaultGenesis(alloc()))
	blocks := story(t, c)
	for _, block := range []*types.Block{blocks[0], blocks[2]} { // block 2 is empty: its root is that of block 1
		rawdb.DeleteLegacyTrieNode(store.Disk(), block.Root())
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openStore(t, dir)
	if store.Has(blocks[2].Root()) {
		t.Fatal("the state is still there")
	}
	c = openChain(t, store, nil)
	for _, block := range blocks {
		if !store.Has(block.Root()) {
			t.Errorf("the state of block %d is not there", block.NumberU64())
		}
	}
	build(t, c, alice.pay(3))
}

func TestStateThatCannotBeMadeAgainIsReported(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	c := openChain(t, store, chain.DefaultGenesis(alloc()))
	rawdb.DeleteLegacyTrieNode(store.Disk(), c.Head().Root)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := chain.Open(openStore(t, dir), engine(), nil); !errors.Is(err, chain.ErrDamaged) {
		t.Errorf("error is %v", err)
	}
}

func TestOtherChainsDirectoryIsRefused(t *testing.T) {
	store := openStore(t, "")
	openChain(t, store, chain.DefaultGenesis(alloc()))
	for name, change := range map[string]func(*chain.Genesis){
		"accounts": func(g *chain.Genesis) { g.Spec.Alloc = types.GenesisAlloc{carol.address: {Balance: common.Big1}} },
		"chain id": func(g *chain.Genesis) { g.Spec.Config.ChainID = big.NewInt(5) },
		"schedule": func(g *chain.Genesis) { g.Schedule = gas.Byzantium() },
		"deposits": func(g *chain.Genesis) { g.Spec.Config.DepositContractAddress = nobody },
	} {
		t.Run(name, func(t *testing.T) {
			genesis := chain.DefaultGenesis(alloc())
			change(genesis)
			if _, err := chain.Open(store, engine(), genesis); !errors.Is(err, chain.ErrOtherChain) {
				t.Errorf("error is %v", err)
			}
		})
	}
	openChain(t, store, chain.DefaultGenesis(alloc()))
}

func TestEmptyStoreNeedsAGenesis(t *testing.T) {
	if _, err := chain.Open(openStore(t, ""), engine(), nil); !errors.Is(err, chain.ErrNoGenesis) {
		t.Errorf("error is %v", err)
	}
}
