package wasmtime

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"hestia/frame"
)

// numbered is the key of an artefact in tests of the cache.
func numbered(n int) (k key) {
	k.code[0], k.code[1] = byte(n), byte(n>>8)
	return k
}

// light is a build of an artefact of weight 1.
func light() (*artefact, int, error) { return &artefact{}, 1, nil }

// held is a build that ends when goOn is closed.
func held(goOn <-chan struct{}) func() (*artefact, int, error) {
	return func() (*artefact, int, error) {
		<-goOn
		return light()
	}
}

// emptyCache is a cache whose artefacts are only counted when they are disposed of.
func emptyCache(limit int) (c *cache, disposed *atomic.Int32) {
	c, disposed = newCache(limit), new(atomic.Int32)
	c.dispose = func(*entry) { disposed.Add(1) }
	return c, disposed
}

func givenUp() <-chan struct{} {
	given := make(chan struct{})
	close(given)
	return given
}

// never is a request's that is not given up.
func never() <-chan struct{} { return make(chan struct{}) }

// eventually waits for what other goroutines do.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never happens that %s", what)
		}
	}
}

// occupy takes all turns until the function that it returns is called.
func (c *cache) occupy() (leave func()) {
	for range cap(c.works.turns) {
		c.works.turns <- struct{}{}
	}
	return func() {
		for range cap(c.works.turns) {
			<-c.works.turns
		}
	}
}

func (c *cache) runningBuilds() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.works.running
}

func TestAGivenUpRequestLeavesItsCompileToTheNext(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	goOn, given, built := make(chan struct{}), make(chan struct{}), 0
	build := func() (*artefact, int, error) {
		<-goOn
		built++
		return light()
	}
	first := make(chan error)
	go func() {
		_, err := c.get(want{given: given, build: build})
		first <- err
	}()
	eventually(t, "the build begins", func() bool { return c.runningBuilds() == 1 })
	close(given)
	if err := <-first; !errors.Is(err, frame.ErrInterrupted) {
		t.Fatalf("%v, want ErrInterrupted", err)
	}
	// one that waits for the build can be given up too
	if art, err := c.get(want{given: givenUp(), build: build}); art != nil || !errors.Is(err, frame.ErrInterrupted) {
		t.Fatalf("%v, %v; want ErrInterrupted", art, err)
	}
	close(goOn)
	art, err := c.get(want{build: build, now: true})
	if art == nil || err != nil || built != 1 {
		t.Fatalf("%v, %v after %d builds; want what was left to finish", art, err, built)
	}
	c.release(art)
	eventually(t, "nothing uses it", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return art.entry.users == 0
	})
}

func TestClosingDoesNotWaitForWhatWasGivenUp(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	goOn, given := make(chan struct{}), make(chan struct{})
	time.AfterFunc(10*time.Millisecond, func() { close(given) })
	if _, err := c.get(want{given: given, build: held(goOn)}); !errors.Is(err, frame.ErrInterrupted) {
		t.Fatal(err)
	}
	freed := make(chan struct{})
	c.afterAll(func() { close(freed) }) // returns although something is built
	select {
	case <-freed:
		t.Fatal("the engine is freed while it compiles")
	default:
	}
	close(goOn)
	<-freed
}

func TestWhatIsGivenUpBeforeItsTurnNeverBegins(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	leave := c.occupy()
	given := make(chan struct{})
	results := make(chan error)
	for n := range 40 {
		go func() {
			_, err := c.get(want{key: numbered(n), given: given, build: func() (*artefact, int, error) {
				t.Error("it was built")
				return light()
			}})
			results <- err
		}()
	}
	eventually(t, "all wait", func() bool { return c.works.waiting.Load() == 40 })
	close(given)
	for range 40 {
		if err := <-results; !errors.Is(err, frame.ErrInterrupted) {
			t.Errorf("%v, want ErrInterrupted", err)
		}
	}
	leave()
	if len(c.entries) != 0 || c.runningBuilds() != 0 {
		t.Errorf("%d entries are left", len(c.entries))
	}
}

func TestFewBuildsOfRequestsRunAtOnce(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	goOn, most := make(chan struct{}), cap(c.works.turns)
	if most > max(1, runtime.GOMAXPROCS(0)/2) {
		t.Errorf("%d turns on %d processors", most, runtime.GOMAXPROCS(0))
	}
	for n := range most + 20 {
		go c.get(want{key: numbered(n), given: never(), build: held(goOn)})
	}
	eventually(t, "the others wait", func() bool {
		return c.runningBuilds() == most && c.works.waiting.Load() == 20
	})
	close(goOn)
	eventually(t, "all are built", func() bool { return c.runningBuilds() == 0 && c.weightNow() == most+20 })
}

func (c *cache) weightNow() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.weight
}

func TestPastTheQueueARequestIsRefused(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	leave := c.occupy()
	for n := range mostWaiting {
		go c.get(want{key: numbered(n), given: never(), build: light})
	}
	eventually(t, "the queue is full", func() bool { return c.works.waiting.Load() == mostWaiting })
	_, err := c.get(want{key: numbered(mostWaiting), given: never(), build: light})
	if !errors.Is(err, frame.ErrOverloaded) || !frame.IsFault(err) {
		t.Errorf("%v, want the node overloaded", err)
	}
	leave()
	eventually(t, "the queue is done", func() bool { return c.weightNow() == mostWaiting })
	if art, err := c.get(want{key: numbered(mostWaiting), given: never(), build: light}); err != nil {
		t.Errorf("afterwards: %v", err)
	} else {
		c.release(art)
	}
}

// A block needs other code than the requests that wait, and the same.
func TestABlockNeverWaitsBehindRequests(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	leave := c.occupy()
	results := make(chan error)
	go func() {
		_, err := c.get(want{key: numbered(1), given: never(), build: func() (*artefact, int, error) {
			return nil, 1, errors.New("built for the request")
		}})
		results <- err
	}()
	eventually(t, "the request waits", func() bool { return c.works.waiting.Load() == 1 })
	for n := range 3 {
		art, err := c.get(want{key: numbered(n), now: true, build: light})
		if err != nil {
			t.Fatal(err)
		}
		c.release(art)
	}
	if err := <-results; err != nil {
		t.Errorf("the request gets %v, want what the block built", err)
	}
	leave()
}

func TestAStoppingEngineKeepsNoRequestWaiting(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	goOn, results, block := make(chan struct{}), make(chan error), make(chan error)
	defer close(goOn)
	for n := range 3 {
		go func() {
			_, err := c.get(want{key: numbered(n), given: never(), build: held(goOn)})
			results <- err
		}()
	}
	go func() {
		_, err := c.get(want{key: numbered(9), now: true, build: held(goOn)})
		block <- err
	}()
	eventually(t, "they wait", func() bool { return c.runningBuilds() == 1+cap(c.works.turns) })
	begin := time.Now()
	c.works.stop()
	for range 3 {
		if err := <-results; err != errStopping {
			t.Errorf("%v, want %v", err, errStopping)
		}
	}
	if err := <-block; err != errStopping || time.Since(begin) > 2*blockGrace {
		t.Errorf("the block gets %v after %v", err, time.Since(begin))
	}
}

// Of slightly more contracts than fit, most calls in turn find what they need.
func TestContractsInTurnDoNotEvictEachOtherInTurn(t *testing.T) {
	const fit, all, rounds = 100, 110, 50
	c, disposed := emptyCache(fit)
	built := 0
	for range rounds {
		for n := range all {
			art, err := c.get(want{key: numbered(n), keep: true, now: true, build: func() (*artefact, int, error) {
				built++
				return light()
			}})
			if err != nil {
				t.Fatal(err)
			}
			c.release(art)
		}
	}
	eventually(t, "no build runs", func() bool { return c.runningBuilds() == 0 })
	if built > rounds*all/3 {
		t.Errorf("%d of %d calls were misses", built, rounds*all)
	}
	if c.weight > fit || int(disposed.Load()) != built-len(c.entries) {
		t.Errorf("weight %d, %d built, %d disposed of, %d left", c.weight, built, disposed.Load(), len(c.entries))
	}
}

func TestWhatRunsOnceGoesFirst(t *testing.T) {
	c, _ := emptyCache(100)
	take := func(n int, keep bool) {
		art, err := c.get(want{key: numbered(n), keep: keep, now: true, build: light})
		if err != nil {
			t.Fatal(err)
		}
		c.release(art)
		eventually(t, "no build runs", func() bool { return c.runningBuilds() == 0 })
	}
	for n := range 80 {
		take(n, true)
	}
	for n := range 1000 {
		take(1000+n, false)
	}
	for n := range 80 {
		if c.entries[numbered(n)] == nil {
			t.Fatalf("contract %d was evicted for what runs once", n)
		}
	}
	if c.entries[numbered(1999)] == nil || c.weight > 100 {
		t.Errorf("weight %d, the newest is gone or all stay", c.weight)
	}
}

func TestACountBoundsArtefactsToo(t *testing.T) {
	c, _ := emptyCache(1 << 20)
	c.most = 10
	for n := range 100 {
		art, err := c.get(want{key: numbered(n), keep: n%2 == 0, now: true, build: light})
		if err != nil {
			t.Fatal(err)
		}
		c.release(art)
		eventually(t, "no build runs", func() bool { return c.runningBuilds() == 0 })
	}
	if len(c.entries) > 10 {
		t.Errorf("%d entries", len(c.entries))
	}
}
