package chain

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/transition"
	"hestia/vm"
)

// CallRequest is a message to simulate, and the block and state to simulate it on.
type CallRequest struct {
	Header  *types.Header   // the block that the message sees
	State   *gstate.StateDB // the state to run on; a valid message changes it; nil = the state after Header's block
	Message transition.Message
	Debug   func(line string) // called with each line that contracts print; nil discards it
	Tracing vm.Tracing

	Config      *params.ChainConfig             // the chain id and forks; nil = those of a block made now
	Hash        func(number uint64) common.Hash // the hash of an earlier block; nil = the chain's
	Precompiles gethvm.PrecompiledContracts     // nil = those of the block's rules
	BlobBaseFee *uint256.Int                    // in wei a blob gas; nil = what the header says
}

// Apply simulates a message without writing anything. A contract that fails gives an Outcome. The error is one of
// geth's core errors if the message cannot run at all, or wraps a *frame.FaultError if the node failed. If ctx ends
// first, it is frame.ErrInterrupted inside a fault, or the context's own.
func (c *Chain) Apply(ctx context.Context, req CallRequest) (outcome *transition.Outcome, err error) {
	err = c.simulate(ctx, req, func(t *transition.Transition) error {
		outcome, err = t.Try(&req.Message)
		return err
	})
	return outcome, err
}

// BeginMadeUp changes the state of a request as the rules say before the first transaction of its block, such as by
// system calls. The request has no message. Its errors are those of Apply.
func (c *Chain) BeginMadeUp(ctx context.Context, req CallRequest) error {
	return c.simulate(ctx, req, (*transition.Transition).Begin)
}

// EndMadeUp changes the state of a request as the rules say after the last transaction of its block, whose transactions
// logged logs: it pays withdrawals, and the reward of proof of work, and takes the requests to the beacon chain, which
// are nil before Prague. The request has no message. Its errors are those of Apply, or say why no block can have these
// logs or this state.
func (c *Chain) EndMadeUp(
	ctx context.Context, req CallRequest, logs []*types.Log, withdrawals types.Withdrawals,
) (requests [][]byte, err error) {
	err = c.simulate(ctx, req, func(t *transition.Transition) error {
		if requests, err = t.End(logs, withdrawals); err == nil && req.Header.Difficulty.Sign() > 0 {
			t.Reward(t.BlockReward(), nil)
		}
		return err
	})
	return requests, err
}

// simulate does something with the transition of a request.
func (c *Chain) simulate(ctx context.Context, req CallRequest, do func(*transition.Transition) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	db := req.State
	if db == nil {
		var err error
		if db, err = c.StateAt(c.Root(req.Header)); err != nil {
			return err
		}
	}
	env := c.environment(req.Header, db, req.Debug)
	env.Tracing, env.Interrupt, env.BlobBaseFee = req.Tracing, frame.InterruptAfter(ctx), req.BlobBaseFee
	defer env.Interrupt.Release()
	if env.Config = req.Config; req.Config == nil {
		env.Config = c.ChainConfig()
	}
	if req.Hash != nil {
		env.Hash = req.Hash
	}
	if req.Precompiles != nil {
		env.Precompiles = req.Precompiles
	}
	return do(transition.New(env))
}
