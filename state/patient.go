package state

import (
	"errors"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/syndtr/goleveldb/leveldb/storage"
)

// patient is a storage whose manifest waits for room on a full disk while patience is set. LevelDB never writes to a
// manifest again after a write that failed, and then takes no more writes at all; with tables and journals it tries
// again.
type patient struct {
	storage.Storage
	patience atomic.Bool
}

// roomAgain is the time between two looks for room.
const roomAgain = 100 * time.Millisecond

func (p *patient) Create(fd storage.FileDesc) (storage.Writer, error) {
	w, err := p.Storage.Create(fd)
	if err != nil || fd.Type != storage.TypeManifest {
		return w, err
	}
	return patientFile{w, p}, nil
}

type patientFile struct {
	storage.Writer
	of *patient
}

// Write writes all of b, however long that takes.
func (f patientFile) Write(b []byte) (n int, err error) {
	for {
		m, err := f.Writer.Write(b[n:])
		n += m
		full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
		if !full || !f.of.patience.Load() {
			return n, err
		}
		time.Sleep(roomAgain)
	}
}
