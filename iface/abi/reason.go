package abi

import (
	"bytes"
	"fmt"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// panicSelector begins what Solidity reverts with when it panics: Panic(uint256).
var panicSelector = []byte{0x4e, 0x48, 0x7b, 0x71}

// panics names Solidity's panics by their code
// (https://docs.soliditylang.org/en/latest/control-structures.html#panic-via-assert-and-error-via-require).
var panics = map[uint64]string{
	0x00: "generic panic",
	0x01: "assertion failed",
	0x11: "arithmetic underflow or overflow",
	0x12: "division or modulo by zero",
	0x21: "failed to convert value into enum type",
	0x22: "storage byte array incorrectly encoded",
	0x31: "call `.pop()` on an empty array",
	0x32: "array out-of-bounds access",
	0x41: "memory allocation error",
	0x51: "called an invalid internal function",
}

// Reason returns why a call reverted if its output says so as Solidity does: the text of an Error(string), or a
// Panic(uint256) as Foundry's tools write it, such as "panic: assertion failed (0x01)". It is false for anything else.
// The text may hold any character that a contract chose.
func Reason(output []byte) (string, bool) {
	if code, ok := bytes.CutPrefix(output, panicSelector); ok && len(code) == common.HashLength {
		number := new(uint256.Int).SetBytes(code)
		if name, known := panics[number.Uint64()]; known && number.IsUint64() {
			return fmt.Sprintf("panic: %s (0x%02x)", name, number.Uint64()), true
		}
		return fmt.Sprintf("panic: unknown code (%s)", number.Hex()), true
	}
	reason, err := gethabi.UnpackRevert(output)
	return reason, err == nil
}
