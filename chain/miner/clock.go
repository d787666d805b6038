package miner

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// ErrTimestamp reports a time for the next block that is not after the newest one's.
var ErrTimestamp = errors.New("timestamp is not after the newest block's")

// A devnet's clock is Config.Clock and an offset. The offset follows the head: the clock is never behind the newest
// block, so that a time asked for counts from there, and it moves with Config.Clock from whatever it was set to.

// nextTime returns the time of a block made now on head, in seconds since the epoch.
func (p *plan) nextTime(head *types.Header, now time.Time) uint64 {
	switch {
	case p.time != 0:
		return p.time
	case p.spacing != 0:
		return head.Time + p.spacing + p.asked
	}
	return uint64(max(now.Unix()+p.offset, 1))
}

// follow puts a devnet's clock forward to the head and what was asked since if it is behind.
func (m *Miner) follow(p *plan) {
	if m.chain.Devnet() {
		p.offset = max(p.offset, lead(m.chain.Head(), m.config.Clock())+int64(p.asked))
	}
}

// goOnFrom sets the clock to the time of the head and what was asked since.
func (p *plan) goOnFrom(head *types.Header, now time.Time) {
	p.offset = lead(head, now) + int64(p.asked)
}

// lead returns by how many seconds the head is ahead of now; below 0 if it is behind.
func lead(head *types.Header, now time.Time) int64 {
	return int64(min(head.Time, math.MaxInt64/2)) - now.Unix()
}

// startClock sets the clock of a chain that was opened, loaded or reset: to the head if the chain keeps a time of its
// own, else to Config.Clock unless the head is later.
func (m *Miner) startClock(p *plan, own bool) {
	next := m.chain.NextTime()
	p.offset, p.time, p.asked = 0, next.At, next.Later
	if own {
		p.goOnFrom(m.chain.Head(), m.config.Clock())
	}
	m.follow(p)
}

// keepTime lets the chain keep what the plan asks of the next block's time, so that it outlives the process. It is not
// called after a block: what the chain keeps is of the head before.
func (m *Miner) keepTime() error {
	p := m.planned()
	next := chain.NextTime{At: p.time, Later: p.asked}
	if !m.chain.Devnet() || next == m.chain.NextTime() {
		return nil
	}
	return m.chain.SetNextTime(next)
}

// Spacing returns the fixed seconds between the times of blocks, 0 if they follow the clock.
func (m *Miner) Spacing() uint64 { return m.planned().spacing }

// SetSpacing fixes the seconds between the times of blocks. With 0 they follow the clock again. Where the clock is put
// forward, the next block is so much later.
func (m *Miner) SetSpacing(seconds uint64) error {
	return m.set(func(p *plan) { p.spacing = seconds })
}

// MineSpaced makes n blocks as Mine does: the first at the time of the clock, later ones so many seconds apart.
func (m *Miner) MineSpaced(ctx context.Context, n int, seconds uint64) error {
	return m.do(func() error { return m.mine(ctx, n, seconds) })
}

// MineAfter makes n blocks as Mine does, and puts the clock forward by so many seconds before each of them.
func (m *Miner) MineAfter(ctx context.Context, n int, seconds uint64) error {
	return m.do(func() error {
		m.change(func(p *plan) { p.increase(seconds) })
		return m.mine(ctx, n, seconds)
	})
}

// MineAt makes n blocks as Mine does, the first with the given time in seconds since the epoch. The error wraps
// ErrTimestamp if that is not after the head.
func (m *Miner) MineAt(ctx context.Context, n int, seconds uint64) error {
	return m.do(func() error {
		if err := m.setNextTime(seconds); err != nil {
			return err
		}
		return m.mine(ctx, n, 0)
	})
}

// IncreaseTime puts the clock forward by the given seconds, and returns how many seconds it is ahead of Config.Clock
// now. The next block is at least so much later than the head.
func (m *Miner) IncreaseTime(seconds uint64) (ahead int64, err error) {
	err = m.set(func(p *plan) {
		p.increase(seconds)
		ahead = p.offset
	})
	return ahead, err
}

// increase puts the clock forward, and with it the time that is set for the next block.
func (p *plan) increase(seconds uint64) {
	p.offset += int64(seconds)
	p.asked += seconds
	if p.time != 0 {
		p.time += seconds
	}
}

// SetTime sets the clock to a time in seconds since the epoch, and returns the seconds by which it moved. A block is
// still later than its parent.
func (m *Miner) SetTime(seconds uint64) (moved int64, err error) {
	err = m.set(func(p *plan) {
		offset := int64(seconds) - m.config.Clock().Unix()
		moved, p.offset, p.time = offset-p.offset, offset, 0
		spaced := m.chain.Head().Time + p.spacing
		p.asked = max(seconds, spaced) - spaced
		m.follow(p)
	})
	return moved, err
}

// SetNextTime sets the time of the next block, in seconds since the epoch; the clock goes on from there. The error
// wraps ErrTimestamp if that is not after the head.
func (m *Miner) SetNextTime(seconds uint64) error {
	return m.do(func() error { return m.setNextTime(seconds) })
}

func (m *Miner) setNextTime(seconds uint64) error {
	if head := m.chain.Head(); seconds <= head.Time {
		return fmt.Errorf("%w: %d, and block %d has %d", ErrTimestamp, seconds, head.Number, head.Time)
	}
	m.change(func(p *plan) { p.time = seconds })
	return nil
}
