package wasmtime

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
)

// files counts the files without a name that hold machine code, and bounds them and their bytes. The process needs most
// of what it may open for connections and the database.
type files struct {
	open, bytes atomic.Int64
	most        int64
	mostBytes   int64
	refused     atomic.Bool // the folder does not serve: code in it may not be executed, or the disk is full
	limit       uint64      // of open files of the process
	once        sync.Once
	notice      func(text string) // called once, when there are as many as may be
}

const (
	mostFiles  = 4096
	leastFiles = 8
	filesPart  = 4 // the part of the files that a process may open
)

// countFiles returns the bounds. Go's runtime has raised the limit to the hard one.
func countFiles(mostBytes int64, notice func(string)) *files {
	var limit syscall.Rlimit
	f := &files{most: mostFiles, mostBytes: mostBytes, notice: notice}
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		f.limit = limit.Cur
		f.most = int64(max(leastFiles, min(mostFiles, limit.Cur/filesPart)))
	}
	return f
}

// take counts a file that is about to be opened, and reports whether it may be.
func (f *files) take(bytes int64) bool {
	open, held := f.open.Add(1), f.bytes.Add(bytes)
	if open <= f.most && held <= f.mostBytes {
		return true
	}
	f.give(bytes)
	if open > f.most {
		f.once.Do(func() {
			f.notice(fmt.Sprintf("the files of %d compiled contracts are open, as many as a limit of %d open files "+
				"allows; further ones are in memory alone (ulimit -n raises the limit)", f.most, f.limit))
		})
	}
	return false
}

func (f *files) give(bytes int64) {
	f.open.Add(-1)
	f.bytes.Add(-bytes)
}
