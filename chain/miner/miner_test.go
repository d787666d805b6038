package miner_test

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"math/big"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/chain/pool"
	"hestia/contracts"
	"hestia/ewasm"
	"hestia/frame"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

var (
	chainID = big.NewInt(transition.DevnetID)
	signer  = types.LatestSignerForChainID(chainID)
	target  = common.HexToAddress("0x1234567890123456789012345678901234567890")
	rich    = new(big.Int).Mul(big.NewInt(1e18), big.NewInt(1000))
)

var engine = sync.OnceValue(func() vm.Engine {
	e, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		panic(err)
	}
	return e
})

func key(seed byte) *ecdsa.PrivateKey {
	k, err := crypto.ToECDSA(common.LeftPadBytes([]byte{1, seed}, 32))
	if err != nil {
		panic(err)
	}
	return k
}

func address(k *ecdsa.PrivateKey) common.Address { return crypto.PubkeyToAddress(k.PublicKey) }

// pay returns a transfer of no value with the given tip in gwei.
func pay(k *ecdsa.PrivateKey, nonce uint64, tip int64) *types.Transaction {
	gwei := big.NewInt(1e9)
	return types.MustSignNewTx(k, signer, &types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &target, Gas: 21000, GasTipCap: gwei.Mul(gwei, big.NewInt(tip)),
		GasFeeCap: big.NewInt(1e11),
	})
}

// house is a chain with pool and miner, on which four keys own 1,000 ether each.
type house struct {
	chain *chain.Chain
	pool  *pool.Pool
	miner *miner.Miner
}

func newHouse(t *testing.T, e vm.Engine, config miner.Config) house {
	t.Helper()
	return houseOn(t, e, config, chain.DefaultGenesis(nil))
}

// houseOn is newHouse with a genesis, to which the accounts are added.
func houseOn(t *testing.T, e vm.Engine, config miner.Config, genesis *chain.Genesis) house {
	t.Helper()
	store, err := state.Open("", state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	alloc := types.GenesisAlloc{}
	for seed := range byte(4) {
		alloc[address(key(seed))] = types.Account{Balance: rich}
	}
	genesis.Spec.Alloc = alloc
	t.Cleanup(func() { store.Close() })
	return houseIn(t, store, e, config, genesis)
}

// houseIn is a house in a store, which the caller closes. The genesis is nil if the store has a chain.
func houseIn(t *testing.T, store *state.Store, e vm.Engine, config miner.Config, genesis *chain.Genesis) house {
	t.Helper()
	c, err := chain.Open(store, e, genesis)
	if err != nil {
		t.Fatal(err)
	}
	view, err := c.HeadView()
	if err != nil {
		t.Fatal(err)
	}
	p := pool.New(view)
	m := miner.New(c, p, config)
	t.Cleanup(m.Close)
	return house{c, p, m}
}

func TestInstantAddReturnsWithEverythingInPlace(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{})
	for nonce := range uint64(20) {
		tx := pay(key(0), nonce, 1)
		if err := h.miner.Add(tx); err != nil {
			t.Fatal(err)
		}
		_, at, found := h.chain.Transaction(tx.Hash())
		if !found || at.Number != nonce+1 || at.BlockHash != h.chain.Head().Hash() {
			t.Fatalf("transaction %d is at %+v, found %v", nonce, at, found)
		}
		if r := h.chain.Receipts(at.BlockHash)[at.Index]; r.TxHash != tx.Hash() ||
			r.Status != types.ReceiptStatusSuccessful {
			t.Errorf("receipt is %+v", r)
		}
		if pending, queued := h.pool.Stats(); pending+queued != 0 || h.pool.Get(tx.Hash()) != nil {
			t.Error("the transaction still waits")
		}
		if next := h.pool.Nonce(address(key(0))); next != nonce+1 {
			t.Errorf("next nonce is %d, want %d", next, nonce+1)
		}
	}
}

func TestInstantMakesABlockForEachTransaction(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{})
	var clients sync.WaitGroup
	for seed := range byte(4) {
		clients.Go(func() {
			for nonce := range uint64(25) {
				if err := h.miner.Add(pay(key(seed), nonce, 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	clients.Wait()
	if top := h.chain.Head().Number.Uint64(); top != 100 {
		t.Fatalf("head is %d, want 100", top)
	}
	for n := uint64(1); n <= 100; n++ {
		if count := len(h.chain.BlockByNumber(n).Transactions()); count != 1 {
			t.Errorf("block %d has %d transactions", n, count)
		}
	}
}

func TestInstantAddDoesNotWaitForAnEarlierNonce(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{})
	if err := h.miner.Add(pay(key(0), 1, 1)); err != nil {
		t.Fatal(err)
	}
	if _, queued := h.pool.Stats(); queued != 1 || h.chain.Head().Number.Sign() != 0 {
		t.Errorf("%d queued, head %d", queued, h.chain.Head().Number)
	}
	if err := h.miner.Add(pay(key(0), 0, 1)); err != nil {
		t.Fatal(err)
	}
	// runs after the loop has mined the transactions behind the gap
	if err := h.miner.Mine(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	if top := h.chain.Head().Number.Uint64(); top != 3 {
		t.Errorf("head is %d, want 3: both transactions, then an empty block", top)
	}
}

func TestRejectionIsAddsAnswer(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{})
	if err := h.miner.Add(pay(key(9), 0, 1)); !errors.Is(err, core.ErrInsufficientFunds) {
		t.Errorf("error is %v", err)
	}
	if h.chain.Head().Number.Sign() != 0 {
		t.Error("a block was made")
	}
}

func TestManualMineTakesAllThatWaitsBestFirst(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{Mode: miner.Manual, Coinbase: target})
	low, high := pay(key(0), 0, 1), pay(key(1), 0, 5)
	for _, tx := range []*types.Transaction{low, high} {
		if err := h.miner.Add(tx); err != nil {
			t.Fatal(err)
		}
	}
	if h.chain.Head().Number.Sign() != 0 {
		t.Error("a block was made before it was asked for")
	}
	if err := h.miner.Mine(context.Background(), 3); err != nil {
		t.Fatal(err)
	}
	txs := h.chain.BlockByNumber(1).Transactions()
	if len(txs) != 2 || txs[0].Hash() != high.Hash() || txs[1].Hash() != low.Hash() {
		t.Errorf("block 1 holds %d transactions", len(txs))
	}
	if h.chain.Head().Number.Uint64() != 3 || h.chain.Head().Coinbase != target {
		t.Errorf("head is %d by %s", h.chain.Head().Number, h.chain.Head().Coinbase)
	}
}

func TestIntervalMakesBlocksByItself(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{Mode: miner.Interval})
	events := make(chan chain.Event, 8)
	sub := h.chain.Subscribe(events)
	defer sub.Unsubscribe()
	tx := pay(key(0), 0, 1)
	if err := h.miner.Add(tx); err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-events:
		if txs := e.Block.Transactions(); len(txs) != 1 || txs[0].Hash() != tx.Hash() {
			t.Errorf("the block holds %d transactions", len(txs))
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no block came")
	}
}

func TestClockGivesTheTime(t *testing.T) {
	then := time.Unix(2_000_000_000, 0)
	h := newHouse(t, engine(), miner.Config{Clock: func() time.Time { return then }})
	if got := h.miner.PendingHeader().Time; got != uint64(then.Unix()) {
		t.Errorf("the next block would be at %d", got)
	}
	if err := h.miner.Mine(context.Background(), 2); err != nil {
		t.Fatal(err)
	}
	if got := h.chain.Head().Time; got != uint64(then.Unix())+1 {
		t.Errorf("the second block is at %d", got)
	}
}

func TestStoppedMinerAnswers(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{})
	h.miner.Close()
	if err := h.miner.Add(pay(key(0), 0, 1)); !errors.Is(err, miner.ErrStopped) {
		t.Errorf("error is %v", err)
	}
	if err := h.miner.Mine(context.Background(), 1); !errors.Is(err, miner.ErrStopped) {
		t.Errorf("error is %v", err)
	}
}

func TestStoppingUnderLoadLeavesNobodyWaiting(t *testing.T) {
	h := newHouse(t, engine(), miner.Config{})
	var clients sync.WaitGroup
	for seed := range byte(4) {
		clients.Go(func() {
			for nonce := uint64(0); ; nonce++ {
				tx := pay(key(seed), nonce, 1)
				err := h.miner.Add(tx)
				if _, _, mined := h.chain.Transaction(tx.Hash()); err == nil && !mined {
					t.Error("an answer without a block")
				}
				if err != nil {
					return
				}
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	h.miner.Close()
	clients.Wait()
}

// failing is an engine on which every run ends in a fault.
type failing struct{ vm.Engine }

func (failing) Run(*ewasm.Context) frame.Result {
	return frame.Result{End: frame.Fault, Cause: &frame.FaultError{Err: errors.New("the disk is gone")}}
}

func TestFaultyTransactionIsHeldAndOthersGoOn(t *testing.T) {
	for _, mode := range []miner.Mode{miner.Instant, miner.Manual} {
		t.Run(mode.String(), func(t *testing.T) {
			failures := make(chan error, 8)
			var told string
			h := newHouse(t, failing{engine()}, miner.Config{
				Mode: mode, Failed: func(err error) { failures <- err },
				Waits: func(_ *types.Transaction, why string) { told = why },
			})
			faulty := types.MustSignNewTx(key(0), signer, &types.LegacyTx{
				Gas: 10_000_000, GasPrice: big.NewInt(1e11), Data: contracts.Echo.Creation,
			})
			err := h.miner.Add(faulty)
			if mode == miner.Manual {
				err = h.miner.Mine(context.Background(), 1)
			}
			var fault *frame.FaultError
			if !errors.As(err, &fault) {
				t.Fatalf("error is %v", err)
			}
			if h.chain.Head().Number.Sign() != 0 || h.pool.Get(faulty.Hash()) == nil {
				t.Error("the block was kept, or the transaction was not")
			}
			other := pay(key(1), 0, 1)
			if err := errors.Join(h.miner.Add(other), h.miner.Mine(context.Background(), 1)); err != nil {
				t.Fatal(err)
			}
			if _, _, mined := h.chain.Transaction(other.Hash()); !mined {
				t.Error("the faulty transaction blocks the others")
			}
			if err := h.miner.Add(pay(key(0), 1, 1)); err != nil {
				t.Fatal(err)
			}
			if mode == miner.Instant && !strings.HasPrefix(told, "waits for nonce 0, ") {
				t.Errorf("of a transaction behind it is told %q", told)
			}
			if mode == miner.Instant && len(failures) != 1 {
				t.Errorf("%d failures were told of, want 1: no hot loop", len(failures))
			}
		})
	}
}

// recovering is an engine whose first run ends in a fault.
type recovering struct {
	vm.Engine
	failed *atomic.Bool
}

func (e recovering) Run(c *ewasm.Context) frame.Result {
	if e.failed.CompareAndSwap(false, true) {
		return failing{}.Run(c)
	}
	return e.Engine.Run(c)
}

func TestWhatTheNodeFailedOnIsTriedAgain(t *testing.T) {
	miner.HoldFor(10 * time.Millisecond)
	defer miner.HoldFor(10 * time.Second)
	h := newHouse(t, recovering{engine(), new(atomic.Bool)}, miner.Config{})
	tx := types.MustSignNewTx(key(0), signer, &types.LegacyTx{
		Gas: 10_000_000, GasPrice: big.NewInt(1e11), Data: contracts.Echo.Creation,
	})
	if err := h.miner.Add(tx); err == nil {
		t.Fatal("nothing failed")
	}
	for range 500 {
		if _, _, mined := h.chain.Transaction(tx.Hash()); mined {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the transaction still waits")
}

func TestWhatCanNeverBeInTheNextBlockIsRefused(t *testing.T) {
	h, _ := devnetAt(t, dawn, miner.Config{})
	cheap := types.MustSignNewTx(key(0), signer, &types.LegacyTx{To: &target, Gas: 21000, GasPrice: big.NewInt(1)})
	if err := h.miner.Add(cheap); !errors.Is(err, core.ErrFeeCapTooLow) {
		t.Errorf("a gas price of 1 wei: %v, want %v", err, core.ErrFeeCapTooLow)
	}
	if h.pool.Get(cheap.Hash()) != nil {
		t.Error("it is in the pool")
	}
	if err := h.miner.Add(pay(key(0), 0, 1)); err != nil {
		t.Errorf("the sender's next transaction is stuck: %v", err)
	}
	if err := h.miner.SetGasLimit(30_000); err != nil {
		t.Fatal(err)
	}
	large := types.MustSignNewTx(key(1), signer, &types.DynamicFeeTx{
		ChainID: chainID, To: &target, Gas: 60_000, GasFeeCap: big.NewInt(1e11),
	})
	if err := h.miner.Add(large); !errors.Is(err, core.ErrGasLimitReached) || h.pool.Get(large.Hash()) != nil {
		t.Errorf("more gas than the next block has: %v, want %v", err, core.ErrGasLimitReached)
	}
}

func TestWhatMayWaitSaysWhatItWaitsFor(t *testing.T) {
	var told []string
	waits := func(_ *types.Transaction, why string) { told = append(told, why) }
	h := newHouse(t, engine(), miner.Config{Waits: waits})
	if err := h.miner.Add(pay(key(0), 3, 1)); err != nil {
		t.Fatal(err)
	}
	if err := h.miner.SetMode(miner.Manual, 0); err != nil {
		t.Fatal(err)
	}
	cheap := types.MustSignNewTx(key(1), signer, &types.LegacyTx{To: &target, Gas: 21000, GasPrice: big.NewInt(1)})
	if err := h.miner.Add(cheap); err != nil {
		t.Errorf("with mining off a low price waits, but: %v", err)
	}
	if err := h.miner.SetMode(miner.Instant, 0); err != nil {
		t.Fatal(err)
	}
	if err := h.miner.Add(pay(key(1), 1, 1)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"waits for nonce 0", "waits for a block: mining is off", "waits for a base fee of at most 1 wei",
		"waits for nonce 0, which waits for a lower base fee",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("want (-) have (+):\n%s", diff)
	}
}
