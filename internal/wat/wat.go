// Package wat assembles modules in WebAssembly's text format for tests.
//
// Only tests use it; products take the binary format. Start at Assemble.
package wat

import (
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
)

// Assemble returns the binary of a module in the text format. A text that is not a module fails the test.
func Assemble(t testing.TB, text string) []byte {
	t.Helper()
	binary, err := wasmtime.Wat2Wasm(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return binary
}
