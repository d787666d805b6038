package wasmtime

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hestia/frame"
)

// A compilation cannot be stopped. So few run at once for requests, the rest wait for a turn, and what nothing waits
// for any more never begins. Blocks compile at once: they are made one after the other, and never wait behind requests
// (docs/adr/0020).

const (
	// mostWaiting bounds the requests that wait to compile. More are refused: they would be given up before their turn.
	mostWaiting = 64
	// blockGrace is the time that a block being made has left when the engine stops.
	blockGrace = time.Second
)

var (
	errOverloaded = &frame.FaultError{Err: fmt.Errorf(
		"%w: %d contracts wait to be compiled; ask again later", frame.ErrOverloaded, mostWaiting,
	)}
	errStopping = &frame.FaultError{Err: errors.New("the engine is stopping")}
)

// works is what is being built and what waits for it.
type works struct {
	turns   chan struct{} // a token for each request's compilation
	waiting atomic.Int32  // requests
	running int           // builds; the cache's lock guards it and the next

	over    func() // called when the last build ends after the engine was closed; nil before
	halt    sync.Once
	stopped chan struct{} // closed when requests wait no longer
	overdue chan struct{} // closed when blocks wait no longer
}

func newWorks() works {
	return works{
		// Half of the processors, so that compilations given up leave the others to what is waited for.
		turns:   make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		stopped: make(chan struct{}), overdue: make(chan struct{}),
	}
}

// queue waits for a turn and begins the build of an entry, unless another did. It returns when something builds it.
func (c *cache) queue(e *entry, w want) error {
	defer c.works.waiting.Add(-1)
	if c.works.waiting.Add(1) > mostWaiting {
		return errOverloaded
	}
	select {
	case c.works.turns <- struct{}{}:
	case <-e.ready:
		return nil
	case <-w.given:
		return errInterrupted
	case <-c.works.stopped:
		return errStopping
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-w.given: // and the turn came at the same time
		<-c.works.turns
		return errInterrupted
	case <-c.works.stopped:
		<-c.works.turns
		return errStopping
	default:
	}
	if e.begun {
		<-c.works.turns
		return nil
	}
	c.begin(e, w.build, true)
	return nil
}

// await waits for an entry that is being built. It returns nil when the entry is ready.
func (w *works) await(e *entry, given <-chan struct{}) error {
	stopped := w.stopped
	if given == nil {
		stopped = w.overdue
	}
	select {
	case <-e.ready:
		return nil
	default:
	}
	select {
	case <-e.ready:
		return nil
	case <-given:
		return errInterrupted
	case <-stopped:
		return errStopping
	}
}

// stop ends the waits for what is being built: of requests now, of blocks soon.
func (w *works) stop() {
	w.halt.Do(func() {
		close(w.stopped)
		time.AfterFunc(blockGrace, func() { close(w.overdue) })
	})
}

// done ends a build.
func (c *cache) done(turn bool) {
	if turn {
		<-c.works.turns
	}
	c.mu.Lock()
	c.works.running--
	var over func()
	if c.works.running == 0 {
		over, c.works.over = c.works.over, nil
	}
	c.mu.Unlock()
	if over != nil {
		over()
	}
}

// afterAll calls over when no build runs: now, or from the last of them. Nothing waits for that.
func (c *cache) afterAll(over func()) {
	c.mu.Lock()
	running := c.works.running
	if running > 0 {
		c.works.over = over
	}
	c.mu.Unlock()
	if running == 0 {
		over()
	}
}
