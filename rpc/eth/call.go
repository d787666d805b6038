package eth

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/rpc/query"
)

// callAPI is eth: messages tried out on the state of any block, and the gas they need.
type callAPI struct{ q *query.Service }

// Call runs a message and returns what it gives back. A contract that reverts is error 3 with its data.
func (a *callAPI) Call(
	ctx context.Context, args query.TransactionArgs, ref *gethrpc.BlockNumberOrHash, state *query.StateOverride,
	block *query.BlockOverrides,
) (hexutil.Bytes, error) {
	kept := a.q.Budget.Of(ctx)
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	trial, err := a.q.NewTrial(args, query.OrLatest(ref), query.Overrides{State: state, Block: block})
	if err != nil {
		return nil, err
	}
	prints := a.q.Prints()
	defer prints.End()
	trial.Keep = true // it runs once
	trial.Debug = prints.From(chain.Print{From: args.Sender(), Method: "eth_call"})
	limit := trial.Limit()
	outcome, err := trial.Run(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("err: %w (supplied gas %d)", err, limit)
	}
	if err := kept.Keep(query.Shown(outcome.Result.Output)); err != nil {
		return nil, err
	}
	return outcome.Result.Output, trial.EndError(outcome.Result)
}

// EstimateGas returns the least gas limit with which a message succeeds, in the next block unless another is named.
func (a *callAPI) EstimateGas(
	ctx context.Context, args query.TransactionArgs, ref *gethrpc.BlockNumberOrHash, state *query.StateOverride,
	block *query.BlockOverrides,
) (hexutil.Uint64, error) {
	at := query.Pending
	if ref != nil {
		at = *ref
	}
	limit, err := a.q.Estimate(ctx, args, at, query.Overrides{State: state, Block: block})
	return hexutil.Uint64(limit), err
}
