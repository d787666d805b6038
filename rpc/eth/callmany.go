package eth

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/frame"
	"hestia/rpc/budget"
	"hestia/rpc/query"
)

// CallMany runs bundles of calls on one state, each on what the one before left, and returns for each call its value
// or error. Between two bundles the block's number and time grow by one.
func (a *callAPI) CallMany(
	ctx context.Context, bundles bundleList, at *bundleContext, state *bundleState, milliseconds *query.Milliseconds,
) ([][]map[string]any, error) {
	if err := checkBundles(bundles); err != nil {
		return nil, err
	}
	kept := a.q.Budget.Of(ctx)
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	if milliseconds != nil && *milliseconds > 0 {
		most := time.Duration(*milliseconds) * time.Millisecond
		ctx, cancel = frame.WithTimeout(ctx, most, fmt.Errorf("execution aborted (timeout = %v)", most))
		defer cancel()
	}
	where, err := a.bundleState(ctx, at)
	if err != nil {
		return nil, err
	}
	where.Most = a.q.GasCap(where.Header)
	if _, err := (*query.StateOverride)(state).Apply(where.State, a.q.Chain.Rules(where.Header)); err != nil {
		return nil, err
	}
	many := &manyCalls{api: a, next: where, kept: kept, prints: a.q.Prints()}
	defer many.prints.End()
	results := make([][]map[string]any, 0, len(bundles))
	for i, b := range bundles {
		answers, err := many.run(ctx, b, i == len(bundles)-1)
		if err != nil {
			return nil, query.Within(fmt.Sprintf("bundles[%d]", i), err)
		}
		results = append(results, answers)
	}
	return results, nil
}

// checkBundles refuses no calls and too many.
func checkBundles(bundles bundleList) error {
	calls := 0
	for _, b := range bundles {
		calls += len(b.Transactions)
	}
	switch {
	case calls == 0:
		return query.InvalidArgument(0, errNoBundles)
	case len(bundles) > maxBundles:
		return query.WithCode(errBundles, query.CodeClientLimit)
	case calls > maxSimulatedCalls:
		return query.WithCode(errManyCalls, query.CodeClientLimit)
	}
	return nil
}

// bundleState returns the state on which bundles begin, and its block.
func (a *callAPI) bundleState(ctx context.Context, at *bundleContext) (where query.At, err error) {
	if at == nil {
		at = new(bundleContext)
	}
	ref := query.OrLatest(at.block)
	if at.index == nil {
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
	case *at.index > uint64(len(block.Transactions())):
		return where, query.InvalidArgument(1, fmt.Errorf(
			"transactionIndex: %d, and the transactions in the block are %d", *at.index, len(block.Transactions()),
		))
	}
	release, err := a.q.Enter(ctx)
	if err != nil {
		return where, query.GaveUp(ctx, err)
	}
	defer release()
	where.Header, where.Config = block.Header(), a.q.Chain.ConfigAt(block.NumberU64())
	where.State, err = a.q.Chain.Replay(ctx, block, int(*at.index), nil)
	return where, query.GaveUp(ctx, err)
}

// manyCalls is the calls of eth_callMany: what they leave for the next.
type manyCalls struct {
	api    *callAPI
	next   query.At // where the next bundle runs, without its overrides
	kept   *budget.Request
	prints *chain.Prints
}

// run runs the calls of a bundle and returns what each gave. After it, the block is the next, unless it is the last.
func (m *manyCalls) run(ctx context.Context, b bundle, last bool) ([]map[string]any, error) {
	header, err := b.Block.Header(m.next.Header)
	if err != nil {
		return nil, err
	}
	answers := make([]map[string]any, 0, len(b.Transactions))
	for i := range b.Transactions {
		answer, err := m.call(ctx, query.TransactionArgs(b.Transactions[i]), header)
		if err != nil {
			return nil, query.Within(fmt.Sprintf("transactions[%d]", i), err)
		}
		answers = append(answers, answer)
	}
	if last {
		return answers, nil
	}
	if header.Number.Uint64() == math.MaxUint64 || header.Time == math.MaxUint64 {
		return nil, query.InvalidParams("%w", errBlockRange)
	}
	m.next.Header = types.CopyHeader(header)
	m.next.Header.Number.Add(header.Number, big.NewInt(1))
	m.next.Header.Time++
	return answers, nil
}

// call runs one call in a block.
func (m *manyCalls) call(
	ctx context.Context, args query.TransactionArgs, header *types.Header,
) (map[string]any, error) {
	q, where := m.api.q, m.next
	where.Header = header
	t, err := q.TrialOn(where, args, query.Overrides{})
	if err != nil {
		return nil, err
	}
	t.Keep, t.Debug = true, m.prints.From(chain.Print{From: args.Sender(), Method: "eth_callMany"})
	outcome, err := t.Run(ctx, t.Limit())
	if err != nil {
		return nil, err
	}
	if err := m.kept.Keep(query.Shown(outcome.Result.Output)); err != nil {
		return nil, err
	}
	return bundleAnswer(outcome.Result.Output, t.EndError(outcome.Result)), nil
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
