package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// What one trace_filter may ask for.
const (
	maxTracedBlocks = 10_000 // that hold transactions
	maxTraces       = 50_000
	maxCalls        = 1024 // of trace_callMany
)

// traceAPI is trace: traces as Parity's client began them, a flat list of frames for each transaction. There is no
// vmTrace: frames of wasm have no instructions of the EVM.
type traceAPI struct{ q replayer }

// flatJSON is one frame of a flat trace, as far as filters look into it.
type flatJSON struct {
	Action struct {
		From          *common.Address `json:"from"`
		To            *common.Address `json:"to"`
		Address       *common.Address `json:"address"`
		RefundAddress *common.Address `json:"refundAddress"`
	} `json:"action"`
	Result *struct {
		Address *common.Address `json:"address"`
		Output  hexutil.Bytes   `json:"output"`
	} `json:"result"`
	TraceAddress []int `json:"traceAddress"` // the index of the frame at each level of the tree
}

// flatTracer is the tracer behind the whole namespace.
var flatTracer = traceConfig{traceOptions{
	Tracer: new("flatCallTracer"), TracerConfig: json.RawMessage(`{"convertParityErrors":true}`),
	Timeout: new(timeout(maxTraceTime)),
}}

// flat returns the frames of each transaction in a span of a block.
func (s replayer) flat(ctx context.Context, block *types.Block, which span) ([][]json.RawMessage, error) {
	if block != nil && block.Hash() == s.Chain.First().Hash() {
		return nil, nil // nothing was executed
	}
	traced, err := s.traceBlock(ctx, block, which, &flatTracer)
	if err != nil {
		return nil, err
	}
	result := make([][]json.RawMessage, len(traced))
	for i, t := range traced {
		if t.Error != "" {
			return nil, errors.New(t.Error)
		}
		if err := json.Unmarshal(t.Result, &result[i]); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// Block returns the frames of all transactions of a block.
func (a *traceAPI) Block(ctx context.Context, number gethrpc.BlockNumber) ([]json.RawMessage, error) {
	each, err := a.q.flat(ctx, a.q.BlockByNumber(number), all)
	return append([]json.RawMessage{}, slices.Concat(each...)...), err
}

// Transaction returns the frames of a mined transaction, null if there is none.
func (a *traceAPI) Transaction(ctx context.Context, hash common.Hash) ([]json.RawMessage, error) {
	_, at, found := a.q.Chain.Transaction(hash)
	if !found {
		return nil, nil
	}
	each, err := a.q.flat(ctx, a.q.Chain.Block(at.BlockHash), span{at.Index, at.Index + 1})
	if err != nil {
		return nil, err
	}
	return each[0], nil
}

// Get returns the one frame of a transaction that stands at a place in its tree, null if there is none.
func (a *traceAPI) Get(ctx context.Context, hash common.Hash, place []hexutil.Uint) (json.RawMessage, error) {
	frames, err := a.Transaction(ctx, hash)
	if err != nil {
		return nil, err
	}
	for _, frame := range frames {
		var f flatJSON
		if err := json.Unmarshal(frame, &f); err != nil {
			return nil, err
		}
		if slices.EqualFunc(f.TraceAddress, place, func(x int, y hexutil.Uint) bool { return uint(x) == uint(y) }) {
			return frame, nil
		}
	}
	return nil, nil
}

// traceFilter says which frames are wanted: of a range of blocks, from some accounts, to some others.
type traceFilter struct {
	From        *gethrpc.BlockNumber `json:"fromBlock"`
	To          *gethrpc.BlockNumber `json:"toBlock"`
	FromAddress []common.Address     `json:"fromAddress"`
	ToAddress   []common.Address     `json:"toAddress"`
	Mode        string               `json:"mode"` // "union", the default, or "intersection"
	After       *uint64              `json:"after"`
	Count       *uint64              `json:"count"`
}

// UnmarshalJSON reads an object; an error names the field.
func (f *traceFilter) UnmarshalJSON(data []byte) error {
	type plain traceFilter
	return query.Decode(data, (*plain)(f))
}

// Filter returns the frames that a filter asks for.
func (a *traceAPI) Filter(ctx context.Context, f traceFilter) ([]json.RawMessage, error) {
	if f.Mode != "" && f.Mode != "union" && f.Mode != "intersection" {
		return nil, query.InvalidParams("mode: %.32q, want union or intersection", f.Mode)
	}
	from, to, err := a.q.BlockRange(f.From, f.To)
	if err != nil {
		return nil, err
	}
	result := []json.RawMessage{}
	var skip uint64
	if f.After != nil {
		skip = *f.After
	}
	traced, kept := 0, a.q.Budget.Of(ctx)
	for n := max(from, 1); n <= to; n++ {
		block := a.q.Chain.BlockByNumber(n)
		if block == nil || len(block.Transactions()) == 0 {
			continue
		}
		if traced++; traced > maxTracedBlocks {
			return nil, query.LimitExceeded("more than %d blocks to trace; narrow the range", maxTracedBlocks)
		}
		before, wantedBytes := kept.Used(), 0
		each, err := a.q.flat(ctx, block, all)
		if err != nil {
			return nil, err
		}
		for _, frame := range slices.Concat(each...) {
			switch wanted, err := f.matches(frame); {
			case err != nil:
				return nil, err
			case !wanted:
				continue
			case skip > 0:
				skip--
				continue
			}
			if f.Count != nil && uint64(len(result)) >= *f.Count {
				return result, nil
			}
			wantedBytes += len(frame)
			if result = append(result, bytes.Clone(frame)); len(result) > maxTraces {
				return nil, query.LimitExceeded("more than %d traces; narrow the range or set count", maxTraces)
			}
		}
		kept.Drop(before + wantedBytes)
	}
	return result, nil
}

// matches reports whether a frame is wanted.
func (f *traceFilter) matches(frame json.RawMessage) (bool, error) {
	var shown flatJSON
	if err := json.Unmarshal(frame, &shown); err != nil {
		return false, err
	}
	from := holds(f.FromAddress, shown.Action.From) || holds(f.FromAddress, shown.Action.Address)
	to := holds(f.ToAddress, shown.Action.To) || holds(f.ToAddress, shown.Action.RefundAddress) ||
		shown.Result != nil && holds(f.ToAddress, shown.Result.Address)
	switch {
	case len(f.FromAddress) == 0 && len(f.ToAddress) == 0:
		return true, nil
	case len(f.FromAddress) == 0:
		return to, nil
	case len(f.ToAddress) == 0:
		return from, nil
	case f.Mode == "intersection":
		return from && to, nil
	}
	return from || to, nil
}

// holds reports whether an address that may be missing is in a list.
func holds(list []common.Address, address *common.Address) bool {
	return address != nil && slices.Contains(list, *address)
}
