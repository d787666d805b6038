package wasmtime

import (
	"errors"
	"fmt"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/frame"
	"hestia/gas"
	"hestia/gas/meter"
)

// traps are the traps of wasm code itself, in the specification's words.
var traps = map[wasmtime.TrapCode]error{
	wasmtime.MemoryOutOfBounds:      errors.New("out of bounds memory access"),
	wasmtime.TableOutOfBounds:       errors.New("out of bounds table access"),
	wasmtime.IndirectCallToNull:     errors.New("uninitialized element"),
	wasmtime.BadSignature:           errors.New("indirect call type mismatch"),
	wasmtime.IntegerOverflow:        errors.New("integer overflow"),
	wasmtime.IntegerDivisionByZero:  errors.New("integer divide by zero"),
	wasmtime.BadConversionToInteger: errors.New("invalid conversion to integer"),
	wasmtime.UnreachableCodeReached: errors.New("unreachable"),
}

// trapped returns the contract's own trap for a code of wasmtime's, or a fault if the engine failed. A native stack
// overflow is a fault, because the injected counter must trip first.
func trapped(code wasmtime.TrapCode, engine error) error {
	if known, ok := traps[code]; ok {
		return fmt.Errorf("wasm trap: %w", known)
	}
	return &frame.FaultError{Err: engine}
}

// halted returns the reason why a metered module halts itself.
func halted(reason int32) error {
	if reason == meter.HaltStackOverflow {
		return frame.ErrStack
	}
	return gas.ErrOutOfGas
}
