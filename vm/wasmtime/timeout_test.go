package wasmtime

import (
	"errors"
	"testing"
	"time"

	"hestia/frame"
)

// timed returns what a request wants that may take 50 ms, and how to end the request.
func timed(t *testing.T, build func() (*artefact, int, error)) (want, func()) {
	ctx, cancel := frame.WithTimeout(t.Context(), 50*time.Millisecond, errors.New("too slow"))
	i := frame.InterruptAfter(ctx)
	return want{key: numbered(7), given: i.Given(), clock: i, build: build}, func() { cancel(); i.Release() }
}

func TestTheTimeOfARequestDoesNotCountItsCompilation(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	w, over := timed(t, func() (*artefact, int, error) {
		time.Sleep(300 * time.Millisecond)
		return light()
	})
	defer over()
	art, err := c.get(w)
	if err != nil {
		t.Fatal(err)
	}
	c.release(art)
	if w.clock.Due() {
		t.Error("the request is given up")
	}
	<-w.given // its time goes on
}

// Else requests that wait could hold the places of calls for minutes.
func TestTheTimeOfARequestCountsTheQueue(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	leave := c.occupy()
	defer leave()
	w, over := timed(t, func() (*artefact, int, error) {
		t.Error("it was built")
		return light()
	})
	defer over()
	if _, err := c.get(w); !errors.Is(err, frame.ErrInterrupted) {
		t.Errorf("%v, want ErrInterrupted", err)
	}
}
