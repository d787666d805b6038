package wasmtime

// #include "interrupt.h"
import "C"

import (
	"errors"
	"sync"

	"hestia/frame"
)

var errInterrupts = errors.New("cannot handle the signal that interrupts contracts")

// takeInterrupts prepares the process, once.
var takeInterrupts = sync.OnceValue(func() error {
	if C.hestia_interrupts() == 0 {
		return errInterrupts
	}
	return nil
})

// AskToEnd ends the run if it is in the contract's code (interrupt.c).
func (r *run) AskToEnd() { C.hestia_interrupt(r.frame) }

// errInterrupted is how an interrupted run ends.
var errInterrupted = &frame.FaultError{Err: frame.ErrInterrupted}
