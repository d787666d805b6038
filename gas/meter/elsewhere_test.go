package meter

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"hestia/gas"
	"hestia/gas/admit"
	"hestia/internal/wasm"
)

// everyKind are modules of all origins, in a fixed order: the corpus, the kernels, generated ones, ones that are
// refused.
func everyKind(t testing.TB) (all []*wasm.Module) {
	t.Helper()
	corpus := modules(t)
	for _, name := range slices.Sorted(maps.Keys(corpus)) {
		all = append(all, corpus[name])
	}
	for _, name := range slices.Sorted(maps.Keys(kernels)) {
		all = append(all, kernel(t, name))
	}
	for seed := range uint64(30) {
		all = append(all, generate(randomBytes(seed, 300)))
	}
	return append(all,
		parse(t, `(module (func (drop (f64.const 1))))`),
		parse(t, `(module (memory 65536) (data (i32.const -1) "") (func (param i64) (local i32)))`),
		parse(t, `(module (memory 512 65536) (data (i32.const -1) "end") (table 16384 funcref)
			(func (drop (i64.const -1))))`))
}

// framed puts modules one behind the other, each after its length.
func framed(all [][]byte) []byte {
	var out []byte
	for _, b := range all {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(b)))
		out = append(out, b...)
	}
	return out
}

// build compiles the metering program for an architecture.
func build(t *testing.T, system, architecture string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), architecture)
	command := exec.Command("go", "build", "-o", file, "./testdata/elsewhere")
	command.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+architecture, "CGO_ENABLED=0")
	if message, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, message)
	}
	return file
}

// here returns what the metering program writes for a module, on this architecture.
func here(code []byte) []byte {
	m, counts, err := admit.Module(code, gas.Default())
	if err != nil {
		return []byte(err.Error())
	}
	result, err := Instrument(m, gas.Default(), Options{Gas: 1 << 40})
	if err != nil {
		return []byte(err.Error())
	}
	said := fmt.Sprint(counts, gas.Default().Compile.Estimate(counts), result.Instantiation)
	return append([]byte(said), result.Module.Encode()...)
}

// With an int of 32 bits, and in WebAssembly itself, metering makes the same bytes and counts the same.
func TestMeteringIsTheSameOnOtherArchitectures(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program twice")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	var in, want [][]byte
	for _, m := range everyKind(t) {
		in = append(in, m.Encode())
		want = append(want, here(in[len(in)-1]))
	}
	check := func(t *testing.T, out []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out, framed(want)) {
			t.Errorf("%d bytes come out that differ from the %d here", len(out), len(framed(want)))
		}
	}
	t.Run("386", func(t *testing.T) {
		command := exec.Command(build(t, "linux", "386"))
		command.Stdin = bytes.NewReader(framed(in))
		out, err := command.Output()
		if errors.Is(err, syscall.ENOEXEC) {
			t.Skipf("this machine does not run 32-bit programs: %v", err)
		}
		check(t, out, err)
	})
	t.Run("wasm", func(t *testing.T) {
		binary, err := os.ReadFile(build(t, "wasip1", "wasm"))
		must(t, err)
		ctx := context.Background()
		runtime := wazero.NewRuntime(ctx)
		defer runtime.Close(ctx)
		wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
		var out, complaints bytes.Buffer
		config := wazero.NewModuleConfig().
			WithStdin(bytes.NewReader(framed(in))).WithStdout(&out).WithStderr(&complaints)
		if _, err = runtime.InstantiateWithConfig(ctx, binary, config); err != nil {
			err = fmt.Errorf("%w\n%s", err, &complaints)
		}
		check(t, out.Bytes(), err)
	})
}

func TestMeteringConcurrentlyMakesTheSameBytes(t *testing.T) {
	all := everyKind(t)
	want := make([][]byte, len(all))
	meter := func(i int) []byte {
		metered, err := Instrument(all[i], uneven, Options{})
		if err != nil {
			return []byte(err.Error())
		}
		return metered.Module.Encode()
	}
	for i := range all {
		want[i] = meter(i)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range all {
				if !bytes.Equal(meter(i), want[i]) {
					t.Errorf("module %d: another result", i)
				}
			}
		})
	}
	group.Wait()
}
