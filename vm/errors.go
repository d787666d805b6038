package vm

import (
	"errors"
	"fmt"

	gethvm "github.com/ethereum/go-ethereum/core/vm"
)

// ErrCodeKind reports code that no engine of this machine executes.
var ErrCodeKind = errors.New("not a WebAssembly module: code must begin with \\0asm (the schedule runs no EVM code)")

// sizeError is code over the schedule's limit, in bytes.
type sizeError struct{ size, limit int }

func (e sizeError) Error() string {
	return fmt.Sprintf("%v: %d bytes, at most %d are allowed", gethvm.ErrMaxCodeSizeExceeded, e.size, e.limit)
}

// Unwrap returns geth's error for the same.
func (e sizeError) Unwrap() error { return gethvm.ErrMaxCodeSizeExceeded }
