package miner

import (
	"errors"
	"maps"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// run is the goroutine that owns building.
func (m *Miner) run() {
	var tick <-chan time.Time
	if m.config.Mode == Interval {
		ticker := time.NewTicker(m.config.Every)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case r := <-m.adds:
			m.mineEach(r)
		case r := <-m.mines:
			r.done <- m.mine(r.blocks)
		case <-tick:
			if err := m.mine(1); err != nil {
				m.config.Failed(err)
			}
		case <-m.quit:
			return
		}
	}
}

// mine makes n blocks of all that waits.
func (m *Miner) mine(n int) error {
	for range n {
		if err := m.build(m.template(m.ready()), nil); err != nil {
			return err
		}
	}
	return nil
}

// mineEach adds transactions to the pool and makes a block for each that can be mined, taking up further requests on the
// way. It returns when everyone is answered; who is left then asked for a transaction that has to wait.
func (m *Miner) mineEach(first request) {
	asked := make(map[common.Hash]request)
	m.take(first, asked)
	for !m.stopped() {
		m.gather(asked)
		ready := m.ready()
		if len(ready) == 0 {
			answerAll(asked, nil)
			return
		}
		template := m.template(ready[:1])
		template.RefuseEmpty = true
		if err := m.build(template, asked); err != nil {
			m.config.Failed(err)
			answer(asked, ready[0].Hash(), err)
		}
	}
	answerAll(asked, ErrStopped)
}

// gather takes up requests that are there already.
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

// take puts the transaction of a request into the pool.
func (m *Miner) take(r request, asked map[common.Hash]request) {
	if err := m.pool.Add(r.tx); err != nil {
		r.done <- err
		return
	}
	asked[r.tx.Hash()] = r
}

func (m *Miner) stopped() bool {
	select {
	case <-m.quit:
		return true
	default:
		return false
	}
}

// answer tells who asked for a transaction, if anyone did.
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

// build makes one block, brings the pool up to it, and answers who asked for its transactions.
func (m *Miner) build(t chain.Template, asked map[common.Hash]request) error {
	built, err := m.chain.Build(t)
	if err != nil {
		m.hold(err, t)
		return err
	}
	for _, r := range built.Rejected {
		answer(asked, r.Tx.Hash(), m.reject(r, t.RefuseEmpty))
	}
	if built.Block == nil {
		return nil
	}
	view, err := m.chain.HeadView()
	if err != nil {
		return err
	}
	m.pool.Reset(view)
	for _, tx := range built.Block.Transactions() {
		answer(asked, tx.Hash(), nil)
	}
	return nil
}

// reject drops a transaction that cannot be mined and returns why. One whose time may come stays, and is not tried again at
// once if it was alone.
func (m *Miner) reject(r chain.Rejection, alone bool) error {
	if !mayPass(r.Err) {
		m.pool.Remove(r.Tx.Hash())
		return r.Err
	}
	if alone {
		m.held[r.Tx.Hash()] = time.Now().Add(holdFor)
	}
	return nil
}

// mayPass tells whether a later block might take a transaction that was rejected for this reason.
func mayPass(err error) bool {
	for _, passing := range []error{
		core.ErrGasLimitReached, core.ErrBlockOversized, core.ErrNonceTooHigh, core.ErrFeeCapTooLow,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// hold keeps the transaction that made a build fail from being tried at once again; if none did, all of them.
func (m *Miner) hold(err error, t chain.Template) {
	until := time.Now().Add(holdFor)
	var faulty *chain.FaultyTransaction
	if errors.As(err, &faulty) {
		m.held[faulty.Tx.Hash()] = until
		return
	}
	for _, tx := range t.Transactions {
		m.held[tx.Hash()] = until
	}
}

// ready returns what could be mined now, best first, without what is held and what its senders sent after it.
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
		from, err := types.Sender(m.signer, tx)
		if _, held := m.held[tx.Hash()]; held || err != nil {
			blocked[from] = true
		}
		if !blocked[from] {
			free = append(free, tx)
		}
	}
	return free
}

// template returns what a block of txs shall be now.
func (m *Miner) template(txs []*types.Transaction) chain.Template {
	return chain.Template{
		Time:         uint64(m.config.Clock().Unix()),
		Coinbase:     m.config.Coinbase,
		GasLimit:     m.config.GasLimit,
		Transactions: txs,
		Debug:        m.config.Debug,
	}
}
