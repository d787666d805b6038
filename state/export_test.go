package state

import gstate "github.com/ethereum/go-ethereum/core/state"

// SharedItems is the number of accounts and slots that a reader may keep.
const SharedItems = sharedItems

// Kept returns the number of accounts and slots that a reader of Store.Reader keeps.
func Kept(r gstate.Reader) int {
	shared := r.(*sharedReader)
	shared.mu.RLock()
	defer shared.mu.RUnlock()
	return len(shared.accounts) + len(shared.slots)
}
