package chain

import (
	"context"
	"sync"

	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
)

// Pending is the block that a template would make on the head now. It is safe for concurrent use, and what it holds
// must not be changed.
type Pending struct {
	Block    *types.Block
	Receipts types.Receipts
	Requests [][]byte    // to the beacon chain; nil before Prague
	Rejected []Rejection // the template's other transactions

	mu    sync.Mutex // held while state is copied
	state *gstate.StateDB
}

// State returns the state after the block, to be read and changed freely.
func (p *Pending) State() *gstate.StateDB {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.Copy()
}

// Pend executes a template's valid transactions on the head and writes nothing. If the context ends first, the error is
// frame.ErrInterrupted in a fault, or the context's own; for a transaction that runs longer than the template's limit
// it is a *FaultyTransaction that wraps ErrTooSlow.
func (c *Chain) Pend(ctx context.Context, t Template) (*Pending, error) {
	parent := c.Head()
	w := newWatch(ctx, t.Limit)
	defer w.end()
	t.Debug = nil
	b, err := c.newCandidate(c.childHeader(parent, t), parent, t, w.interrupt)
	if err != nil {
		return nil, err
	}
	b.next = w.next
	rejected, err := b.addValid(t.Transactions)
	if err != nil {
		return nil, w.explain(err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	block, err := b.seal()
	if err != nil {
		return nil, err
	}
	return &Pending{
		Block: block, Receipts: b.receipts, Requests: b.requests, Rejected: rejected, state: b.state,
	}, nil
}
