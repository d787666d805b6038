package chain

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
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
// core.ErrBlockOversized, ErrBlobLimit, core.ErrNonceTooHigh, core.ErrFeeCapTooLow and core.ErrBlobFeeCapTooLow a later
// block may accept it; the other errors are final for this state.
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
// begin comes before its first transaction and seal after its last.
type candidate struct {
	chain      *Chain
	header     *types.Header
	state      *gstate.StateDB
	signer     types.Signer
	transition *transition.Transition
	pool       *core.GasPool

	uncles      []*types.Header
	withdrawals types.Withdrawals // nil before Shanghai
	blobGas     uint64            // used
	requests    [][]byte          // to the beacon chain, once it ends; nil before Prague

	transactions types.Transactions
	receipts     types.Receipts
	reasons      map[int]string // why a transaction failed, by its index

	next  func()            // called before each transaction runs; nil does nothing
	debug func(Print)       // called with each line that contracts print; nil discards it
	print func(line string) // that of the transaction that runs
}

// newCandidate begins a block of a template with the given header on the state after parent, edits included. giveUp
// ends its transactions; nil lets them run as long as their gas lasts.
func (c *Chain) newCandidate(header, parent *types.Header, t Template, giveUp *frame.Interrupt) (*candidate, error) {
	db, err := c.StateAt(c.Root(parent))
	if err != nil {
		return nil, err
	}
	b := c.candidateOn(db, header, t, giveUp)
	return b, b.transition.Begin()
}

// candidateOn returns a block of a template with the given header on a state, which it changes. Its transition must
// begin.
func (c *Chain) candidateOn(
	db *gstate.StateDB, header *types.Header, t Template, giveUp *frame.Interrupt,
) *candidate {
	b := &candidate{
		chain:    c,
		header:   header,
		state:    db,
		signer:   c.SignerAt(header.Number.Uint64()),
		pool:     core.NewGasPool(header.GasLimit),
		receipts: types.Receipts{}, // not nil: a block without transactions has receipts too
		reasons:  make(map[int]string),
		debug:    t.Debug,
	}
	if t.made != nil {
		b.uncles = t.made.Uncles()
	}
	if c.Rules(header).IsShanghai {
		b.withdrawals = append(types.Withdrawals{}, t.Withdrawals...)
	}
	var print func(string)
	if b.debug != nil {
		print = func(line string) { b.print(line) }
	}
	env := c.environment(header, db, print)
	env.Interrupt = giveUp
	b.transition = transition.New(env)
	return b
}

// add executes tx as the block's next transaction. After an error the block is as before.
func (b *candidate) add(tx *types.Transaction) error {
	rules := b.transition.Rules()
	if err := checkType(tx, &rules); err != nil {
		return err
	}
	tx = tx.WithoutBlobTxSidecar()
	if most := b.mostBlobGas(); tx.Type() == types.BlobTxType && b.blobGas+tx.BlobGas() > most {
		return fmt.Errorf("%w (used %d, tx %d, limit %d)", ErrBlobLimit, b.blobGas, tx.BlobGas(), most)
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
	b.blobGas += tx.BlobGas()
	return nil
}

// mostBlobGas returns the most blob gas that the block may use. Before blobs there is no limit: the transition refuses
// them.
func (b *candidate) mostBlobGas() uint64 {
	if b.header.ExcessBlobGas == nil {
		return math.MaxUint64
	}
	return eip4844.MaxBlobGasPerBlock(b.chain.config, b.header.Time)
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
	if err := b.end(); err != nil {
		return nil, err
	}
	b.header.GasUsed = b.pool.Used()
	b.header.Root = b.state.IntermediateRoot(b.transition.Rules())
	if err := b.state.Error(); err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	body := &types.Body{Transactions: b.transactions, Uncles: b.uncles, Withdrawals: b.withdrawals}
	block := types.NewBlock(b.header, body, b.receipts, trie.NewStackTrie(nil))
	if err := deriveFields(b.receipts, block, b.chain.ConfigAt(block.NumberU64())); err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	return block, nil
}

// end changes the state as the rules say after the last transaction, and sets the fields of the header about blobs and
// requests. The error is a fault, or wraps ErrInvalid if no block can end in this state.
func (b *candidate) end() error {
	var logs []*types.Log
	for _, receipt := range b.receipts {
		logs = append(logs, receipt.Logs...)
	}
	requests, err := b.transition.End(logs, b.withdrawals)
	switch {
	case frame.IsFault(err):
		return err
	case err != nil:
		return fmt.Errorf("block %d: %w: %w", b.header.Number, ErrInvalid, err)
	}
	b.reward()
	if b.header.BlobGasUsed != nil {
		b.header.BlobGasUsed = &b.blobGas
	}
	if b.requests = requests; requests != nil {
		hash := types.CalcRequestsHash(requests)
		b.header.RequestsHash = &hash
	}
	return nil
}

// blobPrice returns the price of blob gas in the block of header h, in wei; nil before blobs.
func blobPrice(config *params.ChainConfig, h *types.Header) *big.Int {
	if h.ExcessBlobGas == nil {
		return nil
	}
	return eip4844.CalcBlobFee(config, h)
}
