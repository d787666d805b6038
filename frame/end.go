package frame

import (
	"errors"

	"hestia/gas"
)

// End says how a frame ended; it alone decides what happens to the frame's gas and state.
type End uint8

// The five ways a frame ends.
const (
	Finished End = iota // main returned or called finish: state kept, gas left given back
	Reverted            // revert was called: state undone, gas left given back
	Halted              // trap, out of gas or a broken rule: state undone, all gas burnt
	Rejected            // never ran (depth, balance, nonce): nothing changed, gas given back
	Fault               // our bug or the disk: the block is discarded and no receipt is written
)

// String returns the end as a lower-case word.
func (e End) String() string {
	return [...]string{"finished", "reverted", "halted", "rejected", "fault"}[e]
}

// Result is what a frame leaves to its caller.
type Result struct {
	End    End
	Output []byte   // what finish or revert was given; empty for the other ends
	Left   gas.Tank // what goes back to the caller: empty when halted
	Cause  error    // why, for every end but Finished
}

// The reasons a frame ends that concern no single host function.
var (
	ErrReverted = errors.New("execution reverted")
	ErrStack    = errors.New("stack overflow")
	ErrDepth    = errors.New("max call depth exceeded")
	ErrBalance  = errors.New("insufficient balance for transfer")
	ErrNonce    = errors.New("nonce of the creator is at its maximum")

	ErrInterrupted = errors.New("execution was given up") // always inside a FaultError
)

// FaultError wraps a failure of the node itself, so that no frame can pass it for its own.
type FaultError struct{ Err error }

func (e *FaultError) Error() string { return "internal fault: " + e.Err.Error() }

// Unwrap returns the failure.
func (e *FaultError) Unwrap() error { return e.Err }

// IsFault reports whether err says that the node failed, not the code or the transaction it ran.
func IsFault(err error) bool {
	var fault *FaultError
	return errors.As(err, &fault)
}
