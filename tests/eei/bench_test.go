package eei

import (
	"bytes"
	"fmt"
	"math"
	"testing"
	"time"

	"hestia/contracts"
	"hestia/frame"
)

// What the later functions take, beside what they replace.

const megabyte = 1 << 20

// hashers are contracts that hash their calldata.
func hashers(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"wasm": contracts.Keccak.Runtime,
		"host": contract(t, `(memory (export "memory") 17)`, do("callDataCopy", 64, 0, get("getCallDataSize")),
			do("keccak256", 64, get("getCallDataSize"), 0), finish(0, 32)),
	}
}

var hashed = bytes.Repeat([]byte{0xa5}, megabyte)

func hash(w *world) outcome { return w.call(message{input: hashed, gas: maxGas}) }

func BenchmarkKeccak(b *testing.B) {
	for by, code := range hashers(b) {
		b.Run("by="+by, func(b *testing.B) {
			w := osaka.world(b)
			w.place(self, code)
			b.SetBytes(megabyte)
			for b.Loop() {
				hash(w).finished(b)
			}
		})
	}
}

// BenchmarkHashingByTheHost hashes a megabyte by turns in wasm and by the host, and says how many times faster the
// host is: the best of each counts.
func BenchmarkHashingByTheHost(b *testing.B) {
	best := map[string]time.Duration{}
	outputs := map[string]string{}
	worlds := map[string]*world{}
	for by, code := range hashers(b) {
		worlds[by], best[by] = osaka.world(b), math.MaxInt64
		worlds[by].place(self, code)
	}
	b.SetBytes(2 * megabyte)
	for b.Loop() {
		for by, w := range worlds {
			start := time.Now()
			outputs[by] = string(hash(w).finished(b))
			best[by] = min(best[by], time.Since(start))
		}
	}
	equal(b, "hash", outputs["host"], outputs["wasm"])
	b.ReportMetric(float64(best["host"].Microseconds()), "host-us")
	b.ReportMetric(float64(best["wasm"].Microseconds()), "wasm-us")
	b.ReportMetric(float64(best["wasm"])/float64(best["host"]), "times-wasm")
}

// BenchmarkArithmeticByTheHost makes calls of mulmod and, by turns, of getBlobHash of a blob that is not there: any
// function that leaves the module for Go and does nothing there. It says how much more a mulmod takes.
func BenchmarkArithmeticByTheHost(b *testing.B) {
	const calls = 10_000
	full := bytes.Repeat([]byte{0xfd}, 32)
	best := map[string]time.Duration{}
	worlds := map[string]*world{}
	for name, call := range map[string]string{
		"empty":  do("getBlobHash", 9, 96),
		"mulmod": do("mulmod", 0, 32, 64, 96),
	} {
		worlds[name], best[name] = osaka.world(b), math.MaxInt64
		worlds[name].place(self, contract(b, data(0, full), data(32, full[1:]), data(64, full[2:]),
			repeat(call, calls)))
	}
	for b.Loop() {
		for name, w := range worlds {
			start := time.Now()
			w.call(message{gas: maxGas}).finished(b)
			best[name] = min(best[name], time.Since(start)/calls)
		}
	}
	b.ReportMetric(float64(best["empty"]), "ns-an-empty-call")
	b.ReportMetric(float64(best["mulmod"]), "ns-a-mulmod")
	b.ReportMetric(float64(best["mulmod"]-best["empty"]), "ns-above-empty")
}

// repeat is a loop that makes a call so many times.
func repeat(call string, times int) string {
	return fmt.Sprintf("(local $n i32)\n(loop $again %s (br_if $again (i32.lt_u "+
		"(local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const %d))))",
		call, times)
}

// BenchmarkHostCall makes calls of one function in a loop, and nothing but the loop first. getBlobHash of a blob that
// is not there does nothing: it is what a call of any function that leaves the module takes.
func BenchmarkHostCall(b *testing.B) {
	const calls = 100_000
	full := bytes.Repeat([]byte{0xfd}, 32)
	numbers := []string{data(0, full), data(32, full), data(64, full)}
	for _, call := range []string{
		"nop", do("getBlobHash", 9, 96), do("getSelfBalance", 96), do("getChainId"), do("transientLoad", 0, 96),
		do("transientStore", 0, 32),
		do("add", 0, 32, 96), do("sub", 0, 32, 96), do("mul", 0, 32, 96), do("div", 0, 32, 96), do("mod", 0, 32, 96),
		do("addmod", 0, 32, 64, 96), do("mulmod", 0, 32, 64, 96), do("exp", 0, 31, 96), do("exp", 0, 32, 96),
		do("keccak256", 0, 32, 96),
		do("getExternalCodeHash", 128, 96), do("getBlobHash", 0, 96),
	} {
		loop := repeat(call, calls)
		b.Run("do="+call, func(b *testing.B) {
			w := osaka.world(b)
			w.place(self, contract(b, append(numbers, loop)...))
			for b.Loop() {
				if o := w.call(message{gas: maxGas}); o.End != frame.Finished {
					b.Fatal(o.Cause)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/calls, "ns/call")
		})
	}
}
