package pool

import (
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// account holds the transactions of one sender.
type account struct {
	byNonce map[uint64]*waiting
	cost    *uint256.Int // of all of them, in wei; at most the sender's balance when the last one was added
}

func newAccount() *account {
	return &account{byNonce: make(map[uint64]*waiting), cost: new(uint256.Int)}
}

func (a *account) put(w *waiting) {
	a.byNonce[w.tx.Nonce()] = w
	a.cost.Add(a.cost, w.cost)
}

func (a *account) drop(w *waiting) {
	delete(a.byNonce, w.tx.Nonce())
	a.cost.Sub(a.cost, w.cost)
}

// pending returns the transactions from nonce next on, up to the first gap.
func (a *account) pending(next uint64) []*waiting {
	var run []*waiting
	for w := a.byNonce[next]; w != nil; w = a.byNonce[next] {
		run = append(run, w)
		next++
	}
	return run
}

// queued returns the transactions that are not pending, by nonce.
func (a *account) queued(next uint64) []*waiting {
	after := next + uint64(len(a.pending(next)))
	var rest []*waiting
	for _, nonce := range slices.Sorted(maps.Keys(a.byNonce)) {
		if nonce >= after {
			rest = append(rest, a.byNonce[nonce])
		}
	}
	return rest
}

// last returns the transaction with the highest nonce.
func (a *account) last() *waiting {
	var last *waiting
	for nonce, w := range a.byNonce {
		if last == nil || nonce > last.tx.Nonce() {
			last = w
		}
	}
	return last
}

// transactions returns the transactions of a list, in its order.
func transactions(list []*waiting) []*types.Transaction {
	txs := make([]*types.Transaction, len(list))
	for i, w := range list {
		txs[i] = w.tx
	}
	return txs
}
