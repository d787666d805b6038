package wasmtime

import "github.com/bytecodealliance/wasmtime-go/v39"

// Assemble compiles a module from WebAssembly's text format.
func (e *Engine) Assemble(text []byte) ([]byte, error) { return wasmtime.Wat2Wasm(string(text)) }
