package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// replayJSON is what an execution gave, in the kinds that were asked for.
type replayJSON struct {
	Output    hexutil.Bytes     `json:"output"`
	StateDiff any               `json:"stateDiff"` // by address, null if not asked for
	Trace     []json.RawMessage `json:"trace"`     // frames, the outermost first
	VMTrace   any               `json:"vmTrace"`   // always null
	Hash      *common.Hash      `json:"transactionHash,omitempty"`
}

// traceKinds are the kinds of trace that are asked for.
type traceKinds []traceKind

type traceKind string

// UnmarshalJSON reads a list; an error names the place in it.
func (k *traceKinds) UnmarshalJSON(data []byte) error { return query.Decode(data, (*[]traceKind)(k)) }

// UnmarshalJSON refuses kinds that do not exist.
func (k *traceKind) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*string)(k)); err != nil {
		return err
	}
	if *k != "trace" && *k != "stateDiff" && *k != "vmTrace" {
		return fmt.Errorf("trace type %.32q: want trace, stateDiff or vmTrace", string(*k))
	}
	return nil
}

// replayConfig is the tracers for what is asked for: flat calls always, for the output, and the state before and after.
func replayConfig(kinds traceKinds) *traceConfig {
	inner := `{"flatCallTracer":{"convertParityErrors":true}`
	if slices.Contains(kinds, "stateDiff") {
		inner += `,"prestateTracer":{"diffMode":true}`
	}
	return &traceConfig{traceOptions{
		Tracer: new("muxTracer"), TracerConfig: json.RawMessage(inner + "}"), Timeout: new(timeout(maxTraceTime)),
	}}
}

// newReplayJSON reads what the tracers of replayConfig saw.
func newReplayJSON(raw json.RawMessage, kinds traceKinds) (*replayJSON, error) {
	var seen struct {
		Flat []json.RawMessage `json:"flatCallTracer"`
		Diff *stateChange      `json:"prestateTracer"`
	}
	if err := json.Unmarshal(raw, &seen); err != nil {
		return nil, err
	}
	result := &replayJSON{Trace: []json.RawMessage{}, Output: hexutil.Bytes{}}
	if len(seen.Flat) > 0 {
		var first flatJSON
		if err := json.Unmarshal(seen.Flat[0], &first); err != nil {
			return nil, err
		}
		if first.Result != nil {
			result.Output = first.Result.Output
		}
	}
	if slices.Contains(kinds, "trace") {
		result.Trace = seen.Flat
	}
	if seen.Diff != nil {
		result.StateDiff = seen.Diff.parity()
	}
	return result, nil
}

// ReplayTransaction executes a mined transaction again.
func (a *traceAPI) ReplayTransaction(ctx context.Context, hash common.Hash, kinds traceKinds) (*replayJSON, error) {
	raw, err := a.q.traceTransaction(ctx, hash, replayConfig(kinds))
	if err != nil {
		return nil, err
	}
	return newReplayJSON(raw, kinds)
}

// ReplayBlockTransactions executes all transactions of a block again.
func (a *traceAPI) ReplayBlockTransactions(
	ctx context.Context, number gethrpc.BlockNumber, kinds traceKinds,
) ([]*replayJSON, error) {
	traced, err := a.q.traceBlock(ctx, a.q.BlockByNumber(number), all, replayConfig(kinds))
	if err != nil {
		return nil, err
	}
	result := make([]*replayJSON, len(traced))
	for i, t := range traced {
		if t.Error != "" {
			return nil, errors.New(t.Error)
		}
		if result[i], err = newReplayJSON(t.Result, kinds); err != nil {
			return nil, err
		}
		result[i].Hash = &traced[i].TxHash
	}
	return result, nil
}

// Call runs a message as eth_call does.
func (a *traceAPI) Call(
	ctx context.Context, args query.TransactionArgs, kinds traceKinds, ref *gethrpc.BlockNumberOrHash,
) (*replayJSON, error) {
	t, err := a.q.NewTrial(args, query.OrLatest(ref), query.Overrides{})
	if err != nil {
		return nil, err
	}
	raw, err := a.q.trace(ctx, t, replayConfig(kinds))
	if err != nil {
		return nil, err
	}
	return newReplayJSON(raw, kinds)
}

// tracedCall is one message of trace_callMany with what is asked about it, on the wire a list of the two.
type tracedCall struct {
	args  query.TransactionArgs
	kinds traceKinds
}

// tracedCalls are the messages of trace_callMany.
type tracedCalls []tracedCall

// UnmarshalJSON reads a list; an error names the place in it.
func (l *tracedCalls) UnmarshalJSON(data []byte) error { return query.Decode(data, (*[]tracedCall)(l)) }

// UnmarshalJSON reads the pair.
func (c *tracedCall) UnmarshalJSON(data []byte) error {
	pair := []any{&c.args, &c.kinds}
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("want a call and a list of trace types, got %d values", len(pair))
	}
	return nil
}

// CallMany runs messages one after another, each on the state that the ones before it left.
func (a *traceAPI) CallMany(
	ctx context.Context, calls tracedCalls, ref *gethrpc.BlockNumberOrHash,
) ([]*replayJSON, error) {
	if len(calls) > maxCalls {
		return nil, query.InvalidParams("too many calls (max %d, got %d)", maxCalls, len(calls))
	}
	db, header, err := a.q.StateAt(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	at := query.At{State: db, Header: header, Config: a.q.ConfigAfter(header)}
	result := make([]*replayJSON, len(calls))
	for i, call := range calls {
		t, err := a.q.TrialOn(at, call.args, query.Overrides{})
		if err != nil {
			return nil, err
		}
		t.Keep = true
		raw, err := a.q.trace(ctx, t, replayConfig(call.kinds))
		if err != nil {
			return nil, err
		}
		if result[i], err = newReplayJSON(raw, call.kinds); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// RawTransaction tries a signed transaction out on the latest state without sending it.
func (a *traceAPI) RawTransaction(ctx context.Context, input hexutil.Bytes, kinds traceKinds) (*replayJSON, error) {
	tx := new(types.Transaction)
	if err := tx.UnmarshalBinary(input); err != nil {
		return nil, query.InvalidParams("transaction: %w", err)
	}
	from, err := types.Sender(a.q.Chain.Signer(), tx)
	if err != nil {
		return nil, query.InvalidParams("transaction: %w", err)
	}
	gas, data, list := hexutil.Uint64(tx.Gas()), hexutil.Bytes(tx.Data()), tx.AccessList()
	args := query.TransactionArgs{
		From: &from, To: tx.To(), Gas: &gas, Value: (*hexutil.Big)(tx.Value()), Input: &data, AccessList: &list,
		Authorizations: tx.SetCodeAuthorizations(), GasPrice: (*hexutil.Big)(new(big.Int)),
	}
	return a.Call(ctx, args, kinds, nil)
}
