package wasmtime

import (
	"errors"
	"testing"

	"hestia/frame"
)

// TestAGivenUpRequestLeavesItsCompileToTheNext stops a build, so that requests for it can only be given up.
func TestAGivenUpRequestLeavesItsCompileToTheNext(t *testing.T) {
	c, k := newCache(1<<20), key{}
	given, goOn := make(chan struct{}), make(chan struct{})
	close(given)
	built := 0
	build := func() (*artefact, int, error) {
		<-goOn
		built++
		return &artefact{}, 1, nil
	}
	for range 2 { // the request that builds, and one that waits for it
		if art, err := c.get(k, given, build); art != nil || !errors.Is(err, frame.ErrInterrupted) {
			t.Fatalf("%v, %v; want ErrInterrupted", art, err)
		}
	}
	close(goOn)
	art, err := c.get(k, nil, build)
	if art == nil || err != nil || built != 1 {
		t.Fatalf("%v, %v after %d builds; want what was left to finish", art, err, built)
	}
	c.release(art)
	c.left.Wait()
	if users := art.entry.users; users != 0 {
		t.Errorf("%d users left", users)
	}
}

func TestClosingWaitsForWhatWasGivenUp(t *testing.T) {
	c := newCache(1 << 20)
	given, goOn := make(chan struct{}), make(chan struct{})
	close(given)
	if _, err := c.get(key{}, given, func() (*artefact, int, error) {
		<-goOn
		return nil, 0, errors.New("no contract")
	}); !errors.Is(err, frame.ErrInterrupted) {
		t.Fatal(err)
	}
	cleared := make(chan struct{})
	go func() {
		c.clear()
		close(cleared)
	}()
	select {
	case <-cleared:
		t.Fatal("cleared while something is built")
	default:
	}
	close(goOn)
	<-cleared
}
