package wasmtime

import "hestia/ewasm"

// NewShim returns an engine that runs contracts on the shim, whatever the build tags say.
func NewShim(config Config) (*Engine, error) { return newShim(config) }

// NewPlain returns an engine that runs contracts on the plain binding, whatever the build tags say.
func NewPlain(config Config) (*Engine, error) { return newPlain(config) }

// Pools tells whether a contract, which must have run before, runs in the pool where there is a place.
func (e *Engine) Pools(c *ewasm.Context) bool {
	art, err := e.artefact(source{c.Code, c.CodeHash, c.Schedule, never})
	if err != nil {
		return false
	}
	defer e.cache.release(art)
	return art.pooled != nil
}
