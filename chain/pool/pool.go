// Package pool keeps transactions that wait to be mined: it recovers the sender, refuses transactions that can never
// be valid, and orders the rest by sender, nonce and tip.
//
// A transaction is pending if the pool has all nonces before it, and queued otherwise. The pool reads the chain's
// head through the small interface Head and gets a new one from Reset. It does not know blocks, execution or the
// miner. Start at New, Pool.Add and Pool.Pending.
package pool

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/txpool"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/event"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// ErrFull reports that the pool has no room for another transaction. Its text is geth's.
var ErrFull = errors.New("txpool is full")

// Head is the pool's view of the chain: the newest block and the accounts after it. The pool calls it from one
// goroutine at a time.
type Head interface {
	Header() *types.Header
	Schedule() *gas.Schedule             // of the next block
	Signer() types.Signer                // of the next block
	Rules() params.Rules                 // of the next block
	MostBlobs() int                      // that the next block may have; 0 before blobs
	Nonce(common.Address) uint64         // the account's next nonce
	Balance(common.Address) *uint256.Int // wei
	Code(common.Address) []byte
}

// slack bounds the bytes of a transaction beside its creation data. It is geth's limit for a whole transaction.
const slack = 128 << 10

// bump is the least that a replacement must add to each fee of the transaction it replaces, in percent; as in geth.
const bump = 10

// limits bound what the pool holds.
type limits struct {
	transactions int
	bytes        uint64 // of encoded transactions
	perAccount   int    // transactions of one sender
}

// usualLimits are the limits of every pool outside of tests.
var usualLimits = limits{transactions: 8192, bytes: 128 << 20, perAccount: 2048}

// Pool holds waiting transactions. It is safe for concurrent use.
type Pool struct {
	limits limits
	feed   event.FeedOf[[]*types.Transaction]

	next atomic.Pointer[next]

	mu       sync.Mutex
	head     Head
	byHash   map[common.Hash]*waiting
	accounts map[common.Address]*account
	bytes    uint64
	arrivals uint64 // transactions added so far
	revision uint64 // counts changes
}

// next is what the head says of the next block.
type next struct {
	schedule *gas.Schedule
	signer   types.Signer
	rules    params.Rules
	blobs    int // at most
}

// waiting is a transaction in the pool.
type waiting struct {
	tx      *types.Transaction
	from    common.Address
	cost    *uint256.Int // the most it can cost: value, the whole gas limit and blobs at their fee caps, in wei
	arrival uint64       // its number in the order of arrival
}

// New returns an empty pool over head. Rules, prices, size limits and the chain id are the head's. The pool holds at
// most
// 8,192 transactions, 128 MiB of them, and 2,048 of one sender.
func New(head Head) *Pool {
	p := &Pool{
		limits:   usualLimits,
		byHash:   make(map[common.Hash]*waiting),
		accounts: make(map[common.Address]*account),
	}
	p.setHead(head)
	return p
}

// setHead makes head the one that checks use. The caller holds mu, unless no other goroutine has the pool yet.
func (p *Pool) setHead(head Head) {
	p.next.Store(&next{head.Schedule(), head.Signer(), head.Rules(), head.MostBlobs()})
	p.head = head
}

// Add checks tx and puts it into the pool. Subscribers get what becomes pending by that. A transaction with blobs must
// come with them; the pool checks them and keeps the rest. The error wraps ErrFull or one of geth's, from its packages
// core, core/vm and core/txpool.
func (p *Pool) Add(tx *types.Transaction) error { return p.AddAbove(tx, nil) }

// AddAbove is Add, but refuses a transaction that would be pending and cannot pay a base fee, in wei a gas: the error
// is core.ErrFeeCapTooLow. One that is queued may wait until the base fee is lower.
func (p *Pool) AddAbove(tx *types.Transaction, baseFee *big.Int) error {
	bare, err := p.takeBlobs(tx)
	if err != nil {
		return err
	}
	w, err := p.check(bare)
	if err != nil {
		return err
	}
	if err := checkProofs(tx); err != nil {
		return err
	}
	p.mu.Lock()
	ready, err := p.insert(w, baseFee)
	p.mu.Unlock()
	if len(ready) > 0 {
		p.feed.Send(ready)
	}
	return err
}

// insert puts w into its account and returns the transactions that became pending: w and those that waited for it. It
// refuses w if that would be pending below the base fee, which may be nil.
func (p *Pool) insert(w *waiting, baseFee *big.Int) ([]*types.Transaction, error) {
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
	next := p.head.Nonce(w.from)
	before := own.pending(next)
	if cheap := baseFee != nil && w.tx.GasFeeCapIntCmp(baseFee) < 0; cheap && w.tx.Nonce() <= next+uint64(len(before)) {
		return nil, fmt.Errorf("%w: address %v, maxFeePerGas: %s, baseFee: %s",
			core.ErrFeeCapTooLow, w.from, w.tx.GasFeeCap(), baseFee)
	}
	if old != nil {
		p.drop(old)
	}
	if err := p.makeRoom(w); err != nil {
		if old != nil {
			p.put(old) // undo the replacement
		}
		return nil, err
	}
	before = p.pendingOf(w.from, next) // without what made room
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

// pendingOf returns the pending transactions of an account whose next nonce on the chain is given.
func (p *Pool) pendingOf(a common.Address, next uint64) []*waiting {
	if own := p.accounts[a]; own != nil {
		return own.pending(next)
	}
	return nil
}

// put adds w to the pool's indexes.
func (p *Pool) put(w *waiting) {
	own := p.accounts[w.from]
	if own == nil {
		own = newAccount()
		p.accounts[w.from] = own
	}
	own.put(w)
	p.revision++
	p.byHash[w.tx.Hash()] = w
	p.bytes += w.tx.Size()
}

// drop removes w from the pool's indexes, and its account's entry if it was the last.
func (p *Pool) drop(w *waiting) {
	p.revision++
	own := p.accounts[w.from]
	own.drop(w)
	if len(own.byNonce) == 0 {
		delete(p.accounts, w.from)
	}
	delete(p.byHash, w.tx.Hash())
	p.bytes -= w.tx.Size()
}

// Remove drops the transaction with the given hash, if the pool has it. Later ones of its sender become queued.
func (p *Pool) Remove(hash common.Hash) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.byHash[hash]; w != nil {
		p.drop(w)
	}
}

// Dropped is a transaction that left the pool because it is not valid on another head, and the reason.
type Dropped struct {
	Tx  *types.Transaction
	Why error
}

// Reset makes head the pool's head. It drops the transactions that are no longer valid there, in no order: another
// chain id, used nonces (those of a new block are among them), a cost above the sender's balance, or a gas limit above
// the block's.
func (p *Pool) Reset(head Head) (dropped []Dropped) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setHead(head)
	for _, w := range slices.Collect(maps.Values(p.byHash)) {
		if why := p.checkAgain(w); why != nil {
			p.drop(w)
			dropped = append(dropped, Dropped{w.tx, why})
		}
	}
	return dropped
}

// Revision returns a number that is another one whenever the pool holds other transactions.
func (p *Pool) Revision() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.revision
}

// Subscribe sends transactions to ch as they become pending, until the subscription ends. Add waits until each
// subscriber has received them, so ch needs a buffer or a goroutine that only receives.
func (p *Pool) Subscribe(ch chan<- []*types.Transaction) event.Subscription {
	return p.feed.Subscribe(ch)
}

// makeRoom drops cheaper transactions of other senders until w fits. The error says that there are none, or that w
// itself pays too little.
func (p *Pool) makeRoom(w *waiting) error {
	for len(p.byHash) >= p.limits.transactions || p.bytes+w.tx.Size() > p.limits.bytes {
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

// cheapest returns the transaction with the lowest tip cap among the last of every account; among equals, the newest.
// Dropping an account's last transaction makes no gap in its nonces.
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
