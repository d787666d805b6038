package chain

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"hestia/frame"
)

// ErrTooSlow reports a transaction that ran longer than it may. That depends on the machine, so no block holds it.
var ErrTooSlow = errors.New("the transaction ran longer than this node lets one run")

// watch ends the transactions of a block that is made if its context ends or one of them runs too long.
type watch struct {
	interrupt *frame.Interrupt

	outer  context.Context
	inner  context.Context // ends with outer, and with an ErrTooSlow
	cancel context.CancelCauseFunc
	limit  time.Duration // for one transaction; 0 = any
	clock  *time.Timer
	start  time.Time    // of the watch
	began  atomic.Int64 // nanoseconds after start: the transaction that runs
}

// newWatch begins a watch, which is to be ended.
func newWatch(ctx context.Context, limit time.Duration) *watch {
	w := &watch{outer: ctx, limit: limit, start: time.Now()}
	w.inner, w.cancel = context.WithCancelCause(ctx)
	w.interrupt = frame.InterruptAfter(w.inner)
	if limit > 0 {
		w.clock = time.AfterFunc(time.Hour, w.check) // which uses the clock, so that it is to be there first
		w.clock.Reset(limit)
	}
	return w
}

func (w *watch) end() {
	if w.clock != nil {
		w.clock.Stop()
	}
	w.interrupt.Release()
	w.cancel(nil)
}

// next lets another transaction begin. It leaves the clock alone, which would take longer than a transfer.
func (w *watch) next() { w.began.Store(int64(time.Since(w.start))) }

// left returns how long the transaction that runs may go on.
func (w *watch) left() time.Duration {
	return w.limit - time.Since(w.start) + time.Duration(w.began.Load())
}

// check ends a transaction that has run too long, or comes back when it will have.
func (w *watch) check() {
	if left := w.left(); left > 0 {
		w.clock.Reset(left)
		return
	}
	w.cancel(fmt.Errorf("%w: %v; --transaction-time sets how long", ErrTooSlow, w.limit))
}

// explain returns why transactions ended with err: the cause if the watch ended them.
func (w *watch) explain(err error) error {
	var faulty *FaultyTransaction
	switch {
	case !errors.As(err, &faulty) || w.inner.Err() == nil:
		return err
	case w.outer.Err() != nil:
		return w.outer.Err()
	case w.left() <= 0: // else the time of the transaction before ran out as it ended
		faulty.Err = context.Cause(w.inner)
	}
	return faulty
}
