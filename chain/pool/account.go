package pool

import (
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// account is what waits of one sender.
type account struct {
	byNonce map[uint64]*waiting
	cost    *uint256.Int // of all of it together, in wei; the sender owned it when it was checked
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

// pending returns what follows the account's next nonce without a gap.
func (a *account) pending(next uint64) []*waiting {
	var run []*waiting
	for w := a.byNonce[next]; w != nil; w = a.byNonce[next] {
		run = append(run, w)
		next++
	}
	return run
}

// queued returns the rest, by nonce.
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

func transactions(list []*waiting) []*types.Transaction {
	txs := make([]*types.Transaction, len(list))
	for i, w := range list {
		txs[i] = w.tx
	}
	return txs
}
