package meter

import (
	"bytes"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/internal/wasm"
)

// manyLocals is how many locals a function may have for its metered form to stay within what validators accept.
const manyLocals = 40_000

func tooManyLocals(m *wasm.Module) bool {
	for i := range m.Codes {
		if m.Codes[i].DeclaredLocals() > manyLocals {
			return true
		}
	}
	return false
}

// FuzzInstrument gives Instrument anything the codec reads: it must not panic, it must make valid modules of valid
// ones, and twice the same.
func FuzzInstrument(f *testing.F) {
	for _, m := range modules(f) {
		f.Add(m.Encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := wasm.Decode(b)
		if err != nil {
			return
		}
		metered, err := Instrument(m, uneven, Options{})
		valid := wasmtime.ModuleValidate(wasmtimes, b) == nil
		if err != nil {
			if valid && reserved(m) == nil {
				t.Fatalf("refuses a valid module: %v", err)
			}
			return
		}
		out := metered.Module.Encode()
		again, err := Instrument(m, uneven, Options{})
		if err != nil || !bytes.Equal(out, again.Module.Encode()) {
			t.Fatalf("instrumenting twice differs: %v", err)
		}
		if !valid || tooManyLocals(m) {
			return
		}
		if err := wasmtime.ModuleValidate(wasmtimes, out); err != nil {
			t.Fatalf("a valid module became invalid: %v", err)
		}
	})
}
