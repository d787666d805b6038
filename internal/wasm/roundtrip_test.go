package wasm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repositoryRoot is the folder of go.mod.
func repositoryRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// vectorModules are the distinct account codes of the ewasm state tests that open like a module.
func vectorModules(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repositoryRoot(t), "..", "shared", "vectors", "ewasm", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	modules := make(map[string][]byte)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tests map[string]struct {
			Pre map[string]struct{ Code string }
		}
		if err := json.Unmarshal(text, &tests); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for name, test := range tests {
			for address, account := range test.Pre {
				code, err := hex.DecodeString(strings.TrimPrefix(account.Code, "0x"))
				if err != nil {
					t.Fatalf("%s: %s: %v", file, address, err)
				}
				if bytes.HasPrefix(code, []byte(magic)) {
					modules[name+"/"+address] = code
				}
			}
		}
	}
	return modules
}

// requireRoundTrip decodes a module and demands the same bytes back.
func requireRoundTrip(t testing.TB, b []byte) *Module {
	t.Helper()
	m, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Encode(); !bytes.Equal(got, b) {
		t.Fatalf("encoded differently:\n got %x\nwant %x", got, b)
	}
	return m
}

func TestStateTestContractsRoundTrip(t *testing.T) {
	modules := vectorModules(t)
	if len(modules) == 0 {
		t.Skip("the ewasm state tests are not beside the repository")
	}
	for name, b := range modules {
		t.Run(name, func(t *testing.T) { requireRoundTrip(t, b) })
	}
}
