//go:build linux

package calibrate

import (
	"maps"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"hestia/ewasm/nan"
	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// BenchmarkGuard compares the kernels of floating point, metered, with guards against NaNs that differ and without, in
// turn and by processor time. It prints the ratio of the best times as guarded/plain.
func BenchmarkGuard(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(floatKernels)) {
		b.Run("kernel="+name, func(b *testing.B) {
			runtime.LockOSThread() // its clock is the one read
			defer runtime.UnlockOSThread()
			m, err := wasm.Decode(kernelBinary(b, filepath.Join(floatsDir, name)))
			must(b, err)
			metered, err := meter.Instrument(m, gas.Default(), meter.Options{Gas: math.MaxInt64})
			must(b, err)
			plain := newPrepared(b, name, floatKernels[name], metered.Module)
			guarded := newPrepared(b, name, floatKernels[name], nan.Guard(metered.Module))
			with, without := math.Inf(1), math.Inf(1)
			for b.Loop() {
				without = min(without, plain.time(b, plain.n))
				with = min(with, guarded.time(b, guarded.n))
			}
			b.ReportMetric(with/without, "guarded/plain")
			b.ReportMetric(without, "plain-ns")
			b.ReportMetric(0, "ns/op")
		})
	}
}
