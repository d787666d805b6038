package watch

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/beacon/engine"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/rpc/query"
)

// testingGasLimit is what the gas limit of blocks moves towards that testing_buildBlockV1 makes, as in geth.
const testingGasLimit = 60_000_000

// What testing_buildBlockV1 can be refused for.
var (
	errNotHead   = errors.New("the parent is not the newest block")
	errOldTime   = errors.New("the timestamp is not after the parent's")
	errLongExtra = errors.New("extra data is longer than 32 bytes")
	errNull      = errors.New("withdrawals has null in it")
)

// testingAPI is testing: blocks for those who test a consensus client.
type testingAPI struct{ q *query.Service }

// BuildBlockV1 returns the block that follows the newest one, with a beacon chain's attributes, and writes nothing. It
// holds the given transactions, or those of the pool if they are null.
func (a *testingAPI) BuildBlockV1(
	ctx context.Context, parent common.Hash, attributes engine.PayloadAttributes, raw *[]hexutil.Bytes,
	extra *hexutil.Bytes,
) (*engine.ExecutionPayloadEnvelope, error) {
	head := a.q.Chain.Head()
	t := chain.Template{
		Time: attributes.Timestamp, Coinbase: attributes.SuggestedFeeRecipient, Random: attributes.Random, Exact: true,
		GasLimit: testingGasLimit, Withdrawals: attributes.Withdrawals,
	}
	switch {
	case head.Hash() != parent:
		return nil, errNotHead
	case t.Time <= head.Time:
		return nil, errOldTime
	case extra != nil && len(*extra) > 32:
		return nil, errLongExtra
	case slices.Contains(t.Withdrawals, nil):
		return nil, query.InvalidArgument(1, errNull)
	}
	if extra != nil {
		t.Extra = *extra
	}
	if attributes.BeaconRoot != nil {
		t.BeaconRoot = *attributes.BeaconRoot
	}
	sidecars, err := a.choose(&t, raw)
	if err != nil {
		return nil, err
	}
	pending, err := a.pend(ctx, t, raw != nil)
	if err != nil {
		return nil, err
	}
	if pending.Block.ParentHash() != parent {
		return nil, errNotHead
	}
	return engine.BlockToExecutableData(pending.Block, tips(pending), sidecars, pending.Requests), nil
}

// choose sets the template's transactions, and returns the blobs that came with them.
func (a *testingAPI) choose(t *chain.Template, raw *[]hexutil.Bytes) (sidecars []*types.BlobTxSidecar, err error) {
	if raw == nil {
		t.Transactions = a.q.Pool.Pending(a.q.Chain.PendingHeader(*t).BaseFee)
		return nil, nil
	}
	for i, text := range *raw {
		tx := new(types.Transaction)
		if err := tx.UnmarshalBinary(text); err != nil {
			return nil, query.InvalidArgument(2, fmt.Errorf("transaction %d: %w", i, err))
		}
		if sidecar := tx.BlobTxSidecar(); sidecar != nil {
			sidecars = append(sidecars, sidecar)
		}
		t.Transactions = append(t.Transactions, tx)
	}
	return sidecars, nil
}

// pend executes a block. If it must hold all of the template's transactions, the first that it cannot hold is the
// error.
func (a *testingAPI) pend(ctx context.Context, t chain.Template, all bool) (*chain.Pending, error) {
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	release, err := a.q.Enter(ctx)
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	defer release()
	pending, err := a.q.Chain.Pend(ctx, t)
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	if all && len(pending.Rejected) > 0 {
		return nil, pending.Rejected[0].Err
	}
	return pending, nil
}

// tips returns what a block's transactions pay to its coinbase, in wei.
func tips(p *chain.Pending) *big.Int {
	sum := new(big.Int)
	for i, tx := range p.Block.Transactions() {
		tip, _ := tx.EffectiveGasTip(p.Block.BaseFee()) // not negative, as it is valid
		sum.Add(sum, tip.Mul(tip, new(big.Int).SetUint64(p.Receipts[i].GasUsed)))
	}
	return sum
}
