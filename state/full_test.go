package state

import (
	"errors"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

var errFull error = syscall.ENOSPC

// fullDisk is a storage in memory whose files take half of each write while it is full.
type fullDisk struct {
	storage.Storage
	full atomic.Bool
}

func (d *fullDisk) Create(fd storage.FileDesc) (storage.Writer, error) {
	w, err := d.Storage.Create(fd)
	return fullFile{w, d}, err
}

type fullFile struct {
	storage.Writer
	disk *fullDisk
}

func (f fullFile) Write(b []byte) (int, error) {
	if f.disk.full.Load() {
		n, _ := f.Writer.Write(b[:len(b)/2])
		return n, errFull
	}
	return f.Writer.Write(b)
}

func TestWritesGoOnAfterTheDiskWasFull(t *testing.T) {
	for _, before := range []int{0, 3} { // writes that succeed first
		disk := &fullDisk{Storage: storage.NewMemStorage()}
		db, err := leveldb.Open(disk, nil)
		if err != nil {
			t.Fatal(err)
		}
		l := &level{db: db}
		for i := range before {
			if err := l.Put([]byte{byte(i)}, []byte("old")); err != nil {
				t.Fatal(err)
			}
		}
		disk.full.Store(true)
		for range 3 {
			if err := l.Put([]byte("key"), []byte("lost")); !errors.Is(err, errFull) {
				t.Errorf("a write to a full disk: %v", err)
			}
			time.Sleep(time.Millisecond)
		}
		disk.full.Store(false)
		err = errFull
		for i := 0; err != nil && i < 1000; i++ {
			time.Sleep(10 * time.Millisecond)
			err = l.Put([]byte("key"), []byte("new"))
		}
		if value, _ := l.Get([]byte("key")); err != nil || string(value) != "new" {
			t.Errorf("after %d writes: %q, %v", before, value, err)
		}
		for i := range before {
			if value, err := l.Get([]byte{byte(i)}); err != nil || string(value) != "old" {
				t.Errorf("an old key: %q, %v", value, err)
			}
		}
		if err := errors.Join(l.Close(), checkWhole(disk)); err != nil {
			t.Error(err)
		}
	}
}
