package chain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// scheduleKey holds the chain's gas schedules as schedules.encode spells them. They are part of the chain's identity,
// as the genesis hash is.
var scheduleKey = []byte("hestia-schedule")

// devnetKey exists if the chain is a devnet. Its value is empty.
var devnetKey = []byte("hestia-devnet")

// begin writes genesis into an empty store. Otherwise it reads the chain's identity from the store and compares it with
// genesis.
func (c *Chain) begin(genesis *Genesis) error {
	stored := c.db.canonical(c.db.first())
	switch {
	case stored != (common.Hash{}):
		return c.resume(stored, genesis)
	case genesis == nil:
		return ErrNoGenesis
	}
	if err := genesis.check(); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	// The batch that makes the first block canonical is written last: a crash before it leaves an empty store.
	if err := c.db.Put(scheduleKey, []byte(genesis.schedules().encode())); err != nil {
		return err
	}
	if genesis.Devnet {
		if err := c.db.Put(devnetKey, nil); err != nil {
			return err
		}
	}
	if _, err := genesis.Spec.Commit(c.store.Disk(), c.store.Tries(), nil); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	c.config, c.schedules, c.devnet = genesis.Spec.Config, *genesis.schedules(), genesis.Devnet
	return nil
}

// resume reads config, schedules and devnet from the store. A genesis that is not nil must agree with them; its
// schedules may be of another version than those of the chain, which stay.
func (c *Chain) resume(stored common.Hash, genesis *Genesis) error {
	c.config = c.db.config(stored)
	names, err := c.db.Get(scheduleKey)
	if c.config == nil || err != nil {
		return fmt.Errorf("%w: the chain's config is missing", ErrDamaged)
	}
	if c.schedules, err = decodeSchedules(string(names)); err != nil {
		return err
	}
	if c.devnet, err = c.db.Has(devnetKey); err != nil {
		return err
	}
	if genesis == nil {
		return nil
	}
	old := genesis.completed() // before check changes it
	if err = c.compare(stored, genesis); err != nil && old != nil && !c.schedules.first.Limits.EVM {
		if c.compare(stored, old) == nil {
			return nil
		}
	}
	return err
}

// compare returns an error if the stored first block or the chain's identity is not that of genesis.
func (c *Chain) compare(stored common.Hash, genesis *Genesis) error {
	if err := genesis.check(); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	if genesis.Devnet != c.devnet {
		return fmt.Errorf("%w: devnet is %v there, the genesis says %v", ErrOtherChain, c.devnet, genesis.Devnet)
	}
	if want := genesis.schedules(); !c.schedules.agree(want) {
		return fmt.Errorf(
			"%w: its gas schedule is %q, the genesis says %q", ErrOtherChain, c.schedules.encode(), want.encode(),
		)
	}
	if id := genesis.Spec.Config.ChainID; id.Cmp(c.config.ChainID) != 0 {
		return fmt.Errorf("%w: its chain id is %d, the genesis says %d", ErrOtherChain, c.config.ChainID, id)
	}
	have, err := json.Marshal(c.config)
	want, err2 := json.Marshal(genesis.Spec.Config)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("%w: its config is %s, the genesis says %s", ErrOtherChain, have, want)
	}
	if hash := genesis.Spec.ToBlock().Hash(); hash != stored {
		return fmt.Errorf("%w: its first block is %s, the genesis makes %s", ErrOtherChain, stored, hash)
	}
	return nil
}

// newestWhole says which block before head is the newest whose transactions and state are in the store. It is empty if
// there is none.
func (c *Chain) newestWhole(head *types.Header) string {
	for n := head.Number.Uint64(); n > c.db.first(); {
		n--
		block := c.db.block(c.db.canonical(n), n)
		if block != nil && c.store.Has(block.Root()) {
			return fmt.Sprintf("; block %d is the newest whole one", n)
		}
	}
	return ""
}

// restore computes the states that a crash lost. It walks back from the head to the newest block whose state is in the
// store, then executes the blocks after it again.
func (c *Chain) restore(head *types.Header) error {
	var lost []*types.Block
	h := head
	for !c.store.Has(h.Root) {
		block := c.db.block(h.Hash(), h.Number.Uint64())
		if block == nil || h.Hash() == c.first.Load().Hash() {
			return fmt.Errorf("%w: %w: %d", ErrDamaged, ErrNoSuchState, h.Number)
		}
		lost = append(lost, block)
		if h = c.db.header(h.ParentHash, h.Number.Uint64()-1); h == nil {
			return fmt.Errorf("%w: the block before %d is missing", ErrDamaged, block.NumberU64())
		}
	}
	if err := c.restoreEdits(h); err != nil {
		return err
	}
	for i := len(lost) - 1; i >= 0; i-- {
		block := lost[i]
		b, _, err := c.reexecute(block, h, nil)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if _, err := c.store.Commit(b.state, b.transition.Rules(), block.NumberU64()); err != nil {
			return err
		}
		h = block.Header()
		if err := c.restoreEdits(h); err != nil {
			return err
		}
	}
	return nil
}
