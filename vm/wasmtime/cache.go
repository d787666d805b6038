package wasmtime

import (
	"container/list"
	"math/rand/v2"
	"slices"
	"sync"

	"hestia/frame"
)

// cache keeps artefacts, or the errors of code that has none, up to a weight and a count. Concurrent requests for one
// module share one build. An artefact in use is closed when its last user releases it. What is evicted never reaches
// a result: it is loaded or compiled again.
//
// Chance chooses which deployed contract goes: if slightly more contracts than fit are called in turn, the least
// recently used is always the next one needed. What runs once (creation data, code that is no contract) goes first, the
// least recently used before the others.
type cache struct {
	mu      sync.Mutex
	entries map[key]*entry
	lasting []*entry
	passing *list.List // of *entry, the most recently used first
	weight  int        // of all entries
	brief   int        // of those in passing
	limit   int
	most    int // entries
	works   works

	// called without the lock when an artefact has left the cache and nothing uses it; it closes the artefact
	dispose func(*entry)
}

// mostEntries bounds the mappings of artefacts: each takes three or four, and Linux allows a process 65,530.
const mostEntries = 8192

// briefPart is the part of the limit below which what runs once is not evicted before what is deployed.
const briefPart = 8

type entry struct {
	key    key
	cache  *cache
	keep   bool          // whether it is kept beyond the cache: on the disk
	begun  bool          // whether something builds it or has built it
	ready  chan struct{} // closed when art and err are set
	art    *artefact
	err    error
	weight int
	users  int
	gone   bool // evicted: disposed of with the last user
	place  *list.Element
	index  int // in lasting, if place is nil
}

// want is a request for an artefact.
type want struct {
	key   key
	keep  bool             // it will be needed again
	given <-chan struct{}  // closed when the request is given up; nil for a block, which never is
	clock *frame.Interrupt // of the request: its time does not count a build that has begun
	now   bool             // the build waits for no turn
	build func() (art *artefact, weight int, err error)
}

func newCache(limit int) *cache {
	return &cache{
		entries: map[key]*entry{}, passing: list.New(), limit: limit, most: mostEntries, works: newWorks(),
		dispose: func(e *entry) { e.art.close() },
	}
}

// find returns the artefact of k, or nil if there is none; the caller releases it.
func (c *cache) find(k key) *artefact {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[k]
	if e == nil || e.art == nil {
		return nil
	}
	c.use(e)
	return e.art
}

// use counts a user; the lock is held.
func (c *cache) use(e *entry) {
	e.users++
	if e.place != nil {
		c.passing.MoveToFront(e.place)
	}
}

// get returns the artefact that is wanted, built if there is none; the caller releases it. The error is errInterrupted
// if the request is given up first, frame.ErrOverloaded in a fault if too many wait to compile, or errStopping.
func (c *cache) get(w want) (*artefact, error) {
	c.mu.Lock()
	e := c.entries[w.key]
	if e == nil {
		e = c.add(w)
	}
	c.use(e)
	if w.keep {
		c.settle(e)
	}
	if w.now && !e.begun {
		c.begin(e, w.build, false)
	}
	begun := e.begun
	c.mu.Unlock()

	err := error(nil)
	if !begun {
		err = c.queue(e, w)
	}
	if err == nil {
		done := w.clock.Compiling()
		err = c.works.await(e, w.given)
		done()
	}
	if err == nil {
		err = e.err
	}
	if err != nil {
		c.leave(e)
		return nil, err
	}
	return e.art, nil
}

// add makes an entry; the lock is held.
func (c *cache) add(w want) *entry {
	e := &entry{key: w.key, cache: c, ready: make(chan struct{})}
	e.place = c.passing.PushFront(e)
	c.entries[w.key] = e
	return e
}

// settle notes that an entry will be needed again; the lock is held.
func (c *cache) settle(e *entry) {
	if e.keep {
		return
	}
	e.keep = true
	if e.art != nil {
		c.last(e)
	}
}

// last moves an entry out of passing; the lock is held.
func (c *cache) last(e *entry) {
	if e.place == nil || e.gone {
		return
	}
	c.passing.Remove(e.place)
	c.brief -= e.weight
	e.place, e.index = nil, len(c.lasting)
	c.lasting = append(c.lasting, e)
}

// begin builds an entry in the background, so that no request need wait; the lock is held. The build counts as a user.
func (c *cache) begin(e *entry, build func() (*artefact, int, error), turn bool) {
	e.begun = true
	e.users++
	c.works.running++
	go func() {
		c.fill(e, build)
		c.leave(e)
		c.done(turn)
	}()
}

// isHalfFull reports whether memory has become something to save.
func (c *cache) isHalfFull() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.weight > c.limit/2
}

// fill builds an entry and makes room for it. A fault is not kept, because the next build may succeed.
func (c *cache) fill(e *entry, build func() (*artefact, int, error)) {
	art, weight, err := build()
	c.mu.Lock()
	e.art, e.err = art, err
	if art != nil {
		art.entry = e
	}
	c.weigh(e, weight)
	if art != nil && e.keep {
		c.last(e)
	}
	if frame.IsFault(err) {
		c.evict(e)
	}
	victims := c.room()
	c.mu.Unlock()
	c.disposeAll(victims) // before anything goes on, so that no more is built than disposed of
	close(e.ready)
}

// weigh adds to an entry's weight; the lock is held.
func (c *cache) weigh(e *entry, weight int) {
	if e.gone {
		return
	}
	e.weight += weight
	c.weight += weight
	if e.place != nil {
		c.brief += weight
	}
}

// grow adds the weight of what an artefact in use has made.
func (c *cache) grow(e *entry, weight int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.weigh(e, weight)
}

// room evicts what is idle while there is too much, and returns what is to be disposed of; the lock is held.
func (c *cache) room() (victims []*entry) {
	for c.weight > c.limit || len(c.entries) > c.most {
		e := c.victim()
		if e == nil {
			return victims
		}
		if c.evict(e); e.art != nil {
			victims = append(victims, e)
		}
	}
	return victims
}

// victim returns an idle entry, nil if there is none; the lock is held.
func (c *cache) victim() *entry {
	var brief *entry
	for at := c.passing.Back(); at != nil && brief == nil; at = at.Prev() {
		if e := at.Value.(*entry); e.users == 0 {
			brief = e
		}
	}
	if brief != nil && c.brief > c.limit/briefPart {
		return brief
	}
	if n := len(c.lasting); n > 0 {
		first := rand.IntN(n)
		for i := range n {
			if e := c.lasting[(first+i)%n]; e.users == 0 {
				return e
			}
		}
	}
	return brief
}

// release gives back an artefact of find or get.
func (c *cache) release(a *artefact) { c.leave(a.entry) }

// leave ends a use. An entry that nothing waits for is dropped if its build has not begun.
func (c *cache) leave(e *entry) {
	c.mu.Lock()
	e.users--
	idle := e.users == 0
	if idle && !e.begun {
		c.evict(e)
	}
	over := idle && e.gone && e.art != nil
	c.mu.Unlock()
	if over {
		c.dispose(e)
	}
}

// evict removes an entry, which stays whole for those that use it; the lock is held.
func (c *cache) evict(e *entry) {
	if e.gone {
		return
	}
	delete(c.entries, e.key)
	c.weight -= e.weight
	if e.place != nil {
		c.passing.Remove(e.place)
		c.brief -= e.weight
	} else {
		end := len(c.lasting) - 1
		c.lasting[e.index] = c.lasting[end]
		c.lasting[e.index].index = e.index
		c.lasting = slices.Delete(c.lasting, end, end+1)
	}
	e.gone = true
}

func (c *cache) disposeAll(victims []*entry) {
	for _, e := range victims {
		c.dispose(e)
	}
}

// clear evicts everything. Nothing may run or be built.
func (c *cache) clear() {
	c.mu.Lock()
	var all []*entry
	for _, e := range c.entries {
		if c.evict(e); e.art != nil && e.users == 0 {
			all = append(all, e)
		}
	}
	c.mu.Unlock()
	c.disposeAll(all)
}
