package query

import (
	"sync"

	"github.com/ethereum/go-ethereum/common"
)

// Acting is the set of accounts that the node sends for without a key.
type Acting struct {
	mu       sync.Mutex
	accounts map[common.Address]bool
	everyone bool
	next     sync.Mutex // held while the next nonce of one of them is given away
}

// May reports whether the node sends for an account without its key.
func (a *Acting) May(who common.Address) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.everyone || a.accounts[who]
}

// Set begins or ends acting for an account, and says whether that changed anything.
func (a *Acting) Set(who common.Address, on bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	changed := a.accounts[who] != on
	if on {
		a.accounts[who] = true
	} else {
		delete(a.accounts, who)
	}
	return changed
}

// SetEveryone lets the node send for every account, or no longer.
func (a *Acting) SetEveryone(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.everyone = on
}

// Reset forgets all accounts.
func (a *Acting) Reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.everyone = false
	clear(a.accounts)
}
