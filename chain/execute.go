package chain

import (
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/trie"

	"hestia/frame"
	"hestia/transition"
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
	transition *transition.Transition
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
	index := len(e.transactions)
	outcome, receipt, err := e.transition.Transact(tx, e.signer, index, e.pool)
	if err != nil {
		return err
	}
	if outcome.Failed() {
		e.reasons[index] = reason(outcome.Result)
	}
	e.transactions, e.receipts = append(e.transactions, tx), append(e.receipts, receipt)
	return nil
}

// seal returns the finished block and fills in what its receipts and logs say of it.
func (e *execution) seal() (*types.Block, error) {
	e.header.GasUsed = e.pool.Used()
	e.header.Root = e.state.IntermediateRoot(e.transition.Rules())
	if err := e.state.Error(); err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	body := &types.Body{Transactions: e.transactions, Withdrawals: []*types.Withdrawal{}}
	block := types.NewBlock(e.header, body, e.receipts, trie.NewStackTrie(nil))
	err := e.receipts.DeriveFields(e.chain.config, block.Hash(), block.NumberU64(), block.Time(), block.BaseFee(), nil, e.transactions)
	if err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	return block, nil
}
