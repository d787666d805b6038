package chain_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/internal/wat"
	"hestia/transition/unsigned"
)

var idKeeper = common.HexToAddress("0x1d00000000000000000000000000000000000001")

// renumber returns an edit that sets the chain id.
func renumber(id uint64) chain.Edit { return chain.Edit{ChainID: (*hexutil.Uint64)(&id)} }

// keeperCode is a contract that keeps the chain id that it sees in its slot 0, and returns it in 32 bytes.
func keeperCode(t testing.TB) *hexutil.Bytes {
	t.Helper()
	code := hexutil.Bytes(wat.Assemble(t, `(module
		(import "ethereum" "getChainId" (func $id (result i64)))
		(import "ethereum" "storageStore" (func $store (param i32 i32)))
		(import "ethereum" "finish" (func $finish (param i32 i32)))
		(memory (export "memory") 1)
		(func (export "main")
			(i64.store (i32.const 32) (call $id))
			(call $store (i32.const 0) (i32.const 32))
			(call $finish (i32.const 32) (i32.const 32))))`))
	return &code
}

// word is an id as keeperCode keeps it: little-endian, at the beginning of a slot.
func word(id uint64) (w common.Hash) {
	for i := range 8 {
		w[i] = byte(id >> (8 * i))
	}
	return w
}

// ofEveryKind returns a transaction of every kind for a chain id, from nonce on: alice's, then a creation in carol's
// name without a signature.
func ofEveryKind(t testing.TB, id, nonce, unsignedNonce uint64) []*types.Transaction {
	t.Helper()
	big2, with := new(big.Int).SetUint64(id), func(data types.TxData) *types.Transaction {
		return types.MustSignNewTx(alice.key, types.LatestSignerForChainID(new(big.Int).SetUint64(id)), data)
	}
	auth, err := types.SignSetCode(bob.key, types.SetCodeAuthorization{
		ChainID: *uint256.NewInt(id), Address: common.BigToAddress(big2), Nonce: unsignedNonce,
	})
	if err != nil {
		t.Fatal(err)
	}
	impersonated, err := unsigned.Sign(types.NewTx(&types.DynamicFeeTx{
		ChainID: big2, Nonce: unsignedNonce, Data: emptyModule(t), Gas: 1e6, GasFeeCap: big.NewInt(2e9),
	}), types.LatestSignerForChainID(big2), carol.address)
	if err != nil {
		t.Fatal(err)
	}
	fee, tip := uint256.NewInt(2e9), uint256.NewInt(1)
	return []*types.Transaction{
		types.MustSignNewTx(alice.key, types.HomesteadSigner{}, &types.LegacyTx{
			Nonce: nonce, To: &nobody, Gas: 21000, GasPrice: big.NewInt(2e9),
		}),
		with(&types.LegacyTx{Nonce: nonce + 1, To: &nobody, Gas: 21000, GasPrice: big.NewInt(2e9)}),
		with(&types.AccessListTx{ChainID: big2, Nonce: nonce + 2, To: &nobody, Gas: 21000, GasPrice: big.NewInt(2e9)}),
		with(&types.DynamicFeeTx{
			ChainID: big2, Nonce: nonce + 3, To: &idKeeper, Gas: 1e6, GasFeeCap: big.NewInt(2e9),
		}),
		with(&types.SetCodeTx{
			ChainID: uint256.NewInt(id), Nonce: nonce + 4, To: nobody, Gas: 1e5, GasFeeCap: fee, GasTipCap: tip,
			AuthList: []types.SetCodeAuthorization{auth},
		}),
		with(&types.DynamicFeeTx{
			ChainID: big2, Nonce: nonce + 5, Data: emptyModule(t), Gas: 1e6, GasFeeCap: big.NewInt(2e9),
		}),
		impersonated,
	}
}

func emptyModule(t testing.TB) []byte {
	t.Helper()
	return wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main")))`)
}

// ids are those of wander's blocks, from the genesis on.
var ids = []uint64{31337, 31337, 5, 5, math.MaxUint64, math.MaxUint64}

// wander gives a devnet blocks under three ids, with all kinds of transactions in blocks 1, 2 and 4.
func wander(t testing.TB, c *chain.Chain) {
	t.Helper()
	mustEdit(t, c, chain.Edit{Address: idKeeper, Code: keeperCode(t)})
	mustEdit(t, c, give(carol.address, 1e18))
	build(t, c, ofEveryKind(t, 31337, 0, 0)...)
	mustEdit(t, c, renumber(4))
	mustEdit(t, c, renumber(5))
	build(t, c, ofEveryKind(t, 5, 6, 1)...)
	build(t, c)
	mustEdit(t, c, renumber(math.MaxUint64))
	mustEdit(t, c, give(nobody, 7))
	build(t, c, ofEveryKind(t, math.MaxUint64, 12, 2)...)
	build(t, c)
}

// checkIDs compares what a chain with wander's blocks knows of them with what was in force in each.
func checkIDs(t *testing.T, c *chain.Chain) {
	t.Helper()
	for n, id := range ids {
		if got := c.ConfigAt(uint64(n)).ChainID.Uint64(); got != id {
			t.Errorf("block %d has id %d, want %d", n, got, id)
		}
		block := c.BlockByNumber(uint64(n))
		db, err := c.StateAt(block.Root())
		if err != nil {
			t.Fatal(err)
		}
		if kept := db.GetState(idKeeper, common.Hash{}); n > 0 && kept != word(id) {
			t.Errorf("a contract of block %d saw %x, want %d", n, kept, id)
		}
		delegate := types.AddressToDelegation(common.BigToAddress(new(big.Int).SetUint64(id)))
		if n > 0 && !bytes.Equal(db.GetCode(bob.address), delegate) {
			t.Errorf("the authorization for the id of block %d was passed over", n)
		}
		for i, tx := range block.Transactions() {
			from, err := types.Sender(c.SignerAt(uint64(n)), tx)
			want := alice.address
			if unsigned.Is(tx) {
				want = carol.address
			}
			if receipt := c.Receipts(block.Hash())[i]; err != nil || from != want || receipt.Status == 0 {
				t.Errorf("transaction %d of block %d is %s's, status %d: %v", i, n, from, receipt.Status, err)
			}
		}
		if n > 0 {
			if _, err := c.Replay(context.Background(), block, math.MaxInt, nil); err != nil {
				t.Errorf("replay of block %d: %v", n, err)
			}
		}
	}
	if now := c.ChainConfig().ChainID.Uint64(); now != ids[len(ids)-1] {
		t.Errorf("the id is %d now", now)
	}
}

func TestEveryBlockKeepsTheChainIDThatWasInForce(t *testing.T) {
	c := newDevnet(t)
	wander(t, c)
	checkIDs(t, c)
	built, err := c.Build(t.Context(), chain.Template{Transactions: ofEveryKind(t, 5, 18, 3)})
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Receipts) != 1 || len(built.Rejected) != 6 { // all but the one that is signed for no chain
		t.Fatalf("%d transactions for another id were mined, %d rejected", len(built.Receipts), len(built.Rejected))
	}
	for _, r := range built.Rejected {
		if !errors.Is(r.Err, types.ErrInvalidChainId) {
			t.Errorf("nonce %d: %v", r.Tx.Nonce(), r.Err)
		}
	}
}

func TestAStateFileKeepsEveryBlocksChainID(t *testing.T) {
	c := newDevnet(t)
	wander(t, c)
	var file bytes.Buffer
	if err := c.Dump(&file); err != nil {
		t.Fatal(err)
	}
	again := newDevnet(t)
	mustEdit(t, again, renumber(99))
	build(t, again)
	if err := load(t, again, bytes.NewReader(file.Bytes()), math.MaxInt); err != nil {
		t.Fatal(err)
	}
	equalChains(t, c, again)
	checkIDs(t, again)
	plain := bytes.Replace(unzip(t, file.Bytes()), []byte(`"chainId":"0x4"`), []byte(`"chainId":"0x0"`), 1)
	if err := load(t, again, bytes.NewReader(plain), math.MaxInt); !errors.Is(err, chain.ErrChainID) {
		t.Errorf("a file that sets the id to 0: %v", err)
	}
	checkIDs(t, again)
}

func TestADirectoryKeepsEveryBlocksChainID(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	c := openChain(t, store, devGenesis())
	wander(t, c)
	receipts := make(map[common.Hash]types.Receipts)
	for n := range ids {
		hash := c.BlockByNumber(uint64(n)).Hash()
		receipts[hash] = c.Receipts(hash)
	}
	for _, n := range []uint64{4, 2, 1} { // a crash lost their states
		rawdb.DeleteLegacyTrieNode(store.Disk(), c.HeaderByNumber(n).Root)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	c = openChain(t, openStore(t, dir), devGenesis())
	checkIDs(t, c)
	for hash, want := range receipts {
		for i, r := range c.Receipts(hash) {
			if r.ContractAddress != want[i].ContractAddress || r.TxHash != want[i].TxHash {
				t.Errorf("receipt %d of block %d is for contract %s", i, r.BlockNumber, r.ContractAddress)
			}
		}
	}
	build(t, c, ofEveryKind(t, math.MaxUint64, 18, 3)...)
}

func TestRewindTakesTheChainIDBack(t *testing.T) {
	c := newDevnet(t)
	mustEdit(t, c, renumber(2))
	build(t, c)
	mustEdit(t, c, renumber(3))
	mark := c.Mark()
	mustEdit(t, c, renumber(4))
	build(t, c)
	mustEdit(t, c, renumber(5))
	for _, row := range []struct {
		to   chain.Mark
		want uint64
	}{
		{mark, 3}, {c.MarkOf(c.HeaderByNumber(1), 0), 2}, {c.MarkOf(c.First(), 1), 2}, {c.MarkOf(c.First(), 0), 31337},
	} {
		if err := c.Rewind(row.to); err != nil {
			t.Fatal(err)
		}
		if got := c.ChainConfig().ChainID.Uint64(); got != row.want {
			t.Errorf("after a rewind to block %d the id is %d, want %d", row.to.Head().Number, got, row.want)
		}
	}
}

func TestASimulatedMessageSeesTheChainIDAfterItsBlock(t *testing.T) {
	c := newDevnet(t)
	wander(t, c)
	for n, want := range []uint64{31337, 5, 5, math.MaxUint64, math.MaxUint64, math.MaxUint64} {
		req := chain.CallRequest{
			Header: c.HeaderByNumber(uint64(n)), Config: c.ConfigAt(uint64(n) + 1), Message: call(&idKeeper, nil),
		}
		outcome, err := c.Apply(t.Context(), req)
		if err != nil || common.BytesToHash(outcome.Result.Output) != word(want) {
			t.Errorf("after block %d: %v, %x, want %d", n, err, outcome.Result.Output, want)
		}
		req.Config = nil
		outcome, err = c.Apply(t.Context(), req)
		if err != nil || common.BytesToHash(outcome.Result.Output) != word(math.MaxUint64) {
			t.Errorf("without a config, block %d: %v, %x", n, err, outcome.Result.Output)
		}
	}
}

func TestChainFilesHoldNoChangeOfTheChainID(t *testing.T) {
	c := newDevnet(t)
	build(t, c, alice.pay(0))
	mustEdit(t, c, renumber(5))
	build(t, c)
	err := c.Export(new(bytes.Buffer), 0, 2)
	if err == nil || !strings.Contains(err.Error(), "after block 1") {
		t.Errorf("exported: %v", err)
	}
	var file bytes.Buffer
	if err := c.Export(&file, 0, 1); err != nil {
		t.Fatal(err)
	}
	if n, err := newDevnet(t).ImportAll(&file, func(*types.Block) {}); err != nil || n != 1 {
		t.Errorf("blocks before the change: %d, %v", n, err)
	}
}

func TestAChainIDIsSetOnADevnetOnlyAndNotToZero(t *testing.T) {
	if err := newChain(t).Edit(renumber(5)); !errors.Is(err, chain.ErrNotDevnet) {
		t.Errorf("no devnet: %v", err)
	}
	c := newDevnet(t)
	if err := c.Edit(renumber(0)); !errors.Is(err, chain.ErrChainID) || len(c.Edits(c.Head().Hash())) > 0 {
		t.Errorf("0: %v", err)
	}
	before := c.Root(c.Head())
	if mustEdit(t, c, renumber(5)); c.Root(c.Head()) != before {
		t.Error("another id changed the state")
	}
}
