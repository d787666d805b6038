package miner_test

import (
	"errors"
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
	ok(t, h.miner.Mine(1))
	early, err := h.miner.Snapshot()
	ok(t, err)
	ok(t, h.miner.Edit(chain.Edit{Address: target, Balance: (*hexutil.U256)(uint256.NewInt(7))}))
	ok(t, h.miner.Mine(1))
	late, err := h.miner.Snapshot()
	ok(t, err)
	ok(t, h.miner.Mine(2))
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
	h, _ := devnetAt(t, dawn, miner.Config{})
	old := []*types.Transaction{pay(key(0), 0, 1), pay(key(0), 1, 1)}
	for _, tx := range old {
		ok(t, h.miner.Add(tx))
	}
	other, wrong := pay(key(1), 0, 1), pay(key(1), 9, 1)
	if err := h.miner.Reorganize([][]*types.Transaction{nil, {other, wrong}}); err == nil {
		t.Error("nothing is said of a transaction with a nonce too high")
	}
	head := h.chain.Head().Number.Uint64()
	if _, at, mined := h.chain.Transaction(other.Hash()); !mined || at.Number != 2 || head != 2 {
		t.Errorf("mined %v in block %d of %d", mined, at.Number, head)
	}
	for _, tx := range append(old, wrong) {
		if _, _, mined := h.chain.Transaction(tx.Hash()); mined || h.pool.Get(tx.Hash()) != nil {
			t.Errorf("%s is still there", tx.Hash())
		}
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
