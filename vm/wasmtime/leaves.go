package wasmtime

// #include <stdlib.h>
// #include "leaves.h"
import "C"

import (
	"bytes"
	"fmt"
	"unsafe"

	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/gas"
)

// Leaves are the host functions whose work C does (leaves.c, keccak.c, bignum.c), so that it never crosses to Go. What each
// must come to is what its row of the interface does.

// keccakWays is how many ways there are to hash, by what processors have.
const keccakWays = C.HESTIA_KECCAK_WAYS

// keccakBy hashes in one of these ways, and tells whether this processor has what it needs.
func keccakBy(way int, data []byte) (hash common.Hash, ok bool) {
	done := C.hestia_keccak256_by(C.uint32_t(way), (*C.uint8_t)(unsafe.SliceData(data)), C.size_t(len(data)), (*C.uint8_t)(&hash[0]))
	return hash, done != 0
}

// runLeaf does in C what a host function does, in a memory that holds what the operands name, and tells whether C can.
func runLeaf(row *ewasm.Function, memory []byte, operands ...uint32) bool {
	module, name := C.CString(row.Module), C.CString(row.Name)
	defer C.free(unsafe.Pointer(module))
	defer C.free(unsafe.Pointer(name))
	return C.hestia_leaf_run(module, name, (*C.uint8_t)(&memory[0]), (*C.uint32_t)(&operands[0])) != 0
}

// testLeaves holds every leaf to its host function, so that a compiler or a processor that computes otherwise runs nothing.
func testLeaves() error {
	for _, row := range mirror.Leaves() {
		memory := make([]byte, selfMemory)
		for i := range memory {
			memory[i] = byte(i*i + 7*i + 1)
		}
		var operands []uint32
		var args ewasm.Args
		for i := range row.Params {
			operands = append(operands, uint32(3+40*i))
			args = append(args, uint64(3+40*i))
		}
		c := selfContext(nil, common.Hash{}, 0)
		c.Gas, c.Memory = gas.NewTank(selfGas), bytes.Clone(memory)
		if _, err := row.Call(c, args); err != nil {
			return fmt.Errorf("%s: %w", row.Name, err)
		}
		if !runLeaf(row, memory, operands...) || !bytes.Equal(memory, c.Memory) {
			return fmt.Errorf("%s in C does not come to what it does in Go", row.Name)
		}
	}
	return nil
}

const selfMemory = 256
