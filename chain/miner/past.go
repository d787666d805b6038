package miner

import (
	"errors"
	"fmt"
	"slices"

	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// ErrDepth reports that more blocks were to be taken back than there are after the first.
var ErrDepth = errors.New("there are not so many blocks to take back")

// Rollback takes back the newest blocks with what was edited after them, and leaves the pool as it is. Edits after the
// new head stay, and so does what was set or asked for the next block. Snapshots of what is gone are deleted, and the
// clock goes on from the new head. The error wraps ErrDepth, or is that of Chain.Rewind.
func (m *Miner) Rollback(depth uint64) error {
	return m.do(func() error { return m.rollback(depth) })
}

func (m *Miner) rollback(depth uint64) error {
	target, err := m.before(depth)
	if err != nil || depth == 0 {
		return err
	}
	waiting := m.pool.All()
	if err := m.chain.Rewind(m.chain.MarkOf(target, m.chain.EditCount(target.Hash()))); err != nil {
		return err
	}
	m.snapshots = slices.DeleteFunc(m.snapshots, func(s snapshot) bool {
		return s.mark.Head().Number.Cmp(target.Number) > 0
	})
	m.change(func(p *plan) { p.goOnFrom(target, m.config.Clock()) })
	return m.settle(waiting)
}

// before returns the header before the newest blocks.
func (m *Miner) before(depth uint64) (*types.Header, error) {
	head := m.chain.Head().Number.Uint64()
	if most := head - m.chain.First().Number.Uint64(); depth > most {
		return nil, fmt.Errorf("%w: %d of %d", ErrDepth, depth, most)
	}
	return m.chain.HeaderByNumber(head - depth), nil
}

// RefusedError reports a transaction that keeps a reorganization from being made.
type RefusedError struct {
	Tx  *types.Transaction // the one that was given
	Err error
}

// Error names the transaction and the reason.
func (e *RefusedError) Error() string { return fmt.Sprintf("transaction %s: %v", e.Tx.Hash(), e.Err) }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Err }

// Reorganize takes back as many blocks as are given, and makes others of the given transactions, without the pool's.
// The blocks are tried out before anything changes: if a transaction is not valid in its block, or does not fit into
// it, everything stays as it is and the error is a *RefusedError. It wraps ErrDepth if there are not so many blocks.
func (m *Miner) Reorganize(blocks [][]*types.Transaction) error {
	return m.do(func() error {
		templates, err := m.rehearse(blocks)
		if err != nil {
			return err
		}
		if err := m.rollback(uint64(len(blocks))); err != nil {
			return err
		}
		for _, t := range templates {
			t.Debug = m.config.Debug
			built, err := m.extend(t)
			if err != nil {
				return err
			}
			for _, r := range built.Rejected { // none, as the same block was tried out
				return &RefusedError{r.Tx, r.Err}
			}
		}
		return nil
	})
}

// rehearse returns the templates of blocks that are made in place of the newest ones, after it has tried them out.
func (m *Miner) rehearse(blocks [][]*types.Transaction) (templates []chain.Template, err error) {
	target, err := m.before(uint64(len(blocks)))
	if err != nil {
		return nil, err
	}
	now := m.config.Clock()
	p := m.planned()
	p.goOnFrom(target, now)
	refused, err := m.chain.Rehearse(m.ctx, target, len(blocks), func(i int, parent *types.Header) chain.Template {
		if i > 0 {
			p.made(parent, now)
			p.offset = max(p.offset, lead(parent, now))
		}
		t := p.template(parent, now)
		t.Transactions, t.Limit = blocks[i], m.config.Limit
		templates = append(templates, t)
		return t
	})
	if len(refused) > 0 {
		return nil, &RefusedError{refused[0].Tx, refused[0].Err}
	}
	return templates, err
}

// Update makes the edit that change returns for the present state, as Edit does. No block is made in between.
func (m *Miner) Update(change func(now *gstate.StateDB) (chain.Edit, error)) error {
	return m.do(func() error {
		db, err := m.chain.StateAt(m.chain.Root(m.chain.Head()))
		if err != nil {
			return err
		}
		e, err := change(db)
		if err != nil {
			return err
		}
		return m.edit(e)
	})
}
