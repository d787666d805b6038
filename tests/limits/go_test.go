package limits

import (
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"hestia/gas"
	"hestia/gas/admit"
	"hestia/internal/wasm"
)

// goProgram uses what most programs do: formatted output, files, sorting, maps.
const goProgram = `package main

import (
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

func main() {
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	counts := map[string]int{}
	for _, word := range strings.Fields(string(data)) {
		counts[word]++
	}
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		fmt.Printf("%s %d %.3f\n", word, counts[word], float64(counts[word])/float64(len(data)))
	}
}
`

// A program that Go's compiler made for WASI is within the limits of a devnet, and its estimate holds.
func TestAProgramOfGosIsAcceptedOnADevnet(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles Go's runtime")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"main.go": goProgram, "go.mod": "module words\n\ngo 1.24\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", "words.wasm", ".")
	build.Dir, build.Env = dir, append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=-mod=mod")
	if message, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, message)
	}
	code, err := os.ReadFile(filepath.Join(dir, "words.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	s := gas.Development()
	if len(code) > s.Limits.Code {
		t.Errorf("%d bytes, at most %d", len(code), s.Limits.Code)
	}
	if _, _, err := admit.Module(code, gas.Default()); err == nil {
		t.Error("the default schedule accepts it too")
	}
	m, err := wasm.Decode(code)
	if err != nil {
		t.Fatal(err)
	}
	code = adopted(m)
	_, counts, err := admit.Module(code, s)
	if err != nil {
		t.Fatal(err)
	}
	estimate, rate, before := time.Duration(s.Compile.Estimate(counts)), reference(t), processor(t)
	if err := engine.Prepare(code, sha256.Sum256(code), s, nil); err != nil {
		t.Fatal(err)
	}
	took := time.Duration(float64(processor(t)-before) * rate)
	t.Logf("%d bytes: estimated %v, takes %v", len(code), estimate, took)
	if ratio := estimate.Seconds() / took.Seconds(); ratio < 1/busy || ratio > dearest {
		t.Errorf("estimated %v, takes %v", estimate, took)
	}
}
