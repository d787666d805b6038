//go:build linux

package calibrate

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm/nan"
	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// kernels are programs people would write, those by which the metering is measured too, and how often each repeats its
// work.
var kernels = map[string]int32{
	"keccak": 30, "sha256": 30, "mulmod": 1, "sort": 1, "fib": 14, "matrix": 1, "bytecopy": 10, "interpreter": 15,
	"sieve": 1,
}

// floatKernels are programs of floating point.
var floatKernels = map[string]int32{
	"fft": 10, "floatsort": 5, "mandelbrot": 16, "mlp": 10, "nbody": 1000, "saxpy": 50,
}

// hostile are loops of what is expensive for its price; their first lines say of what.
var hostile = map[string]int32{
	"calls": 3000, "coin": 3000, "copy": 1, "divide": 3000, "far-chase": 3000, "far-load": 3000, "far-store": 3000,
	"forward": 3000, "nan-coin": 3000, "denormal": 3000,
	"globals": 3000, "chase": 3000, "load": 3000, "multiply": 3000, "spill": 300, "switch": 3000, "touch": 1,
	"wide-chase": 3000,
}

// Where the two are.
const (
	kernelsDir = "../../gas/meter/testdata/kernels"
	hostileDir = "testdata/hostile"
	floatsDir  = "testdata/floats"
)

// execution is a kernel as it runs on a chain: metered under the default schedule.
type execution struct {
	name  string
	n     int32
	store *wasmtime.Store
	run   *wasmtime.Func
	left  *wasmtime.Global
	took  samples
}

func newExecution(t testing.TB, dir, name string, n int32, s *gas.Schedule) *execution {
	t.Helper()
	m, err := wasm.Decode(kernelBinary(t, filepath.Join(dir, name)))
	must(t, err)
	metered, err := meter.Instrument(m, s, meter.Options{Gas: math.MaxInt64})
	must(t, err)
	return newPrepared(t, name, n, nan.Guard(metered.Module))
}

// newPrepared returns an execution of a module that has been metered.
func newPrepared(t testing.TB, name string, n int32, metered *wasm.Module) *execution {
	t.Helper()
	module, err := wasmtime.NewModule(engine, metered.Encode())
	must(t, err)
	e := &execution{name: name, n: n, store: wasmtime.NewStore(engine)}
	halt := wasmtime.WrapFunc(e.store, func(reason int32) *wasmtime.Trap { return wasmtime.NewTrap("halted") })
	instance, err := wasmtime.NewInstance(e.store, module, []wasmtime.AsExtern{halt})
	must(t, err)
	e.run, e.left = instance.GetFunc(e.store, "run"), instance.GetExport(e.store, meter.GasGlobal).Global()
	return e
}

func kernelBinary(t testing.TB, base string) []byte {
	t.Helper()
	text, err := os.ReadFile(base + ".wat")
	if err != nil {
		binary, err := os.ReadFile(base + ".wasm")
		must(t, err)
		return binary
	}
	binary := wat.Assemble(t, string(text))
	return binary
}

func (e *execution) time(t testing.TB, n int32) float64 {
	begin := threadTime()
	_, err := e.run.Call(e.store, n)
	took := threadTime() - begin
	must(t, err)
	return float64(took)
}

// spent is the price of a run of n in reference nanoseconds.
func (e *execution) spent(t testing.TB, n int32) float64 {
	must(t, e.left.Set(e.store, wasmtime.ValI64(math.MaxInt64)))
	_, err := e.run.Call(e.store, n)
	must(t, err)
	return float64(math.MaxInt64-e.left.Get(e.store).I64()) / particlesPerNs
}

func executions(t testing.TB, s *gas.Schedule) []*execution {
	t.Helper()
	var all []*execution
	for _, name := range slices.Sorted(maps.Keys(kernels)) {
		all = append(all, newExecution(t, kernelsDir, name, kernels[name], s))
	}
	for _, name := range slices.Sorted(maps.Keys(floatKernels)) {
		all = append(all, newExecution(t, floatsDir, name, floatKernels[name], s))
	}
	for _, name := range slices.Sorted(maps.Keys(hostile)) {
		all = append(all, newExecution(t, hostileDir, name, hostile[name], s))
	}
	return all
}

// measureKernels times all kernels but those that are known.
func measureKernels(t *testing.T, known map[string]figure) []figure {
	c := newClock(t)
	all := slices.DeleteFunc(executions(t, gas.Default()), func(e *execution) bool {
		_, ok := known[kernelTime+" "+e.name]
		return ok
	})
	for range *rounds {
		for _, e := range all {
			rate := c.rate(t)
			e.time(t, e.n)
			e.took = append(e.took, rate*e.time(t, e.n))
		}
	}
	var figures []figure
	for _, e := range all {
		figures = append(figures, e.took.figure(kernelTime+" "+e.name))
	}
	return figures
}
