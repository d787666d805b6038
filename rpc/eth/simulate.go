package eth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"

	"hestia/chain"
	"hestia/frame"
	"hestia/rpc/query"
	"hestia/transition"
	"hestia/vm"
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
	state   *gstate.StateDB
	headers map[uint64]*types.Header // of the blocks made up
	budget  uint64                   // gas left for all of them
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
	s := &simulator{a.q, what, base, db, make(map[uint64]*types.Header), a.q.GasCap(base)}
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
		ParentHash: parent.Hash(), UncleHash: types.EmptyUncleHash, Coinbase: parent.Coinbase, Difficulty: new(big.Int),
		GasLimit: parent.GasLimit, ParentBeaconRoot: new(common.Hash), RequestsHash: &types.EmptyRequestsHash,
		BlobGasUsed: new(uint64),
	})
	if o.BeaconRoot != nil {
		header.ParentBeaconRoot = o.BeaconRoot
	}
	config := s.Chain.ChainConfig()
	if header.BaseFee == nil { // without validation nothing need be paid
		if header.BaseFee = new(big.Int); s.Validation {
			header.BaseFee = eip1559.CalcBaseFee(config, parent)
		}
	}
	excess := eip4844.CalcExcessBlobGas(config, parent, header.Time)
	header.ExcessBlobGas = &excess
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
	if o := block.Block; o.Difficulty != nil {
		return nil, nil, query.InvalidParams(
			"block %d: difficulty override is not allowed after the merge", o.Number.ToInt(),
		)
	}
	header := s.header(block.Block, parent)
	precompiles, err := block.State.Apply(s.state, s.Chain.Rules(header))
	if err != nil {
		return nil, nil, err
	}
	made := &madeUp{simulator: s, header: header, precompiles: precompiles, logs: transferLog{transfers: s.Transfers}}
	for i := range block.Calls {
		if err := made.call(ctx, block.Calls[i]); err != nil {
			return nil, nil, err
		}
	}
	result, sealed := made.seal(block.Block.Withdrawals)
	s.headers[sealed.Number.Uint64()] = sealed
	return result, sealed, nil
}

// madeUp is a block while its calls are run.
type madeUp struct {
	*simulator
	header      *types.Header
	precompiles gethvm.PrecompiledContracts
	logs        transferLog
	used        uint64

	transactions types.Transactions
	senders      []common.Address
	receipts     types.Receipts
	results      []simulatedCall
}

// call runs the next call of the block.
func (b *madeUp) call(ctx context.Context, args query.TransactionArgs) error {
	if err := args.Check(b.Chain.ChainConfig().ChainID); err != nil {
		return err
	}
	remaining := b.header.GasLimit - b.used
	limit, _ := query.Affordable(remaining, &args, b.state, b.header.BaseFee)
	if args.Gas != nil {
		limit = uint64(*args.Gas)
	}
	if limit > remaining {
		return query.WithCode(
			fmt.Errorf("block gas limit reached: remaining: %d, required: %d", remaining, limit), codeBlockFull,
		)
	}
	capped := limit > b.budget
	limit = min(limit, b.budget)
	if args.Nonce == nil {
		nonce := hexutil.Uint64(b.state.GetNonce(args.Sender()))
		args.Nonce = &nonce
	}
	msg := args.Message(limit, b.header.BaseFee)
	msg.SkipNonce, msg.NoBaseFee, msg.SkipGasCap = !b.Validation, !b.Validation, !b.Validation
	tx := args.Simulated(limit, b.Chain.ChainConfig().ChainID)
	b.logs.begin(tx.Hash(), len(b.transactions), b.header)
	outcome, err := b.Chain.Apply(ctx, chain.CallRequest{
		Header: b.header, State: b.state, Message: msg, Precompiles: b.precompiles, Hash: b.hash,
		Tracing: vm.Tracing{Hooks: b.logs.hooks()}, Debug: b.Printer("eth_simulateV1", args.Sender()),
	})
	if err != nil {
		return simulationError(query.GaveUp(ctx, err))
	}
	b.keep(tx, args.Sender(), outcome, capped)
	return nil
}

// keep notes what a call gave.
func (b *madeUp) keep(tx *types.Transaction, from common.Address, outcome *transition.Outcome, capped bool) {
	b.used += outcome.UsedGas
	b.budget -= min(b.budget, outcome.UsedGas)
	result := simulatedCall{
		ReturnData: outcome.Result.Output, Logs: b.logs.kept(), GasUsed: hexutil.Uint64(outcome.UsedGas),
		MaxUsedGas: hexutil.Uint64(outcome.MaxUsedGas), Status: hexutil.Uint64(types.ReceiptStatusSuccessful),
	}
	if outcome.Failed() {
		result.Logs, result.Status = []*types.Log{}, hexutil.Uint64(types.ReceiptStatusFailed)
		result.Error = b.callError(outcome.Result, capped)
	}
	receipt := &types.Receipt{
		Type: tx.Type(), Status: uint64(result.Status), CumulativeGasUsed: b.used, GasUsed: outcome.UsedGas,
		Logs: outcome.Logs,
	}
	receipt.Bloom = types.CreateBloom(receipt)
	b.transactions, b.senders = append(b.transactions, tx), append(b.senders, from)
	b.receipts, b.results = append(b.receipts, receipt), append(b.results, result)
}

// callError says why a call failed.
func (b *madeUp) callError(r frame.Result, capped bool) *simulatedError {
	err := b.EndError(r)
	var reverted *query.RevertError
	if errors.As(err, &reverted) {
		return &simulatedError{reverted.Message, query.CodeReverted, hexutil.Encode(reverted.Output)}
	}
	text := "vm execution error: " + err.Error()
	if capped {
		text += " (gas limit was capped by the RPC server's global gas cap)"
	}
	return &simulatedError{Message: text, Code: codeExecution}
}

// hash returns the hash of an earlier block, made up or real.
func (b *madeUp) hash(number uint64) common.Hash {
	if header := b.headers[number]; header != nil {
		return header.Hash()
	}
	if number > b.base.Number.Uint64() {
		return common.Hash{}
	}
	if header := b.Chain.HeaderByNumber(number); header != nil {
		return header.Hash()
	}
	return common.Hash{}
}

// seal returns the finished block. Withdrawals are shown as given and not paid: there is no beacon chain to pay from.
func (b *madeUp) seal(withdrawals *types.Withdrawals) (*simulatedJSON, *types.Header) {
	rules := b.Chain.Rules(b.header)
	b.header.GasUsed, b.header.Root = b.used, b.state.IntermediateRoot(rules)
	body := &types.Body{Transactions: b.transactions, Withdrawals: types.Withdrawals{}}
	if withdrawals != nil {
		body.Withdrawals = *withdrawals
	}
	block := types.NewBlock(b.header, body, b.receipts, trie.NewListHasher())
	for _, result := range b.results {
		for _, log := range result.Logs {
			log.BlockHash = block.Hash()
		}
	}
	result := &simulatedJSON{*query.NewBlockJSON(block, b.Full, b.Chain.ChainConfig()), b.results}
	if txs, full := result.Transactions.([]*query.TransactionJSON); full {
		for i, tx := range txs { // unsigned, so no sender can be recovered
			tx.From = b.senders[i]
		}
	}
	if result.Calls == nil {
		result.Calls = []simulatedCall{}
	}
	return result, block.Header()
}

// simulationError gives a message that could not run at all the code it has here.
func simulationError(err error) error {
	for _, known := range []struct {
		is   error
		code int
	}{
		{core.ErrNonceTooHigh, codeNonceTooHigh},
		{core.ErrNonceTooLow, codeNonceTooLow},
		{core.ErrTipAboveFeeCap, query.CodeInvalidParams},
		{core.ErrFeeCapTooLow, codeBaseFeeTooLow},
		{core.ErrInsufficientFunds, codeNoFunds},
		{core.ErrInsufficientFundsForTransfer, codeNoFunds},
		{core.ErrIntrinsicGas, codeIntrinsicGas},
		{core.ErrFloorDataGas, codeIntrinsicGas},
		{gethvm.ErrMaxInitCodeSizeExceeded, codeInitcodeSize},
	} {
		if errors.Is(err, known.is) {
			return query.WithCode(err, known.code)
		}
	}
	return query.WithCode(err, query.CodeInternal)
}

// UnmarshalJSON refuses overrides that do not exist, which would otherwise be passed over in silence.
func (b *simulatedBlock) UnmarshalJSON(data []byte) error {
	type plain simulatedBlock
	var raw struct {
		Block json.RawMessage                    `json:"blockOverrides"`
		State map[common.Address]json.RawMessage `json:"stateOverrides"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if err := query.CheckFields(raw.Block, query.BlockOverrides{}, "blockOverrides"); err != nil {
		return err
	}
	for address, account := range raw.State {
		if err := query.CheckFields(account, query.OverrideAccount{}, "stateOverrides."+address.Hex()); err != nil {
			return err
		}
	}
	return json.Unmarshal(data, (*plain)(b))
}
