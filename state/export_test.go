package state

import gstate "github.com/ethereum/go-ethereum/core/state"

// SharedItems is how much a reader keeps.
const SharedItems = sharedItems

// Kept returns how many accounts and slots a reader of Store.Reader keeps.
func Kept(r gstate.Reader) int {
	shared := r.(*sharedReader)
	shared.mu.RLock()
	defer shared.mu.RUnlock()
	return len(shared.accounts) + len(shared.slots)
}
