package chain

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/transition"
)

// Rehearse executes n blocks one after another, the first on the state after the block of a header, edits included, and
// writes nothing. next returns the template of a block after its parent. It returns what the first block that refuses
// transactions refuses, and ends there; if it returns none, Build makes the same blocks of the same templates. The
// error is that of Build.
func (c *Chain) Rehearse(
	ctx context.Context, on *types.Header, n int, next func(i int, parent *types.Header) Template,
) ([]Rejection, error) {
	db, err := c.StateAt(c.Root(on))
	if err != nil {
		return nil, err
	}
	parent, made := on, make(map[uint64]common.Hash)
	hash := func(number uint64) common.Hash {
		if h, ok := made[number]; ok {
			return h
		}
		hash, _ := c.hash(number) // zero if there is none
		return hash
	}
	for i := range n {
		t := next(i, parent)
		b, refused, err := c.rehearse(ctx, db, c.childHeader(parent, t), t, hash)
		if err != nil || len(refused) > 0 {
			return refused, err
		}
		block, err := b.seal()
		if err != nil {
			return nil, err
		}
		parent = block.Header()
		made[block.NumberU64()] = block.Hash()
	}
	return nil, nil
}

// rehearse executes one block on a state.
func (c *Chain) rehearse(
	ctx context.Context, db *gstate.StateDB, header *types.Header, t Template, hash func(uint64) common.Hash,
) (*candidate, []Rejection, error) {
	w := newWatch(ctx, t.Limit)
	defer w.end()
	t.Debug = nil
	b := c.candidateOn(db, header, t, w.interrupt)
	env := c.environment(header, db, nil)
	env.Hash, env.Interrupt = hash, w.interrupt
	b.transition, b.next = transition.New(env), w.next
	if err := b.transition.Begin(); err != nil {
		return nil, nil, w.explain(err)
	}
	refused, err := b.addValid(t.Transactions)
	return b, refused, w.explain(err)
}
