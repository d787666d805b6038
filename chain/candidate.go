package chain

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/trie"

	"hestia/frame"
	"hestia/transition"
	"hestia/vm"
)

// headerRoom bounds the bytes of a block's RLP beside its transactions: the header, at most 800, and list prefixes.
const headerRoom = 1024

// wrapRoom bounds the bytes of the RLP prefix that a transaction gets inside a block.
const wrapRoom = 5

// Rejection is a transaction that is not in the block, and the reason. After core.ErrGasLimitReached,
// core.ErrBlockOversized, core.ErrNonceTooHigh and core.ErrFeeCapTooLow a later block may accept it; the other errors
// are final for this state.
type Rejection struct {
	Tx  *types.Transaction
	Err error
}

// FaultyTransaction is the error for a block that was discarded because the node failed while it executed Tx.
type FaultyTransaction struct {
	Tx  *types.Transaction
	Err error // wraps a *frame.FaultError
}

// Error names the transaction and the failure.
func (e *FaultyTransaction) Error() string {
	return fmt.Sprintf("transaction %s: %v", e.Tx.Hash(), e.Err)
}

// Unwrap returns the fault.
func (e *FaultyTransaction) Unwrap() error { return e.Err }

// candidate is a block being made: transactions executed one after another on the state after a parent. Nothing of it
// is written yet, and any number of candidates may have one parent.
//
// Osaka's system calls are not made. Those before the transactions (beacon root, block hash history) do nothing on a
// chain without these contracts. The requests of the queues after them are always empty: no beacon chain reads them.
type candidate struct {
	chain      *Chain
	header     *types.Header
	state      *gstate.StateDB
	signer     types.Signer
	transition *transition.Transition
	pool       *core.GasPool

	transactions types.Transactions
	receipts     types.Receipts
	reasons      map[int]string // why a transaction failed, by its index

	next  func()            // called before each transaction runs; nil does nothing
	debug func(Print)       // called with each line that contracts print; nil discards it
	print func(line string) // that of the transaction that runs
}

// newCandidate begins a block with the given header on the state after parent, edits included. giveUp ends its
// transactions; nil lets them run as long as their gas lasts.
func (c *Chain) newCandidate(
	header, parent *types.Header, debug func(Print), giveUp *frame.Interrupt,
) (*candidate, error) {
	db, err := c.StateAt(c.Root(parent))
	if err != nil {
		return nil, err
	}
	return c.candidateOn(db, header, debug, giveUp), nil
}

// candidateOn begins a block with the given header on a state, which it changes.
func (c *Chain) candidateOn(
	db *gstate.StateDB, header *types.Header, debug func(Print), giveUp *frame.Interrupt,
) *candidate {
	b := &candidate{
		chain:    c,
		header:   header,
		state:    db,
		signer:   c.SignerAt(header.Number.Uint64()),
		pool:     core.NewGasPool(header.GasLimit),
		receipts: types.Receipts{}, // not nil: a block without transactions has receipts too
		reasons:  make(map[int]string),
		debug:    debug,
	}
	var print func(string)
	if debug != nil {
		print = func(line string) { b.print(line) }
	}
	env := c.environment(header, db, print)
	env.Interrupt = giveUp
	b.transition = transition.New(env)
	return b
}

// add executes tx as the block's next transaction. After an error the block is as before.
func (b *candidate) add(tx *types.Transaction) error {
	if tx.Type() == types.BlobTxType {
		return fmt.Errorf("%w: blob tx", core.ErrTxTypeNotSupported)
	}
	index := len(b.transactions)
	if b.next != nil {
		b.next()
	}
	if b.debug != nil {
		from, _ := types.Sender(b.signer, tx) // without one it prints nothing, as it does not run
		prints := NewPrints(b.debug)
		defer prints.End()
		b.print = prints.From(Print{From: from, Tx: tx.Hash()})
	}
	outcome, receipt, err := b.transition.Transact(tx, b.signer, index, b.pool)
	if err != nil {
		return err
	}
	if outcome.Failed() {
		b.reasons[index] = reason(outcome.Result)
	}
	b.transactions, b.receipts = append(b.transactions, tx), append(b.receipts, receipt)
	return nil
}

// addTraced is add with tracing. It fails with a fault if ctx ends first.
func (b *candidate) addTraced(ctx context.Context, tx *types.Transaction, tracing vm.Tracing) error {
	env := b.chain.environment(b.header, b.state, nil)
	env.Tracing, env.Interrupt = tracing, frame.InterruptAfter(ctx)
	defer env.Interrupt.Release()
	b.transition = transition.New(env)
	return b.add(tx)
}

// addValid executes the transactions of a list in order. It returns those that are not valid or do not fit into the
// block. The error is a *FaultyTransaction.
func (b *candidate) addValid(txs []*types.Transaction) (rejected []Rejection, err error) {
	size := uint64(headerRoom)
	for _, tx := range txs {
		need := tx.Size() + wrapRoom
		if size+need > params.MaxBlockSize {
			rejected = append(rejected, Rejection{tx, core.ErrBlockOversized})
			continue
		}
		switch err := b.add(tx); {
		case err == nil:
			size += need
		case frame.IsFault(err):
			return nil, &FaultyTransaction{tx, err}
		default:
			rejected = append(rejected, Rejection{tx, err})
		}
	}
	return rejected, nil
}

// seal completes the header, returns the finished block and fills in the fields of receipts and logs that follow from
// it.
func (b *candidate) seal() (*types.Block, error) {
	b.header.GasUsed = b.pool.Used()
	b.header.Root = b.state.IntermediateRoot(b.transition.Rules())
	if err := b.state.Error(); err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	body := &types.Body{Transactions: b.transactions, Withdrawals: []*types.Withdrawal{}}
	block := types.NewBlock(b.header, body, b.receipts, trie.NewStackTrie(nil))
	if err := b.receipts.DeriveFields(
		b.chain.ConfigAt(block.NumberU64()), block.Hash(), block.NumberU64(), block.Time(), block.BaseFee(), nil,
		b.transactions,
	); err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	return block, nil
}
