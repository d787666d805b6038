package meter

import (
	"math"
	"os"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm/nan"
	"hestia/gas"
	"hestia/internal/wasm"
)

// floatKernels are the programs of floating point by which their prices are held, with how often each repeats its work.
var floatKernels = []struct {
	name  string
	times int32
}{{"fft", 2}, {"floatsort", 1}, {"mandelbrot", 16}, {"mlp", 1}, {"nbody", 200}, {"saxpy", 10}}

// BenchmarkGuard compares metered kernels whose NaNs look alike with metered kernels whose do not, round by round. It
// prints the ratio of the geometric means over several placements of the best times.
func BenchmarkGuard(b *testing.B) {
	halt := func(_ *wasmtime.Store, l *wasmtime.Linker) {
		trap := func(reason int32) *wasmtime.Trap { return wasmtime.NewTrap("halt") }
		must(b, l.FuncWrap(HaltModule, HaltFunction, trap))
	}
	for _, k := range floatKernels {
		b.Run("kernel="+k.name, func(b *testing.B) {
			binary, err := os.ReadFile("../../tests/calibrate/testdata/floats/" + k.name + ".wasm")
			must(b, err)
			m, err := wasm.Decode(binary)
			must(b, err)
			var all contests
			for n := range shifts {
				metered := instrument(b, shifted(m, n), gas.Default(), Options{Gas: math.MaxInt64}).Module
				all = append(all, contest{
					plain:   newRunner(b, wasmtimes, metered.Encode(), halt),
					metered: newRunner(b, wasmtimes, nan.Guard(metered).Encode(), halt),
				})
			}
			for b.Loop() {
				for _, c := range all {
					c.plain.time(b, k.times)
					c.metered.time(b, k.times)
				}
			}
			plain := all.mean(func(c contest) *runner { return c.plain })
			guarded := all.mean(func(c contest) *runner { return c.metered })
			b.ReportMetric(guarded/plain, "guarded/plain")
			b.ReportMetric(plain, "plain-ns")
			b.ReportMetric(0, "ns/op")
		})
	}
}
