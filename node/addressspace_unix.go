//go:build unix

package node

import (
	"math"
	"syscall"
)

// addressSpace returns the limit of the system on the process's address space, in bytes.
func addressSpace() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &limit) != nil {
		return math.MaxUint64 // unknown; a frame will tell
	}
	return uint64(limit.Cur)
}
