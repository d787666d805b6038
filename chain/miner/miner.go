// Package miner takes transactions from the pool and lets the chain make blocks of them: one for each transaction, one
// every few seconds, or only on demand.
//
// One goroutine owns building. On a devnet it also owns everything that happens between blocks: settings of the next
// blocks, edits of the state, snapshots and reverting to them. The miner decides when a block is made. The pool and the
// chain decide what is valid and how a block is made. Start at New, Miner.Add and Miner.Mine; plan.go and snapshot.go
// are for devnets.
package miner

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/chain/pool"
)

// ErrStopped reports that the miner was closed before it could do what was asked.
var ErrStopped = errors.New("the miner has stopped")

// Mode decides when blocks are made.
type Mode uint8

// The modes. Mine makes blocks in each of them.
const (
	Instant  Mode = iota // a block for each transaction, before Add returns
	Interval             // a block every Config.Every, even an empty one
	Manual               // only when Mine is called
)

// String returns the mode as a lower-case word.
func (m Mode) String() string { return [...]string{"instant", "interval", "manual"}[m] }

// holdFor is the time for which a transaction is not tried again after the node failed on it.
var holdFor = 10 * time.Second

// Config says when blocks are made and what is in their headers. The zero value mines instantly.
type Config struct {
	Mode Mode
	// between blocks in Interval mode; at least one second, which is the default
	Every    time.Duration
	Coinbase common.Address   // the account that gets the tips
	Clock    func() time.Time // gives the time of blocks; nil = time.Now
	// the clock of a devnet goes on from the head, however long ago that is
	OwnTime bool
	Debug   func(chain.Print) // called with each line that contracts print; nil discards it
	Limit   time.Duration     // how long one transaction may run; 0 = as long as its gas lasts
	// called for each transaction that gets no block yet, or none at all as the pool drops it; nil ignores it
	Waits  func(tx *types.Transaction, why string)
	Failed func(err error) // called for each block that was discarded because the node failed; nil ignores it
}

// Miner makes blocks. It is safe for concurrent use.
type Miner struct {
	chain  *chain.Chain
	pool   *pool.Pool
	config Config

	adds  chan request
	tasks chan task
	quit  chan struct{}
	once  sync.Once
	ctx   context.Context // ends some time after quit, and with it the block that is being made
	end   context.CancelFunc
	loop  sync.WaitGroup

	pend    pending
	loading sync.Mutex // held while a state file is read

	mu   sync.Mutex // guards plan, which only the loop changes
	plan plan

	// Only the loop uses these.
	ticker    *time.Ticker
	held      map[common.Hash]time.Time // transactions not to be tried before a time
	snapshots []snapshot
	last      uint64 // the id of the newest snapshot ever taken
}

// request asks the loop to add a transaction and to mine it.
type request struct {
	tx   *types.Transaction
	done chan error // has room for the answer
}

// task is a function for the loop to call between blocks.
type task struct {
	do   func() error
	done chan error
}

// New returns a running miner for chain c with the transactions of pool p. Close stops it.
func New(c *chain.Chain, p *pool.Pool, config Config) *Miner {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Failed == nil {
		config.Failed = func(error) {}
	}
	if config.Waits == nil {
		config.Waits = func(*types.Transaction, string) {}
	}
	m := &Miner{
		chain: c, pool: p, config: config,
		adds: make(chan request), tasks: make(chan task), quit: make(chan struct{}),
		held: make(map[common.Hash]time.Time),
		plan: plan{mode: config.Mode, every: max(config.Every, time.Second), coinbase: config.Coinbase},
	}
	m.ctx, m.end = context.WithCancel(context.Background())
	m.startClock(&m.plan, config.OwnTime)
	m.schedule()
	m.loop.Go(m.run)
	return m
}

// Mode returns the present mode.
func (m *Miner) Mode() Mode { return m.planned().mode }

// PendingHeader returns the header of a block made now, without its transactions, as Chain.PendingHeader does.
func (m *Miner) PendingHeader() *types.Header { return m.chain.PendingHeader(m.template(nil)) }

// Add puts tx into the pool. In Instant mode it returns when the block that holds tx is the head, and pool, nonces and
// receipt agree with that. For a transaction that has to wait, for an earlier nonce or a lower base fee, Add returns
// when it is in the pool. The error says why tx was rejected, as Pool.Add or Chain.Build report it, or is ErrStopped.
func (m *Miner) Add(tx *types.Transaction) error {
	if m.Mode() != Instant {
		err := m.pool.Add(tx)
		if err == nil {
			m.tellWaiting(tx, m.PendingHeader().BaseFee)
		}
		return err
	}
	_, _ = types.Sender(m.chain.Signer(), tx) // slow; tx remembers the result, so that the loop need not compute it
	r := request{tx, make(chan error, 1)}
	return ask(m, m.adds, r, r.done)
}

// Mine makes n blocks, the first with the transactions in the pool, and returns when the last is the head.
func (m *Miner) Mine(ctx context.Context, n int) error {
	return m.do(func() error { return m.mine(ctx, n, 0) })
}

// lastBlock is how long a block may still take that is being made when the miner is told to stop.
const lastBlock = time.Second

// Stop tells the miner to stop after the block that it is making, which it gives up if that takes too long.
func (m *Miner) Stop() {
	m.once.Do(func() {
		close(m.quit)
		time.AfterFunc(lastBlock, m.end)
	})
}

// Close stops the miner and waits until it has stopped.
func (m *Miner) Close() {
	m.Stop()
	m.loop.Wait()
	m.end()
}

// do lets the loop call run between blocks. In Instant mode the loop then mines the transactions that can be mined.
func (m *Miner) do(run func() error) error {
	t := task{run, make(chan error, 1)}
	return ask(m, m.tasks, t, t.done)
}

// ask sends r to the loop and waits for the answer, or for the miner to stop.
func ask[R any](m *Miner, loop chan<- R, r R, done <-chan error) error {
	select {
	case loop <- r:
	case <-m.quit:
		return ErrStopped
	}
	select {
	case err := <-done:
		return err
	case <-m.quit:
		m.loop.Wait()
		select {
		case err := <-done: // the loop answered before it stopped
			return err
		default:
			return ErrStopped
		}
	}
}
