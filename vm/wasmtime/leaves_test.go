package wasmtime_test

import (
	"fmt"
	"testing"
	"time"

	"hestia/gas"
	"hestia/internal/wat"
)

// BenchmarkWorkInC measures what hashing and arithmetic add to an empty loop, by way of Go and in C.
func BenchmarkWorkInC(b *testing.B) {
	const (
		rounds  = 2_000
		hashes  = `(import "ethereum" "keccak256" (func $f (param i32 i32 i32)))`
		two     = `(import "bignum" %q (func $f (param i32 i32 i32)))`
		three   = `(import "bignum" %q (func $f (param i32 i32 i32 i32)))`
		numbers = `(data (i32.const 0) "\fe\dc\ba\98\76\54\32\10 a number of 32 bytes..\9a\37\d1" ` +
			`" and one that is less than half \c3\55 as large.")`
	)
	engines := bindings(b)
	empty := map[string]time.Duration{}
	for _, row := range []struct{ name, imports, body string }{
		{"none", "", ""},
		{"add", fmt.Sprintf(two, "add") + numbers, `(call $f (i32.const 0) (i32.const 32) (i32.const 96))`},
		{"mul", fmt.Sprintf(two, "mul") + numbers, `(call $f (i32.const 0) (i32.const 32) (i32.const 96))`},
		{"div", fmt.Sprintf(two, "div") + numbers, `(call $f (i32.const 0) (i32.const 32) (i32.const 96))`},
		{
			"mulmod", fmt.Sprintf(three, "mulmod") + numbers,
			`(call $f (i32.const 0) (i32.const 32) (i32.const 64) (i32.const 96))`,
		},
		{"keccak256,bytes=32", hashes, `(call $f (i32.const 0) (i32.const 32) (i32.const 96))`},
		{"keccak256,bytes=1360", hashes, `(call $f (i32.const 0) (i32.const 1360) (i32.const 20000))`},
	} {
		c := contextOf(wat.Assemble(b, loopingFor(rounds, row.imports, row.body)))
		c.Schedule = gas.Default()
		for _, name := range []string{"host", "shim"} {
			b.Run("do="+row.name+"/binding="+name, func(b *testing.B) {
				best := fastest(b, engines[name], c)
				if row.name == "none" {
					empty[name] = best
				}
				b.ReportMetric(float64(best-empty[name])/rounds, "ns-above-empty-loop")
			})
		}
	}
}
