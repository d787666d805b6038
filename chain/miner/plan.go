package miner

import (
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

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
	asked   uint64 // seconds for which the clock was put forward, beyond the fixed ones if there are
	baseFee *big.Int
	random  common.Hash
}

// made updates the plan after the block of head was made: the settings for the next block only are used up.
func (p *plan) made(head *types.Header, now time.Time) {
	set := p.time != 0
	p.time, p.asked, p.baseFee, p.random = 0, 0, nil, common.Hash{}
	if set {
		p.goOnFrom(head, now)
	}
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
	t := p.template(m.chain.Head(), m.config.Clock())
	t.Transactions, t.Limit, t.Debug = txs, m.config.Limit, m.config.Debug
	return t
}

// template returns the template of an empty block after parent.
func (p *plan) template(parent *types.Header, now time.Time) chain.Template {
	return chain.Template{
		Time:     p.nextTime(parent, now),
		Coinbase: p.coinbase,
		Random:   p.random,
		GasLimit: p.gasLimit,
		Jump:     p.jump,
		BaseFee:  p.baseFee,
	}
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
		if baseFee := m.PendingHeader().BaseFee; mode != Manual {
			for _, tx := range m.pool.All() { // what mining does not take
				if from, err := types.Sender(m.chain.Signer(), tx); err == nil {
					m.tellHeldBack(tx, from, baseFee)
				}
			}
		}
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
