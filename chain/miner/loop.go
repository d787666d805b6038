package miner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/chain/pool"
)

// run is the loop: the goroutine that owns building.
func (m *Miner) run() {
	defer m.stopTicker()
	for {
		var tick <-chan time.Time
		if m.ticker != nil {
			tick = m.ticker.C
		}
		select {
		case r := <-m.adds:
			m.mineEach(r)
		case t := <-m.tasks:
			err := t.do()
			if kept := m.keepTime(); err == nil {
				err = kept
			}
			m.drain(nil)
			t.done <- err
		case <-m.retry():
			m.drain(nil)
		case <-tick:
			if err := m.mine(context.Background(), 1, 0); err != nil {
				m.config.Failed(err)
			}
		case <-m.quit:
			return
		}
	}
}

// retry delivers when a transaction that was held back is to be tried again, if blocks are made for transactions.
func (m *Miner) retry() <-chan time.Time {
	if m.Mode() != Instant || len(m.held) == 0 {
		return nil
	}
	first := slices.MinFunc(slices.Collect(maps.Values(m.held)), time.Time.Compare)
	return time.After(time.Until(first) + time.Millisecond)
}

// mine makes n blocks, the first with the transactions in the pool. If spacing is not 0, the times of later blocks are
// that many seconds apart, and the clock goes on from the last. It ends early if ctx does.
func (m *Miner) mine(ctx context.Context, n int, spacing uint64) error {
	for i := range n {
		if m.stopped() {
			return ErrStopped
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%d of %d blocks: %w", i, n, err)
		}
		if err := m.mineOne(i, spacing); err != nil {
			return err
		}
	}
	if n > 1 && spacing > 0 {
		m.change(func(p *plan) { p.goOnFrom(m.chain.Head(), m.config.Clock()) })
	}
	return nil
}

// mineOne makes block i of those that mine makes, without transactions that run too long.
func (m *Miner) mineOne(i int, spacing uint64) error {
	for {
		template := m.template(m.ready())
		if i > 0 && spacing > 0 {
			template.Time = m.chain.Head().Time + spacing
		}
		err := m.build(template, nil)
		if !errors.Is(err, chain.ErrTooSlow) {
			return err
		}
		m.config.Failed(err)
	}
}

// mineEach adds a transaction to the pool and mines all that can be mined.
func (m *Miner) mineEach(first request) {
	asked := make(map[common.Hash]request)
	m.take(first, asked)
	m.drain(asked)
}

// drain makes a block for each transaction that can be mined, and takes up new requests between blocks. asked holds
// the requests that are not answered yet, by transaction. drain answers all of them: when no more can be mined, the
// rest are for transactions that have to wait. In other modes than Instant every transaction has to.
func (m *Miner) drain(asked map[common.Hash]request) {
	for !m.stopped() {
		if asked != nil {
			m.gather(asked)
		}
		var ready []*types.Transaction
		if m.Mode() == Instant {
			ready = m.ready()
		}
		if len(ready) == 0 {
			answerAll(asked, nil)
			return
		}
		template := m.template(ready[:1])
		template.RefuseEmpty = true
		if err := m.build(template, asked); err != nil && m.ctx.Err() == nil {
			m.config.Failed(err)
			if hash := ready[0].Hash(); !m.held[hash].IsZero() {
				err = fmt.Errorf("%w; the transaction waits, and is tried again in %v", err, holdFor)
			}
			answer(asked, ready[0].Hash(), err)
		}
	}
	answerAll(asked, ErrStopped)
}

// gather takes up the requests that are already in the channel.
func (m *Miner) gather(asked map[common.Hash]request) {
	for {
		select {
		case r := <-m.adds:
			m.take(r, asked)
		default:
			return
		}
	}
}

// take puts the transaction of a request into the pool, and the request into asked. If the transaction is its sender's
// next and cannot pay the base fee, it is refused: it would stay, and all that its sender sends after it.
func (m *Miner) take(r request, asked map[common.Hash]request) {
	baseFee := m.PendingHeader().BaseFee
	if err := m.pool.AddAbove(r.tx, baseFee); err != nil {
		r.done <- err
		return
	}
	asked[r.tx.Hash()] = r
	m.tellWaiting(r.tx, baseFee)
	m.tellBehindHeld(r.tx)
}

// tellBehindHeld tells Config.Waits of a transaction behind one of its sender's that is held back, as the node failed.
func (m *Miner) tellBehindHeld(tx *types.Transaction) {
	from, err := types.Sender(m.chain.Signer(), tx)
	for hash := range m.held {
		held := m.pool.Get(hash)
		if err != nil || held == nil || held.Nonce() >= tx.Nonce() {
			continue
		}
		if sender, err := types.Sender(m.chain.Signer(), held); err == nil && sender == from {
			m.config.Waits(
				tx, fmt.Sprintf("waits for nonce %d, at which the node failed and which it tries again", held.Nonce()),
			)
			return
		}
	}
}

// tellWaiting tells Config.Waits of a transaction in the pool that has to wait, and why. baseFee is the next block's.
func (m *Miner) tellWaiting(tx *types.Transaction, baseFee *big.Int) {
	from, err := types.Sender(m.chain.Signer(), tx)
	if err != nil {
		return // which the pool refuses
	}
	switch next := m.pool.Nonce(from); {
	case next < tx.Nonce():
		m.config.Waits(tx, fmt.Sprintf("waits for nonce %d", next))
	case m.Mode() == Manual:
		m.config.Waits(tx, "waits for a block: mining is off")
	default:
		m.tellHeldBack(tx, from, baseFee)
	}
}

// tellHeldBack is tellWaiting for a base fee: that the transaction does not pay it, or one before it.
func (m *Miner) tellHeldBack(tx *types.Transaction, from common.Address, baseFee *big.Int) {
	switch low := m.pool.Below(from, baseFee); {
	case low == nil || low.Nonce() > tx.Nonce():
	case low.Nonce() == tx.Nonce():
		m.config.Waits(tx, fmt.Sprintf("waits for a base fee of at most %d wei", tx.GasFeeCap()))
	default:
		m.config.Waits(tx, fmt.Sprintf("waits for nonce %d, which waits for a lower base fee", low.Nonce()))
	}
}

func (m *Miner) stopped() bool {
	select {
	case <-m.quit:
		return true
	default:
		return false
	}
}

// answer answers the request for a transaction, if there is one.
func answer(asked map[common.Hash]request, hash common.Hash, err error) {
	if r, ok := asked[hash]; ok {
		delete(asked, hash)
		r.done <- err
	}
}

func answerAll(asked map[common.Hash]request, err error) {
	for hash := range asked {
		answer(asked, hash, err)
	}
}

// build makes one block, resets the pool to it, and answers the requests for its transactions.
func (m *Miner) build(t chain.Template, asked map[common.Hash]request) error {
	built, err := m.extend(t)
	if built == nil {
		return err
	}
	for _, r := range built.Rejected {
		err := m.reject(r, t.RefuseEmpty)
		if _, answered := asked[r.Tx.Hash()]; err != nil && !answered {
			m.tellDropped([]pool.Dropped{{Tx: r.Tx, Why: err}}, nil)
		}
		answer(asked, r.Tx.Hash(), err)
	}
	if built.Block == nil || err != nil {
		return err
	}
	for _, tx := range built.Block.Transactions() {
		answer(asked, tx.Hash(), nil)
	}
	return nil
}

// extend makes one block and resets the pool to it. The result is nil if there is no block because the node failed.
func (m *Miner) extend(t chain.Template) (*chain.Built, error) {
	built, err := m.chain.Build(m.ctx, t)
	if err != nil {
		m.hold(err, t)
		return nil, err
	}
	if built.Block == nil {
		return built, nil
	}
	m.change(func(p *plan) {
		p.made(built.Block.Header(), m.config.Clock())
		m.follow(p)
	})
	view, err := m.chain.HeadView()
	if err != nil {
		return built, err
	}
	m.tellDropped(m.pool.Reset(view), built.Block)
	return built, nil
}

// tellDropped tells Config.Waits of transactions that will get no block, which those of a new one have. The block is
// nil if there is none.
func (m *Miner) tellDropped(dropped []pool.Dropped, block *types.Block) {
	mined := make(map[common.Hash]bool)
	if block != nil && len(dropped) > 0 {
		for _, tx := range block.Transactions() {
			mined[tx.Hash()] = true
		}
	}
	for _, d := range dropped {
		if !mined[d.Tx.Hash()] {
			m.config.Waits(d.Tx, "is dropped: "+d.Why.Error())
		}
	}
}

// reject drops a transaction that can never be mined and returns the reason. A transaction that did not fit beside
// others stays in the pool for a later block; one that was alone in its block fits into none like it.
func (m *Miner) reject(r chain.Rejection, alone bool) error {
	if alone || !mayPass(r.Err) {
		m.pool.Remove(r.Tx.Hash())
		return r.Err
	}
	return nil
}

// mayPass reports whether a later block may take a transaction that was rejected with err.
func mayPass(err error) bool {
	for _, passing := range []error{
		core.ErrGasLimitReached, core.ErrBlockOversized, core.ErrNonceTooHigh, core.ErrFeeCapTooLow,
		core.ErrBlobFeeCapTooLow, chain.ErrBlobLimit,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// hold holds back the transaction that caused a failed build, or all of the template's if no single one did. One that
// ran too long is dropped.
func (m *Miner) hold(err error, t chain.Template) {
	until := time.Now().Add(holdFor)
	var faulty *chain.FaultyTransaction
	switch errors.As(err, &faulty); {
	case errors.Is(err, chain.ErrTooSlow):
		m.pool.Remove(faulty.Tx.Hash())
		return
	case faulty != nil:
		m.held[faulty.Tx.Hash()] = until
		return
	}
	for _, tx := range t.Transactions {
		m.held[tx.Hash()] = until
	}
}

// ready returns the transactions that can be mined now, best first. It leaves out those held back and their senders'
// later ones.
func (m *Miner) ready() []*types.Transaction {
	head := m.PendingHeader()
	pending := m.pool.Pending(head.BaseFee)
	if len(m.held) == 0 {
		return pending
	}
	now := time.Now()
	maps.DeleteFunc(m.held, func(_ common.Hash, until time.Time) bool { return now.After(until) })
	blocked := make(map[common.Address]bool)
	var free []*types.Transaction
	for _, tx := range pending {
		from, err := types.Sender(m.chain.Signer(), tx)
		if _, held := m.held[tx.Hash()]; held || err != nil {
			blocked[from] = true
		}
		if !blocked[from] {
			free = append(free, tx)
		}
	}
	return free
}
