package miner

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// snapshot is all that a devnet goes back to: the chain, what waited, the clock and what was set for the blocks to come. When
// blocks are made stays as it is.
type snapshot struct {
	id    uint64
	mark  chain.Mark
	plan  plan
	taken time.Time
	pool  []*types.Transaction
}

// Snapshot remembers how everything is now, and returns a number that was never given before.
func (m *Miner) Snapshot() (id uint64, err error) {
	if !m.chain.Devnet() {
		return 0, chain.ErrNotDevnet
	}
	err = m.do(func() error {
		m.last++
		id = m.last
		m.snapshots = append(m.snapshots, snapshot{id, m.chain.Mark(), m.planned(), m.config.Clock(), m.pool.All()})
		return nil
	})
	return id, err
}

// Snapshots returns the numbers of the snapshots that can be reverted to, and the block each was taken at.
func (m *Miner) Snapshots() (map[uint64]*types.Header, error) {
	list := make(map[uint64]*types.Header)
	err := m.do(func() error {
		for _, s := range m.snapshots {
			list[s.id] = s.mark.Head()
		}
		return nil
	})
	return list, err
}

// Revert goes back to a snapshot, which is used up with all later ones. It answers false if there is no such snapshot. The
// clock goes on from when the snapshot was taken.
func (m *Miner) Revert(id uint64) (found bool, err error) {
	err = m.do(func() error {
		at := slices.IndexFunc(m.snapshots, func(s snapshot) bool { return s.id == id })
		if at < 0 {
			return nil
		}
		s := m.snapshots[at]
		found = true
		if err := m.chain.Rewind(s.mark); err != nil {
			return err
		}
		m.snapshots = m.snapshots[:at:at]
		m.change(func(p *plan) {
			mode, every := p.mode, p.every
			*p = s.plan
			p.mode, p.every = mode, every
			p.offset -= int64(m.config.Clock().Sub(s.taken) / time.Second)
		})
		return m.settle(s.pool)
	})
	return found, err
}

// Reset goes back to the first block: no transaction waits, no snapshot is left, and the clock is the real one.
func (m *Miner) Reset() error {
	return m.do(func() error {
		if err := m.chain.Rewind(m.chain.MarkOf(m.chain.First(), 0)); err != nil {
			return err
		}
		return m.forget()
	})
}

// Load replaces the chain by that of a state file. After an error everything is as it was.
func (m *Miner) Load(r io.Reader) error {
	if !m.chain.Devnet() {
		return chain.ErrNotDevnet
	}
	return m.do(func() error {
		if err := m.chain.Load(r); err != nil {
			return err
		}
		return m.forget()
	})
}

// forget begins anew on another chain.
func (m *Miner) forget() error {
	m.snapshots = nil
	m.change(func(p *plan) {
		*p = plan{mode: p.mode, every: p.every, coinbase: m.config.Coinbase, gasLimit: m.config.GasLimit}
	})
	return m.settle(nil)
}

// Edit sets parts of an account, as chain.Edit does, and lets the pool know.
func (m *Miner) Edit(e chain.Edit) error {
	return m.do(func() error {
		if err := m.chain.Edit(e); err != nil {
			return err
		}
		view, err := m.chain.HeadView()
		if err != nil {
			return err
		}
		m.pool.Reset(view)
		return nil
	})
}

// settle puts the pool on the head with the given transactions.
func (m *Miner) settle(txs []*types.Transaction) error {
	view, err := m.chain.HeadView()
	if err != nil {
		return fmt.Errorf("after going back: %w", err)
	}
	m.pool.Restore(txs, view)
	clear(m.held)
	return nil
}
