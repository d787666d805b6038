//go:build plainwasmtime

package wasmtime

// plainBinding says which way New's engines run contracts.
const plainBinding = true
