// Package trace records what one transaction did, as debug_traceTransaction shows it: the host calls as steps, in the shape of
// geth's struct logs, or frames and host calls as one tree.
//
// It knows frames and host functions; it does not know who asks, nor blocks. Start at NewStepLog and NewFrameTree.
package trace

import (
	"context"
	"encoding/json"
	"errors"

	"hestia/vm"
)

// What a recording can end with instead of a result.
var (
	ErrSize    = errors.New("the trace is too large; limit it")
	ErrTimeout = errors.New("execution timeout")
)

// maxBytes bounds what one recording gathers, in bytes.
const maxBytes = 64 << 20

// Recording is a tracer at work on one transaction.
type Recording struct {
	Tracing vm.Tracing                      // to run the transaction with
	Result  func() (json.RawMessage, error) // what was recorded, once the transaction has run
	Stop    func(error)                     // gives up: Result returns the error. It may be called from another goroutine
}

// StopAfter ends the recording with ErrTimeout when the time of ctx is up. The run goes on until gas or its context ends it.
func (r *Recording) StopAfter(ctx context.Context) {
	context.AfterFunc(ctx, func() {
		if ctx.Err() == context.DeadlineExceeded {
			r.Stop(ErrTimeout)
		}
	})
}
