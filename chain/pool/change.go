package pool

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// All returns every transaction in the order of arrival.
func (p *Pool) All() []*types.Transaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	return transactions(slices.SortedFunc(maps.Values(p.byHash), func(a, b *waiting) int {
		return cmp.Compare(a.arrival, b.arrival)
	}))
}

// Clear drops every transaction.
func (p *Pool) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *Pool) clear() {
	for _, w := range slices.Collect(maps.Values(p.byHash)) {
		p.drop(w)
	}
}

// RemoveSender drops every transaction of one sender.
func (p *Pool) RemoveSender(a common.Address) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if own := p.accounts[a]; own != nil {
		for _, w := range slices.Collect(maps.Values(own.byNonce)) {
			p.drop(w)
		}
	}
}

// Restore replaces the pool's transactions by txs, on another head. It drops those that are not valid there.
// Subscribers get nothing: they have seen these transactions before.
func (p *Pool) Restore(txs []*types.Transaction, head Head) (dropped []Dropped) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.setHead(head)
	for _, tx := range txs {
		w, err := p.check(tx)
		if err == nil {
			_, err = p.insert(w, nil)
		}
		if err != nil {
			dropped = append(dropped, Dropped{tx, err})
		}
	}
	return dropped
}
