// Package state keeps accounts, code and contract storage: Merkle-Patricia tries on LevelDB.
//
// A Store opens the database, gives geth's StateDB at any root it holds, commits changed states, proves and dumps.
// Nothing is pruned: every committed root stays readable. The chain keeps its blocks in the same database. This package
// does not know them, nor transactions, gas or contracts. Start at Open and Store.
package state

import (
	"errors"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/lru"
	"github.com/ethereum/go-ethereum/core/rawdb"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/triedb"
	"github.com/ethereum/go-ethereum/triedb/hashdb"
)

// The errors of Open that a user can act on. The errors that wrap them name the directory and say what to do.
var (
	ErrLocked  = errors.New("in use by another process")
	ErrCorrupt = errors.New("damaged database")
	ErrForeign = errors.New("not a data directory of Hestia")
	ErrVersion = errors.New("written by another version of Hestia")
)

// defaultCacheMB is the memory for caches unless Options say otherwise, in MiB.
const defaultCacheMB = 64

// Options tune a store. The zero value is ready to use.
type Options struct {
	Sync    bool     // every write waits for the disk: it survives power loss, not only the end of the process
	CacheMB int      // memory for caches, in MiB; 0 = 64
	Beside  []string // names of folders that the caller keeps in the same directory, beside the database's files
}

// Store is an open database. It is safe for concurrent use; the StateDBs that it returns are not.
type Store struct {
	disk    ethdb.Database
	tries   *triedb.Database
	codes   *gstate.CodeDB
	state   *gstate.MPTDatabase
	readers *lru.Cache[common.Hash, *sharedReader]
}

// Open opens the database in dir, or creates it there; an empty dir means a database in memory. The error wraps
// ErrLocked, ErrCorrupt, ErrForeign or ErrVersion, or is the file system's.
func Open(dir string, o Options) (*Store, error) {
	if o.CacheMB <= 0 {
		o.CacheMB = defaultCacheMB
	}
	kv, err := openLevel(dir, o)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(kv, dir); err != nil {
		return nil, errors.Join(err, kv.Close())
	}
	disk := rawdb.NewDatabase(kv)
	tries := triedb.NewDatabase(disk, &triedb.Config{
		Preimages: true, // a dump names addresses, not their hashes
		HashDB:    &hashdb.Config{CleanCacheSize: o.CacheMB / 2 << 20},
	})
	codes := gstate.NewCodeDB(disk)
	return &Store{
		disk:    disk,
		tries:   tries,
		codes:   codes,
		state:   gstate.NewMPTDatabase(tries, codes),
		readers: lru.NewCache[common.Hash, *sharedReader](sharedRoots),
	}, nil
}

// At returns the state under root. Callers may change it: nothing is written before Commit. The error says that the
// state is not in the store.
func (s *Store) At(root common.Hash) (*gstate.StateDB, error) {
	reader, err := s.Reader(root)
	if err != nil {
		return nil, err
	}
	return gstate.NewWithReader(root, s.state, reader)
}

// Over returns a state whose accounts, slots and code are read through r: it executes on a state that is kept
// elsewhere. The roots that it computes mean nothing.
func (s *Store) Over(r gstate.Reader) (*gstate.StateDB, error) {
	return gstate.NewWithReader(types.EmptyRootHash, s.state, r)
}

// Has reports whether the state under root is in the store.
func (s *Store) Has(root common.Hash) bool {
	_, err := s.tries.NodeReader(root)
	return err == nil
}

// Commit writes the changes made to db as of the given block, and returns the new root. When it returns, the trie's
// nodes and the code are in the database. db may not be used afterwards.
func (s *Store) Commit(db *gstate.StateDB, rules params.Rules, block uint64) (common.Hash, error) {
	root, err := db.Commit(rules, block)
	if err != nil {
		return common.Hash{}, fmt.Errorf("committing the state of block %d: %w", block, err)
	}
	if err := s.tries.Commit(root, false); err != nil {
		return common.Hash{}, fmt.Errorf("writing the state of block %d: %w", block, err)
	}
	return root, nil
}

// Code returns the code with the given keccak256, nil if the store has none.
func (s *Store) Code(hash common.Hash) []byte { return rawdb.ReadCode(s.disk, hash) }

// Disk returns the database itself, which also holds the chain's blocks.
func (s *Store) Disk() ethdb.Database { return s.disk }

// Tries returns the trie database, for geth's functions that write a genesis.
func (s *Store) Tries() *triedb.Database { return s.tries }

// Dump writes the root and every account under it to w, as lines of JSON. The error is w's, or says that the state is
// not in the store.
func (s *Store) Dump(w io.Writer, root common.Hash) error {
	db, err := s.At(root)
	if err != nil {
		return err
	}
	lines := &lineCollector{w: w}
	if _, err := db.DumpToCollector(lines, nil); err != nil {
		return fmt.Errorf("dump of state %s: %w", root, err)
	}
	return lines.err
}

// Close writes buffered data and releases the directory.
func (s *Store) Close() error {
	return errors.Join(s.tries.Close(), s.disk.Close())
}
