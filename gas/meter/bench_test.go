package meter

import (
	"fmt"
	"maps"
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

// kernels are the benchmarked programs, and how often each repeats its work so that a run takes some milliseconds.
var kernels = map[string]int32{
	"keccak": 3000, "sha256": 3000, "mulmod": 120, "sort": 60, "fib": 25, "matrix": 20, "bytecopy": 700,
	"interpreter": 1500, "sieve": 60, "scan": 700, "list": 700,
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

// fuelled is the engine of the baseline.
var fuelled = func() *wasmtime.Engine {
	config := wasmtime.NewConfig()
	config.SetConsumeFuel(true)
	return wasmtime.NewEngineWithConfig(config)
}()

func newContest(t testing.TB, m *wasm.Module) contest {
	t.Helper()
	metered := instrument(t, m, gas.Default(), Options{Gas: math.MaxInt64}).Module
	halt := func(_ *wasmtime.Store, l *wasmtime.Linker) {
		trap := func(reason int32) *wasmtime.Trap { return wasmtime.NewTrap("halt") }
		must(t, l.FuncWrap(HaltModule, HaltFunction, trap))
	}
	c := contest{
		plain:   newRunner(t, wasmtimes, m.Encode(), func(*wasmtime.Store, *wasmtime.Linker) {}),
		metered: newRunner(t, wasmtimes, metered.Encode(), halt),
		fuel: newRunner(t, fuelled, m.Encode(), func(s *wasmtime.Store, _ *wasmtime.Linker) {
			must(t, s.SetFuel(math.MaxInt64))
		}),
	}
	c.fuel.fuel = true
	return c
}

func (c contest) round(t testing.TB, n int32) {
	want := c.plain.time(t, n)
	if got := c.metered.time(t, n); got != want {
		t.Fatalf("metered gives %v, plain %v", got, want)
	}
	c.fuel.time(t, n)
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
// geometric means over several placements of the best times. "mean" is over all kernels, "mean-of-contracts" over what
// contracts do, without the bare loops.
func BenchmarkMeter(b *testing.B) {
	names := slices.Sorted(maps.Keys(kernels))
	metered, fuel := map[string]float64{}, map[string]float64{}
	for _, name := range names {
		b.Run("kernel="+name, func(b *testing.B) {
			var all contests
			for shift := range shifts {
				all = append(all, newContest(b, shifted(kernel(b, name), shift)))
			}
			for b.Loop() {
				for _, c := range all {
					c.round(b, kernels[name])
				}
			}
			plain := all.mean(func(c contest) *runner { return c.plain })
			m := all.mean(func(c contest) *runner { return c.metered }) / plain
			f := all.mean(func(c contest) *runner { return c.fuel }) / plain
			report(b, m, f)
			b.ReportMetric(plain/1e6, "plain-ms")
			metered[name], fuel[name] = m, f
		})
	}
	contracts := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(bare, name) })
	for _, mean := range []struct {
		name string
		of   []string
	}{{"mean", names}, {"mean-of-contracts", contracts}} {
		b.Run("kernel="+mean.name, func(b *testing.B) {
			for b.Loop() {
			}
			report(b, geometric(metered, mean.of), geometric(fuel, mean.of))
		})
	}
}

// bare are kernels that are nothing but one loop of a few instructions: the most that metering can cost.
var bare = []string{"list", "scan", "sieve"}

// geometric is the geometric mean of some ratios.
func geometric(ratios map[string]float64, of []string) float64 {
	sum := 0.0
	for _, name := range of {
		sum += math.Log(ratios[name])
	}
	return math.Exp(sum / float64(len(of)))
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
		newContest(t, kernel(t, name)).round(t, 2)
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
