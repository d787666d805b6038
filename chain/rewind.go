package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethdb"

	"hestia/frame"
)

// Mark is a moment in a chain's life: a head and what had been edited after it.
type Mark struct {
	head  *types.Header
	edits int
}

// Head returns the header of the block that was the newest at m.
func (m Mark) Head() *types.Header { return m.head }

// Mark returns this moment, to be given to Rewind.
func (c *Chain) Mark() Mark {
	c.extend.Lock()
	defer c.extend.Unlock()
	return c.MarkOf(c.Head(), len(c.Edits(c.Head().Hash())))
}

// MarkOf returns the moment after so many edits of the state after h's block.
func (c *Chain) MarkOf(h *types.Header, edits int) Mark { return Mark{h, edits} }

// Rewind makes the chain what it was at m: later blocks, their receipts and lookups, and later edits are gone. Only a devnet
// allows it. The error wraps ErrNoSuchBlock if the chain was rewound behind m before.
func (c *Chain) Rewind(m Mark) error {
	if !c.devnet {
		return ErrNotDevnet
	}
	c.extend.Lock()
	defer c.extend.Unlock()
	return c.rewind(m)
}

func (c *Chain) rewind(m Mark) error {
	top, target := c.Head(), m.head.Number.Uint64()
	if target > top.Number.Uint64() || c.db.canonical(target) != m.head.Hash() {
		return fmt.Errorf("%w: %d with hash %s", ErrNoSuchBlock, target, m.head.Hash())
	}
	c.past.Lock()
	defer c.past.Unlock()
	c.rewinds = append(c.rewinds, target)
	c.setHead(m.head) // first: nobody reads what is being deleted
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
	return nil
}

// forget deletes the blocks above target up to top, and all that finds them. States stay: another block may have them too.
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

// Position is how much of the chain somebody has seen. It stays meaningful when the chain is rewound.
type Position struct {
	number  uint64
	rewinds int
}

// Position returns the present one: all up to the head has been seen.
func (c *Chain) Position() Position {
	c.past.RLock()
	defer c.past.RUnlock()
	return Position{c.Head().Number.Uint64(), len(c.rewinds)}
}

// Number returns the number of the newest block that had been seen.
func (p Position) Number() uint64 { return p.number }

// Seen returns the number of the newest block that was seen at p and is still in the chain. A block that was made again
// after a rewind has not been seen, even where it is the same.
func (c *Chain) Seen(p Position) uint64 {
	c.past.RLock()
	defer c.past.RUnlock()
	number := p.number
	for _, target := range c.rewinds[p.rewinds:] {
		number = min(number, target)
	}
	return number
}
