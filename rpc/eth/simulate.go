package eth

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/insight/trace"
	"hestia/rpc/query"
)

// What one simulation may ask for, and how far apart its blocks are, in seconds. The numbers are geth's.
const (
	maxSimulatedBlocks    = 256
	maxSimulatedBlock     = 5_000  // calls in one block
	maxSimulatedCalls     = 10_000 // calls in all
	simulatedBlockSpacing = 12
)

// Codes that eth_simulateV1 has of its own (https://github.com/ethereum/execution-apis). Its -38024 is missing:
// contracts may send.
const (
	codeNonceTooLow   = -38010
	codeNonceTooHigh  = -38011
	codeBaseFeeTooLow = -38012
	codeIntrinsicGas  = -38013
	codeNoFunds       = -38014
	codeBlockFull     = -38015
	codeBlockNumber   = -38020
	codeBlockTime     = -38021
	codeInitcodeSize  = -38025
	codeExecution     = -32015
)

// simulation is the parameter of eth_simulateV1.
type simulation struct {
	Blocks     []simulatedBlock `json:"blockStateCalls"`
	Transfers  bool             `json:"traceTransfers"`
	Validation bool             `json:"validation"`
	Full       bool             `json:"returnFullTransactions"`
}

// simulatedBlock is a block to be made up.
type simulatedBlock struct {
	Block *query.BlockOverrides   `json:"blockOverrides"`
	State *query.StateOverride    `json:"stateOverrides"`
	Calls []query.TransactionArgs `json:"calls"`
}

// simulatedJSON is a block made up, with what its calls gave.
type simulatedJSON struct {
	query.BlockJSON
	Calls []simulatedCall `json:"calls"`
}

// simulatedCall is what one call of a block gave. Gas is before and after refunds.
type simulatedCall struct {
	ReturnData hexutil.Bytes   `json:"returnData"`
	Logs       []*types.Log    `json:"logs"`
	GasUsed    hexutil.Uint64  `json:"gasUsed"`
	MaxUsedGas hexutil.Uint64  `json:"maxUsedGas"`
	Status     hexutil.Uint64  `json:"status"`
	Error      *simulatedError `json:"error,omitempty"`
}

// simulatedError says why a call failed; Data is what it gave to revert.
type simulatedError struct {
	Message string `json:"message"`
	Code    int    `json:"code"`
	Data    string `json:"data,omitempty"`
}

// simulator makes blocks up one after another on one state.
type simulator struct {
	*query.Service
	simulation
	base    *types.Header
	config  *params.ChainConfig // of every block made up
	state   *gstate.StateDB
	kept    *query.Keeping
	headers map[uint64]*types.Header // of the blocks made up
	budget  uint64                   // gas left for all of them
	prints  *chain.Prints            // of all of them
}

// SimulateV1 makes blocks up on top of a given one and returns them, without keeping anything.
func (a *callAPI) SimulateV1(
	ctx context.Context, what simulation, ref *gethrpc.BlockNumberOrHash,
) ([]*simulatedJSON, error) {
	switch calls := what.calls(); {
	case len(what.Blocks) == 0:
		return nil, query.InvalidParams("empty input")
	case len(what.Blocks) > maxSimulatedBlocks:
		return nil, query.WithCode(errors.New("too many blocks"), query.CodeClientLimit)
	case calls > maxSimulatedCalls:
		return nil, query.WithCode(
			fmt.Errorf("too many calls: %d > %d", calls, maxSimulatedCalls), query.CodeClientLimit,
		)
	}
	db, base, err := a.q.StateAt(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	kept, ctx, end := a.q.Keeping(ctx)
	defer end()
	s := &simulator{
		Service: a.q, simulation: what, base: base, config: a.q.ConfigAfter(base), state: db, kept: kept,
		headers: make(map[uint64]*types.Header), budget: a.q.GasCap(base), prints: a.q.Prints(),
	}
	defer s.prints.End()
	blocks, err := s.sequence()
	if err != nil {
		return nil, err
	}
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	release, err := a.q.Enter(ctx)
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	defer release()
	results := make([]*simulatedJSON, len(blocks))
	parent := base
	for i, block := range blocks {
		if results[i], parent, err = s.run(ctx, block, parent); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// calls counts the calls of all blocks.
func (w *simulation) calls() (n int) {
	for _, block := range w.Blocks {
		n += len(block.Calls)
	}
	return n
}

// sequence gives every block its number and time, and fills gaps with empty ones.
func (s *simulator) sequence() ([]simulatedBlock, error) {
	var blocks []simulatedBlock
	number, time := s.base.Number.Uint64(), s.base.Time
	for _, block := range s.Blocks {
		o := query.BlockOverrides{}
		if block.Block != nil {
			o = *block.Block
		}
		block.Block = &o
		next := number + 1
		if o.Number != nil {
			if next = o.Number.ToInt().Uint64(); !o.Number.ToInt().IsUint64() ||
				next-s.base.Number.Uint64() > maxSimulatedBlocks && next > number {
				return nil, query.WithCode(errors.New("too many blocks"), query.CodeClientLimit)
			}
		}
		if next <= number {
			return nil, query.WithCode(
				fmt.Errorf("block numbers must be in order: %d <= %d", next, number), codeBlockNumber,
			)
		}
		for ; number+1 < next; number++ {
			time += simulatedBlockSpacing
			blocks = append(blocks, emptyBlock(number+1, time))
		}
		number = next
		at := time + simulatedBlockSpacing
		if o.Time != nil {
			if at = uint64(*o.Time); at <= time {
				return nil, query.WithCode(
					fmt.Errorf("block timestamps must be in order: %d <= %d", at, time), codeBlockTime,
				)
			}
		}
		time = at
		o.Number, o.Time = (*hexutil.Big)(new(big.Int).SetUint64(number)), (*hexutil.Uint64)(&at)
		blocks = append(blocks, block)
	}
	return blocks, nil
}

// emptyBlock returns a block that fills a gap between two numbers.
func emptyBlock(number, time uint64) simulatedBlock {
	return simulatedBlock{
		Block: &query.BlockOverrides{
			Number: (*hexutil.Big)(new(big.Int).SetUint64(number)), Time: (*hexutil.Uint64)(&time),
		},
	}
}

// header returns the header of a block after parent, as far as it is known before its calls.
func (s *simulator) header(o *query.BlockOverrides, parent *types.Header) *types.Header {
	header := o.Fill(&types.Header{
		ParentHash: parent.Hash(), UncleHash: types.EmptyUncleHash, Coinbase: parent.Coinbase,
		GasLimit: parent.GasLimit, Difficulty: parent.Difficulty,
	})
	if s.config.IsPostMerge(header.Number.Uint64(), header.Time) {
		header.Difficulty = new(big.Int)
	}
	if header.BaseFee == nil && s.config.IsLondon(header.Number) { // without validation nothing need be paid
		if header.BaseFee = new(big.Int); s.Validation {
			header.BaseFee = eip1559.CalcBaseFee(s.config, parent)
		}
	}
	if s.config.IsCancun(header.Number, header.Time) {
		header.ParentBeaconRoot, header.BlobGasUsed, header.ExcessBlobGas = new(common.Hash), new(uint64), new(uint64)
		if o.BeaconRoot != nil {
			header.ParentBeaconRoot = o.BeaconRoot
		}
		if s.config.IsCancun(parent.Number, parent.Time) {
			*header.ExcessBlobGas = eip4844.CalcExcessBlobGas(s.config, parent, header.Time)
		}
	}
	return header
}

// run makes one block up and returns it with its header.
func (s *simulator) run(
	ctx context.Context, block simulatedBlock, parent *types.Header,
) (*simulatedJSON, *types.Header, error) {
	if len(block.Calls) > maxSimulatedBlock {
		return nil, nil, query.WithCode(
			fmt.Errorf("too many calls in block: %d > %d", len(block.Calls), maxSimulatedBlock), query.CodeClientLimit,
		)
	}
	header := s.header(block.Block, parent)
	if o := block.Block; o.Difficulty != nil {
		if header.Difficulty.Sign() == 0 {
			return nil, nil, query.InvalidParams(
				"block %d: difficulty override is not allowed after the merge", o.Number.ToInt(),
			)
		}
		header.Difficulty = o.Difficulty.ToInt()
	}
	precompiles, err := block.State.Apply(s.state, s.Chain.Rules(header))
	if err != nil {
		return nil, nil, err
	}
	made := &madeUp{
		simulator: s, header: header, precompiles: precompiles,
		logs: trace.TransferLog{Transfers: s.Transfers, Keep: func(log *types.Log) error {
			return s.kept.Keep(query.ShownLog(log))
		}},
	}
	if block.Block.BlobBaseFee != nil {
		made.blobBaseFee = uint256.MustFromBig(block.Block.BlobBaseFee.ToInt())
	}
	if err := s.Chain.BeginMadeUp(ctx, made.request()); err != nil {
		return nil, nil, query.Fault(query.GaveUp(ctx, err))
	}
	for i := range block.Calls {
		if err := made.call(ctx, block.Calls[i]); err != nil {
			return nil, nil, err
		}
	}
	result, sealed, err := made.seal(ctx, block.Block.Withdrawals)
	if err != nil {
		return nil, nil, err
	}
	s.headers[sealed.Number.Uint64()] = sealed
	return result, sealed, nil
}
