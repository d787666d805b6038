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
	sharedItems = 1024 // accounts and slots of one root, each with a few trie nodes of about a kilobyte; then all begins anew
)

// Reader returns what reads accounts, slots and code under root. It is shared, and safe for concurrent use.
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

// place is where a storage slot is.
type place struct {
	address common.Address
	key     common.Hash
}

// sharedReader reads one state, which never changes, and keeps what it has read.
type sharedReader struct {
	gstate.ContractCodeReader // which has a cache of its own
	open                      func() (gstate.StateReader, error)

	mu       sync.RWMutex
	tries    gstate.StateReader                     // keeps every node that it has seen
	accounts map[common.Address]*types.StateAccount // nil for one that does not exist
	slots    map[place]common.Hash
}

// begin opens the tries, with nothing kept yet. mu is held where others may read.
func (r *sharedReader) begin() error {
	tries, err := r.open()
	if err != nil {
		return err
	}
	r.tries = tries
	r.accounts, r.slots = make(map[common.Address]*types.StateAccount), make(map[place]common.Hash)
	return nil
}

// unread returns what reads something that is not kept, and begins anew if there is no room for it.
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

// Account returns a copy of an account, nil if there is none.
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

// Storage returns what a slot holds, zero if there is none.
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
