package eth

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// errNoCalls reports bundles without any call.
var errNoCalls = errors.New("empty bundles")

// bundle is calls in one block, in Erigon's form.
type bundle struct {
	Transactions []query.TransactionArgs `json:"transactions"`
	Block        *bundleBlock            `json:"blockOverride"`
}

// bundleBlock is the block that the calls of a bundle see. Erigon has names of its own for some fields.
type bundleBlock struct {
	query.BlockOverrides
	BlockNumber *hexutil.Big    `json:"blockNumber"`
	Coinbase    *common.Address `json:"coinbase"`
	Timestamp   *hexutil.Uint64 `json:"timestamp"`
	BaseFee     *hexutil.Big    `json:"baseFee"`
}

// overrides returns the fields under the names that other methods have for them.
func (b *bundleBlock) overrides() *query.BlockOverrides {
	if b == nil {
		return nil
	}
	o := b.BlockOverrides
	if b.BlockNumber != nil {
		o.Number = b.BlockNumber
	}
	if b.Coinbase != nil {
		o.FeeRecipient = b.Coinbase
	}
	if b.Timestamp != nil {
		o.Time = b.Timestamp
	}
	if b.BaseFee != nil {
		o.BaseFeePerGas = b.BaseFee
	}
	return &o
}

// bundleContext is the moment at which bundles begin: after so many transactions of a block, -1 = all.
type bundleContext struct {
	Block *gethrpc.BlockNumberOrHash `json:"blockNumber"`
	Index *int                       `json:"transactionIndex"`
}

// CallMany runs bundles of calls on one state, each on what the one before left, and returns for each call its value
// or error. Between two bundles the block's number and time grow by one.
func (a *callAPI) CallMany(
	ctx context.Context, bundles []bundle, at *bundleContext, state *query.StateOverride,
	milliseconds *query.Milliseconds,
) ([][]map[string]any, error) {
	calls := 0
	for _, b := range bundles {
		calls += len(b.Transactions)
	}
	switch {
	case calls == 0:
		return nil, query.InvalidArgument(0, errNoCalls)
	case calls > maxSimulatedCalls:
		return nil, query.WithCode(
			fmt.Errorf("too many calls: %d > %d", calls, maxSimulatedCalls), query.CodeClientLimit,
		)
	}
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	if milliseconds != nil && *milliseconds > 0 && uint64(*milliseconds) < uint64(a.q.Config.Timeout/time.Millisecond) {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(*milliseconds)*time.Millisecond)
		defer cancel()
	}
	where, err := a.bundleState(ctx, at)
	if err != nil {
		return nil, err
	}
	if _, err := state.Apply(where.State, a.q.Chain.Rules(where.Header)); err != nil {
		return nil, err
	}
	results := make([][]map[string]any, 0, len(bundles))
	for _, b := range bundles {
		answers, header, err := a.bundle(ctx, b, where)
		if err != nil {
			return nil, err
		}
		results = append(results, answers)
		where.Header = types.CopyHeader(header)
		where.Header.Number.Add(header.Number, big.NewInt(1))
		where.Header.Time++
	}
	return results, nil
}

// bundleState returns the state on which bundles begin, and its block.
func (a *callAPI) bundleState(ctx context.Context, at *bundleContext) (where query.At, err error) {
	if at == nil {
		at = new(bundleContext)
	}
	ref := query.OrLatest(at.Block)
	if at.Index == nil || *at.Index == -1 {
		db, header, err := a.q.StateAt(ref)
		if err != nil {
			return where, err
		}
		return query.At{State: db, Header: header, Config: a.q.ConfigAfter(header)}, nil
	}
	block := a.q.Block(ref)
	switch {
	case block == nil:
		return where, query.ErrBlockNotFound
	case *at.Index < 0 || *at.Index > len(block.Transactions()):
		return where, query.InvalidArgument(1, fmt.Errorf(
			"transactionIndex: the block has %d transactions", len(block.Transactions()),
		))
	}
	release, err := a.q.Enter(ctx)
	if err != nil {
		return where, query.GaveUp(ctx, err)
	}
	defer release()
	where.Header, where.Config = block.Header(), a.q.Chain.ConfigAt(block.NumberU64())
	where.State, err = a.q.Chain.Replay(ctx, block, *at.Index, nil)
	return where, query.GaveUp(ctx, err)
}

// bundle runs the calls of a bundle and returns what each gave, and the header that they saw.
func (a *callAPI) bundle(
	ctx context.Context, b bundle, where query.At,
) ([]map[string]any, *types.Header, error) {
	header, answers := where.Header, make([]map[string]any, 0, len(b.Transactions))
	for i, args := range b.Transactions {
		t, err := a.q.TrialOn(where, args, query.Overrides{Block: b.Block.overrides()})
		if err != nil {
			return nil, nil, err
		}
		t.Keep, t.Debug = true, a.q.Printer("eth_callMany", args.Sender())
		outcome, err := t.Run(ctx, t.Limit())
		if err != nil {
			return nil, nil, fmt.Errorf("call %d: %w", i, err)
		}
		answers = append(answers, bundleAnswer(outcome.Result.Output, t.EndError(outcome.Result)))
		if i == len(b.Transactions)-1 {
			header = t.Header
		}
	}
	return answers, header, nil
}

// bundleAnswer returns what a call gave: a value, or an error, with data if the contract reverted.
func bundleAnswer(output []byte, err error) map[string]any {
	var reverted *query.RevertError
	switch {
	case err == nil:
		return map[string]any{"value": hexutil.Bytes(output)}
	case errors.As(err, &reverted):
		return map[string]any{"error": map[string]any{"message": reverted.Message, "data": reverted.ErrorData()}}
	}
	return map[string]any{"error": err.Error()}
}
