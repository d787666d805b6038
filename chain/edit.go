package chain

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
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

// steps are the edits after one block. They are no part of the block: its root stays the root after its transactions.
// Executing the next block needs the block's state and its edits.
type steps []step

// leastStep is fewer bytes than any step has in JSON, so that a list is not many times as large as its text.
const leastStep = len(`{"edit":{},"root":""}`) + 2*common.HashLength

// UnmarshalJSON reads a list of steps, none of them without a root.
func (s *steps) UnmarshalJSON(data []byte) error {
	list := json.NewDecoder(bytes.NewReader(data))
	if start, err := list.Token(); err != nil || start != json.Delim('[') {
		*s = nil
		return err
	}
	*s = steps{}
	for list.More() {
		var text json.RawMessage
		if err := list.Decode(&text); err != nil {
			return err
		}
		var next step
		if err := json.Unmarshal(text, &next); err != nil {
			return err
		}
		if len(text) < leastStep {
			return errNoRoot
		}
		*s = append(*s, next)
	}
	return nil
}

// errNoRoot reports an edit that is not whole.
var errNoRoot = errors.New("an edit without the root of the state after it")

// editsPrefix begins the key of an edit: the hash of its block and its index follow. A list of all of a block, without
// an index, is what older programs wrote.
const editsPrefix = "hestia-edits-"

func editsKey(block common.Hash) []byte { return append([]byte(editsPrefix), block[:]...) }

func editKey(block common.Hash, index int) []byte {
	return binary.BigEndian.AppendUint64(editsKey(block), uint64(index))
}

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
	index, next := len(c.edits[hash]), step{e, root}
	if err := putStep(c.db, hash, index, next); err != nil {
		return &frame.FaultError{Err: err}
	}
	c.edits[hash] = append(c.edits[hash], next) // those who hold the list do not see what follows it
	if change, ok := c.newIDChange(head.Number.Uint64(), index, e); ok {
		changes := append(slices.Clone(c.idChanges()), change)
		c.ids.Store(&changes)
	}
	return nil
}

// putStep writes one edit after a block.
func putStep(to ethdb.KeyValueWriter, block common.Hash, index int, s step) error {
	record, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return to.Put(editKey(block, index), record)
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
	if err := c.readSteps(); err != nil {
		return err
	}
	var changes []idChange
	for block, list := range c.edits {
		number, _ := c.db.number(block)
		for i, s := range list {
			if change, ok := c.newIDChange(number, i, s.Edit); ok {
				changes = append(changes, change)
			}
		}
	}
	slices.SortFunc(changes, func(a, b idChange) int {
		return cmp.Or(cmp.Compare(a.after, b.after), cmp.Compare(a.index, b.index))
	})
	c.ids.Store(&changes)
	return nil
}

// readSteps reads the records of all edits. A list of an older program is written anew, an edit a record.
func (c *Chain) readSteps() error {
	records := c.db.NewIterator([]byte(editsPrefix), nil)
	defer records.Release()
	batch := c.db.NewBatch()
	for records.Next() {
		key, value := records.Key()[len(editsPrefix):], records.Value()
		block := common.BytesToHash(key[:min(len(key), common.HashLength)])
		var list steps
		switch index := key[len(block):]; {
		case len(index) == 0:
			if err := json.Unmarshal(value, &list); err != nil {
				return fmt.Errorf("%w: edits after block %s: %w", ErrDamaged, block, err)
			}
			if err := batch.Delete(editsKey(block)); err != nil {
				return err
			}
			for i, s := range list {
				if err := putStep(batch, block, i, s); err != nil {
					return err
				}
			}
		case len(index) != 8 || binary.BigEndian.Uint64(index) != uint64(len(c.edits[block])):
			return fmt.Errorf("%w: an edit after block %s is missing", ErrDamaged, block)
		default:
			list = make(steps, 1)
			if err := json.Unmarshal(value, &list[0]); err != nil {
				return fmt.Errorf("%w: edit %d after block %s: %w", ErrDamaged, len(c.edits[block]), block, err)
			}
		}
		c.edits[block] = append(c.edits[block], list...)
	}
	return errors.Join(records.Error(), batch.Write())
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
	list := c.edits[block]
	for i := n; i < len(list); i++ {
		if err := batch.Delete(editKey(block, i)); err != nil {
			return err
		}
	}
	switch {
	case n == 0:
		delete(c.edits, block)
	case n < len(list):
		c.edits[block] = list[:n:n]
	}
	return nil
}

// EditCount returns the number of edits made after the block with the given hash.
func (c *Chain) EditCount(block common.Hash) int {
	c.past.RLock()
	defer c.past.RUnlock()
	return len(c.edits[block])
}
