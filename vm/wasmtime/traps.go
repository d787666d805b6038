package wasmtime

import (
	"errors"
	"fmt"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/frame"
	"hestia/gas"
	"hestia/gas/meter"
)

// The traps of wasm code itself, in the specification's words.
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

// trapped tells the contract's own trap from a failure of the engine. A native stack overflow is one: the injected
// counter must have tripped before.
func trapped(code wasmtime.TrapCode, engine error) error {
	if known, ok := traps[code]; ok {
		return fmt.Errorf("wasm trap: %w", known)
	}
	return &frame.FaultError{Err: engine}
}

// halted is why an instrumented module halts itself.
func halted(reason int32) error {
	if reason == meter.HaltStackOverflow {
		return frame.ErrStack
	}
	return gas.ErrOutOfGas
}
