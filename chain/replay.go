package chain

import (
	"context"
	"errors"
	"fmt"

	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/frame"
	"hestia/transition"
	"hestia/vm"
)

// ErrUntraceable reports the first block, which nothing executed.
var ErrUntraceable = errors.New("genesis is not traceable")

// Replay executes the first n transactions of a block again, on the state that its parent left, and returns the state after
// them. trace returns the tracing of each; nil traces none. If the context ends first, the error is frame.ErrInterrupted in a
// fault, or the context's own.
func (c *Chain) Replay(
	ctx context.Context, block *types.Block, n int, trace func(index int) (vm.Tracing, error),
) (*gstate.StateDB, error) {
	if block.NumberU64() == 0 {
		return nil, ErrUntraceable
	}
	parent := c.Header(block.ParentHash())
	if parent == nil {
		return nil, fmt.Errorf("%w: the parent of block %d is missing", ErrDamaged, block.NumberU64())
	}
	db, err := c.StateAt(c.Root(parent))
	if err != nil {
		return nil, err
	}
	e := c.execute(block.Header(), db, nil)
	for i, tx := range block.Transactions()[:min(n, len(block.Transactions()))] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var tracing vm.Tracing
		if trace != nil {
			if tracing, err = trace(i); err != nil {
				return nil, err
			}
		}
		if err := e.addTraced(ctx, tx, tracing); err != nil {
			return nil, fmt.Errorf("block %d: transaction %d [%s]: %w", block.NumberU64(), i, tx.Hash(), err)
		}
	}
	return db, nil
}

// addTraced is add with tracing, for as long as the context lasts.
func (e *execution) addTraced(ctx context.Context, tx *types.Transaction, tracing vm.Tracing) error {
	env := e.chain.environment(e.header, e.state, nil)
	env.Tracing, env.Interrupt = tracing, frame.InterruptAfter(ctx)
	defer env.Interrupt.Release()
	e.transition = transition.New(env)
	return e.add(tx)
}
