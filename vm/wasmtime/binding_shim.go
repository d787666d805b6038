//go:build !plainwasmtime

package wasmtime

// plainBinding says whether New's engines run contracts on the plain binding.
const plainBinding = false
