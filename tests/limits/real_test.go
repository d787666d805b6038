package limits

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hestia/gas"
	"hestia/gas/admit"
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
	_, counts, err := admit.Module(code, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	took := compile(t, code, bound(len(code)))
	if took > bound(len(code)) {
		t.Errorf("%d bytes: %v, at most %v", len(code), took, bound(len(code)))
	}
	t.Logf("%d bytes: %v, estimated %v", len(code), took, time.Duration(gas.Default().Compile.Estimate(counts)))
}

// TestLargeContractsAreAcceptedAndCompileFast grows a real contract to the largest size that can be deployed, by
// functions that are copies of its own and call each other as the originals do.
func TestLargeContractsAreAcceptedAndCompileFast(t *testing.T) {
	all := real(t)
	for _, name := range []string{"counter.wasm", "keccak.wasm", "token.wasm", "token_deploy.wasm"} {
		t.Run(name, func(t *testing.T) {
			m, err := wasm.Decode(all[name])
			if err != nil {
				t.Fatal(err)
			}
			size := gas.Default().Limits.Code
			added := len(grown(m, 1)) - len(all[name])
			large := grown(m, (size-len(all[name]))/(added+added/50)) // indices grow longer
			if len(large) < size*9/10 || len(large) > size {
				t.Errorf("%d bytes, want nearly %d", len(large), size)
			}
			fast(t, large)
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

// TestOtherToolchainsModulesAreWithinTheLimits reads what the authors of wazero compiled with TinyGo, Rust, Zig and
// Clang for tests of their own: programs with a runtime and input and output, of up to 768 KiB with their symbols.
func TestOtherToolchainsModulesAreWithinTheLimits(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(
		filepath.Join(strings.TrimSpace(string(dir)), "imports/wasi_snapshot_preview1/testdata/*/*.wasm"),
	)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 4 {
		t.Fatalf("only %d modules", len(files))
	}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := admit.Module(code, gas.Default()); err != nil {
			t.Errorf("%s: %v", filepath.Base(filepath.Dir(file)), err)
		}
	}
}
