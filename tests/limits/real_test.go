package limits

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

// real returns every contract of this repository by its file.
func real(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir("../../contracts", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".wasm") {
			return err
		}
		all[filepath.Base(file)], err = os.ReadFile(file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no contracts")
	}
	return all
}

func TestRealContractsAreAcceptedAndCompileFast(t *testing.T) {
	for name, code := range real(t) {
		t.Run(name, func(t *testing.T) { fast(t, code) })
	}
}

// fast checks that code is accepted under the default schedule and compiles within the bound.
func fast(t *testing.T, code []byte) {
	t.Helper()
	if took := compile(t, code, bound(len(code))); took > bound(len(code)) {
		t.Errorf("%d bytes: %v, at most %v", len(code), took, bound(len(code)))
	}
}

// TestLargeContractsAreAcceptedAndCompileFast grows a real contract to the largest size that can be deployed, by
// functions that are copies of its own and call each other as the originals do.
func TestLargeContractsAreAcceptedAndCompileFast(t *testing.T) {
	for name, code := range real(t) {
		t.Run(name, func(t *testing.T) {
			m, err := wasm.Decode(code)
			if err != nil {
				t.Fatal(err)
			}
			size := gas.Default().Limits.Code
			large := grown(m, 1)
			if added := len(large) - len(code); added > 0 && len(m.Codes) > 2 {
				large = grown(m, (size-len(code))/(added+added/50+1))
				fast(t, large)
				if len(large) < size*9/10 || len(large) > size {
					t.Errorf("%d bytes, want nearly %d", len(large), size)
				}
			}
		})
	}
}

// grown adds so many copies of all of a module's functions to it.
func grown(m *wasm.Module, copies int) []byte {
	large := *m
	large.Canonical()
	imported, own := uint64(m.ImportedFunctions()), uint64(len(m.Codes))
	for n := range uint64(copies) {
		for i := range m.Codes {
			c := m.Codes[i]
			c.Body = slices.Clone(c.Body)
			for j := range c.Body {
				if in := &c.Body[j]; in.Op == wasm.OpCall && in.X >= imported {
					in.X += own * (n + 1)
				}
			}
			large.Codes = append(large.Codes, c)
			large.Functions = append(large.Functions, m.Functions[i])
		}
	}
	return large.Encode()
}
