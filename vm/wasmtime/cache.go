package wasmtime

import (
	"container/list"
	"sync"

	"hestia/frame"
)

// cache keeps artefacts, and the reasons for which code has none, up to a weight; the least recently used go first. Who
// asks for what another is building waits for it. An artefact in use is closed only when its last user releases it.
// Nothing stops the compiler: who need not wait for it any longer leaves it to finish what the next one may ask for.
type cache struct {
	mu      sync.Mutex
	entries map[key]*entry
	recent  *list.List // of *entry, the most recently used first
	weight  int
	limit   int
	left    sync.WaitGroup // builds that whoever asked for them may have given up
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

// find returns the artefact of k if it is there; the caller releases it.
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

// get returns the artefact of k, built by build if it is not there; the caller releases it. Where given, which may be nil,
// is closed while it is built, the error is errInterrupted.
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

// fillAside fills an entry while the caller waits, or no longer does. It uses the entry itself.
func (c *cache) fillAside(e *entry, build func() (*artefact, int, error)) {
	c.mu.Lock()
	e.users++
	c.mu.Unlock()
	c.left.Go(func() {
		c.fill(e, build)
		c.leave(e)
	})
}

// fill builds an entry and makes room for it. A fault is not remembered: the next one may fare better.
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

// release gives back what get returned.
func (c *cache) release(a *artefact) { c.leave(a.entry) }

func (c *cache) leave(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	if e.gone && e.users == 0 {
		c.close(e)
	}
}

// evict forgets an entry; the lock is held.
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

// clear evicts everything, when the last build is done.
func (c *cache) clear() {
	c.left.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.entries {
		c.evict(e)
	}
}
