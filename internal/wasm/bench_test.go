package wasm

import (
	"slices"
	"testing"

	"hestia/internal/wat"
)

// largeModule is a module of about 500 KB: one function over and over.
func largeModule(b *testing.B) []byte {
	b.Helper()
	m := requireRoundTrip(b, wat.Assemble(b, contractLike)).Clone()
	m.Codes, m.Functions = slices.Repeat(m.Codes, 5400), slices.Repeat(m.Functions, 5400)
	return m.Encode()
}

// contractLike has the mixture of a compiled contract: locals, memory, comparisons, branches and calls.
const contractLike = `(module
	(import "ethereum" "storageLoad" (func $load (param i32 i32)))
	(memory 1)
	(func $f (param $p i32) (param $n i32) (result i32) (local $i i32) (local $sum i64)
		(block $done
			(loop $next
				(br_if $done (i32.ge_u (local.get $i) (local.get $n)))
				(local.set $sum (i64.add (local.get $sum)
					(i64.mul (i64.load offset=8 (i32.add (local.get $p) (local.get $i))) (i64.const 1099511628211))))
				(i32.store offset=1024 (local.get $p) (i32.wrap_i64 (i64.shr_u (local.get $sum) (i64.const 32))))
				(if (i32.eqz (i32.and (local.get $i) (i32.const 255)))
					(then (call $load (local.get $p) (i32.const 65536)))
					(else (local.set $p (i32.sub (local.get $p) (i32.const -16)))))
				(local.set $i (i32.add (local.get $i) (i32.const 8)))
				(br $next)))
		(i32.wrap_i64 (local.get $sum))))`

func BenchmarkDecode(b *testing.B) {
	module := largeModule(b)
	b.SetBytes(int64(len(module)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(module); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	module := largeModule(b)
	for name, spelled := range map[string][]byte{
		"spelling=canonical": module,
		"spelling=padded":    padded(requireRoundTrip(b, module), 5),
	} {
		m := requireRoundTrip(b, spelled)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(spelled)))
			b.ReportAllocs()
			for b.Loop() {
				m.Encode()
			}
		})
	}
}

func BenchmarkClone(b *testing.B) {
	m := requireRoundTrip(b, largeModule(b))
	b.ReportAllocs()
	for b.Loop() {
		m.Clone()
	}
}
