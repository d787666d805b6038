package state

import (
	"errors"
	"testing"
	"time"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// fullManifest is a full disk that has room for anything but the manifest.
type fullManifest struct{ *fullDisk }

func (d fullManifest) Create(fd storage.FileDesc) (storage.Writer, error) {
	if fd.Type == storage.TypeManifest {
		return d.fullDisk.Create(fd)
	}
	return d.Storage.Create(fd)
}

func TestWritesGoOnAfterTheManifestHadNoRoom(t *testing.T) {
	disk := fullManifest{&fullDisk{Storage: storage.NewMemStorage()}}
	files := &patient{Storage: disk}
	files.patience.Store(true)
	db, err := leveldb.Open(files, &opt.Options{WriteBuffer: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	l := &level{db: db, files: files}
	put := func(i int) error { return l.Put([]byte{byte(i), byte(i >> 8)}, make([]byte, 1000)) }
	disk.full.Store(true)
	for i := range 100 { // more than one memory table, less than two
		if err := put(i); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(50 * time.Millisecond)
	disk.full.Store(false)
	done := make(chan error, 1)
	go func() {
		var err error
		for i := range 1000 {
			err = errors.Join(err, put(i))
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("writes wait for ever")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestAStoreClosesWhileTheManifestHasNoRoom(t *testing.T) {
	disk := fullManifest{&fullDisk{Storage: storage.NewMemStorage()}}
	files := &patient{Storage: disk}
	files.patience.Store(true)
	db, err := leveldb.Open(files, &opt.Options{WriteBuffer: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	disk.full.Store(true)
	for i := range 100 {
		if err := db.Put([]byte{byte(i)}, make([]byte, 1000), nil); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(50 * time.Millisecond)
	done := make(chan error, 1)
	go func() { done <- (&level{db: db, files: files}).Close() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("it does not close")
	}
}
