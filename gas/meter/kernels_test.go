package meter

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hestia/internal/wasm"
)

// kernels are the first programs of the benchmark, and how often each repeats its work so that a run takes some
// milliseconds.
var kernels = map[string]int32{
	"keccak": 3000, "sha256": 3000, "mulmod": 120, "sort": 60, "fib": 25, "matrix": 20, "bytecopy": 700,
	"interpreter": 1500, "sieve": 60, "scan": 700, "list": 700,
}

// built says how often each program repeats its work that is built by several compilers at several levels, so that no
// shape of code is tuned to. A run takes a millisecond or two. testdata/kernels/Makefile has which are built.
var built = map[string]int32{
	"base64": 150, "bigint": 300, "bytecopy": 300, "crc32": 300, "fib": 22, "hashmap": 150, "interpreter": 500,
	"keccak": 1000, "levenshtein": 100, "list": 500, "matrix": 5, "mulmod": 40, "queens": 7, "scan": 400,
	"search": 50, "sha256": 1000, "sieve": 25, "sort": 25, "tak": 16,
}

// compilers are those of the built kernels.
var compilers = []string{"clang14", "clang19", "rustc", "asc"}

// builtKernels returns the names of the built kernels: program, compiler and level.
func builtKernels(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/kernels/built/*.wasm")
	must(t, err)
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".wasm")
	}
	return files
}

// allKernels returns the names of the first kernels and of the built ones.
func allKernels(t testing.TB) []string {
	t.Helper()
	return append(slices.Sorted(maps.Keys(kernels)), builtKernels(t)...)
}

// repeats is how often a kernel repeats its work in a run of the benchmark.
func repeats(name string) int32 {
	if program, _, of := strings.Cut(name, "."); of {
		return built[program]
	}
	return kernels[name]
}

func kernel(t testing.TB, name string) *wasm.Module {
	t.Helper()
	base := filepath.Join("testdata/kernels", name)
	if strings.Contains(name, ".") {
		base = filepath.Join("testdata/kernels/built", name)
	}
	if text, err := os.ReadFile(base + ".wat"); err == nil {
		return parse(t, string(text))
	}
	binary, err := os.ReadFile(base + ".wasm")
	must(t, err)
	m, err := wasm.Decode(binary)
	must(t, err)
	return m
}

// TestKernelsAreOfManyCompilers holds that no compiler, level or program is left out.
func TestKernelsAreOfManyCompilers(t *testing.T) {
	names := builtKernels(t)
	if len(names) < 24 {
		t.Errorf("only %d kernels", len(names))
	}
	parts := append([]string{"O1", "O2", "Os"}, compilers...)
	for _, part := range append(parts, slices.Sorted(maps.Keys(built))...) {
		if !slices.ContainsFunc(
			names, func(name string) bool { return slices.Contains(strings.Split(name, "."), part) },
		) {
			t.Errorf("no kernel of %s", part)
		}
	}
	for _, name := range names {
		if repeats(name) == 0 {
			t.Errorf("%s is not measured", name)
		}
	}
}

func TestKernelsComputeTheSameMetered(t *testing.T) {
	for _, name := range allKernels(t) {
		newContest(t, kernel(t, name), false).round(t, 2)
	}
}

// TestKernelGasIsTheSameEverywhere counts each kernel once on every engine and by the interpreter.
func TestKernelGasIsTheSameEverywhere(t *testing.T) {
	for _, name := range allKernels(t) {
		m := kernel(t, name)
		n := uint64(1)
		if strings.HasPrefix(name, "fib") {
			n = 9
		}
		in := newInterpreter(m, &uneven.Instructions, 20_000_000)
		var function uint32
		for _, ex := range m.Exports {
			if strings.HasPrefix(ex.Name, "run") {
				function = ex.Index
			}
		}
		want := in.run(function, []uint64{n})
		if want.Ending != returned {
			t.Fatalf("%s: %s", name, want.Ending)
		}
		want.Spent -= beforehand(m)
		metered := instrument(t, m, uneven, Options{Gas: plentyGas, Stack: plentyStack}).Module
		for engineName, e := range engines {
			got := e.load(t, metered, metered.Encode()).run(t, start{
				export: "run", args: []uint64{n}, metered: true, gas: plentyGas, stack: plentyStack,
			})
			if got.Spent != want.Spent || fmt.Sprint(got.Results) != fmt.Sprint(want.Results) {
				t.Errorf("%s on %s: %d particles for %d, interpreter %d for %d",
					name, engineName, got.Spent, got.Results, want.Spent, want.Results)
			}
		}
	}
}

// beforehand returns what the start function of a module costs, which is paid when it is instantiated.
func beforehand(m *wasm.Module) int64 {
	if m.Start == nil {
		return 0
	}
	alone := m.Clone()
	alone.Start = nil
	return newInterpreter(alone, &uneven.Instructions, 20_000_000).run(*m.Start, nil).Spent
}
