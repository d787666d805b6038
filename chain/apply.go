package chain

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/frame"
	"hestia/transition"
	"hestia/vm"
)

// CallRequest asks for one message to be tried out.
type CallRequest struct {
	Header  *types.Header   // the block it sees itself in
	State   *gstate.StateDB // what it runs on, and changes if it is valid; nil = the state after Header's block
	Message transition.Message
	Debug   func(line string) // where contracts' debug module prints; nil discards
	Tracing vm.Tracing

	Hash        func(number uint64) common.Hash // of earlier blocks; nil = the chain's
	Precompiles gethvm.PrecompiledContracts     // nil = those of the block's rules
}

// Apply tries a message out without keeping anything. An error says that the message could not run at all, or wraps an
// *ewasm.FaultError; a failing contract is an Outcome. Where the context ends first, the error is ewasm.ErrInterrupted
// in a fault, or the context's own.
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
	if req.Hash != nil {
		env.Hash = req.Hash
	}
	if req.Precompiles != nil {
		env.Precompiles = req.Precompiles
	}
	return transition.New(env).Try(&req.Message)
}
