package wasmtime

// #include "shim.h"
import "C"

import (
	"errors"
	"sync"

	"hestia/frame"
)

var errInterrupts = errors.New("a signal to interrupt contracts with cannot be had")

// takeInterrupts readies the process, once.
var takeInterrupts = sync.OnceValue(func() error {
	if C.hestia_interrupts() == 0 {
		return errInterrupts
	}
	return nil
})

// AskToEnd ends the run, if it is in the contract's code; interrupt.c says how.
func (s *slot) AskToEnd() { C.hestia_interrupt(s.frame) }

// errInterrupted is how an interrupted run ends.
var errInterrupted = &frame.FaultError{Err: frame.ErrInterrupted}
