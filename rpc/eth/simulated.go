package eth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/frame"
	"hestia/insight/trace"
	"hestia/rpc/query"
	"hestia/transition"
	"hestia/vm"
)

// madeUp is a block while its calls are run.
type madeUp struct {
	*simulator
	header      *types.Header // filled in as calls run
	precompiles gethvm.PrecompiledContracts
	blobBaseFee *uint256.Int      // nil = what the header says
	logs        trace.TransferLog // of its calls
	used        uint64            // gas

	transactions types.Transactions
	senders      []common.Address
	receipts     types.Receipts
	results      []simulatedCall // by transaction
}

// request returns what is simulated in the block, without a message.
func (b *madeUp) request() chain.CallRequest {
	return chain.CallRequest{
		Header: b.header, State: b.state, Config: b.config, Precompiles: b.precompiles, Hash: b.hash,
		BlobBaseFee: b.blobBaseFee,
	}
}

// call runs the next call of the block.
func (b *madeUp) call(ctx context.Context, args query.TransactionArgs) error {
	if err := args.Check(b.config.ChainID); err != nil {
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
	// All blocks of a request share the gas of one call.
	capped := limit > b.budget
	limit = min(limit, b.budget)
	if args.Nonce == nil {
		nonce := hexutil.Uint64(b.state.GetNonce(args.Sender()))
		args.Nonce = &nonce
	}
	msg := args.Message(limit, b.header.BaseFee)
	msg.SkipNonce, msg.NoBaseFee, msg.SkipGasCap = !b.Validation, !b.Validation, true
	tx := args.Simulated(limit, b.config.ChainID)
	b.logs.Begin(tx.Hash(), len(b.transactions), b.header)
	request := b.request()
	request.Message, request.Tracing = msg, vm.Tracing{Hooks: b.logs.Hooks()}
	request.Debug = b.prints.From(chain.Print{From: args.Sender(), Method: "eth_simulateV1"})
	outcome, err := b.Chain.Apply(ctx, request)
	if err == nil {
		err = b.kept.Keep(query.Shown(outcome.Result.Output) + query.Shown(tx.Data()))
	}
	if err != nil {
		return query.OverLimit(query.GaveUp(ctx, err), simulationError)
	}
	b.keep(tx, args.Sender(), outcome, capped)
	return nil
}

// keep notes what a call gave.
func (b *madeUp) keep(tx *types.Transaction, from common.Address, outcome *transition.Outcome, capped bool) {
	b.used += outcome.UsedGas
	b.budget -= min(b.budget, outcome.UsedGas)
	result := simulatedCall{
		ReturnData: outcome.Result.Output, Logs: b.logs.Kept(), GasUsed: hexutil.Uint64(outcome.UsedGas),
		MaxUsedGas: hexutil.Uint64(outcome.MaxUsedGas), Status: hexutil.Uint64(types.ReceiptStatusSuccessful),
	}
	if outcome.Failed() {
		result.ReturnData = hexutil.Bytes{} // what it reverted with is in the error
		result.Logs, result.Status = []*types.Log{}, hexutil.Uint64(types.ReceiptStatusFailed)
		result.Error = b.callError(outcome.Result, capped)
	}
	receipt := &types.Receipt{
		Type: tx.Type(), Status: uint64(result.Status), CumulativeGasUsed: b.used, GasUsed: outcome.UsedGas,
		Logs: outcome.Logs,
	}
	receipt.Bloom = types.CreateBloom(receipt)
	if rules := b.Chain.Rules(b.header); !rules.IsByzantium {
		receipt.PostState = b.state.IntermediateRoot(rules).Bytes()
	}
	if b.header.BlobGasUsed != nil {
		*b.header.BlobGasUsed += tx.BlobGas()
	}
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
	text := err.Error()
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

// seal returns the finished block.
func (b *madeUp) seal(ctx context.Context, withdrawals *types.Withdrawals) (*simulatedJSON, *types.Header, error) {
	rules := b.Chain.Rules(b.header)
	body := &types.Body{Transactions: b.transactions}
	if rules.IsShanghai {
		if body.Withdrawals = (types.Withdrawals{}); withdrawals != nil {
			body.Withdrawals = *withdrawals
		}
	}
	var logs []*types.Log
	for _, receipt := range b.receipts {
		logs = append(logs, receipt.Logs...)
	}
	requests, err := b.Chain.EndMadeUp(ctx, b.request(), logs, body.Withdrawals)
	if err != nil {
		return nil, nil, query.Fault(query.GaveUp(ctx, err))
	}
	if requests != nil {
		hash := types.CalcRequestsHash(requests)
		b.header.RequestsHash = &hash
	}
	b.header.GasUsed, b.header.Root = b.used, b.state.IntermediateRoot(rules)
	block := types.NewBlock(b.header, body, b.receipts, trie.NewListHasher())
	for _, result := range b.results {
		for _, log := range result.Logs {
			log.BlockHash = block.Hash()
		}
	}
	result := &simulatedJSON{*query.NewBlockJSON(block, b.Full), b.results}
	if txs, full := result.Transactions.([]*query.TransactionJSON); full {
		for i, tx := range txs { // unsigned, so no sender can be recovered
			tx.From = b.senders[i]
		}
	}
	if result.Calls == nil {
		result.Calls = []simulatedCall{}
	}
	return result, block.Header(), nil
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
	return query.Fault(err)
}

// UnmarshalJSON refuses overrides that do not exist, which would otherwise be passed over in silence.
func (b *simulatedBlock) UnmarshalJSON(data []byte) error {
	type plain simulatedBlock
	var raw struct {
		Block json.RawMessage                    `json:"blockOverrides"`
		State map[common.Address]json.RawMessage `json:"stateOverrides"`
	}
	if err := query.Decode(data, &raw); err != nil {
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
	return query.Decode(data, (*plain)(b))
}

// UnmarshalJSON reads an object; an error names the field.
func (s *simulation) UnmarshalJSON(data []byte) error {
	type plain simulation
	return query.Decode(data, (*plain)(s))
}
