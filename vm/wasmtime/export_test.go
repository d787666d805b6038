package wasmtime

import "hestia/ewasm"

// NewShim returns an engine that runs contracts on the shim, whatever the build tags say.
func NewShim(config Config) (*Engine, error) { return newShim(config, mirrorForm) }

// NewHost returns an engine that runs contracts on the shim, with every function of the interface the host's.
func NewHost(config Config) (*Engine, error) { return newShim(config, hostForm) }

// NewPlain returns an engine that runs contracts on the plain binding, whatever the build tags say.
func NewPlain(config Config) (*Engine, error) { return newPlain(config) }

// Pools reports whether a contract, which must have run before, runs in the pool if there is a slot.
func (e *Engine) Pools(c *ewasm.Context) bool {
	art, err := e.artefact(source{c.Program(), c.CodeHash, c.Schedule, false}, nil)
	if err != nil {
		return false
	}
	defer e.cache.release(art)
	return art.pooled != nil
}

// Overbook lets more contracts into the pool than wasmtime has instances for.
func (e *Engine) Overbook() {
	for range 1100 {
		e.pool.slots = append(e.pool.slots, newSlot())
	}
}

// Reused counts the runs of instances that had run before, Restored those of them of which only written pages were
// restored.
func (e *Engine) Reused() uint64 {
	return e.count(func(p *slot) uint64 { return uint64(p.c.reused) })
}

func (e *Engine) Restored() uint64 {
	return e.count(func(p *slot) uint64 { return uint64(p.c.restored) })
}

func (e *Engine) count(of func(*slot) uint64) (n uint64) {
	e.pool.mu.Lock()
	defer e.pool.mu.Unlock()
	for _, slot := range e.pool.slots {
		n += of(slot)
	}
	return n
}

// Dispatch calls a host function as C does, for a frame that has no contract, and returns why the run would end.
func Dispatch() error {
	r := takeRun(nil)
	defer r.give()
	if hestiaDispatch(r.frame.input.number, 0) != 0 {
		return nil
	}
	return r.ended
}

// Admit does what an engine does before it instantiates a contract: it charges particles and asks for pages.
func Admit(c *ewasm.Context, instantiation int64, pages uint32) error {
	a := artefact{terms: terms{instantiation: instantiation, pages: pages}}
	return a.admit(c)
}

// AllowFiles bounds the open files of machine code.
func (e *Engine) AllowFiles(n int64) { e.files.most, e.files.limit = n, uint64(n*filesPart) }
