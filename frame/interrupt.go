package frame

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// askEvery is the time after which a frame is asked to end again. It could not end at the last ask if it was in a host
// function or inside the engine.
const askEvery = time.Millisecond

// Interrupt ends the frames of one request when its client no longer waits for the answer, and those of a block that is
// made when a transaction takes too long or the node stops. They end in a fault that wraps ErrInterrupted, so it cannot
// be taken for a result. A nil Interrupt never ends a frame.
type Interrupt struct {
	given   <-chan struct{} // closed when the request is given up
	timeout *timeout        // the innermost of the request, or nil
	due     atomic.Bool
	stop    func() bool // undoes the wait for the context
	mu      sync.Mutex
	frames  []Running // the frames that an engine runs now, the innermost last
	over    bool      // the request is answered: stop asking
}

// Running is a frame that an engine runs.
type Running interface {
	AskToEnd() // makes the frame end soon; called from another goroutine
}

// InterruptAfter returns an interrupt that ends frames when ctx ends, or nil if ctx never ends. The caller releases it
// when the request is answered.
func InterruptAfter(ctx context.Context) *Interrupt {
	if ctx == nil || ctx.Done() == nil {
		return nil
	}
	i := &Interrupt{given: ctx.Done(), timeout: timeoutOf(ctx)}
	i.stop = context.AfterFunc(ctx, i.ask)
	return i
}

// Release stops the interrupt. No frame may be running.
func (i *Interrupt) Release() {
	if i == nil || i.stop() {
		return
	}
	i.mu.Lock()
	i.over = true
	i.mu.Unlock()
}

// Given returns a channel that is closed when frames should end. For a nil Interrupt it is nil, which never is ready.
func (i *Interrupt) Given() <-chan struct{} {
	if i == nil {
		return nil
	}
	return i.given
}

// Due reports whether frames should end.
func (i *Interrupt) Due() bool { return i != nil && i.due.Load() }

// Enter notes that an engine starts to run f, inside the frames that entered before.
func (i *Interrupt) Enter(f Running) {
	if i != nil {
		i.mu.Lock()
		i.frames = append(i.frames, f)
		i.mu.Unlock()
	}
}

// Leave notes that the frame that entered last has ended. AskToEnd is not called on it afterwards.
func (i *Interrupt) Leave() {
	if i != nil {
		i.mu.Lock()
		i.frames = i.frames[:len(i.frames)-1]
		i.mu.Unlock()
	}
}

// ask asks the innermost frame to end until the request is over. The frames around it wait in host functions and check
// Due when they go on.
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
