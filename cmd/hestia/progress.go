package main

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// patience is how long a command works before it says how far it is, and how often it says so.
const patience = 2 * time.Second

// progress says on a terminal's side channel how far something is that takes long.
type progress struct {
	done atomic.Int64
	stop chan struct{}
	over chan struct{}
}

// startProgress says every two seconds how much is done of a total, in the given words, until it is stopped. A total of 0 is
// not known.
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

func (p *progress) add(n int) { p.done.Add(int64(n)) }

// end stops saying anything.
func (p *progress) end() {
	close(p.stop)
	<-p.over
}

// countingReader tells a progress what is read.
type countingReader struct {
	io.Reader
	progress *progress
}

func (r countingReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.progress.add(n)
	return n, err
}
