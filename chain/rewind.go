package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethdb"

	"hestia/frame"
)

// Mark is a moment in a chain's history: a head and the number of edits after it.
type Mark struct {
	head  *types.Header
	edits int
}

// Head returns the header of the block that was the newest at m.
func (m Mark) Head() *types.Header { return m.head }

// Mark returns the present moment, for Rewind.
func (c *Chain) Mark() Mark {
	c.extend.Lock()
	defer c.extend.Unlock()
	return c.MarkOf(c.Head(), c.EditCount(c.Head().Hash()))
}

// MarkOf returns the moment after h's block and the given number of edits after it.
func (c *Chain) MarkOf(h *types.Header, edits int) Mark { return Mark{h, edits} }

// Rewind returns the chain to the moment m: it deletes later blocks, with their receipts and indexes, and later edits.
// The error is ErrNotDevnet if the chain is no devnet, or wraps ErrNoSuchBlock if m's block is no longer in the chain.
func (c *Chain) Rewind(m Mark) error {
	if !c.devnet {
		return ErrNotDevnet
	}
	c.extend.Lock()
	defer c.extend.Unlock()
	return c.rewind(m)
}

// rewind is Rewind without the check for a devnet. The caller holds extend.
func (c *Chain) rewind(m Mark) error {
	top, target := c.Head(), m.head.Number.Uint64()
	if target > top.Number.Uint64() || c.db.canonical(target) != m.head.Hash() {
		return fmt.Errorf("%w: %d with hash %s", ErrNoSuchBlock, target, m.head.Hash())
	}
	c.past.Lock()
	defer c.past.Unlock()
	c.rewinds = append(c.rewinds, target)
	c.setHead(m.head) // before the deletions, so that readers do not find half of a block
	batch := c.db.NewBatch()
	err := c.forget(batch, target, top.Number.Uint64())
	if err == nil {
		err = c.cutEdits(batch, m.head.Hash(), m.edits)
	}
	if err == nil {
		putHead(batch, m.head.Hash())
		err = batch.Write()
	}
	if err != nil {
		c.setHead(top)
		return &frame.FaultError{Err: fmt.Errorf("rewinding to block %d: %w", target, err)}
	}
	c.keepIDChanges(m)
	return nil
}

// forget deletes the blocks after target up to top, with their indexes, reasons and edits. It keeps states: another
// block may have the same one.
func (c *Chain) forget(batch ethdb.Batch, target, top uint64) error {
	for n := top; n > target; n-- {
		hash := c.db.canonical(n)
		block := c.db.block(hash, n)
		if block == nil {
			return fmt.Errorf("%w: block %d is missing", ErrDamaged, n)
		}
		for _, tx := range block.Transactions() {
			if err := batch.Delete(reasonKey(tx.Hash())); err != nil {
				return err
			}
		}
		if err := c.cutEdits(batch, hash, 0); err != nil {
			return err
		}
		deleteBlock(batch, block)
		c.blocks.Remove(hash)
	}
	return nil
}

// Position is the part of the chain that a reader, such as a filter, has seen. It stays valid when the chain is
// rewound.
type Position struct {
	number  uint64
	rewinds int // rewinds before it
}

// Position returns the position of a reader that has seen everything up to the head.
func (c *Chain) Position() Position {
	c.past.RLock()
	defer c.past.RUnlock()
	return Position{c.Head().Number.Uint64(), len(c.rewinds)}
}

// Number returns the number of the newest block that was seen at p.
func (p Position) Number() uint64 { return p.number }

// Seen returns the number of the newest block that was seen at p and has stayed in the chain since. A block that was
// made again after a rewind does not count as seen, even if it is the same block.
func (c *Chain) Seen(p Position) uint64 {
	c.past.RLock()
	defer c.past.RUnlock()
	number := p.number
	for _, target := range c.rewinds[p.rewinds:] {
		number = min(number, target)
	}
	return number
}
