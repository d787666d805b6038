package eei

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"hestia/contracts"
	"hestia/ewasm"
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

func hash(w *world) outcome {
	return w.call(message{input: bytes.Repeat([]byte{0xa5}, megabyte), gas: maxGas})
}

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

// TestHashingByTheHostIsFaster takes the best of a few runs of each. Hashing in wasm runs at half the speed of the host's:
// hand-written machine code is no faster than 500 MB/s, and compiled wasm reaches 150.
func TestHashingByTheHostIsFaster(t *testing.T) {
	best := map[string]time.Duration{}
	outputs := map[string]string{}
	for by, code := range hashers(t) {
		w := osaka.world(t)
		w.place(self, code)
		for range 5 {
			start := time.Now()
			outputs[by] = string(hash(w).finished(t))
			if took := time.Since(start); best[by] == 0 || took < best[by] {
				best[by] = took
			}
		}
	}
	equal(t, "hash", outputs["host"], outputs["wasm"])
	t.Logf("1 MiB: %v by the host, %v in wasm", best["host"], best["wasm"])
	if best["wasm"] < best["host"] {
		t.Errorf("%v by the host, %v in wasm", best["host"], best["wasm"])
	}
}

// BenchmarkHostCall makes calls of one function in a loop, and nothing but the loop first. getBlobHash of a blob that is
// not there does nothing: it is what a call of any function that leaves the module takes.
func BenchmarkHostCall(b *testing.B) {
	const calls = 100_000
	full := bytes.Repeat([]byte{0xfd}, 32)
	numbers := []string{data(0, full), data(32, full), data(64, full)}
	for _, call := range []string{
		"nop", do("getBlobHash", 9, 96), do("getSelfBalance", 96), do("getChainId"), do("transientLoad", 0, 96), do("transientStore", 0, 32),
		do("add", 0, 32, 96), do("sub", 0, 32, 96), do("mul", 0, 32, 96), do("div", 0, 32, 96), do("mod", 0, 32, 96),
		do("addmod", 0, 32, 64, 96), do("mulmod", 0, 32, 64, 96), do("exp", 0, 31, 96), do("exp", 0, 32, 96), do("keccak256", 0, 32, 96),
		do("getExternalCodeHash", 128, 96), do("getBlobHash", 0, 96),
	} {
		loop := fmt.Sprintf("(local $n i32)\n(loop $again %s (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const %d))))",
			call, calls)
		b.Run("do="+call, func(b *testing.B) {
			w := osaka.world(b)
			w.place(self, contract(b, append(numbers, loop)...))
			for b.Loop() {
				if o := w.call(message{gas: maxGas}); o.End != ewasm.Finished {
					b.Fatal(o.Cause)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/calls, "ns/call")
		})
	}
}
