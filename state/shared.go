package state

import (
	"fmt"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
)

// What is kept of states that were read: requests ask for the newest, over and over.
const (
	sharedRoots = 4    // of the roots asked for last
	sharedItems = 2048 // accounts and slots of one root; each may hold a few trie nodes of about a kilobyte
)

// Reader returns what reads accounts, slots and code under root. It is shared, and safe for concurrent use.
func (s *Store) Reader(root common.Hash) (gstate.Reader, error) {
	if known, ok := s.readers.Get(root); ok && !known.full() {
		return known, nil
	}
	tries, err := s.state.Reader(root)
	if err != nil {
		return nil, fmt.Errorf("state %s: %w", root, err)
	}
	fresh := &sharedReader{
		Reader:   tries,
		accounts: make(map[common.Address]*types.StateAccount),
		slots:    make(map[place]common.Hash),
	}
	s.readers.Add(root, fresh)
	return fresh, nil
}

// place is where a storage slot is.
type place struct {
	address common.Address
	key     common.Hash
}

// sharedReader reads one state, which never changes, and keeps what it has read.
type sharedReader struct {
	gstate.Reader // reads code, which has a cache of its own

	mu       sync.RWMutex
	accounts map[common.Address]*types.StateAccount // nil for one that does not exist
	slots    map[place]common.Hash
}

// full tells whether to begin with another reader: this one keeps nothing more, but its trie does.
func (r *sharedReader) full() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return !r.room()
}

func (r *sharedReader) room() bool { return len(r.accounts)+len(r.slots) < sharedItems }

// Account returns a copy of an account, nil if there is none.
func (r *sharedReader) Account(address common.Address) (*types.StateAccount, error) {
	r.mu.RLock()
	account, known := r.accounts[address]
	r.mu.RUnlock()
	if !known {
		var err error
		if account, err = r.Reader.Account(address); err != nil {
			return nil, err
		}
		r.mu.Lock()
		if r.room() {
			r.accounts[address] = account
		}
		r.mu.Unlock()
	}
	if account == nil {
		return nil, nil
	}
	return account.Copy(), nil
}

// Storage returns what a slot holds, zero if there is none.
func (r *sharedReader) Storage(address common.Address, key common.Hash) (common.Hash, error) {
	at := place{address, key}
	r.mu.RLock()
	value, known := r.slots[at]
	r.mu.RUnlock()
	if known {
		return value, nil
	}
	value, err := r.Reader.Storage(address, key)
	if err != nil {
		return common.Hash{}, err
	}
	r.mu.Lock()
	if r.room() {
		r.slots[at] = value
	}
	r.mu.Unlock()
	return value, nil
}
