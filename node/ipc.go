package node

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// listenIPC listens on a local socket that only this user may open. It replaces a socket that an ended process left at
// the path. It refuses a path that holds any other file.
func listenIPC(path string) (net.Listener, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("%w on %s: %w", ErrListen, path, err)
	case info.Mode()&fs.ModeSocket == 0:
		return nil, fmt.Errorf("%w on %s: a file that is no socket is there", ErrListen, path)
	default:
		if other, err := net.Dial("unix", path); err == nil {
			other.Close()
			return nil, fmt.Errorf("%w on %s: another process does", ErrListen, path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("%w on %s: %w", ErrListen, path, err)
		}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w on %s: %w", ErrListen, path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("%w on %s: %w", ErrListen, path, err), listener.Close())
	}
	return listener, nil
}
