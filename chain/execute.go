package chain

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/trie"

	"hestia/ewasm"
)

// execution is a block being executed, transaction by transaction.
//
// Osaka's system calls are not made. Those before the transactions (beacon root, block hash history) do nothing on a chain
// without these contracts, and the requests of the queues after them are always empty: there is no beacon chain to read them.
type execution struct {
	chain      *Chain
	header     *types.Header
	state      *gstate.StateDB
	signer     types.Signer
	transition *Transition
	pool       *core.GasPool

	transactions types.Transactions
	receipts     types.Receipts
	reasons      map[int]string // by the index of a failed transaction
}

// execute begins a block of the given header over db, the state its parent left.
func (c *Chain) execute(header *types.Header, db *gstate.StateDB, debug func(string)) *execution {
	return &execution{
		chain:      c,
		header:     header,
		state:      db,
		signer:     c.Signer(header),
		transition: c.transition(header, db, debug),
		pool:       core.NewGasPool(header.GasLimit),
		receipts:   types.Receipts{}, // not nil: a block without transactions has receipts too
		reasons:    make(map[int]string),
	}
}

// add executes tx as the block's next transaction. If it returns an error, the block is as it was before.
func (e *execution) add(tx *types.Transaction) error {
	if tx.Type() == types.BlobTxType {
		return fmt.Errorf("%w: blob tx", core.ErrTxTypeNotSupported)
	}
	msg, err := newMessage(tx, e.signer, e.header.BaseFee)
	if err != nil {
		return err
	}
	index := len(e.transactions)
	e.state.SetTxContext(tx.Hash(), index, uint32(index+1))
	snapshot, pool := e.state.Snapshot(), e.pool.Snapshot()
	outcome, err := e.transition.Apply(msg, e.pool)
	if err != nil {
		e.state.RevertToSnapshot(snapshot)
		e.pool.Set(pool)
		return err
	}
	e.state.Finalise(e.transition.Rules())
	e.keep(tx, outcome)
	return nil
}

// keep adds the receipt. What follows from the finished block is filled in by seal.
func (e *execution) keep(tx *types.Transaction, outcome *Outcome) {
	receipt := &types.Receipt{
		Type:              tx.Type(),
		Status:            types.ReceiptStatusSuccessful,
		CumulativeGasUsed: e.pool.CumulativeUsed(),
		Logs:              e.logsOf(tx),
		TxHash:            tx.Hash(),
		GasUsed:           outcome.UsedGas,
	}
	if outcome.Failed() {
		receipt.Status = types.ReceiptStatusFailed
		e.reasons[len(e.transactions)] = reason(outcome.Result)
	}
	receipt.Bloom = types.CreateBloom(receipt)
	e.transactions = append(e.transactions, tx)
	e.receipts = append(e.receipts, receipt)
}

// logsOf returns the logs of tx, an empty list where it made none. The block's hash is not known yet.
func (e *execution) logsOf(tx *types.Transaction) []*types.Log {
	logs := e.state.GetLogs(tx.Hash(), e.header.Number.Uint64(), common.Hash{}, e.header.Time)
	if logs == nil {
		return []*types.Log{}
	}
	return logs
}

// isFault reports whether err says that the node failed, not the transaction.
func isFault(err error) bool {
	var fault *ewasm.FaultError
	return errors.As(err, &fault)
}

// seal returns the finished block and fills in what its receipts and logs say of it.
func (e *execution) seal() (*types.Block, error) {
	e.header.GasUsed = e.pool.Used()
	e.header.Root = e.state.IntermediateRoot(e.transition.Rules())
	if err := e.state.Error(); err != nil {
		return nil, &ewasm.FaultError{Err: err}
	}
	body := &types.Body{Transactions: e.transactions, Withdrawals: []*types.Withdrawal{}}
	block := types.NewBlock(e.header, body, e.receipts, trie.NewStackTrie(nil))
	err := e.receipts.DeriveFields(e.chain.config, block.Hash(), block.NumberU64(), block.Time(), block.BaseFee(), nil, e.transactions)
	if err != nil {
		return nil, &ewasm.FaultError{Err: err}
	}
	return block, nil
}
