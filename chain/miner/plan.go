package miner

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// ErrTimestamp reports a time for the next block that is not after the newest one's.
var ErrTimestamp = errors.New("timestamp is not after the newest block's")

// plan holds the settings of the blocks to come. A devnet can change all of them.
type plan struct {
	mode  Mode
	every time.Duration // between blocks in Interval mode

	offset   int64  // how far the blocks' clock is ahead of Config.Clock, in seconds
	spacing  uint64 // fixed seconds from block to block; 0 = the clock decides
	coinbase common.Address
	gasLimit uint64 // 0 = the parent's
	jump     bool   // take gasLimit at once

	// For the next block only. Zero or nil means not set.
	time    uint64
	baseFee *big.Int
	random  common.Hash
}

// made updates the plan after a block was made: it clears the settings for the next block only. If they had a time, the
// clock goes on from it.
func (p *plan) made(now time.Time) {
	if p.time != 0 {
		p.offset = int64(p.time) - now.Unix()
	}
	p.time, p.baseFee, p.random = 0, nil, common.Hash{}
}

// planned returns a copy of the plan.
func (m *Miner) planned() plan {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.plan
}

// change lets f change the plan. Only the loop calls it.
func (m *Miner) change(f func(*plan)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(&m.plan)
}

// set lets the loop change the plan.
func (m *Miner) set(f func(*plan)) error {
	return m.do(func() error {
		m.change(f)
		return nil
	})
}

// template returns the template of a block of txs made now.
func (m *Miner) template(txs []*types.Transaction) chain.Template {
	p := m.planned()
	t := chain.Template{
		Time:         uint64(max(m.config.Clock().Unix()+p.offset, 1)),
		Coinbase:     p.coinbase,
		Random:       p.random,
		GasLimit:     p.gasLimit,
		Jump:         p.jump,
		BaseFee:      p.baseFee,
		Transactions: txs,
		Debug:        m.config.Debug,
	}
	switch {
	case p.time != 0:
		t.Time = p.time
	case p.spacing != 0:
		t.Time = m.chain.Head().Time + p.spacing
	}
	return t
}

// schedule replaces the ticker by the one that the plan needs: none outside of Interval mode.
func (m *Miner) schedule() {
	m.stopTicker()
	if m.plan.mode == Interval {
		m.ticker = time.NewTicker(m.plan.every)
	}
}

func (m *Miner) stopTicker() {
	if m.ticker != nil {
		m.ticker.Stop()
		m.ticker = nil
	}
}

// SetMode sets the mode; every is the time between blocks in Interval mode, at least a millisecond. When Instant mode
// begins, the transactions in the pool are mined before SetMode returns.
func (m *Miner) SetMode(mode Mode, every time.Duration) error {
	return m.do(func() error {
		m.change(func(p *plan) { p.mode, p.every = mode, max(every, time.Millisecond) })
		m.schedule()
		return nil
	})
}

// Every returns the time between blocks in Interval mode, 0 in others.
func (m *Miner) Every() time.Duration {
	if p := m.planned(); p.mode == Interval {
		return p.every
	}
	return 0
}

// Spacing returns the fixed seconds between the times of blocks, 0 if they follow the clock.
func (m *Miner) Spacing() uint64 { return m.planned().spacing }

// MineSpaced makes n blocks as Mine does, with times that are the given seconds apart.
func (m *Miner) MineSpaced(n int, seconds uint64) error {
	return m.do(func() error { return m.mine(n, seconds) })
}

// MineAt makes n blocks as Mine does, the first with the given time in seconds since the epoch. The error wraps
// ErrTimestamp if that is not after the head.
func (m *Miner) MineAt(n int, seconds uint64) error {
	return m.do(func() error {
		if err := m.setNextTime(seconds); err != nil {
			return err
		}
		return m.mine(n, 0)
	})
}

// IncreaseTime puts the blocks' clock forward by the given seconds, and returns how many seconds it is ahead of
// Config.Clock now.
func (m *Miner) IncreaseTime(seconds uint64) (ahead int64, err error) {
	err = m.set(func(p *plan) {
		p.offset += int64(seconds)
		ahead = p.offset
	})
	return ahead, err
}

// SetTime sets the blocks' clock to a time in seconds since the epoch, and returns the seconds by which it moved. A
// block is still later than its parent.
func (m *Miner) SetTime(seconds uint64) (moved int64, err error) {
	err = m.set(func(p *plan) {
		offset := int64(seconds) - m.config.Clock().Unix()
		moved, p.offset, p.time = offset-p.offset, offset, 0
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

// SetSpacing fixes the seconds between the times of blocks. With 0 they follow the clock again.
func (m *Miner) SetSpacing(seconds uint64) error {
	return m.set(func(p *plan) { p.spacing = seconds })
}

// SetCoinbase sets the account that gets the tips of the next blocks.
func (m *Miner) SetCoinbase(a common.Address) error { return m.set(func(p *plan) { p.coinbase = a }) }

// SetGasLimit sets the gas limit of the next blocks, at once.
func (m *Miner) SetGasLimit(limit uint64) error {
	return m.set(func(p *plan) { p.gasLimit, p.jump = limit, true })
}

// SetNextBaseFee sets the base fee of the next block, in wei a gas. Those of later blocks are computed from it.
func (m *Miner) SetNextBaseFee(fee *big.Int) error { return m.set(func(p *plan) { p.baseFee = fee }) }

// SetNextRandom sets the prevrandao of the next block.
func (m *Miner) SetNextRandom(h common.Hash) error { return m.set(func(p *plan) { p.random = h }) }
