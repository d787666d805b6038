package wasmtime

// NewShim returns an engine that runs contracts on the shim, whatever the build tags say.
func NewShim(config Config) (*Engine, error) { return newShim(config) }

// NewPlain returns an engine that runs contracts on the plain binding, whatever the build tags say.
func NewPlain(config Config) *Engine { return newPlain(config) }
