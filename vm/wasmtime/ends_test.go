package wasmtime_test

import (
	"fmt"
	"strings"
	"testing"

	"hestia/internal/wat"
)

// Nothing of a contract may run after the call that ended its frame, whichever functions stand around that and
// however the engine leaves them. What would run here traps or takes gas.
func TestNothingRunsAfterTheEnd(t *testing.T) {
	engines := bindings(t)
	for name, body := range map[string]string{
		"in main":      `(func (export "main") (call $end) unreachable)`,
		"last in main": `(func (export "main") (call $end))`,
		"in a block": `(func (export "main") (block (loop (if (i32.const 1) (then (call $end)
			  (br 2))))) unreachable)`,
		"over operands": `(func (export "main") (i32.const 7) (i64.const 8) (call $end) (drop)
			  (i32.add (i32.const 1)) (drop) unreachable)`,
		"in a brief function": `(func $b (call $end) unreachable) (func (export "main") (call $b) unreachable)`,
		"brief to its end": `(func $b (call $end) (loop (br 0))) (func (export "main") (call $b)
			  (call $useGas (i64.const 5)))`,
		"with results": `(func $b (param i32) (result i64 i32) (call $end) unreachable)
			  (func (export "main") (i32.const 1) (call $b (i32.const 2)) unreachable)`,
		"with references": `(func $b (result funcref) (call $end) unreachable) (func (export "main")
			  (drop (call $b)) unreachable)`,
		"by two brief functions": `(func $b (call $c) unreachable) (func $c (call $end) unreachable)
			  (func (export "main") (call $b) unreachable)`,
		"brief by both arms": `(func $b (if (i32.const 1) (then (call $end) unreachable)
			  (else (call $end) unreachable))) (func (export "main") (call $b) unreachable)`,
		"brief by a branch": `(func $b (block (br_if 0 (i32.const 1)) unreachable) (call $end) unreachable)
			  (func (export "main") (call $b) unreachable)`,
		"one arm returns": `(func $f (if (i32.const 1) (then (call $end)))) (func (export "main")
			  (call $f) unreachable)`,
		"the other arm returns": `(func $f (if (i32.const 1) (then) (else (call $end) unreachable)))
			  (func (export "main") (call $f) (call $useGas (i64.const 7)) (call $end) unreachable)`,
		"a way returns": `(func $f (br_if 0 (i32.eqz (i32.const 1))) (call $end) unreachable)
			  (func (export "main") (call $f) unreachable)`,
		"a return": `(func $f (if (i32.eqz (i32.const 1)) (then return)) (call $end) unreachable)
			  (func (export "main") (call $f) unreachable)`,
		"a table of branches": `(func $f (block (block (br_table 0 1 2 (i32.const 1))) unreachable)
			  (call $end) unreachable) (func (export "main") (call $f) unreachable)`,
		"brief within another": `(func $b (call $end) unreachable) (func $f (if (i32.const 1) (then (call $b))))
			  (func (export "main") (call $f) unreachable)`,
		"brief around another": `(func $b (call $f) (call $end) unreachable) (func $f (if (i32.const 1)
			  (then (call $c)))) (func $c (call $end) unreachable) (func (export "main") (call $b) unreachable)`,
		"by a table": `(table 1 funcref) (elem (i32.const 0) $b) (func $b (call $end) unreachable)
			  (func (export "main") (call_indirect (i32.const 0)) unreachable)`,
		"brief by a table": `(table 1 funcref) (elem (i32.const 0) $f)
			  (func $b (call_indirect (i32.const 0)) (call $end) unreachable) (func $f (call $end))
			    (func (export "main") (call $b) unreachable)`,
		"main in main": `(func $main (export "main") (if (i32.load (i32.const 64)) (then (call $end)))
			  (i32.store (i32.const 64) (i32.const 1)) (call $main) unreachable)`,
		"main by a table": `(table 1 funcref) (elem (i32.const 0) $main) (func $main (export "main")
			  (if (i32.load (i32.const 64)) (then (call $end))) (i32.store (i32.const 64) (i32.const 1))
			    (call_indirect (i32.const 0)) unreachable)`,
		"main in another": `(func $f (call $main)) (func $main (export "main")
			  (if (i32.load (i32.const 64)) (then (call $end))) (i32.store (i32.const 64) (i32.const 1))
			    (call $f) unreachable)`,
		"brief again and again": `(func $b (param i32) (if (local.get 0) (then (call $b (i32.sub (local.get 0)
			  (i32.const 1))))) (call $end) unreachable) (func (export "main") (call $b (i32.const 9)) unreachable)`,
		"main returns or ends": `(func (export "main") (if (i32.eqz (i32.const 1)) (then return))
			  (call $end) unreachable)`,
		"the end by a table": `(table 1 funcref) (elem (i32.const 0) $ends) (type $t (func (param i32 i32)))
			  (func (export "main") (call_indirect (type $t) (i32.const 0) (i32.const 8) (i32.const 0)) unreachable)`,
		"after another ended nobody": `(func $f (if (i32.eqz (i32.const 1)) (then (call $end)))) (func (export "main")
			  (call $f) (call $f) (call $end) unreachable)`,
		"traps": `(func $f (if (i32.eqz (i32.const 1)) (then (call $end))) unreachable)
			  (func (export "main") (call $f) (call $end))`,
		"in the start function": `(func $s (call $end) unreachable) (start $s)
			  (func (export "main") unreachable)`,
		"in the initializer": `(func $s (export "_initialize") (if (i32.const 1) (then (call $end) unreachable)))
			  (func (export "main") unreachable)`,
		"in both but one": `(func $s (if (i32.eqz (i32.const 1)) (then (call $end)))) (start $s)
			  (func (export "_initialize") (call $end)) (func (export "main") unreachable)`,
		"in main after both": `(func $s (if (i32.eqz (i32.const 1)) (then (call $end)))) (start $s)
			  (func (export "_initialize") (call $s)) (func (export "main") (call $end) unreachable)`,
		"main in the start function": `(func $s (call $main)) (start $s) (func $main (export "main")
			  (if (i32.load (i32.const 64)) (then (call $end))) (i32.store (i32.const 64) (i32.const 1))
			    (call $s) unreachable)`,
		"gas runs out": `(func $f (if (i32.eqz (i32.const 1)) (then (call $end)))
			  (call $useGas (i64.const 0x7fffffffffffff))) (func (export "main") (call $f) (call $end))`,
	} {
		for _, end := range []string{"finish", "revert"} {
			for _, length := range []int{0, 1, 512, 513, 5000, 65_536, 65_537} {
				text := fmt.Sprintf(`(module (import "ethereum" %q (func $ends (param i32 i32)))
					  (import "ethereum" "useGas" (func $useGas (param i64)))
				  (memory (export "memory") 1) (data (i32.const 0) "output") %s)`, end, body)
				code := wat.Assemble(t, strings.ReplaceAll(text, "(call $end)",
					fmt.Sprintf("(call $ends (i32.const 0) (i32.const %d))", length)))
				want := ""
				// a kept instance is born again
				for _, binding := range []string{"plain", "host", "shim", "shim", "shim"} {
					r := engines[binding].Run(contextOf(code))
					have := fmt.Sprint(r.End, r.Cause, len(r.Output), r.Output[:min(len(r.Output), 8)],
						r.Left.Particles())
					if want == "" {
						want = have
					}
					if have != want {
						t.Errorf("%s, %s of %d bytes by %s: %s, want %s", name, end, length, binding, have, want)
					}
				}
			}
		}
	}
}
