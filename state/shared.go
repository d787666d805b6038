package state

import (
	"fmt"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
)

// The bounds of what readers keep in memory. Requests read the newest states over and over.
const (
	sharedRoots = 4 // readers, one for each of the roots asked for last

	// sharedItems bounds the accounts and slots of one reader. Each holds a few trie nodes of about a kilobyte. A full
	// reader drops everything and starts again.
	sharedItems = 1024
)

// Reader returns a reader of accounts, slots and code under root. It is shared between callers and safe for concurrent
// use. The error says that the state under root is not in the store.
func (s *Store) Reader(root common.Hash) (gstate.Reader, error) {
	if known, ok := s.readers.Get(root); ok {
		return known, nil
	}
	r := &sharedReader{
		ContractCodeReader: s.codes.Reader(),
		open:               func() (gstate.StateReader, error) { return s.state.StateReader(root) },
	}
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("state %s: %w", root, err)
	}
	s.readers.Add(root, r)
	return r, nil
}

// place is the address of a storage slot: account and key.
type place struct {
	address common.Address
	key     common.Hash
}

// sharedReader reads one state and keeps what it has read. A state under a root never changes, so nothing gets stale.
type sharedReader struct {
	gstate.ContractCodeReader // has a cache of its own
	open                      func() (gstate.StateReader, error)

	mu       sync.RWMutex
	tries    gstate.StateReader                     // keeps every trie node that it has read
	accounts map[common.Address]*types.StateAccount // nil for an account that does not exist
	slots    map[place]common.Hash
}

// begin opens the tries and drops everything kept. The caller holds mu, unless no other goroutine has the reader yet.
func (r *sharedReader) begin() error {
	tries, err := r.open()
	if err != nil {
		return err
	}
	r.tries = tries
	r.accounts, r.slots = make(map[common.Address]*types.StateAccount), make(map[place]common.Hash)
	return nil
}

// unread returns the tries, to read an item that is not kept. It begins again if there is no room for one more item.
func (r *sharedReader) unread() (gstate.StateReader, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.accounts)+len(r.slots) >= sharedItems {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	return r.tries, nil
}

// Account returns a copy of the account at address, nil if there is none.
func (r *sharedReader) Account(address common.Address) (*types.StateAccount, error) {
	r.mu.RLock()
	account, known := r.accounts[address]
	r.mu.RUnlock()
	if !known {
		tries, err := r.unread()
		if err != nil {
			return nil, err
		}
		if account, err = tries.Account(address); err != nil {
			return nil, err
		}
		r.mu.Lock()
		r.accounts[address] = account
		r.mu.Unlock()
	}
	if account == nil {
		return nil, nil
	}
	return account.Copy(), nil
}

// Storage returns the value of a storage slot, zero if it is empty.
func (r *sharedReader) Storage(address common.Address, key common.Hash) (common.Hash, error) {
	at := place{address, key}
	r.mu.RLock()
	value, known := r.slots[at]
	r.mu.RUnlock()
	if known {
		return value, nil
	}
	tries, err := r.unread()
	if err != nil {
		return common.Hash{}, err
	}
	if value, err = tries.Storage(address, key); err != nil {
		return common.Hash{}, err
	}
	r.mu.Lock()
	r.slots[at] = value
	r.mu.Unlock()
	return value, nil
}
