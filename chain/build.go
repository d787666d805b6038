package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/frame"
)

// headerRoom is what a block's RLP may need beside its transactions, in bytes: the header, at most 800, and list prefixes.
const headerRoom = 1024

// wrapRoom is the longest prefix that a transaction gets inside a block, in bytes.
const wrapRoom = 5

// Built is what Build made of a template.
type Built struct {
	Block    *types.Block // nil if Template.RefuseEmpty kept it from being made
	Receipts types.Receipts
	Reasons  map[int]string // why transactions of the block failed, by index
	Rejected []Rejection
}

// Rejection is a transaction that is not in the block, and why. core.ErrGasLimitReached, core.ErrBlockOversized,
// core.ErrNonceTooHigh and core.ErrFeeCapTooLow may pass by themselves; the others are final for this state.
type Rejection struct {
	Tx  *types.Transaction
	Err error
}

// FaultyTransaction says which transaction made the node, not itself, fail. The block was discarded.
type FaultyTransaction struct {
	Tx  *types.Transaction
	Err error // wraps an *ewasm.FaultError
}

func (e *FaultyTransaction) Error() string {
	return fmt.Sprintf("transaction %s: %v", e.Tx.Hash(), e.Err)
}

// Unwrap returns the fault.
func (e *FaultyTransaction) Unwrap() error { return e.Err }

// Build makes the next block out of a template's transactions, passing over those that are not valid, and makes it the
// head. When it returns, the block is in the database. After an error nothing has changed; it is a *FaultyTransaction where
// a transaction brought out the fault.
func (c *Chain) Build(t Template) (*Built, error) {
	c.extend.Lock()
	defer c.extend.Unlock()
	if (t.Jump || t.BaseFee != nil) && !c.devnet {
		return nil, fmt.Errorf("base fee and gas limit follow from the parent: %w", ErrNotDevnet)
	}
	parent := c.Head()
	db, err := c.StateAt(c.Root(parent))
	if err != nil {
		return nil, err
	}
	e := c.execute(c.childHeader(parent, t), db, t.Debug)
	rejected, err := e.addValid(t.Transactions)
	if err != nil {
		return nil, err
	}
	built := &Built{Receipts: e.receipts, Reasons: e.reasons, Rejected: rejected}
	if t.RefuseEmpty && len(e.transactions) == 0 {
		return built, nil
	}
	if built.Block, err = e.seal(); err != nil {
		return nil, err
	}
	return built, c.write(e, built.Block)
}

// addValid adds what is valid and fits.
func (e *execution) addValid(txs []*types.Transaction) (rejected []Rejection, err error) {
	size := uint64(headerRoom)
	for _, tx := range txs {
		need := tx.Size() + wrapRoom
		if size+need > params.MaxBlockSize {
			rejected = append(rejected, Rejection{tx, core.ErrBlockOversized})
			continue
		}
		switch err := e.add(tx); {
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

// write keeps the executed block and makes it the head. The state goes first, then everything about the block in one batch:
// a crash in between leaves nodes that no block refers to, which harm nobody.
func (c *Chain) write(e *execution, block *types.Block) error {
	root, err := c.store.Commit(e.state, e.transition.Rules(), block.NumberU64())
	if err != nil {
		return &frame.FaultError{Err: err}
	}
	if root != block.Root() {
		return &frame.FaultError{Err: fmt.Errorf("block %d: root %s became %s when written", block.NumberU64(), block.Root(), root)}
	}
	hash, number := block.Hash(), block.NumberU64()
	batch := c.store.Disk().NewBatch()
	rawdb.WriteBlock(batch, block)
	rawdb.WriteReceipts(batch, hash, number, e.receipts)
	rawdb.WriteTxLookupEntriesByBlock(batch, block)
	rawdb.WriteCanonicalHash(batch, hash, number)
	writeHead(batch, hash)
	if err := writeReasons(batch, e); err != nil {
		return &frame.FaultError{Err: err}
	}
	if err := batch.Write(); err != nil {
		return &frame.FaultError{Err: fmt.Errorf("writing block %d: %w", number, err)}
	}
	c.blocks.Add(hash, entry{block, e.receipts})
	c.setHead(block.Header())

	event := Event{Block: block, Receipts: e.receipts}
	for _, receipt := range e.receipts {
		event.Logs = append(event.Logs, receipt.Logs...)
	}
	c.feed.Send(event)
	return nil
}
