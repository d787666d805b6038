package state

import (
	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// batch collects writes that LevelDB makes at once: after a crash all of them are there, or none.
type batch struct {
	level *level
	b     *leveldb.Batch
	size  int // bytes of keys and values so far
}

func (b *batch) Put(key, value []byte) error {
	b.b.Put(key, value)
	b.size += len(key) + len(value)
	return nil
}

func (b *batch) Delete(key []byte) error {
	b.b.Delete(key)
	b.size += len(key)
	return nil
}

// DeleteRange adds the deletion of every key that the database holds now in [start, end).
func (b *batch) DeleteRange(start, end []byte) error {
	keys := b.level.db.NewIterator(&util.Range{Start: start, Limit: end}, nil)
	defer keys.Release()
	for keys.Next() {
		if err := b.Delete(keys.Key()); err != nil {
			return err
		}
	}
	return keys.Error()
}

func (b *batch) ValueSize() int { return b.size }
func (b *batch) Write() error   { return b.level.written(b.level.db.Write(b.b, b.level.write)) }
func (b *batch) Close()         {}

func (b *batch) Reset() {
	b.b.Reset()
	b.size = 0
}

// Replay makes the batch's writes on w, in order.
func (b *batch) Replay(w ethdb.KeyValueWriter) error {
	r := &replay{to: w}
	if err := b.b.Replay(r); err != nil {
		return err
	}
	return r.err
}

// replay passes a batch on to another writer and keeps the first error: LevelDB's Replay has no way to return one.
type replay struct {
	to  ethdb.KeyValueWriter
	err error
}

func (r *replay) Put(key, value []byte) {
	if r.err == nil {
		r.err = r.to.Put(key, value)
	}
}

func (r *replay) Delete(key []byte) {
	if r.err == nil {
		r.err = r.to.Delete(key)
	}
}
