package miner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// snapshot is the state to which a devnet can revert: the chain, the pool, the clock and the plan without its mode.
type snapshot struct {
	id    uint64
	mark  chain.Mark
	plan  plan
	taken time.Time // by Config.Clock
	pool  []*types.Transaction
}

// Snapshot takes a snapshot and returns its number, which no other snapshot of this miner has. The error is
// chain.ErrNotDevnet or ErrStopped.
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

// Snapshots returns the head at each snapshot that Revert accepts, by the snapshot's number.
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

// Revert returns to a snapshot and deletes it and all later ones. It returns false if there is no such snapshot. The
// clock goes on from the time at which the snapshot was taken.
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
			p.offset -= m.config.Clock().Unix() - s.taken.Unix() // the clock goes on from then
			m.follow(p)
		})
		return m.settle(s.pool)
	})
	return found, err
}

// Reset returns to the first block, with an empty pool, without snapshots and with the clock of the start.
func (m *Miner) Reset() error {
	return m.do(func() error {
		if err := m.chain.Rewind(m.chain.MarkOf(m.chain.First(), 0)); err != nil {
			return err
		}
		if err := m.chain.SetNextTime(chain.NextTime{}); err != nil {
			return err
		}
		return m.forget(m.config.OwnTime)
	})
}

// Load replaces the chain by that of a state file, as Chain.Read and Chain.Adopt do. Blocks are made while it is read,
// and are gone then; only one file is read at a time. After an error everything is as before.
func (m *Miner) Load(ctx context.Context, r io.Reader, most int) error {
	m.loading.Lock()
	defer m.loading.Unlock()
	other, err := m.chain.Read(ctx, r, most)
	if err != nil {
		return err
	}
	return errors.Join(m.do(func() error {
		if err := m.chain.Adopt(other); err != nil {
			return err
		}
		return m.forget(true)
	}), other.Store().Close())
}

// forget drops snapshots, settings and pool after the chain was replaced by one that may keep a time of its own.
func (m *Miner) forget(ownTime bool) error {
	m.snapshots = nil
	m.change(func(p *plan) {
		*p = plan{mode: p.mode, every: p.every, coinbase: m.config.Coinbase}
		m.startClock(p, ownTime)
	})
	return m.settle(nil)
}

// Edit changes an account as Chain.Edit does, and resets the pool to the new state.
func (m *Miner) Edit(e chain.Edit) error { return m.do(func() error { return m.edit(e) }) }

func (m *Miner) edit(e chain.Edit) error {
	if err := m.chain.Edit(e); err != nil {
		return err
	}
	view, err := m.chain.HeadView()
	if err != nil {
		return err
	}
	m.tellDropped(m.pool.Reset(view), nil)
	return nil
}

// settle resets the pool to the head, with the given transactions.
func (m *Miner) settle(txs []*types.Transaction) error {
	view, err := m.chain.HeadView()
	if err != nil {
		return fmt.Errorf("after going back: %w", err)
	}
	m.tellDropped(m.pool.Restore(txs, view), nil)
	clear(m.held)
	return nil
}
