package node

import (
	"errors"
	"fmt"
)

// ErrAddressSpace reports that the process may not map as much memory as contracts need.
var ErrAddressSpace = errors.New("the address space of this process is limited")

// neededAddresses is the address space that calls as deep as a transaction may make them reserve, in bytes: 4 GiB and
// guard pages for the memory of each of 1,025 frames, and room for the rest. It is not memory: nearly none is ever
// used.
const neededAddresses = 5 << 40

// checkAddressSpace makes sure that a limit of the system on the process's address space, in bytes, leaves room. A
// frame without room would fail in the middle of a block.
func checkAddressSpace(limit uint64) error {
	if limit >= neededAddresses {
		return nil
	}
	return fmt.Errorf("%w to %d MiB, and %d MiB are needed, of which nearly all stay unused: "+
		"lift the limit with ulimit -v unlimited, or bound the memory by a control group",
		ErrAddressSpace, limit>>20, uint64(neededAddresses)>>20)
}
