// Package pool keeps transactions that wait to be mined: it recovers the sender, refuses what can never be valid, and orders
// the rest by sender, nonce and tip.
//
// A transaction is pending if the nonces before it are all there, and queued otherwise. The pool reads the chain's head
// through the small interface Head and learns of a new one from Reset; it does not know blocks, execution or who mines.
// Start at New, Pool.Add and Pool.Pending.
package pool

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/txpool"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/event"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// ErrFull reports that the pool has no room for another transaction; the words are geth's.
var ErrFull = errors.New("txpool is full")

// Head is what the pool knows of the chain: the newest block and the accounts after it. The pool calls it from one
// goroutine at a time.
type Head interface {
	Header() *types.Header
	Schedule() *gas.Schedule // of the next block
	Nonce(common.Address) uint64
	Balance(common.Address) *uint256.Int
	Code(common.Address) []byte
}

// Config says what the pool accepts. ChainConfig and Schedule are needed; the rest has defaults.
type Config struct {
	ChainConfig *params.ChainConfig
	Signer      types.Signer // finds senders; nil = that of ChainConfig

	Transactions int    // held at most; 0 = 8,192
	Bytes        uint64 // held at most, encoded; 0 = 128 MiB
	PerAccount   int    // held at most for one sender; 0 = 2,048
	Bump         int    // percent that a replacement must pay more; 0 = 10
}

// slack is what a transaction may have beside its creation data, in bytes: the most geth accepts for all of it.
const slack = 128 << 10

func (c Config) complete() Config {
	if c.Signer == nil {
		c.Signer = types.LatestSigner(c.ChainConfig)
	}
	if c.Transactions <= 0 {
		c.Transactions = 8192
	}
	if c.Bytes == 0 {
		c.Bytes = 128 << 20
	}
	if c.PerAccount <= 0 {
		c.PerAccount = 2048
	}
	if c.Bump <= 0 {
		c.Bump = 10
	}
	return c
}

// Pool holds waiting transactions. It is safe for concurrent use.
type Pool struct {
	config Config
	feed   event.FeedOf[[]*types.Transaction]

	schedule atomic.Pointer[gas.Schedule] // the head's

	mu       sync.Mutex
	head     Head
	rules    params.Rules
	byHash   map[common.Hash]*waiting
	accounts map[common.Address]*account
	bytes    uint64
	arrivals uint64
}

// waiting is a transaction in the pool.
type waiting struct {
	tx      *types.Transaction
	from    common.Address
	cost    *uint256.Int // value and the whole gas limit at the fee cap, in wei
	arrival uint64       // counts transactions as they come
}

// New returns an empty pool over head.
func New(config Config, head Head) *Pool {
	p := &Pool{
		config:   config.complete(),
		byHash:   make(map[common.Hash]*waiting),
		accounts: make(map[common.Address]*account),
	}
	p.setHead(head)
	return p
}

func (p *Pool) setHead(head Head) {
	h := head.Header()
	p.schedule.Store(head.Schedule())
	p.head, p.rules = head, p.config.ChainConfig.Rules(h.Number, true, h.Time)
}

// Add checks tx and lets it wait. The error is one of geth's, from its packages core, core/vm and core/txpool.
func (p *Pool) Add(tx *types.Transaction) error {
	w, err := p.check(tx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	ready, err := p.insert(w)
	p.mu.Unlock()
	if len(ready) > 0 {
		p.feed.Send(ready)
	}
	return err
}

// insert puts w into its account and returns what became pending by that.
func (p *Pool) insert(w *waiting) ([]*types.Transaction, error) {
	if p.byHash[w.tx.Hash()] != nil {
		return nil, txpool.ErrAlreadyKnown
	}
	if err := p.checkAgainstHead(w); err != nil {
		return nil, err
	}
	own := p.accounts[w.from]
	if own == nil {
		own = newAccount()
	}
	old := own.byNonce[w.tx.Nonce()]
	if err := p.checkAgainstAccount(w, own, old); err != nil {
		return nil, err
	}
	if old != nil {
		p.drop(old)
	}
	if err := p.makeRoom(w); err != nil {
		if old != nil {
			p.put(old)
		}
		return nil, err
	}
	next := p.head.Nonce(w.from)
	before := own.pending(next)
	p.arrivals++
	w.arrival = p.arrivals
	p.put(w)
	after := p.accounts[w.from].pending(next)
	switch {
	case w.tx.Nonce() >= next+uint64(len(after)):
		return nil, nil // queued
	case old != nil:
		return []*types.Transaction{w.tx}, nil
	default:
		return transactions(after[len(before):]), nil
	}
}

func (p *Pool) put(w *waiting) {
	own := p.accounts[w.from]
	if own == nil {
		own = newAccount()
		p.accounts[w.from] = own
	}
	own.put(w)
	p.byHash[w.tx.Hash()] = w
	p.bytes += w.tx.Size()
}

func (p *Pool) drop(w *waiting) {
	own := p.accounts[w.from]
	own.drop(w)
	if len(own.byNonce) == 0 {
		delete(p.accounts, w.from)
	}
	delete(p.byHash, w.tx.Hash())
	p.bytes -= w.tx.Size()
}

// Remove takes a transaction out, if it is there. Later ones of its sender are queued then.
func (p *Pool) Remove(hash common.Hash) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.byHash[hash]; w != nil {
		p.drop(w)
	}
}

// Reset tells of a new head. What it made invalid for good is dropped: used nonces, and what the sender cannot pay or the
// block cannot hold any more.
func (p *Pool) Reset(head Head) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setHead(head)
	limit := head.Header().GasLimit
	for _, w := range slices.Collect(maps.Values(p.byHash)) {
		if w.tx.Nonce() < head.Nonce(w.from) || w.tx.Gas() > limit || head.Balance(w.from).Lt(w.cost) {
			p.drop(w)
		}
	}
}

// Subscribe sends transactions to ch as they become pending, until the subscription ends. Adding waits until all
// subscribers have received, so ch needs room or a reader that does nothing else.
func (p *Pool) Subscribe(ch chan<- []*types.Transaction) event.Subscription {
	return p.feed.Subscribe(ch)
}

// makeRoom makes sure that w can be held beside the others, at the expense of a cheaper one if need be.
func (p *Pool) makeRoom(w *waiting) error {
	for len(p.byHash) >= p.config.Transactions || p.bytes+w.tx.Size() > p.config.Bytes {
		victim := p.cheapest()
		if victim == nil {
			return ErrFull
		}
		if victim.from == w.from || victim.tx.GasTipCapCmp(w.tx) >= 0 {
			return fmt.Errorf("%w: the pool is full", txpool.ErrUnderpriced)
		}
		p.drop(victim)
	}
	return nil
}

// cheapest returns the transaction with the lowest tip among the last ones of every account, so that dropping it makes no
// gap; of equal ones the newest.
func (p *Pool) cheapest() *waiting {
	var worst *waiting
	for _, own := range p.accounts {
		w := own.last()
		if worst == nil {
			worst = w
			continue
		}
		if order := w.tx.GasTipCapCmp(worst.tx); order < 0 || order == 0 && w.arrival > worst.arrival {
			worst = w
		}
	}
	return worst
}
