package main

// This file has progress: lines on standard error for what takes longer than a user waits without a word.

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// patience is the time until the first line of a progress, and between two.
const patience = 2 * time.Second

// progress counts what is done and prints the count from a goroutine of its own. add is safe for concurrent use.
type progress struct {
	done atomic.Int64
	stop chan struct{} // closed by end
	over chan struct{} // closed when no more is printed
}

// startProgress prints every two seconds, until end, how much is done: percent of total, or the count in unit if
// total is 0, which means unknown.
func startProgress(w io.Writer, what string, total int64, unit string) *progress {
	p := &progress{stop: make(chan struct{}), over: make(chan struct{})}
	go func() {
		defer close(p.over)
		tick := time.NewTicker(patience)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				done := p.done.Load()
				if total > 0 {
					fmt.Fprintf(w, "%s: %d%%\n", what, 100*min(done, total)/total)
				} else {
					fmt.Fprintf(w, "%s: %d %s\n", what, done, unit)
				}
			case <-p.stop:
				return
			}
		}
	}()
	return p
}

// add counts n more.
func (p *progress) add(n int) { p.done.Add(int64(n)) }

// end returns when no more is printed, so that the next line on standard error is the caller's.
func (p *progress) end() {
	close(p.stop)
	<-p.over
}

// countingReader adds the bytes that are read to a progress.
type countingReader struct {
	io.Reader
	progress *progress
}

func (r countingReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.progress.add(n)
	return n, err
}
