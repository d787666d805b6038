package query

import (
	"context"
	"errors"
	"math/big"

	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/frame"
	"hestia/transition"
	"hestia/vm"
)

// Enter waits for one of the places that simulated execution has, and returns how to leave it.
func (s *Service) Enter(ctx context.Context) (release func(), err error) {
	select {
	case s.calls <- struct{}{}:
		return func() { <-s.calls }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Limited is a request's context with the time that trying something out may take, compilations apart.
func (s *Service) Limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return frame.WithTimeout(ctx, s.Config.Timeout, s.timedOut)
}

// GaveUp is err, or why the request was given up if that is what err says.
func GaveUp(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, frame.ErrInterrupted) || errors.Is(err, ctx.Err())) {
		return context.Cause(ctx)
	}
	return err
}

// GasCap is the most gas that a call at header may ask for.
func (s *Service) GasCap(header *types.Header) uint64 {
	if s.Config.GasCap == 0 {
		return header.GasLimit
	}
	return s.Config.GasCap
}

// Trial is a message to be run any number of times on one state.
type Trial struct {
	*Service
	Args   TransactionArgs
	Header *types.Header
	State  *gstate.StateDB

	Precompiles gethvm.PrecompiledContracts // nil = those of the block's rules
	Keep        bool                        // a run changes the state for the next
	Debug       func(line string)           // called with each line that contracts print; nil discards it

	rules *params.ChainConfig
	most  uint64 // gas of a run
}

// NewTrial returns a trial of a message on the state after a block, with overrides.
func (s *Service) NewTrial(args TransactionArgs, ref gethrpc.BlockNumberOrHash, o Overrides) (*Trial, error) {
	db, header, err := s.StateAt(ref)
	if err != nil {
		return nil, err
	}
	return s.TrialOn(At{State: db, Header: header, Config: s.ConfigAfter(header)}, args, o)
}

// At is where a trial runs: on a state that may be changed, in the block of a header, with a chain id and forks.
type At struct {
	State  *gstate.StateDB
	Header *types.Header
	Config *params.ChainConfig
	Most   uint64 // gas of a run; 0 = what GasCap says of the header
}

// ConfigAfter returns the chain id and forks of messages on the state after a block: those of the next block.
func (s *Service) ConfigAfter(h *types.Header) *params.ChainConfig {
	return s.Chain.ConfigAt(h.Number.Uint64() + 1)
}

// TrialOn is a trial with overrides.
func (s *Service) TrialOn(at At, args TransactionArgs, o Overrides) (*Trial, error) {
	if err := args.Check(at.Config.ChainID); err != nil {
		return nil, err
	}
	header, err := o.Block.Header(at.Header)
	if err != nil {
		return nil, err
	}
	t := &Trial{Service: s, Args: args, Header: header, State: at.State, rules: at.Config, most: at.Most}
	if t.most == 0 {
		t.most = s.GasCap(at.Header) // and not the limit of an override: it bounds what a client may cost
	}
	t.Precompiles, err = o.State.Apply(at.State, s.Chain.Rules(header))
	return t, err
}

// Prints returns what takes the lines that contracts print in one request. The caller ends it.
func (s *Service) Prints() *chain.Prints { return chain.NewPrints(s.Config.Debug) }

// Run tries the message with a gas limit of its own. An error says that it could not run at all.
func (t *Trial) Run(ctx context.Context, limit uint64) (*transition.Outcome, error) {
	return t.RunTraced(ctx, limit, vm.Tracing{})
}

// RunTraced is Run with tracing.
func (t *Trial) RunTraced(ctx context.Context, limit uint64, tracing vm.Tracing) (*transition.Outcome, error) {
	release, err := t.Enter(ctx)
	if err != nil {
		return nil, GaveUp(ctx, err)
	}
	defer release()
	header := t.Header
	msg := t.Args.Message(limit, header.BaseFee)
	msg.SkipGasCap = true
	// as in geth: a message never pays less than the base fee it sees
	if msg.GasPrice.IsZero() && header.BaseFee != nil && header.BaseFee.Sign() != 0 {
		header = types.CopyHeader(header)
		header.BaseFee = new(big.Int)
	}
	db := t.State
	if !t.Keep {
		db = db.Copy()
	}
	outcome, err := t.Chain.Apply(ctx, chain.CallRequest{
		Header: header, State: db, Config: t.rules, Message: msg, Tracing: tracing, Precompiles: t.Precompiles,
		Debug: t.Debug,
	})
	err = GaveUp(ctx, err)
	if frame.IsFault(err) {
		return nil, Fault(err)
	}
	return outcome, err
}

// Limit returns the gas limit that the message asks for, at most the node's. If it asks for none, the limit is the
// node's, or what of that the sender's balance buys.
func (t *Trial) Limit() uint64 {
	limit := min(t.GasCap(t.Header), t.most)
	if t.Args.Gas != nil {
		return min(limit, uint64(*t.Args.Gas))
	}
	limit, _ = Affordable(limit, &t.Args, t.State, t.Header.BaseFee)
	return limit
}

// EndError returns what the caller is told of how the message ended, nil if it finished. An error that the contract
// declares in its module is told by its name, also if a constructor reverts with it.
func (t *Trial) EndError(r frame.Result) error {
	if r.End == frame.Reverted && t.Args.To == nil {
		learnCreation(t.Abis, t.Args.data())
	}
	return t.Service.EndError(r)
}
