package wasmtime

import (
	"container/list"
	"sync"

	"hestia/frame"
)

// cache keeps artefacts, or the errors of code that has none, up to a weight; the least recently used go first.
// Concurrent requests for one module share one build. An artefact in use is closed when its last user releases it. A
// compilation cannot be stopped: if its request is given up, it goes on, and a later request may use the result.
type cache struct {
	mu      sync.Mutex
	entries map[key]*entry
	recent  *list.List // of *entry, the most recently used first
	weight  int
	limit   int
	left    sync.WaitGroup // builds whose request may have been given up
}

type entry struct {
	key    key
	ready  chan struct{} // closed when art and err are set
	art    *artefact
	err    error
	weight int
	users  int
	gone   bool // evicted: close with the last user
	place  *list.Element
}

func newCache(limit int) *cache {
	return &cache{entries: map[key]*entry{}, recent: list.New(), limit: limit}
}

// find returns the artefact of k, or nil if there is none; the caller releases it.
func (c *cache) find(k key) *artefact {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[k]
	if e == nil || e.art == nil {
		return nil
	}
	e.users++
	if e.place != c.recent.Front() {
		c.recent.MoveToFront(e.place)
	}
	return e.art
}

// get returns the artefact of k, built by build if there is none; the caller releases it. If given, which may be nil,
// is closed during the build, the error is errInterrupted.
func (c *cache) get(k key, given <-chan struct{}, build func() (*artefact, int, error)) (*artefact, error) {
	c.mu.Lock()
	e, known := c.entries[k]
	if !known {
		e = &entry{key: k, ready: make(chan struct{})}
		e.place = c.recent.PushFront(e)
		c.entries[k] = e
	}
	e.users++
	c.recent.MoveToFront(e.place)
	c.mu.Unlock()

	switch {
	case known:
	case given == nil:
		c.fill(e, build)
	default:
		c.fillAside(e, build)
	}
	select {
	case <-e.ready:
	case <-given:
		c.leave(e)
		return nil, errInterrupted
	}
	if e.err != nil {
		c.leave(e)
		return nil, e.err
	}
	return e.art, nil
}

// fillAside fills an entry in the background, so that the caller need not wait. It counts as a user of the entry.
func (c *cache) fillAside(e *entry, build func() (*artefact, int, error)) {
	c.mu.Lock()
	e.users++
	c.mu.Unlock()
	c.left.Go(func() {
		c.fill(e, build)
		c.leave(e)
	})
}

// fill builds an entry and makes room for it. A fault is not kept, because the next build may succeed.
func (c *cache) fill(e *entry, build func() (*artefact, int, error)) {
	art, weight, err := build()
	c.mu.Lock()
	defer c.mu.Unlock()
	e.art, e.weight, e.err = art, weight, err
	c.weight += weight
	if art != nil {
		art.entry = e
	}
	if _, fault := err.(*frame.FaultError); fault {
		c.evict(e)
	}
	close(e.ready)
	for old := c.recent.Back(); old != nil && c.weight > c.limit; {
		previous := old.Prev()
		if candidate := old.Value.(*entry); candidate.users == 0 {
			c.evict(candidate)
		}
		old = previous
	}
}

// release gives back an artefact of find or get.
func (c *cache) release(a *artefact) { c.leave(a.entry) }

func (c *cache) leave(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	if e.gone && e.users == 0 {
		c.close(e)
	}
}

// evict removes an entry; the lock is held.
func (c *cache) evict(e *entry) {
	delete(c.entries, e.key)
	c.recent.Remove(e.place)
	c.weight -= e.weight
	e.gone = true
	if e.users == 0 {
		c.close(e)
	}
}

func (c *cache) close(e *entry) {
	if e.art != nil {
		e.art.close()
		e.art = nil
	}
}

// clear evicts everything, after the last build.
func (c *cache) clear() {
	c.left.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.entries {
		c.evict(e)
	}
}
