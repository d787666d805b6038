package chain

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"

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
}

// Apply simulates a message without writing anything. A contract that fails gives an Outcome. The error is one of
// geth's core errors if the message cannot run at all, or wraps a *frame.FaultError if the node failed. If ctx ends
// first, it is frame.ErrInterrupted inside a fault, or the context's own.
func (c *Chain) Apply(ctx context.Context, req CallRequest) (*transition.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	db := req.State
	if db == nil {
		var err error
		if db, err = c.StateAt(c.Root(req.Header)); err != nil {
			return nil, err
		}
	}
	env := c.environment(req.Header, db, req.Debug)
	env.Tracing, env.Interrupt = req.Tracing, frame.InterruptAfter(ctx)
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
	return transition.New(env).Try(&req.Message)
}
