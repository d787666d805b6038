package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/tracers"
	"github.com/ethereum/go-ethereum/rlp"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/frame"
	"hestia/insight/trace"
	"hestia/rpc/query"
	"hestia/vm"
)

// How long a trace may take: unless told otherwise, and at most.
const (
	traceTime    = 5 * time.Second
	maxTraceTime = 50 * time.Second
)

// debugAPI is debug: transactions and calls executed again under tracers.
type debugAPI struct{ q replayer }

// traceConfig chooses the tracer. The fields of the second group are those of the step log, which runs if no tracer is
// named.
type traceConfig struct{ traceOptions }

// UnmarshalJSON reads an object; an error names the field.
func (c *traceConfig) UnmarshalJSON(data []byte) error { return query.Decode(data, &c.traceOptions) }

// traceOptions are the fields of a traceConfig.
type traceOptions struct {
	Tracer       *string         `json:"tracer"`
	TracerConfig json.RawMessage `json:"tracerConfig"`
	Timeout      *timeout        `json:"timeout"`

	trace.StepConfig
}

// traceCallConfig also has the overrides of a call, and says after which of the block's transactions it comes.
type traceCallConfig struct{ traceCallOptions }

// UnmarshalJSON reads an object; an error names the field.
func (c *traceCallConfig) UnmarshalJSON(data []byte) error {
	return query.Decode(data, &c.traceCallOptions)
}

// traceCallOptions are the fields of a traceCallConfig.
type traceCallOptions struct {
	traceOptions
	State *query.StateOverride  `json:"stateOverrides"`
	Block *query.BlockOverrides `json:"blockOverrides"`
	Index *hexutil.Uint         `json:"txIndex"`
}

// tracedJSON is one transaction's place in the trace of a block.
type tracedJSON struct {
	TxHash common.Hash     `json:"txHash"`
	Result json.RawMessage `json:"result,omitempty"` // as the tracer gives it
	Error  string          `json:"error,omitempty"`  // why there is no result
}

// TraceTransaction executes a mined transaction again and returns what the tracer gathered.
func (a *debugAPI) TraceTransaction(
	ctx context.Context, hash common.Hash, config *traceConfig,
) (json.RawMessage, error) {
	return a.q.traceTransaction(ctx, hash, config)
}

// TraceBlockByNumber executes all transactions of a block again.
func (a *debugAPI) TraceBlockByNumber(
	ctx context.Context, number gethrpc.BlockNumber, config *traceConfig,
) ([]tracedJSON, error) {
	return a.q.traceBlock(ctx, a.q.BlockByNumber(number), all, config)
}

// TraceBlockByHash executes all transactions of a block again.
func (a *debugAPI) TraceBlockByHash(ctx context.Context, hash common.Hash, config *traceConfig) ([]tracedJSON, error) {
	return a.q.traceBlock(ctx, a.q.Chain.Block(hash), all, config)
}

// TraceBlock executes the transactions of a block that is given as bytes; its parent must be the chain's.
func (a *debugAPI) TraceBlock(ctx context.Context, data hexutil.Bytes, config *traceConfig) ([]tracedJSON, error) {
	block := new(types.Block)
	if err := rlp.DecodeBytes(data, block); err != nil {
		return nil, query.InvalidParams("could not decode block: %w", err)
	}
	if err := a.q.Chain.CheckForeign(block); err != nil {
		return nil, query.InvalidArgument(0, err)
	}
	return a.q.traceBlock(ctx, block, all, config)
}

// replayer is the query layer with what executes blocks and calls again under tracers.
type replayer struct{ *query.Service }

// traceTransaction executes a mined transaction again with a tracer.
func (s replayer) traceTransaction(
	ctx context.Context, hash common.Hash, config *traceConfig,
) (json.RawMessage, error) {
	_, at, found := s.Chain.Transaction(hash)
	if !found {
		return nil, query.ErrNotFound
	}
	results, err := s.traceBlock(ctx, s.Chain.Block(at.BlockHash), span{at.Index, at.Index + 1}, config)
	if err != nil {
		return nil, err
	}
	if results[0].Error != "" {
		return nil, errors.New(results[0].Error)
	}
	return results[0].Result, nil
}

// span is a range of the transactions of a block: from the first index to before the second.
type span struct{ from, to int }

var all = span{0, int(^uint(0) >> 1)}

// traceBlock executes a block's transactions up to the end of the span, and traces those in it.
func (s replayer) traceBlock(
	ctx context.Context, block *types.Block, which span, config *traceConfig,
) ([]tracedJSON, error) {
	if block == nil {
		return nil, query.ErrBlockNotFound
	}
	release, err := s.Enter(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	limit := config.time()
	kept, ctx, end := s.Keeping(ctx)
	defer end()
	ctx, cancel := traceTimed(ctx, limit)
	defer cancel()

	to := min(which.to, len(block.Transactions()))
	recordings := make([]*trace.Recording, 0, max(to-which.from, 0))
	_, err = s.Chain.Replay(ctx, block, to, func(i int) (vm.Tracing, error) {
		if i < which.from {
			return vm.Tracing{}, nil
		}
		w, err := s.newRecording(config, &tracers.Context{
			BlockHash: block.Hash(), BlockNumber: block.Number(), TxIndex: i, TxHash: block.Transactions()[i].Hash(),
		}, kept.Keep)
		if err != nil {
			return vm.Tracing{}, err
		}
		w.StopAfter(ctx)
		recordings = append(recordings, w)
		return w.Tracing, nil
	})
	if err == nil {
		err = kept.Failed()
	}
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	results := make([]tracedJSON, len(recordings))
	for i, w := range recordings {
		results[i].TxHash = block.Transactions()[which.from+i].Hash()
		if results[i].Result, err = w.Result(); err != nil {
			results[i] = tracedJSON{TxHash: results[i].TxHash, Error: err.Error()}
		}
	}
	return results, nil
}

// traceTimed is ctx with the time that a trace may take, compilations apart.
func traceTimed(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return frame.WithTimeout(ctx, limit, trace.ErrTimeout)
}

// TraceCall runs a message as eth_call does, under a tracer, and returns what that recorded.
func (a *debugAPI) TraceCall(
	ctx context.Context, args query.TransactionArgs, ref *gethrpc.BlockNumberOrHash, config *traceCallConfig,
) (json.RawMessage, error) {
	if config == nil {
		config = new(traceCallConfig)
	}
	t, err := a.q.tracedTrial(ctx, args, query.OrLatest(ref), config)
	if err != nil {
		return nil, err
	}
	return a.q.trace(ctx, t, &traceConfig{config.traceOptions})
}

// tracedTrial is a trial after the whole block or, if the config says so, after the first of its transactions.
func (s replayer) tracedTrial(
	ctx context.Context, args query.TransactionArgs, ref gethrpc.BlockNumberOrHash, config *traceCallConfig,
) (*query.Trial, error) {
	o := query.Overrides{State: config.State, Block: config.Block}
	if config.Index == nil {
		return s.NewTrial(args, ref, o)
	}
	block := s.Block(ref)
	switch {
	case block == nil:
		return nil, query.ErrBlockNotFound
	case uint64(*config.Index) > uint64(len(block.Transactions())):
		return nil, query.InvalidParams(
			"transaction index %d out of range for block %s", uint(*config.Index), block.Hash(),
		)
	}
	ctx, cancel := s.Limited(ctx)
	defer cancel()
	release, err := s.Enter(ctx)
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	db, err := s.Chain.Replay(ctx, block, int(*config.Index), nil)
	release()
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	return s.TrialOn(query.At{State: db, Header: block.Header(), Config: s.Chain.ConfigAt(block.NumberU64())}, args, o)
}

// trace runs the trial under a tracer and returns what that recorded.
func (s replayer) trace(ctx context.Context, t *query.Trial, config *traceConfig) (json.RawMessage, error) {
	kept, ctx, end := s.Keeping(ctx)
	defer end()
	w, err := s.newRecording(config, new(tracers.Context), kept.Keep)
	if err != nil {
		return nil, err
	}
	limit := config.time()
	ctx, cancel := traceTimed(ctx, limit)
	defer cancel()
	w.StopAfter(ctx)
	if _, err := t.RunTraced(ctx, t.Limit(), w.Tracing); err != nil {
		return nil, query.OverLimit(query.GaveUp(ctx, err), func(err error) error {
			return fmt.Errorf("tracing failed: %w", err)
		})
	}
	return w.Result()
}

// timeout is how long a trace may take, as clients write it.
type timeout time.Duration

// UnmarshalJSON reads a duration.
func (t *timeout) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit <= 0 {
		return fmt.Errorf("invalid timeout %.80q: want a duration such as 5s", text)
	}
	*t = timeout(limit)
	return nil
}

// time returns how long the trace may take.
func (c *traceConfig) time() time.Duration {
	if c == nil || c.Timeout == nil {
		return traceTime
	}
	return min(time.Duration(*c.Timeout), maxTraceTime)
}

// IntermediateRoots returns the state root after each transaction of a block.
func (a *debugAPI) IntermediateRoots(ctx context.Context, hash common.Hash) ([]common.Hash, error) {
	block := a.q.Chain.Block(hash)
	if block == nil {
		return nil, query.ErrBlockNotFound
	}
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	release, err := a.q.Enter(ctx)
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	defer release()
	roots := make([]common.Hash, len(block.Transactions()))
	rules := a.q.Chain.Rules(block.Header())
	for i := range roots {
		db, err := a.q.Chain.Replay(ctx, block, i+1, nil)
		if err != nil {
			return nil, query.GaveUp(ctx, err)
		}
		roots[i] = db.IntermediateRoot(rules)
	}
	return roots, nil
}
