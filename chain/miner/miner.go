// Package miner takes transactions from the pool and has the chain make blocks of them: each at once, every few seconds, or
// when told to.
//
// One goroutine owns building, and on a devnet all that comes between blocks: settings of the blocks to come, edits of the
// state, snapshots and the way back to them. The miner does not know what is valid, which the pool and the chain decide, nor
// how a block is made; it knows when. Start at New, Miner.Add and Miner.Mine; plan.go and snapshot.go are the devnet's.
package miner

import (
	"errors"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/chain/pool"
)

// ErrStopped reports that the miner was closed before it could answer.
var ErrStopped = errors.New("the miner has stopped")

// Mode says when blocks are made.
type Mode uint8

// The modes. Mine makes blocks in all of them.
const (
	Instant  Mode = iota // a block for each transaction, before Add returns
	Interval             // a block every Config.Every, even an empty one
	Manual               // only when Mine is called
)

// String returns the mode as a lower-case word.
func (m Mode) String() string { return [...]string{"instant", "interval", "manual"}[m] }

// holdFor is how long a transaction that made the node fail is not tried again.
const holdFor = 10 * time.Second

// Config says what blocks the miner asks for. The zero value mines instantly.
type Config struct {
	Mode     Mode
	Every    time.Duration // between blocks in Interval mode; at least one second, which is the default
	Coinbase common.Address
	GasLimit uint64            // what the blocks' gas limit moves towards; 0 = stays
	Clock    func() time.Time  // nil = time.Now
	Debug    func(line string) // where contracts' debug module prints; nil discards
	Failed   func(err error)   // told of blocks that were discarded because the node failed; nil = nobody
}

// Miner makes blocks. It is safe for concurrent use.
type Miner struct {
	chain  *chain.Chain
	pool   *pool.Pool
	config Config
	signer types.Signer

	adds  chan request
	tasks chan task
	quit  chan struct{}
	once  sync.Once
	loop  sync.WaitGroup

	mu   sync.Mutex // guards plan, which only the loop changes
	plan plan

	// The loop's own.
	ticker    *time.Ticker
	held      map[common.Hash]time.Time // until when
	snapshots []snapshot
	last      uint64 // id of the newest snapshot ever taken
}

// request waits for the loop to add a transaction, and to mine it.
type request struct {
	tx   *types.Transaction
	done chan error // has room for the answer
}

// task is something for the loop to do between blocks.
type task struct {
	do   func() error
	done chan error
}

// New starts a miner. Close stops it.
func New(c *chain.Chain, p *pool.Pool, config Config) *Miner {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Failed == nil {
		config.Failed = func(error) {}
	}
	m := &Miner{
		chain: c, pool: p, config: config, signer: c.Signer(c.Head()),
		adds: make(chan request), tasks: make(chan task), quit: make(chan struct{}),
		held: make(map[common.Hash]time.Time),
		plan: plan{mode: config.Mode, every: max(config.Every, time.Second), coinbase: config.Coinbase, gasLimit: config.GasLimit},
	}
	m.schedule()
	m.loop.Go(m.run)
	return m
}

// Mode returns when blocks are made.
func (m *Miner) Mode() Mode { return m.planned().mode }

// PendingHeader returns the header that a block made now would have, as chain.PendingHeader does.
func (m *Miner) PendingHeader() *types.Header { return m.chain.PendingHeader(m.template(nil)) }

// Add puts tx into the pool. In Instant mode it returns when the block that holds tx is the head and pool, nonces and receipt
// agree with that, or with the reason why tx was rejected; a transaction that has to wait (for an earlier nonce, or a lower
// base fee) is added without waiting for it.
func (m *Miner) Add(tx *types.Transaction) error {
	if m.Mode() != Instant {
		return m.pool.Add(tx)
	}
	_, _ = types.Sender(m.signer, tx) // costs most of all and is remembered by tx: not for the loop to do
	r := request{tx, make(chan error, 1)}
	return ask(m, m.adds, r, r.done)
}

// Mine makes n blocks, the first of what waits in the pool, and returns when the last is the head.
func (m *Miner) Mine(n int) error { return m.do(func() error { return m.mine(n, 0) }) }

// Close stops the miner after the block it is making.
func (m *Miner) Close() {
	m.once.Do(func() { close(m.quit) })
	m.loop.Wait()
}

// do has the loop run something between blocks. Where that changed what can be mined, it is mined in Instant mode.
func (m *Miner) do(run func() error) error {
	t := task{run, make(chan error, 1)}
	return ask(m, m.tasks, t, t.done)
}

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
		case err := <-done: // answered before it stopped
			return err
		default:
			return ErrStopped
		}
	}
}
