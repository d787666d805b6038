package miner_test

import (
	"context"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/chain/miner"
)

// ok ends the test at an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestARollbackKeepsWhatWasThereAtItsBlock(t *testing.T) {
	h, w := devnetAt(t, dawn, miner.Config{Mode: miner.Manual})
	ok(t, h.miner.Mine(context.Background(), 1))
	early, err := h.miner.Snapshot()
	ok(t, err)
	ok(t, h.miner.Edit(chain.Edit{Address: target, Balance: (*hexutil.U256)(uint256.NewInt(7))}))
	ok(t, h.miner.Mine(context.Background(), 1))
	late, err := h.miner.Snapshot()
	ok(t, err)
	ok(t, h.miner.Mine(context.Background(), 2))
	waiting := pay(key(0), 0, 1)
	ok(t, h.miner.Add(waiting))
	w.at += 1000

	ok(t, h.miner.Rollback(3))
	head := h.chain.Head()
	if head.Number.Uint64() != 1 || h.next() > head.Time+1 {
		t.Errorf("the head is block %d of %d, the next at %d", head.Number, head.Time, h.next())
	}
	db, err := h.chain.StateAt(h.chain.Root(head))
	ok(t, err)
	if got := db.GetBalance(target).Uint64(); got != 7 {
		t.Errorf("what was set after the block is %d, want 7", got)
	}
	if h.pool.Get(waiting.Hash()) == nil {
		t.Error("the pool has lost what waits")
	}
	if found, err := h.miner.Revert(late); found || err != nil {
		t.Errorf("a snapshot of what is gone: %v, %v", found, err)
	}
	if found, err := h.miner.Revert(early); !found || err != nil {
		t.Errorf("a snapshot of what stays: %v, %v", found, err)
	}
	if err := h.miner.Rollback(2); !errors.Is(err, miner.ErrDepth) {
		t.Errorf("below the first block: %v", err)
	}
}

func TestAReorganizationMakesAsManyBlocksOfWhatItIsGiven(t *testing.T) {
	h, w := devnetAt(t, dawn, miner.Config{})
	old := []*types.Transaction{pay(key(0), 0, 1), pay(key(0), 1, 1)}
	for _, tx := range old {
		ok(t, h.miner.Add(tx))
	}
	w.at += 50
	other := []*types.Transaction{pay(key(1), 0, 1), pay(key(1), 1, 1)}
	ok(t, h.miner.Reorganize([][]*types.Transaction{other[:1], other[1:]}))
	head := h.chain.Head().Number.Uint64()
	for i, tx := range other {
		if _, at, mined := h.chain.Transaction(tx.Hash()); !mined || at.Number != uint64(i+1) || head != 2 {
			t.Errorf("mined %v in block %d of %d", mined, at.Number, head)
		}
	}
	for _, tx := range old {
		if _, _, mined := h.chain.Transaction(tx.Hash()); mined || h.pool.Get(tx.Hash()) != nil {
			t.Errorf("%s is still there", tx.Hash())
		}
	}
}

func TestAReorganizationWithARefusedTransactionChangesNothing(t *testing.T) {
	h, w := devnetAt(t, dawn, miner.Config{Mode: miner.Manual})
	for nonce := range uint64(3) {
		ok(t, h.miner.Add(pay(key(0), nonce, 1)))
		ok(t, h.miner.Mine(context.Background(), 1))
	}
	late, err := h.miner.Snapshot()
	ok(t, err)
	waiting := pay(key(0), 3, 1)
	ok(t, h.miner.Add(waiting))
	ok(t, h.miner.SetNextTime(h.chain.Head().Time+77))
	ok(t, h.miner.SetNextBaseFee(big.NewInt(5)))
	w.at += 9
	events := make(chan chain.Event, 9)
	defer h.chain.Subscribe(events).Unsubscribe()
	seen, head, next, revision := h.chain.Position(), h.chain.Head(), h.miner.PendingHeader(), h.pool.Revision()

	first, second, poor := pay(key(1), 0, 1), pay(key(1), 1, 1), pay(key(77), 0, 1)
	for name, row := range map[string]struct {
		blocks  [][]*types.Transaction
		refused *types.Transaction // nil if there are not so many blocks
	}{
		"a gap in the second block": {[][]*types.Transaction{{first}, {second, waiting}}, waiting},
		"a gap in the first block":  {[][]*types.Transaction{{waiting}, nil}, waiting},
		"twice the same":            {[][]*types.Transaction{{first}, nil, {first}}, first},
		"the wrong order":           {[][]*types.Transaction{{second}, {first}}, second},
		"nothing to pay with":       {[][]*types.Transaction{nil, {first, poor}}, poor},
		"too many blocks":           {make([][]*types.Transaction, 4), nil},
	} {
		err := h.miner.Reorganize(row.blocks)
		var refused *miner.RefusedError
		if row.refused != nil && (!errors.As(err, &refused) || refused.Tx != row.refused) ||
			row.refused == nil && !errors.Is(err, miner.ErrDepth) {
			t.Errorf("%s: %v", name, err)
		}
		if h.chain.Head() != head || h.chain.Position() != seen || h.chain.Seen(seen) != head.Number.Uint64() {
			t.Errorf("%s: the chain has changed", name)
		}
		if h.miner.PendingHeader().Hash() != next.Hash() || h.pool.Revision() != revision ||
			h.pool.Get(waiting.Hash()) == nil {
			t.Errorf("%s: the next block or the pool has changed", name)
		}
		if len(events) > 0 {
			t.Errorf("%s: a block was announced", name)
		}
	}
	if found, err := h.miner.Revert(late); !found || err != nil {
		t.Errorf("the snapshot: %v, %v", found, err)
	}
}

func TestAnUpdateSeesTheStateThatItChanges(t *testing.T) {
	h, _ := devnetAt(t, dawn, miner.Config{})
	add := func(now *gstate.StateDB) (chain.Edit, error) {
		sum := new(uint256.Int).AddUint64(now.GetBalance(target), 3)
		return chain.Edit{Address: target, Balance: (*hexutil.U256)(sum)}, nil
	}
	ok(t, h.miner.Update(add))
	ok(t, h.miner.Update(add))
	db, err := h.chain.StateAt(h.chain.Root(h.chain.Head()))
	ok(t, err)
	if got := db.GetBalance(target).Uint64(); got != 6 {
		t.Errorf("the balance is %d, want 6", got)
	}
}
