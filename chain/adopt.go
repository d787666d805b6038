package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethdb"

	"hestia/frame"
	"hestia/state"
)

// Read is ReadState, for Adopt, of a file that has at most so many bytes unpacked. If ctx ends first, the error is
// ctx's.
func (c *Chain) Read(ctx context.Context, r io.Reader, most int) (*Chain, error) {
	if !c.devnet {
		return nil, ErrNotDevnet
	}
	return readState(ctx, r, most, c.engine)
}

// Adopt replaces everything in the database by what a chain that was read holds, in one write. That must have the same
// chain id, rules and schedules. The error wraps ErrStateFile, or a *frame.FaultError; nothing has changed then.
func (c *Chain) Adopt(other *Chain) error {
	have, err := json.Marshal(other.config)
	want, err2 := json.Marshal(c.config)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if other.config.ChainID.Cmp(c.config.ChainID) != 0 {
		return fmt.Errorf("%w: it is of chain %d, this one is %d", ErrStateFile, other.config.ChainID, c.config.ChainID)
	}
	if !bytes.Equal(have, want) || other.schedules.encode() != c.schedules.encode() || other.devnet != c.devnet {
		return fmt.Errorf(
			"%w: it is of another chain: config %s, schedule %s, devnet %v; this one has %s, %s, %v", ErrStateFile,
			have, other.schedules.encode(), other.devnet, want, c.schedules.encode(), c.devnet,
		)
	}
	c.extend.Lock()
	defer c.extend.Unlock()
	c.past.Lock()
	defer c.past.Unlock()
	old, first := c.Head(), c.first.Load()
	batch := c.db.NewBatch()
	c.setHead(other.Head()) // before the deletions, so that readers do not find half of a block
	kept := c.edits
	c.edits = make(map[common.Hash]steps)
	err = c.forget(batch, first.NumberU64(), old.Number.Uint64())
	for block, list := range kept {
		for i := range list {
			err = errors.Join(err, batch.Delete(editKey(block, i)))
		}
	}
	deleteBlock(batch, first)
	err = errors.Join(err, batch.Delete(nextTimeKey))
	if err = errors.Join(err, copyAll(batch, other.store.Disk())); err == nil {
		err = batch.Write()
	}
	if err != nil {
		c.setHead(old)
		c.edits = kept
		return &frame.FaultError{Err: fmt.Errorf("taking over another chain: %w", err)}
	}
	c.blocks.Purge()
	c.first.Store(other.first.Load())
	c.ids.Store(other.ids.Load())
	c.edits, c.rewinds = other.edits, append(c.rewinds, c.first.Load().NumberU64())
	c.next = other.next
	return nil
}

// copyAll writes every key of from to to.
func copyAll(to ethdb.KeyValueWriter, from ethdb.Iteratee) error {
	pairs := from.NewIterator(nil, nil)
	defer pairs.Release()
	for pairs.Next() {
		if err := to.Put(pairs.Key(), pairs.Value()); err != nil {
			return err
		}
	}
	return pairs.Error()
}

// CopyTo writes the chain into an empty store, so that Open can open it there. The error wraps ErrOtherChain if the
// store has a chain.
func (c *Chain) CopyTo(store *state.Store) error {
	if (database{store.Disk()}).head() != nil {
		return fmt.Errorf("%w: the data directory is not empty", ErrOtherChain)
	}
	c.extend.Lock()
	defer c.extend.Unlock()
	batch := store.Disk().NewBatch()
	if err := copyAll(batch, c.db); err != nil {
		return err
	}
	return batch.Write()
}
