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
// new head stay. Snapshots of what is gone are deleted, and the clock goes on from the new head. The error wraps
// ErrDepth, or is that of Chain.Rewind.
func (m *Miner) Rollback(depth uint64) error {
	return m.do(func() error { return m.rollback(depth) })
}

func (m *Miner) rollback(depth uint64) error {
	head := m.chain.Head().Number.Uint64()
	if most := head - m.chain.First().Number.Uint64(); depth > most {
		return fmt.Errorf("%w: %d of %d", ErrDepth, depth, most)
	}
	if depth == 0 {
		return nil
	}
	target := m.chain.HeaderByNumber(head - depth)
	waiting := m.pool.All()
	if err := m.chain.Rewind(m.chain.MarkOf(target, len(m.chain.Edits(target.Hash())))); err != nil {
		return err
	}
	m.snapshots = slices.DeleteFunc(m.snapshots, func(s snapshot) bool {
		return s.mark.Head().Number.Cmp(target.Number) > 0
	})
	m.change(func(p *plan) {
		p.time = 0
		p.goOnFrom(target, m.config.Clock())
	})
	return m.settle(waiting)
}

// Reorganize takes back as many blocks as are given, and makes others of the given transactions, without the pool's.
// The error names the transactions that were in no block because they were not valid; the new blocks stay.
func (m *Miner) Reorganize(blocks [][]*types.Transaction) error {
	return m.do(func() error {
		if err := m.rollback(uint64(len(blocks))); err != nil {
			return err
		}
		var refused []error
		for _, txs := range blocks {
			built, err := m.extend(m.template(txs))
			if err != nil {
				return err
			}
			for _, r := range built.Rejected {
				refused = append(refused, fmt.Errorf("transaction %s: %w", r.Tx.Hash(), r.Err))
			}
		}
		return errors.Join(refused...)
	})
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
