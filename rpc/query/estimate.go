package query

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/params"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/gas"
	"hestia/transition"
)

// Estimate searches the least gas limit with which a message succeeds: that limit does, one unit less does not. What
// contracts print in the first attempt is shown.
func (s *Service) Estimate(
	ctx context.Context, args TransactionArgs, ref gethrpc.BlockNumberOrHash, o Overrides,
) (uint64, error) {
	limit, prints, err := s.estimate(ctx, args, ref, o)
	s.show(prints)
	return limit, err
}

// show passes on what contracts printed.
func (s *Service) show(prints []chain.Print) {
	for _, p := range prints {
		s.Config.Debug(p)
	}
}

// estimate is Estimate that returns what contracts print in the first attempt, if anything takes it.
func (s *Service) estimate(
	ctx context.Context, args TransactionArgs, ref gethrpc.BlockNumberOrHash, o Overrides,
) (limit uint64, prints []chain.Print, err error) {
	ctx, cancel := s.Limited(ctx)
	defer cancel()
	t, err := s.NewTrial(args, ref, o)
	if err != nil {
		return 0, nil, err
	}
	enough, err := t.highest()
	if err != nil {
		return 0, nil, err
	}
	if s.Config.Debug != nil {
		kept := chain.NewPrints(func(p chain.Print) { prints = append(prints, p) })
		defer kept.End()
		t.Debug = kept.From(chain.Print{From: args.Sender(), Method: "eth_estimateGas"})
	}
	first, err := t.attempt(ctx, enough)
	t.Debug = nil // the search would print the same again and again
	if err != nil {
		return 0, prints, err
	}
	if first == nil {
		return 0, prints, fmt.Errorf("gas required exceeds allowance (%d)", enough)
	}
	if err := t.EndError(first.Result); err != nil {
		if errors.Is(err, gas.ErrOutOfGas) {
			err = fmt.Errorf("gas required exceeds allowance (%d)", enough)
		}
		return 0, prints, err
	}
	limit, err = t.search(ctx, first, enough)
	return limit, prints, err
}

// search narrows the limit down from one that is enough. Most messages need exactly what they used before refunds, so
// that is tried first; one whose calls hold back a 64th and a stipend needs little more.
func (t *Trial) search(ctx context.Context, first *transition.Outcome, enough uint64) (uint64, error) {
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

// attempt runs the message. The outcome is nil if the limit does not cover what is due before it runs. Only an error of
// the run itself names the limit: with any other the message did not run.
func (t *Trial) attempt(ctx context.Context, limit uint64) (*transition.Outcome, error) {
	outcome, err := t.Run(ctx, limit)
	switch {
	case errors.Is(err, core.ErrIntrinsicGas), errors.Is(err, core.ErrFloorDataGas),
		errors.Is(err, core.ErrGasLimitTooHigh):
		return nil, nil
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("failed with %d gas: %w", limit, err)
	}
	return outcome, err
}

// highest returns the highest limit worth trying: what block, schedule, sender and node allow.
func (t *Trial) highest() (uint64, error) {
	limit := t.Header.GasLimit
	if t.Args.Gas != nil && uint64(*t.Args.Gas) >= params.TxGas {
		limit = uint64(*t.Args.Gas)
	}
	limits := &t.Chain.Schedule(t.Header).Limits
	if most := limits.TransactionGas; most != 0 && (limits.Wasm || t.Chain.Rules(t.Header).IsOsaka) {
		limit = min(limit, most)
	}
	limit, affordable := Affordable(min(limit, t.GasCap(t.Header), t.most), &t.Args, t.State, t.Header.BaseFee)
	if !affordable {
		return 0, core.ErrInsufficientFundsForTransfer
	}
	return limit, nil
}

// Affordable returns the gas limit, or what of it the sender's balance buys at the highest fee that the message allows.
// It is false if the balance buys none.
func Affordable(limit uint64, args *TransactionArgs, db *gstate.StateDB, baseFee *big.Int) (uint64, bool) {
	_, feeCap, _ := args.fees(baseFee)
	if feeCap.IsZero() {
		return limit, true
	}
	available, short := new(uint256.Int).SubOverflow(db.GetBalance(args.Sender()), orZero(args.Value))
	if short || available.IsZero() {
		return limit, false
	}
	if bought := available.Div(available, feeCap); bought.IsUint64() {
		limit = min(limit, bought.Uint64())
	}
	return limit, true
}
