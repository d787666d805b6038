// Package state keeps accounts, code and contract storage: Merkle-Patricia tries on LevelDB.
//
// A Store opens the database, gives geth's StateDB at any root it holds, commits changed ones, proves and dumps. Nothing is
// pruned: every committed root stays readable. The same database holds the chain's blocks, which this package does not know,
// nor does it know transactions, gas or contracts. Start at Open and Store.
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

// The ways opening a store fails that its user can do something about. The errors wrapping them name the directory.
var (
	ErrLocked  = errors.New("in use by another process")
	ErrCorrupt = errors.New("damaged database")
	ErrForeign = errors.New("not a data directory of Hestia")
	ErrVersion = errors.New("written by another version of Hestia")
)

// defaultCacheMB is the memory spent on caches where Options leave it open.
const defaultCacheMB = 64

// Options tune a store. The zero value is ready to use.
type Options struct {
	Sync    bool // survive power loss, not only the end of the process: every write waits for the disk
	CacheMB int  // memory for caches, in MiB; 0 = 64
}

// Store is an open database. It is safe for concurrent use; the StateDBs it gives are not.
type Store struct {
	disk    ethdb.Database
	tries   *triedb.Database
	codes   *gstate.CodeDB
	state   *gstate.MPTDatabase
	readers *lru.Cache[common.Hash, *sharedReader]
}

// Open opens or creates the database in dir, or one in memory if dir is empty. The error wraps ErrLocked, ErrCorrupt,
// ErrForeign or ErrVersion where it is one of these.
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

// At returns the state under root, to be read and changed freely: nothing is kept unless it is committed.
func (s *Store) At(root common.Hash) (*gstate.StateDB, error) {
	reader, err := s.Reader(root)
	if err != nil {
		return nil, err
	}
	return gstate.NewWithReader(root, s.state, reader)
}

// Over returns the empty state with everything read through r instead: to execute on a state that is kept elsewhere. Its roots
// mean nothing.
func (s *Store) Over(r gstate.Reader) (*gstate.StateDB, error) {
	return gstate.NewWithReader(types.EmptyRootHash, s.state, r)
}

// Has reports whether the state under root is in the store.
func (s *Store) Has(root common.Hash) bool {
	_, err := s.tries.NodeReader(root)
	return err == nil
}

// Commit writes what changed in db, as of the given block, and returns the new root. The trie's nodes and code are in the
// database when it returns; db is not usable after it.
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

// Disk returns the database itself, where the chain keeps its blocks.
func (s *Store) Disk() ethdb.Database { return s.disk }

// Tries returns the trie database, for geth's functions that write a genesis.
func (s *Store) Tries() *triedb.Database { return s.tries }

// Dump writes every account under root to w as lines of JSON.
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

// Close writes what is buffered and releases the directory.
func (s *Store) Close() error {
	return errors.Join(s.tries.Close(), s.disk.Close())
}
