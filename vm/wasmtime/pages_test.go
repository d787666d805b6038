package wasmtime_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"hestia/ewasm"
	"hestia/internal/wat"
)

// Faults that are not of a watched memory's pages are whose they were: a contract's beyond its memory, Go's own.
func TestOtherFaultsAreNotTheWatchs(t *testing.T) {
	engine := bindings(t)["shim"]
	code := wat.Assemble(t, `(module (import "ethereum" "getCallDataSize" (func $size (result i32)))
		  (memory (export "memory") 3)
	  (func (export "main") (i64.store (i32.const 4092) (i64.const -1))
	    (if (i32.eq (call $size) (i32.const 1)) (then (i32.store (i32.const 196608) (i32.const 1))))
	    (if (i32.eq (call $size) (i32.const 2)) (then (i32.store (i32.const 196605) (i32.const 1))))))`)
	run := func(input int) string {
		c := contextOf(code)
		c.Input = make([]byte, input)
		return fmt.Sprint(engine.Run(c).Cause)
	}
	for i := range 40 {
		input := 0
		if i%10 == 9 {
			input = 1 + i/10%2
		}
		if have := run(input); input == 0 && have != "<nil>" || input != 0 &&
			!strings.HasPrefix(have, "wasm trap: out of bounds memory access") {
			t.Fatalf("run %d with %d bytes of calldata: %s", i, input, have)
		}
		func() {
			defer func() {
				if _, ok := recover().(runtime.Error); !ok {
					t.Error("reading by a nil pointer is no error of Go's runtime")
				}
			}()
			var nobody *ewasm.Context
			_ = nobody.Depth
		}()
	}
	if engine.Restored() == 0 {
		t.Error("no instance was watched")
	}
}

// BenchmarkWatch measures the runs of a contract of 17 pages that writes to some of them: its first ones, each in an
// instance of its own, the one whose writes are watched, and later ones, in the same instance.
func BenchmarkWatch(b *testing.B) {
	for _, written := range []int{1, 8, 16, 17} {
		body := ""
		for i := range written {
			body += fmt.Sprintf("(i32.store (i32.const %d) (i32.const 1))", i<<12)
		}
		b.Run(fmt.Sprintf("written=%d", written), func(b *testing.B) {
			engine := bindings(b)["shim"]
			best := make([]float64, 14)
			for n := 0; b.Loop(); n++ {
				code := wat.Assemble(b, fmt.Sprintf(`(module (memory (export "memory") 17) (data (i32.const 0) "%d")
					  (func (export "main") %s))`, n, body))
				for i := range best {
					c := contextOf(code)
					start := time.Now()
					engine.Run(c)
					if took := float64(time.Since(start)); best[i] == 0 || took < best[i] {
						best[i] = took
					}
				}
			}
			b.ReportMetric(best[6], "new-ns")
			b.ReportMetric(best[8], "watched-ns")
			b.ReportMetric(best[13], "kept-ns")
		})
	}
}
