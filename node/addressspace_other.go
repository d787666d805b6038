//go:build !unix

package node

import "math"

// addressSpace returns the limit of the system on the process's address space, in bytes: it has none here.
func addressSpace() uint64 { return math.MaxUint64 }
