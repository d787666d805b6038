package rpc

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/frame"
	"hestia/gas"
	"hestia/transition"
	"hestia/vm"
)

// callAPI is eth: messages tried out on the state of any block, and the gas they need.
type callAPI struct{ *service }

// Call runs a message and returns what it gives back. A contract that reverts is error 3 with its data.
func (a *callAPI) Call(ctx context.Context, args TransactionArgs, ref *gethrpc.BlockNumberOrHash, state *stateOverride, block *blockOverride) (hexutil.Bytes, error) {
	ctx, cancel := a.limited(ctx)
	defer cancel()
	trial, err := a.newTrial(args, orLatest(ref), overrides{state, block})
	if err != nil {
		return nil, err
	}
	trial.keep = true // it runs once
	limit := a.gasCap(trial.header)
	if args.Gas != nil {
		limit = min(limit, uint64(*args.Gas))
	}
	outcome, err := trial.run(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("err: %w (supplied gas %d)", err, limit)
	}
	return outcome.Result.Output, trial.endError(outcome.Result)
}

// EstimateGas returns the least gas limit with which a message succeeds.
func (a *callAPI) EstimateGas(ctx context.Context, args TransactionArgs, ref *gethrpc.BlockNumberOrHash, state *stateOverride, block *blockOverride) (hexutil.Uint64, error) {
	limit, err := a.estimate(ctx, args, orLatest(ref), overrides{state, block})
	return hexutil.Uint64(limit), err
}

// enter waits for one of the places that simulated execution has, and returns how to leave it.
func (s *service) enter(ctx context.Context) (release func(), err error) {
	select {
	case s.calls <- struct{}{}:
		return func() { <-s.calls }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// limited is a request's context with the time that trying something out may take.
func (s *service) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.config.Timeout, s.timedOut)
}

// gaveUp is err, or why the request was given up if that is what err says.
func gaveUp(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, frame.ErrInterrupted) || errors.Is(err, ctx.Err())) {
		return context.Cause(ctx)
	}
	return err
}

// gasCap is the most gas that a call at header may ask for.
func (s *service) gasCap(header *types.Header) uint64 {
	if s.config.GasCap == 0 {
		return header.GasLimit
	}
	return s.config.GasCap
}

// trial is a message to be run any number of times on one state.
type trial struct {
	*service
	args   TransactionArgs
	header *types.Header
	state  *gstate.StateDB

	precompiles gethvm.PrecompiledContracts // nil = those of the block's rules
	keep        bool                        // a run changes the state for the next
}

func (s *service) newTrial(args TransactionArgs, ref gethrpc.BlockNumberOrHash, o overrides) (*trial, error) {
	if err := args.check(s.Chain.ChainConfig().ChainID); err != nil {
		return nil, err
	}
	db, header, err := s.stateAt(ref)
	if err != nil {
		return nil, err
	}
	return s.trialOn(db, header, args, o)
}

// trialOn is a trial after the block of header, on a state that may be changed.
func (s *service) trialOn(db *gstate.StateDB, header *types.Header, args TransactionArgs, o overrides) (*trial, error) {
	header, err := o.block.header(header)
	if err != nil {
		return nil, err
	}
	t := &trial{service: s, args: args, header: header, state: db}
	t.precompiles, err = o.state.apply(db, s.Chain.Rules(t.header))
	return t, err
}

// run tries the message with a gas limit of its own. An error says that it could not run at all.
func (t *trial) run(ctx context.Context, limit uint64) (*transition.Outcome, error) {
	return t.runWatched(ctx, limit, vm.Tracing{})
}

// runWatched is run with someone watching.
func (t *trial) runWatched(ctx context.Context, limit uint64, who vm.Tracing) (*transition.Outcome, error) {
	release, err := t.enter(ctx)
	if err != nil {
		return nil, gaveUp(ctx, err)
	}
	defer release()
	msg := t.args.message(limit, t.header.BaseFee)
	msg.SkipGasCap = true
	db := t.state
	if !t.keep {
		db = db.Copy()
	}
	outcome, err := t.Chain.Apply(ctx, chain.CallRequest{
		Header: t.header, State: db, Message: msg, Tracing: who, Precompiles: t.precompiles,
	})
	err = gaveUp(ctx, err)
	if frame.IsFault(err) {
		return nil, &codedError{err, codeInternal}
	}
	return outcome, err
}

// endError is the service's, once the node knows how the called contract spells its errors.
func (t *trial) endError(r frame.Result) error {
	if r.End == frame.Reverted && t.args.To != nil {
		learn(t.abis, t.state, *t.args.To)
	}
	return t.service.endError(r)
}

// estimate searches the least gas limit with which a message succeeds: that limit does, one unit less does not.
func (s *service) estimate(ctx context.Context, args TransactionArgs, ref gethrpc.BlockNumberOrHash, o overrides) (uint64, error) {
	ctx, cancel := s.limited(ctx)
	defer cancel()
	t, err := s.newTrial(args, ref, o)
	if err != nil {
		return 0, err
	}
	enough, err := t.highest()
	if err != nil {
		return 0, err
	}
	first, err := t.attempt(ctx, enough)
	if err != nil {
		return 0, err
	}
	if first == nil {
		return 0, fmt.Errorf("gas required exceeds allowance (%d)", enough)
	}
	if err := t.endError(first.Result); err != nil {
		if errors.Is(err, gas.ErrOutOfGas) {
			return 0, fmt.Errorf("gas required exceeds allowance (%d)", enough)
		}
		return 0, err
	}
	return t.search(ctx, first, enough)
}

// search narrows the limit down from one that is enough. Most messages need exactly what they used before refunds, so that
// is tried first; one whose calls hold back a 64th and a stipend needs little more.
func (t *trial) search(ctx context.Context, first *transition.Outcome, enough uint64) (uint64, error) {
	used := first.MaxUsedGas
	guesses := []uint64{used, used - 1, (used + params.CallStipend) * 64 / 63}
	for short := first.UsedGas - 1; short+1 < enough; {
		var limit uint64
		switch {
		case len(guesses) > 0:
			limit, guesses = guesses[0], guesses[1:]
			if limit <= short || limit >= enough {
				continue
			}
		default:
			limit = min(short+(enough-short)/2, short*2)
		}
		outcome, err := t.attempt(ctx, limit)
		if err != nil {
			return 0, err
		}
		if outcome == nil || outcome.Failed() {
			short = limit
		} else {
			enough = limit
		}
	}
	return enough, nil
}

// attempt runs the message; the outcome is nil where the limit does not even cover what is due before it runs.
func (t *trial) attempt(ctx context.Context, limit uint64) (*transition.Outcome, error) {
	outcome, err := t.run(ctx, limit)
	switch {
	case errors.Is(err, core.ErrIntrinsicGas), errors.Is(err, core.ErrFloorDataGas), errors.Is(err, core.ErrGasLimitTooHigh):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("failed with %d gas: %w", limit, err)
	}
	return outcome, nil
}

// highest returns the highest limit worth trying: what block, schedule, sender and node allow.
func (t *trial) highest() (uint64, error) {
	limit := t.header.GasLimit
	if t.args.Gas != nil && uint64(*t.args.Gas) >= params.TxGas {
		limit = uint64(*t.args.Gas)
	}
	if most := t.Chain.Schedule(t.header).Limits.TransactionGas; most != 0 {
		limit = min(limit, most)
	}
	limit = min(limit, t.gasCap(t.header))
	_, feeCap, _ := t.args.fees(t.header.BaseFee)
	if feeCap.IsZero() {
		return limit, nil
	}
	available, short := new(uint256.Int).SubOverflow(t.state.GetBalance(t.args.from()), orZero(t.args.Value))
	if short || available.IsZero() {
		return 0, core.ErrInsufficientFundsForTransfer
	}
	if affordable := available.Div(available, feeCap); affordable.IsUint64() {
		limit = min(limit, affordable.Uint64())
	}
	return limit, nil
}
