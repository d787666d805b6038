package chain

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/frame"
)

// Built is the result of Build.
type Built struct {
	Block    *types.Block   // nil if it would be empty and Template.RefuseEmpty is set
	Receipts types.Receipts // one for each transaction of the block
	Reasons  map[int]string // why a transaction of the block failed, by its index
	Rejected []Rejection    // the template's other transactions
}

// Build makes the next block from the template's valid transactions and makes it the head. When it returns, the block
// is in the database. The error wraps ErrNotDevnet or a *frame.FaultError, inside a *FaultyTransaction if a
// transaction caused it; nothing has changed then. If a transaction runs longer than the template's limit, it is a
// *FaultyTransaction that wraps ErrTooSlow, and if ctx ends first, it is the context's.
func (c *Chain) Build(ctx context.Context, t Template) (*Built, error) {
	c.extend.Lock()
	defer c.extend.Unlock()
	if (t.Jump || t.BaseFee != nil) && !c.devnet {
		return nil, fmt.Errorf("base fee and gas limit follow from the parent: %w", ErrNotDevnet)
	}
	parent := c.Head()
	w := newWatch(ctx, t.Limit)
	defer w.end()
	b, err := c.newCandidate(c.childHeader(parent, t), parent, t, w.interrupt)
	if err != nil {
		return nil, err
	}
	b.next = w.next
	rejected, err := b.addValid(t.Transactions)
	if err != nil {
		return nil, w.explain(err)
	}
	built := &Built{Receipts: b.receipts, Reasons: b.reasons, Rejected: rejected}
	if t.RefuseEmpty && len(b.transactions) == 0 {
		return built, nil
	}
	if built.Block, err = b.seal(); err != nil {
		return nil, err
	}
	if err := c.commit(b, built.Block); err != nil {
		return nil, err
	}
	c.announce(built.Block, built.Receipts)
	return built, nil
}

// commit writes a sealed candidate and makes it the head. It writes the state first, then everything about the block in
// one batch. A crash in between leaves trie nodes that no block refers to, which do no harm.
func (c *Chain) commit(b *candidate, block *types.Block) error {
	root, err := c.store.Commit(b.state, b.transition.Rules(), block.NumberU64())
	if err != nil {
		return &frame.FaultError{Err: err}
	}
	if root != block.Root() {
		err := fmt.Errorf("block %d: root %s became %s when written", block.NumberU64(), block.Root(), root)
		return &frame.FaultError{Err: err}
	}
	batch := c.db.NewBatch()
	putBlock(batch, block, b.receipts)
	putHead(batch, block.Hash())
	if err := writeReasons(batch, b); err != nil {
		return &frame.FaultError{Err: err}
	}
	if err := batch.Write(); err != nil {
		return &frame.FaultError{Err: fmt.Errorf("writing block %d: %w", block.NumberU64(), err)}
	}
	if made := (entry{block, b.receipts}); made.small() {
		c.blocks.Add(block.Hash(), made)
	}
	c.setHead(block.Header())
	return nil
}

// announce sends a new head to the subscribers.
func (c *Chain) announce(block *types.Block, receipts types.Receipts) {
	event := Event{Block: block, Receipts: receipts}
	for _, receipt := range receipts {
		event.Logs = append(event.Logs, receipt.Logs...)
	}
	c.feed.Send(event)
}
