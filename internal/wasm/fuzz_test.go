package wasm

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
)

// FuzzDecodeEncode: whatever decodes encodes to the same bytes, its clone to bytes that decode to the same clone, and
// whatever the engine validates decodes, save for one spelling (see longReference).
func FuzzDecodeEncode(f *testing.F) {
	for _, b := range vectorModules(f) {
		f.Add(b)
	}
	for _, b := range textModules(f) {
		m := requireRoundTrip(f, b)
		f.Add(b)
		f.Add(padded(m, 3))
		f.Add(padded(m, 10))
		f.Add(withCustoms(m).Encode())
	}
	for _, c := range refusals {
		f.Add(unhex(f, header+c.module))
	}
	engine := oracle()
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Decode(b)
		span, found := FindCustom(b, []string{"args", "name", "runtime"})
		if found && (span.Start < 8 || span.End > len(b) || len(span.Data) > span.End-span.Start) {
			t.Fatalf("a custom section from %d to %d of %d", span.Start, span.End, len(b))
		}
		if err != nil {
			if e := new(DecodeError); !errors.As(err, &e) || int(e.Offset) > len(b) {
				t.Fatalf("refused outside of the module or with a foreign error: %v", err)
			}
			if wasmtime.ModuleValidate(engine, b) == nil && !longReference(err) {
				t.Fatalf("the engine accepts what is refused here: %v", err)
			}
			return
		}
		first := slices.IndexFunc(m.Customs, func(c Custom) bool {
			return c.Name == "args" || c.Name == "name" || c.Name == "runtime"
		})
		if found != (first >= 0) || found && !bytes.Equal(m.Customs[first].Data, span.Data) {
			t.Fatalf("found %v %+v, decoded %+v", found, span, m.Customs)
		}
		if got := m.Encode(); !bytes.Equal(got, b) {
			t.Fatalf("encoded differently:\n got %x\nwant %x", got, b)
		}
		canonical := m.Clone().Encode()
		again, err := Decode(canonical)
		if err != nil {
			t.Fatalf("the canonical encoding does not decode: %v", err)
		}
		if len(canonical) > len(b) || !bytes.Equal(again.Encode(), canonical) {
			t.Fatalf("the canonical encoding is not canonical: %x", canonical)
		}
	})
}

// longReference reports whether a module was refused for a reference type in the two-byte spelling of the typed
// references proposal. The engine takes it for funcref and externref even with the proposal switched off.
func longReference(err error) bool {
	return strings.HasSuffix(err.Error(), "type 0x63 (typed references)")
}
