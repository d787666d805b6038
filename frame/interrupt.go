package frame

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// askEvery is how soon a frame is asked again to end: it may be where it cannot, in a host function or in the engine.
const askEvery = time.Millisecond

// Interrupt ends the frames of one request when nobody waits for its answer any more: they end in a fault that is
// ErrInterrupted, so that it can never pass for a result. A nil Interrupt never does; blocks have none.
type Interrupt struct {
	given  <-chan struct{} // closed when the request is given up
	due    atomic.Bool
	stop   func() bool
	mu     sync.Mutex
	frames []Running // that an engine runs now, the innermost last
	over   bool
}

// Running is a frame that an engine runs.
type Running interface {
	AskToEnd() // soon, from another goroutine
}

// InterruptAfter returns an interrupt for the time that ctx ends, to be released when the request is answered. It is nil
// where ctx never ends.
func InterruptAfter(ctx context.Context) *Interrupt {
	if ctx == nil || ctx.Done() == nil {
		return nil
	}
	i := &Interrupt{given: ctx.Done()}
	i.stop = context.AfterFunc(ctx, i.ask)
	return i
}

// Release ends the interrupt. No frame may be running.
func (i *Interrupt) Release() {
	if i == nil || i.stop() {
		return
	}
	i.mu.Lock()
	i.over = true
	i.mu.Unlock()
}

// Given is closed when frames should end; it is nil, and never closed, for a nil Interrupt.
func (i *Interrupt) Given() <-chan struct{} {
	if i == nil {
		return nil
	}
	return i.given
}

// Due tells whether frames should end.
func (i *Interrupt) Due() bool { return i != nil && i.due.Load() }

// Enter says that an engine runs a frame, and Leave that it no longer does.
func (i *Interrupt) Enter(f Running) {
	if i != nil {
		i.mu.Lock()
		i.frames = append(i.frames, f)
		i.mu.Unlock()
	}
}

// Leave is for the frame that entered last. It is not asked anything afterwards.
func (i *Interrupt) Leave() {
	if i != nil {
		i.mu.Lock()
		i.frames = i.frames[:len(i.frames)-1]
		i.mu.Unlock()
	}
}

// ask asks the innermost frame until all is over. Those around it wait in host functions, and look at Due when they go on.
func (i *Interrupt) ask() {
	i.due.Store(true)
	for tick := time.NewTicker(askEvery); ; <-tick.C {
		i.mu.Lock()
		if i.over {
			tick.Stop()
			i.mu.Unlock()
			return
		}
		if n := len(i.frames); n > 0 {
			i.frames[n-1].AskToEnd()
		}
		i.mu.Unlock()
	}
}
