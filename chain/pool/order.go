package pool

import (
	"container/heap"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Pending returns the pending transactions that pay the given base fee, in wei a gas, best first: by tip, then by
// arrival, and those of one sender by nonce. A transaction that does not pay it holds back its sender's later ones.
func (p *Pool) Pending(baseFee *big.Int) []*types.Transaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	var heads byTip
	for from, own := range p.accounts {
		if b, ok := newBid(own.pending(p.head.Nonce(from)), baseFee); ok {
			heads = append(heads, b)
		}
	}
	heap.Init(&heads)
	var batch []*types.Transaction
	for len(heads) > 0 {
		best := heads[0]
		batch = append(batch, best.run[0].tx)
		if b, ok := newBid(best.run[1:], baseFee); ok {
			heads[0] = b
			heap.Fix(&heads, 0)
		} else {
			heap.Pop(&heads)
		}
	}
	return batch
}

// bid is a sender's pending transactions, by nonce, and the tip of the first, in wei a gas.
type bid struct {
	run []*waiting
	tip *big.Int
}

// newBid returns false if run is empty or its first transaction does not pay the base fee.
func newBid(run []*waiting, baseFee *big.Int) (bid, bool) {
	if len(run) == 0 {
		return bid{}, false
	}
	tip, err := run[0].tx.EffectiveGasTip(baseFee)
	return bid{run, tip}, err == nil
}

// byTip is a heap of bids with the best on top.
type byTip []bid

func (h byTip) Len() int      { return len(h) }
func (h byTip) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *byTip) Push(x any)   { *h = append(*h, x.(bid)) }

func (h byTip) Less(i, j int) bool {
	if order := h[i].tip.Cmp(h[j].tip); order != 0 {
		return order > 0
	}
	return h[i].run[0].arrival < h[j].run[0].arrival
}

func (h *byTip) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// Get returns the transaction with the given hash, nil if the pool does not have it.
func (p *Pool) Get(hash common.Hash) *types.Transaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.byHash[hash]; w != nil {
		return w.tx
	}
	return nil
}

// Nonce returns the next nonce of an account after its pending transactions.
func (p *Pool) Nonce(a common.Address) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.head.Nonce(a)
	if own := p.accounts[a]; own != nil {
		next += uint64(len(own.pending(next)))
	}
	return next
}

// Below returns the first pending transaction of an account that does not pay the given base fee, nil if all pay it or
// there is none. It holds back the account's later ones.
func (p *Pool) Below(a common.Address, baseFee *big.Int) *types.Transaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.pendingOf(a, p.head.Nonce(a)) {
		if baseFee != nil && w.tx.GasFeeCapIntCmp(baseFee) < 0 {
			return w.tx
		}
	}
	return nil
}

// Content returns every transaction by sender, each sender's in order of nonce.
func (p *Pool) Content() (pending, queued map[common.Address][]*types.Transaction) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pending, queued = make(map[common.Address][]*types.Transaction), make(map[common.Address][]*types.Transaction)
	for from, own := range p.accounts {
		next := p.head.Nonce(from)
		if run := own.pending(next); len(run) > 0 {
			pending[from] = transactions(run)
		}
		if rest := own.queued(next); len(rest) > 0 {
			queued[from] = transactions(rest)
		}
	}
	return pending, queued
}

// Stats returns the numbers of pending and of queued transactions.
func (p *Pool) Stats() (pending, queued int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for from, own := range p.accounts {
		pending += len(own.pending(p.head.Nonce(from)))
	}
	return pending, len(p.byHash) - pending
}
