package frame

import (
	"errors"

	"hestia/gas"
)

// End is the way a frame ended. It alone decides what happens to the frame's gas and state.
type End uint8

// The five ways a frame ends.
const (
	Finished End = iota // main returned or called finish: state kept, gas left given back
	Reverted            // revert was called: state undone, gas left given back
	Halted              // trap, out of gas or a broken rule: state undone, all gas burnt
	Rejected            // never ran (depth, balance, nonce): nothing changed, gas given back
	Fault               // our bug or the disk: the block is discarded and no receipt is written
)

// String returns the end as a lower-case word. It panics for a value that is not one of the five.
func (e End) String() string {
	return [...]string{"finished", "reverted", "halted", "rejected", "fault"}[e]
}

// Result is the outcome of a frame, as its caller gets it.
type Result struct {
	End    End
	Output []byte   // the data passed to finish or revert; empty for the other ends
	Left   gas.Tank // gas returned to the caller: empty if halted
	Cause  error    // the reason for every end but Finished
	Status uint32   // of the exit of a program that reverted by exiting; 0 for all others
}

// The causes that belong to no single host function.
var (
	ErrReverted = errors.New("execution reverted")
	ErrStack    = errors.New("stack overflow")
	ErrDepth    = errors.New("max call depth exceeded")
	ErrBalance  = errors.New("insufficient balance for transfer")
	ErrNonce    = errors.New("nonce of the creator is at its maximum")

	ErrInterrupted = errors.New("execution was given up") // always wrapped in a FaultError
	ErrOverloaded  = errors.New("the node is overloaded") // always wrapped in a FaultError
)

// FaultError wraps a failure of the node itself, such as a disk error, so that it cannot be taken for a frame's result.
type FaultError struct{ Err error }

// Error returns the failure, marked as internal.
func (e *FaultError) Error() string { return "internal fault: " + e.Err.Error() }

// Unwrap returns the wrapped failure.
func (e *FaultError) Unwrap() error { return e.Err }

// IsFault reports whether err is or wraps a FaultError: the node failed, not the code or the transaction.
func IsFault(err error) bool {
	var fault *FaultError
	return errors.As(err, &fault)
}
