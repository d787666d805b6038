package frame

import (
	"context"
	"sync"
	"time"
)

// MostCompiling is how long a request may wait in all for compilations that its time does not count.
const MostCompiling = 30 * time.Second

// WithTimeout returns a context that ends with the error cause after limit, not counting the time in which the request
// waits for compilations that have begun, up to MostCompiling. What a contract takes to compile is no sign that it
// will run for long, and the next request finds it compiled. The caller calls the function when the request is over.
// Its Err is context.Canceled, and it has no deadline.
func WithTimeout(ctx context.Context, limit time.Duration, cause error) (context.Context, context.CancelFunc) {
	end := time.Now().Add(limit)
	within, cancel := context.WithCancelCause(ctx)
	t := &timeout{outer: timeoutOf(ctx), left: limit, patience: MostCompiling, cancel: func() { cancel(cause) }}
	if time.Until(end) <= 0 { // at once, and not when a timer's goroutine runs
		t.cancel()
	}
	t.resume()
	return context.WithValue(within, timeoutKey{}, t), func() {
		t.end()
		cancel(context.Canceled)
	}
}

// Compiling notes that the frames of a request wait for a compilation that has begun, until the function that it
// returns is called.
func (i *Interrupt) Compiling() (done func()) {
	if i == nil || i.timeout == nil {
		return func() {}
	}
	for t := i.timeout; t != nil; t = t.outer {
		t.pause()
	}
	return func() {
		for t := i.timeout; t != nil; t = t.outer {
			t.resume()
		}
	}
}

type timeoutKey struct{}

// timeoutOf returns the innermost timeout of a context, or nil.
func timeoutOf(ctx context.Context) *timeout {
	t, _ := ctx.Value(timeoutKey{}).(*timeout)
	return t
}

// timeout is a clock that stands still during compilations.
type timeout struct {
	outer  *timeout
	cancel func()

	mu       sync.Mutex
	timer    *time.Timer
	since    time.Time     // the clock goes, or stands, since then
	left     time.Duration // at that moment, until the end
	patience time.Duration // at that moment, until the clock goes in spite of compilations
}

// pause stops the clock, unless it has stood for long enough in all.
func (t *timeout) pause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	t.left -= now.Sub(t.since)
	t.since = now
	t.start(max(t.left, 0) + t.patience) // which is when it would end if the compilation took all
}

// resume lets the clock go on.
func (t *timeout) resume() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.timer != nil {
		stood := now.Sub(t.since)
		t.left -= max(0, stood-t.patience)
		t.patience -= min(stood, t.patience)
	}
	t.since = now
	t.start(max(t.left, 0))
}

// start sets the timer; the lock is held.
func (t *timeout) start(after time.Duration) {
	if t.timer == nil {
		t.timer = time.AfterFunc(after, t.cancel)
	} else if t.timer.Stop() {
		t.timer.Reset(after)
	}
}

func (t *timeout) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.timer.Stop()
}
