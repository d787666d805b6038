package chain

import (
	"context"
	"errors"
	"fmt"

	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/vm"
)

// ErrUntraceable reports a replay of the first block: it was not made by executing transactions.
var ErrUntraceable = errors.New("genesis is not traceable")

// Replay executes the first n transactions of a block again on the state after its parent, and returns the state
// after them. trace returns the tracing for the transaction with the given index; a nil trace traces none. The error
// is ErrUntraceable for the first block. If ctx ends first, it is frame.ErrInterrupted inside a fault, or the
// context's own.
func (c *Chain) Replay(
	ctx context.Context, block *types.Block, n int, trace func(index int) (vm.Tracing, error),
) (*gstate.StateDB, error) {
	if block.NumberU64() <= c.first.Load().NumberU64() {
		return nil, ErrUntraceable
	}
	parent := c.Header(block.ParentHash())
	if parent == nil {
		return nil, fmt.Errorf("%w: the parent of block %d is missing", ErrDamaged, block.NumberU64())
	}
	b, err := c.newCandidate(block.Header(), parent, Template{}, nil)
	if err != nil {
		return nil, err
	}
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
		if err := b.addTraced(ctx, tx, tracing); err != nil {
			return nil, fmt.Errorf("block %d: transaction %d [%s]: %w", block.NumberU64(), i, tx.Hash(), err)
		}
	}
	return b.state, nil
}
