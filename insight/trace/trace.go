// Package trace records the execution of one transaction, as debug_traceTransaction shows it: host calls as steps in
// the shape of geth's struct logs, or frames and host calls as one tree.
//
// It knows frames and host functions. It does not know JSON-RPC or blocks. Start at NewStepLog and NewFrameTree.
package trace

import (
	"context"
	"encoding/json"
	"errors"

	"hestia/vm"
)

// ErrTimeout is the error of a recording that took too long.
var ErrTimeout = errors.New("execution timeout")

// Recording is a tracer for one transaction.
type Recording struct {
	Tracing vm.Tracing                      // the hooks to run the transaction with
	Result  func() (json.RawMessage, error) // returns the recording as JSON, after the transaction has run
	Stop    func(error)                     // makes Result return the error; may be called from any goroutine
}

// StopAfter ends the recording with ErrTimeout when ctx ends because of it. The transaction runs on until gas or its
// own context ends it.
func (r *Recording) StopAfter(ctx context.Context) {
	context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), ErrTimeout) {
			r.Stop(ErrTimeout)
		}
	})
}
