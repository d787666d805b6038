package meter

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/gas"
	"hestia/internal/wasm"
)

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

// contest is one kernel plain, metered, and under wasmtime's own fuel, which may be nil.
type contest struct{ plain, metered, fuel *runner }

// fuelled is the engine of the baseline.
var fuelled = func() *wasmtime.Engine {
	config := wasmtime.NewConfig()
	config.SetConsumeFuel(true)
	return wasmtime.NewEngineWithConfig(config)
}()

func newContest(t testing.TB, m *wasm.Module, withFuel bool) contest {
	t.Helper()
	metered := instrument(t, m, gas.Default(), Options{Gas: math.MaxInt64}).Module
	halt := func(_ *wasmtime.Store, l *wasmtime.Linker) {
		trap := func(reason int32) *wasmtime.Trap { return wasmtime.NewTrap("halt") }
		must(t, l.FuncWrap(HaltModule, HaltFunction, trap))
	}
	c := contest{
		plain:   newRunner(t, wasmtimes, m.Encode(), func(*wasmtime.Store, *wasmtime.Linker) {}),
		metered: newRunner(t, wasmtimes, metered.Encode(), halt),
	}
	if withFuel {
		c.fuel = newRunner(t, fuelled, m.Encode(), func(s *wasmtime.Store, _ *wasmtime.Linker) {
			must(t, s.SetFuel(math.MaxInt64))
		})
		c.fuel.fuel = true
	}
	return c
}

func (c contest) round(t testing.TB, n int32) {
	want := c.plain.time(t, n)
	if got := c.metered.time(t, n); got != want {
		t.Fatalf("metered gives %v, plain %v", got, want)
	}
	if c.fuel != nil {
		c.fuel.time(t, n)
	}
}

// shifts is how many placements of its machine code each kernel is measured in. A tight loop runs up to twice as fast
// in one place as in another, and Cranelift does not align loops, so that one placement says nothing.
const shifts = 12

// shifted returns a module whose functions with loops begin with some stores to an unused global, which move the code
// behind them.
func shifted(m *wasm.Module, stores int) *wasm.Module {
	m = m.Clone()
	m.Globals = append(m.Globals, wasm.Global{
		Type: wasm.GlobalType{Type: wasm.I32, Mutable: true},
		Init: []wasm.Instruction{{Op: wasm.OpI32Const}, {Op: wasm.OpEnd}},
	})
	global := uint64(m.ImportedGlobals() + len(m.Globals) - 1)
	for i := range m.Codes {
		body := &m.Codes[i].Body
		if !slices.ContainsFunc(*body, func(in wasm.Instruction) bool { return in.Op == wasm.OpLoop }) {
			continue
		}
		for range stores {
			*body = append([]wasm.Instruction{{Op: wasm.OpI32Const}, {Op: wasm.OpGlobalSet, X: global}}, *body...)
		}
	}
	return m
}

// contests are one kernel in all its placements.
type contests []contest

// mean is the geometric mean over placements of the best times of one of the three.
func (all contests) mean(of func(contest) *runner) float64 {
	sum := 0.0
	for _, c := range all {
		sum += math.Log(of(c).best())
	}
	return math.Exp(sum / float64(len(all)))
}

// BenchmarkMeter compares metered with unmetered kernels in the same run, round by round; the ratios are of the
// geometric means over several placements of the best times. The first kernels are compared with wasmtime's fuel too:
// "mean" is over all of them, "mean-of-contracts" over what contracts do, without the bare loops. The built kernels
// have a mean by compiler and "mean-of-built".
func BenchmarkMeter(b *testing.B) {
	fuel := map[string]float64{}
	first := measure(b, slices.Sorted(maps.Keys(kernels)), fuel)
	names := builtKernels(b)
	built := measure(b, names, nil)
	means := map[string][]string{"mean-of-built": names}
	for _, compiler := range compilers {
		means["mean-of-"+compiler] = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			return !strings.Contains(name, compiler)
		})
	}
	for _, name := range slices.Sorted(maps.Keys(means)) {
		b.Run("kernel="+name, func(b *testing.B) {
			for b.Loop() {
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(geometric(built, means[name]), "metered/plain")
		})
	}
	contracts := slices.DeleteFunc(slices.Sorted(maps.Keys(kernels)), func(name string) bool {
		return slices.Contains(bare, name)
	})
	for _, mean := range []struct {
		name string
		of   []string
	}{{"mean", slices.Sorted(maps.Keys(kernels))}, {"mean-of-contracts", contracts}} {
		b.Run("kernel="+mean.name, func(b *testing.B) {
			for b.Loop() {
			}
			report(b, geometric(first, mean.of), geometric(fuel, mean.of))
		})
	}
}

// measure measures kernels and returns their ratios by name. It notes what fuel costs if fuel is not nil.
func measure(b *testing.B, names []string, fuel map[string]float64) map[string]float64 {
	metered := map[string]float64{}
	for _, name := range names {
		b.Run("kernel="+name, func(b *testing.B) {
			var all contests
			for shift := range shifts {
				all = append(all, newContest(b, shifted(kernel(b, name), shift), fuel != nil))
			}
			n := repeats(name)
			for b.Loop() {
				for _, c := range all {
					c.round(b, n)
				}
			}
			plain := all.mean(func(c contest) *runner { return c.plain })
			m := all.mean(func(c contest) *runner { return c.metered }) / plain
			metered[name] = m
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(m, "metered/plain")
			b.ReportMetric(plain/1e6, "plain-ms")
			if fuel != nil {
				fuel[name] = all.mean(func(c contest) *runner { return c.fuel }) / plain
				b.ReportMetric(fuel[name], "fuel/plain")
			}
		})
	}
	return metered
}

// bare are kernels that are nothing but one loop of a few instructions: the most that metering can cost.
var bare = []string{"list", "scan", "sieve"}

// geometric is the geometric mean of the ratios that some kernels have; those left out by the command line have none.
func geometric(ratios map[string]float64, of []string) float64 {
	sum, n := 0.0, 0.0
	for _, name := range of {
		if ratio, measured := ratios[name]; measured {
			sum += math.Log(ratio)
			n++
		}
	}
	return math.Exp(sum / n)
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
