// Package leaves does the work of host functions in C, if all they do is compute on the windows of their operands:
// keccak256 and the arithmetic of module bignum. An engine calls a leaf straight from a contract's code, without
// crossing to Go.
//
// It knows the numbers of host functions, but no engine, no frame and no gas: the work is paid for, and the windows
// lie in memory, before a leaf runs. The result is the same as that of the function's row in package ewasm. Start at
// Of.
package leaves

// #cgo CFLAGS: -O3
// #include "keccak.h"
// #include "leaves.h"
// #include "processor.h"
import "C"

import (
	"unsafe"

	"hestia/gas"
)

// numbers are the numbers that leaves have in C; 0 stands for none.
var numbers = [gas.Operations]C.uint32_t{
	gas.Keccak256:    C.HESTIA_LEAF_KECCAK256,
	gas.BignumAdd:    C.HESTIA_LEAF_ADD,
	gas.BignumSub:    C.HESTIA_LEAF_SUB,
	gas.BignumMul:    C.HESTIA_LEAF_MUL,
	gas.BignumDiv:    C.HESTIA_LEAF_DIV,
	gas.BignumMod:    C.HESTIA_LEAF_MOD,
	gas.BignumAddMod: C.HESTIA_LEAF_ADDMOD,
	gas.BignumMulMod: C.HESTIA_LEAF_MULMOD,
	gas.BignumExp:    C.HESTIA_LEAF_EXP,
}

// Of returns the leaf of a host function, a pointer to a C function of type hestia_leaf (leaves.h), or nil if it has
// none.
func Of(function gas.Operation) unsafe.Pointer {
	return unsafe.Pointer(C.hestia_leaf_of(numbers[function]))
}

// Run runs the leaf of a host function on a memory that holds the windows of its operands. It reports whether there
// is one.
func Run(function gas.Operation, memory []byte, operands ...uint32) bool {
	done := C.hestia_leaf_run(numbers[function], (*C.uint8_t)(&memory[0]), (*C.uint32_t)(&operands[0]))
	return done != 0
}

// KeccakWays is how many implementations of Keccak-256 there are, each for other processors.
const KeccakWays = C.HESTIA_KECCAK_WAYS

// KeccakBy hashes with one of the implementations. It reports whether this processor has the instructions for it.
func KeccakBy(way int, data []byte) (hash [32]byte, ok bool) {
	at, length := (*C.uint8_t)(unsafe.SliceData(data)), C.size_t(len(data))
	done := C.hestia_keccak256_by(C.uint32_t(way), at, length, (*C.uint8_t)(&hash[0]))
	return hash, done != 0
}

// Processor returns the feature words of the processor, as far as a compiler asks for them.
func Processor() (features [8]uint32) {
	C.hestia_processor((*C.uint32_t)(&features[0]))
	return features
}
