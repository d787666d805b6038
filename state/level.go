package state

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/syndtr/goleveldb/leveldb"
	lerrors "github.com/syndtr/goleveldb/leveldb/errors"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// versionKey holds the layout of the database. A LevelDB that has other keys but not this one belongs to another
// program.
var versionKey = []byte("hestia-store-version")

// layout is the version of the layout that this code reads and writes.
const layout = "1"

// level is a LevelDB behind geth's interface for key-value stores, ethdb.KeyValueStore.
type level struct {
	db      *leveldb.DB
	files   *patient // closed after db; nil for one in memory
	write   *opt.WriteOptions
	mending atomic.Bool // a new journal is being made
}

// openLevel opens or creates the LevelDB in dir, or one in memory if dir is empty. Of CacheMB, a quarter is for
// blocks of tables, a sixteenth for writes, and the tries have half.
func openLevel(dir string, o Options) (*level, error) {
	options := &opt.Options{
		Filter:                 filter.NewBloomFilter(10),
		DisableSeeksCompaction: true,
		BlockCacheCapacity:     o.CacheMB / 4 << 20,
		WriteBuffer:            max(o.CacheMB/16, 1) << 20,
	}
	write := &opt.WriteOptions{Sync: o.Sync}
	if dir == "" {
		db, err := leveldb.Open(storage.NewMemStorage(), options)
		if err != nil {
			return nil, fmt.Errorf("database in memory: %w", err)
		}
		return &level{db: db, write: write}, nil
	}
	if err := checkDirectory(dir, o.Beside); err != nil {
		return nil, err
	}
	db, files, err := openFiles(dir, options)
	switch {
	case err == nil:
		return &level{db: db, files: files, write: write}, nil
	case errors.Is(err, storage.ErrLocked), errors.Is(err, syscall.EAGAIN):
		return nil, fmt.Errorf("data directory %s: %w; stop that process or choose another directory", dir, ErrLocked)
	case lerrors.IsCorrupted(err), errors.As(err, new(damage)):
		return nil, corrupt(dir, err)
	default:
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
}

// openFiles opens the LevelDB in dir if it is whole. The caller closes the database first, then the storage.
func openFiles(dir string, options *opt.Options) (*leveldb.DB, *patient, error) {
	file, err := storage.OpenFile(dir, false)
	if err != nil {
		return nil, nil, err
	}
	files := &patient{Storage: file}
	if err = checkWhole(files); err == nil {
		var db *leveldb.DB
		if db, err = leveldb.Open(files, options); err == nil {
			files.patience.Store(true)
			return db, files, nil
		}
	}
	files.Close()
	return nil, nil, err
}

func corrupt(dir string, err error) error {
	return fmt.Errorf(
		"data directory %s: %w: %w; restore a copy of it or start with an empty directory", dir, ErrCorrupt, err,
	)
}

// checkDirectory refuses two kinds of directories: one with foreign files, which LevelDB would mix its own into, and
// one with a database whose CURRENT file is lost, which LevelDB would start again from nothing. Folders named in
// beside are not foreign.
func checkDirectory(dir string, beside []string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data directory %s: %w", dir, err)
	}
	var current bool
	var table string
	for _, entry := range entries {
		name := entry.Name()
		switch ext := filepath.Ext(name); {
		case strings.HasPrefix(name, "CURRENT"):
			current = true
		case ext == ".ldb", ext == ".sst", ext == ".log":
			table = name
		case name == "LOCK", name == "LOG", name == "LOG.old", ext == ".tmp", strings.HasPrefix(name, "MANIFEST-"):
		case entry.IsDir() && slices.Contains(beside, name):
		default:
			return fmt.Errorf("data directory %s: %w: it holds %s; choose an empty directory", dir, ErrForeign, name)
		}
	}
	if table != "" && !current {
		return corrupt(dir, fmt.Errorf("%s without CURRENT", table))
	}
	return nil
}

// checkVersion writes our version into an empty database, and refuses a database of another program or layout.
func checkVersion(db *level, dir string) error {
	version, err := db.Get(versionKey)
	switch {
	case err == nil && string(version) == layout:
		return nil
	case err == nil:
		return fmt.Errorf(
			"data directory %s: %w (layout %q, this one reads %q); use that version or an empty directory",
			dir, ErrVersion, version, layout,
		)
	case !errors.Is(err, leveldb.ErrNotFound):
		return corrupt(dir, err)
	}
	keys := db.NewIterator(nil, nil)
	defer keys.Release()
	if keys.Next() {
		return fmt.Errorf(
			"data directory %s: %w: its LevelDB was written by another program; choose an empty directory",
			dir, ErrForeign,
		)
	}
	if err := keys.Error(); err != nil {
		return corrupt(dir, err)
	}
	return db.Put(versionKey, []byte(layout))
}

func (l *level) Has(key []byte) (bool, error)   { return l.db.Has(key, nil) }
func (l *level) Get(key []byte) ([]byte, error) { return l.db.Get(key, nil) }
func (l *level) Put(key, value []byte) error    { return l.written(l.db.Put(key, value, l.write)) }
func (l *level) Delete(key []byte) error        { return l.written(l.db.Delete(key, l.write)) }
func (l *level) Stat() (string, error)          { return l.db.GetProperty("leveldb.stats") }

// Close closes the database and releases its directory.
func (l *level) Close() error {
	if l.files == nil {
		return l.db.Close()
	}
	l.files.patience.Store(false)
	return errors.Join(l.db.Close(), l.files.Close())
}

// written passes on how a write ended. LevelDB's journal takes nothing after a write that failed, for lack of space for
// example, so a new one is made for the writes to come. That is what compacting everything begins with; it is done in
// the background, as it waits for space itself.
func (l *level) written(err error) error {
	if err != nil && l.mending.CompareAndSwap(false, true) {
		go func() {
			defer l.mending.Store(false)
			_ = l.Compact(nil, nil) // if it fails too, the next write that fails tries again
		}()
	}
	return err
}

// SyncKeyValue does nothing. With Options.Sync every write has waited for the disk already; without it, no write has
// to.
func (l *level) SyncKeyValue() error { return nil }

// Compact rewrites the tables that hold keys of [start, limit).
func (l *level) Compact(start, limit []byte) error {
	return l.db.CompactRange(util.Range{Start: start, Limit: limit})
}

// DeleteRange deletes every key in [start, end) in one batch.
func (l *level) DeleteRange(start, end []byte) error {
	b := l.NewBatch()
	if err := b.DeleteRange(start, end); err != nil {
		return err
	}
	return b.Write()
}

// NewIterator walks the keys with the given prefix in order, from prefix+start on.
func (l *level) NewIterator(prefix, start []byte) ethdb.Iterator {
	keys := util.BytesPrefix(prefix)
	keys.Start = append(bytes.Clone(prefix), start...)
	return l.db.NewIterator(keys, nil)
}

func (l *level) NewBatch() ethdb.Batch { return &batch{level: l, b: new(leveldb.Batch)} }
func (l *level) NewBatchWithSize(size int) ethdb.Batch {
	return &batch{level: l, b: leveldb.MakeBatch(size)}
}
