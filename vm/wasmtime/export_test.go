package wasmtime

import "hestia/ewasm"

// NewShim returns an engine that runs contracts on the shim, whatever the build tags say.
func NewShim(config Config) (*Engine, error) { return newShim(config) }

// NewPlain returns an engine that runs contracts on the plain binding, whatever the build tags say.
func NewPlain(config Config) (*Engine, error) { return newPlain(config) }

// Plain is a shim's engine whose contracts run on the plain binding, from the same machine code.
type Plain struct{ *Engine }

// Run executes main of c.Code on the plain binding.
func (p Plain) Run(c *ewasm.Context) ewasm.Result {
	art, err := p.artefact(source{c.Code, c.CodeHash, c.Schedule, never})
	if err != nil {
		return c.Conclude(err)
	}
	defer p.cache.release(art)
	if err := art.admit(c); err != nil {
		return c.Conclude(err)
	}
	return onStack(func() ewasm.Result { return p.runPlain(art, c) })
}

// Pools tells whether a contract, which must have run before, runs in the pool where there is a place.
func (e *Engine) Pools(c *ewasm.Context) bool {
	art, err := e.artefact(source{c.Code, c.CodeHash, c.Schedule, never})
	if err != nil {
		return false
	}
	defer e.cache.release(art)
	return art.pooled != nil
}

// Overbook lets more contracts into the pool than it has places.
func (e *Engine) Overbook() { e.pool.free.Store(1 << 20) }

// Dispatch calls a host function as C does, for a frame that has no contract, and returns why the run would end.
func Dispatch() error {
	s := takeSlot(nil)
	defer s.give()
	if hestiaDispatch(s.frame.number, 0) != 0 {
		return nil
	}
	return s.ended
}
