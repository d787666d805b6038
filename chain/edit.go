package chain

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/holiman/uint256"

	"hestia/frame"
)

// Edit is a change to one account of a devnet, or to its chain id, made outside of any transaction. A nil field leaves
// its value as it is.
type Edit struct {
	Address common.Address              `json:"address"`
	Balance *hexutil.U256               `json:"balance,omitempty"` // wei
	Nonce   *hexutil.Uint64             `json:"nonce,omitempty"`
	Code    *hexutil.Bytes              `json:"code,omitempty"`
	Storage map[common.Hash]common.Hash `json:"storage,omitempty"`
	ChainID *hexutil.Uint64             `json:"chainId,omitempty"` // of the blocks from the next on
}

// step is an edit and the root of the state after it.
type step struct {
	Edit Edit        `json:"edit"`
	Root common.Hash `json:"root"`
}

// editsPrefix begins the keys of the edits after a block. They are no part of the block: its root stays the root after
// its transactions. Executing the next block needs the block's state and its edits.
const editsPrefix = "hestia-edits-"

func editsKey(block common.Hash) []byte { return append([]byte(editsPrefix), block[:]...) }

// Edit changes the state after the head, at once and without a block (docs/adr/0007). Readers of the head and the next
// block see the change. When it returns, the edit is in the database. The error is ErrNotDevnet if the chain is no
// devnet, ErrChainID, or that of the state or the database.
func (c *Chain) Edit(e Edit) error {
	if !c.devnet {
		return ErrNotDevnet
	}
	if e.ChainID != nil && *e.ChainID == 0 {
		return ErrChainID
	}
	c.extend.Lock()
	defer c.extend.Unlock()
	head := c.Head()
	root, err := c.applyEdit(head, c.Root(head), e)
	if err != nil {
		return err
	}
	c.past.Lock()
	defer c.past.Unlock()
	hash := head.Hash()
	steps := append(c.edits[hash][:len(c.edits[hash]):len(c.edits[hash])], step{e, root})
	record, err := json.Marshal(steps)
	if err != nil {
		return &frame.FaultError{Err: err}
	}
	if err := c.db.Put(editsKey(hash), record); err != nil {
		return &frame.FaultError{Err: err}
	}
	c.edits[hash] = steps
	if change, ok := c.newIDChange(head.Number.Uint64(), len(steps)-1, e); ok {
		changes := append(slices.Clone(c.idChanges()), change)
		c.ids.Store(&changes)
	}
	return nil
}

// applyEdit applies e to the state under root, as of h's block, commits the result and returns its root.
func (c *Chain) applyEdit(h *types.Header, root common.Hash, e Edit) (common.Hash, error) {
	db, err := c.StateAt(root)
	if err != nil {
		return common.Hash{}, err
	}
	if err := e.apply(db); err != nil {
		return common.Hash{}, err
	}
	rules := c.Rules(h)
	if len(e.Storage) > 0 {
		rules.IsEIP158 = false // it would remove an account that has storage but no balance, nonce or code
	}
	return c.store.Commit(db, rules, h.Number.Uint64())
}

// apply sets e's fields that are not nil. An account with storage but without balance, nonce and code stays until a
// transaction touches it.
func (e Edit) apply(db *gstate.StateDB) error {
	if e.Balance != nil {
		db.SetBalance(e.Address, (*uint256.Int)(e.Balance), tracing.BalanceChangeUnspecified)
	}
	if e.Nonce != nil {
		db.SetNonce(e.Address, uint64(*e.Nonce), tracing.NonceChangeUnspecified)
	}
	if e.Code != nil {
		db.SetCode(e.Address, *e.Code, tracing.CodeChangeUnspecified)
	}
	for slot, value := range e.Storage {
		db.SetState(e.Address, slot, value)
	}
	return db.Error()
}

// Root returns the root of the state after the block of header h, edits included: the state on which the next block
// begins. On a chain that is no devnet it is h.Root.
func (c *Chain) Root(h *types.Header) common.Hash {
	c.past.RLock()
	defer c.past.RUnlock()
	if len(c.edits) == 0 {
		return h.Root
	}
	if steps := c.edits[c.hashOf(h)]; len(steps) > 0 {
		return steps[len(steps)-1].Root
	}
	return h.Root
}

// Edits returns the edits made after the block with the given hash, in order.
func (c *Chain) Edits(block common.Hash) []Edit {
	c.past.RLock()
	defer c.past.RUnlock()
	var edits []Edit
	for _, s := range c.edits[block] {
		edits = append(edits, s.Edit)
	}
	return edits
}

// readEdits reads a devnet's edits from the database, and what follows from them.
func (c *Chain) readEdits() error {
	if !c.devnet {
		return nil
	}
	records := c.db.NewIterator([]byte(editsPrefix), nil)
	defer records.Release()
	var changes []idChange
	for records.Next() {
		block := common.BytesToHash(records.Key()[len(editsPrefix):])
		var steps []step
		if err := json.Unmarshal(records.Value(), &steps); err != nil {
			return fmt.Errorf("%w: edits after block %s: %w", ErrDamaged, block, err)
		}
		c.edits[block] = steps
		number, _ := c.db.number(block)
		for i, s := range steps {
			if change, ok := c.newIDChange(number, i, s.Edit); ok {
				changes = append(changes, change)
			}
		}
	}
	slices.SortFunc(changes, func(a, b idChange) int {
		return cmp.Or(cmp.Compare(a.after, b.after), cmp.Compare(a.index, b.index))
	})
	c.ids.Store(&changes)
	return records.Error()
}

// restoreEdits computes the states after the edits of h's block, if a crash lost them.
func (c *Chain) restoreEdits(h *types.Header) error {
	root := h.Root
	for _, s := range c.edits[h.Hash()] {
		if !c.store.Has(s.Root) {
			again, err := c.applyEdit(h, root, s.Edit)
			if err != nil {
				return err
			}
			if again != s.Root {
				return fmt.Errorf(
					"%w: an edit after block %d gives root %s, not %s", ErrDamaged, h.Number, again, s.Root,
				)
			}
		}
		root = s.Root
	}
	return nil
}

// cutEdits drops all but the first n edits after a block, in memory and in the batch. The caller holds past.
func (c *Chain) cutEdits(batch ethdb.KeyValueWriter, block common.Hash, n int) error {
	steps, found := c.edits[block]
	switch {
	case !found || len(steps) <= n:
		return nil
	case n == 0:
		delete(c.edits, block)
		return batch.Delete(editsKey(block))
	}
	record, err := json.Marshal(steps[:n])
	if err != nil {
		return err
	}
	c.edits[block] = steps[:n:n]
	return batch.Put(editsKey(block), record)
}
