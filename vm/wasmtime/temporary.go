package wasmtime

import (
	"os"
	"path/filepath"
	"syscall"
)

// A node in memory keeps compiled contracts that its cache has no room for in a temporary folder. The folder is made
// when it is first needed and removed by Close. The process holds a lock on it: a folder without a lock was left by a
// process that was killed, and the next start removes it.

// temporaryPattern is the name of these folders.
const temporaryPattern = "hestia-artefacts-*"

// temporaryDisk returns a disk whose folder is made when something is stored.
func temporaryDisk(limit int64) *disk {
	removeAbandoned(os.TempDir())
	d := newDisk(limit)
	d.make = func() (string, error) {
		folder, lock, err := makeTemporary()
		if err == nil {
			d.remove = func() {
				os.RemoveAll(folder)
				lock.Close()
			}
		}
		return folder, err
	}
	return d
}

// makeTemporary makes a folder with a lock. A start of another process may remove it in between; then there is another.
func makeTemporary() (folder string, lock *os.File, err error) {
	for range 3 {
		if folder, err = os.MkdirTemp("", temporaryPattern); err != nil {
			return "", nil, err
		}
		if lock, err = lockFolder(folder); err == nil {
			return folder, lock, nil
		}
		os.Remove(folder)
	}
	return "", nil, err
}

// lockFolder locks a folder until the file that it returns is closed or the process ends. It fails if another process
// has the lock.
func lockFolder(folder string) (*os.File, error) {
	file, err := os.OpenFile(folder, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// removeAbandoned removes this user's folders that no process has locked. Others cannot write to them.
func removeAbandoned(parent string) {
	folders, _ := filepath.Glob(filepath.Join(parent, temporaryPattern))
	for _, folder := range folders {
		info, err := os.Lstat(folder)
		if err != nil || !info.IsDir() {
			continue
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); !ok || owner.Uid != uint32(os.Getuid()) {
			continue
		}
		if lock, err := lockFolder(folder); err == nil {
			os.RemoveAll(folder)
			lock.Close()
		}
	}
}
