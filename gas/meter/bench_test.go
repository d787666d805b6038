package meter

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/gas"
	"hestia/internal/wasm"
)

// kernels are the benchmarked programs and how often each repeats its work for a run to take some milliseconds.
var kernels = map[string]int32{
	"keccak": 3000, "sha256": 3000, "mulmod": 120, "sort": 60, "fib": 25, "matrix": 20, "bytecopy": 700,
	"interpreter": 1500, "sieve": 60,
}

func kernel(t testing.TB, name string) *wasm.Module {
	t.Helper()
	base := filepath.Join("testdata/kernels", name)
	if text, err := os.ReadFile(base + ".wat"); err == nil {
		return parse(t, string(text))
	}
	binary, err := os.ReadFile(base + ".wasm")
	must(t, err)
	m, err := wasm.Decode(binary)
	must(t, err)
	return m
}

// runner calls a kernel on wasmtime.
type runner struct {
	store *wasmtime.Store
	run   *wasmtime.Func
	fuel  bool
	times []time.Duration
}

func newRunner(t testing.TB, e *wasmtime.Engine, binary []byte, o func(*wasmtime.Store, *wasmtime.Linker)) *runner {
	t.Helper()
	module, err := wasmtime.NewModule(e, binary)
	must(t, err)
	store, linker := wasmtime.NewStore(e), wasmtime.NewLinker(e)
	o(store, linker)
	instance, err := linker.Instantiate(store, module)
	must(t, err)
	t.Cleanup(store.Close)
	return &runner{store: store, run: instance.GetFunc(store, "run")}
}

func (r *runner) time(t testing.TB, n int32) any {
	if r.fuel {
		must(t, r.store.SetFuel(math.MaxInt64))
	}
	begin := time.Now()
	v, err := r.run.Call(r.store, n)
	r.times = append(r.times, time.Since(begin))
	must(t, err)
	return v
}

// best is the shortest time: what the machine does when nothing else disturbs it.
func (r *runner) best() float64 { return float64(slices.Min(r.times)) }

// contest is one kernel plain, metered, and under wasmtime's own fuel.
type contest struct{ plain, metered, fuel *runner }

func newContest(t testing.TB, name string) contest {
	t.Helper()
	m := kernel(t, name)
	metered := instrument(t, m, gas.Default(), Options{Gas: math.MaxInt64}).Module
	halt := func(_ *wasmtime.Store, l *wasmtime.Linker) {
		must(t, l.FuncWrap(HaltModule, HaltFunction, func(reason int32) *wasmtime.Trap { return wasmtime.NewTrap("halt") }))
	}
	config := wasmtime.NewConfig()
	config.SetConsumeFuel(true)
	fuelled := newRunner(t, wasmtime.NewEngineWithConfig(config), m.Encode(), func(s *wasmtime.Store, _ *wasmtime.Linker) {
		must(t, s.SetFuel(math.MaxInt64))
	})
	fuelled.fuel = true
	return contest{
		plain:   newRunner(t, wasmtimes, m.Encode(), func(*wasmtime.Store, *wasmtime.Linker) {}),
		metered: newRunner(t, wasmtimes, metered.Encode(), halt),
		fuel:    fuelled,
	}
}

func (c contest) round(t testing.TB, n int32) {
	want := c.plain.time(t, n)
	if got := c.metered.time(t, n); got != want {
		t.Fatalf("metered gives %v, plain %v", got, want)
	}
	c.fuel.time(t, n)
}

// BenchmarkMeter compares metered with unmetered kernels in the same run, round by round; the ratios are of best times.
// "mean" is the geometric mean over all kernels.
func BenchmarkMeter(b *testing.B) {
	names := make([]string, 0, len(kernels))
	for name := range kernels {
		names = append(names, name)
	}
	slices.Sort(names)
	metered, fuel := 0.0, 0.0
	for _, name := range names {
		b.Run("kernel="+name, func(b *testing.B) {
			c := newContest(b, name)
			for range 3 {
				c.round(b, kernels[name])
			}
			for b.Loop() {
				c.round(b, kernels[name])
			}
			report(b, c.metered.best()/c.plain.best(), c.fuel.best()/c.plain.best())
			b.ReportMetric(c.plain.best()/1e6, "plain-ms")
			metered += math.Log(c.metered.best() / c.plain.best())
			fuel += math.Log(c.fuel.best() / c.plain.best())
		})
	}
	b.Run("kernel=mean", func(b *testing.B) {
		for b.Loop() {
		}
		n := float64(len(names))
		report(b, math.Exp(metered/n), math.Exp(fuel/n))
	})
}

func report(b *testing.B, metered, fuel float64) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(metered, "metered/plain")
	b.ReportMetric(fuel, "fuel/plain")
}

// BenchmarkInstrument measures the instrumenter itself, and how much code grows.
func BenchmarkInstrument(b *testing.B) {
	for name := range kernels {
		b.Run("kernel="+name, func(b *testing.B) {
			m := kernel(b, name)
			size, grown := len(m.Encode()), 0
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				grown = len(instrument(b, m, gas.Default(), Options{}).Module.Encode())
			}
			b.ReportMetric(float64(grown)/float64(size), "size/plain")
		})
	}
}

func TestKernelsComputeTheSameMetered(t *testing.T) {
	for name := range kernels {
		newContest(t, name).round(t, 2)
	}
}

// TestKernelGasIsTheSameEverywhere counts each kernel once on every engine and by the interpreter.
func TestKernelGasIsTheSameEverywhere(t *testing.T) {
	for name := range kernels {
		m := kernel(t, name)
		n := uint64(1)
		if name == "fib" {
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
		metered := instrument(t, m, uneven, Options{}).Module
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
