package wasmtime_test

import (
	"fmt"
	"slices"
	"testing"

	"hestia/internal/wat"
)

// Filling and copying in parts has the result of doing it at once: with overlaps, at the edges and at the end of
// memory.
func TestMuchIsFilledAndCopiedByParts(t *testing.T) {
	const part, memory = 1 << 20, 80 << 16
	engines, atOnce := bindings(t), newOther(t)
	for _, n := range []int{
		0, 1, part - 1, part, part + 1, 2 * part, 2*part + 3, 3*part - 1, memory, memory + 1,
		1<<32 - 1,
	} {
		for operands := range slices.Chunk([]int{ // to and from, or what to fill with
			0, 1, 1, 0, 0, 0, 5, 3 * part / 2, 3 * part / 2, 5, part, 0, 0, part, part + 1, 0, 0, part + 1,
			memory - n, 0, 0, memory - n,
			memory - n + 1, 0, 0, memory - n + 1, memory - 1, 7, 7, memory - 1, 1<<32 - 1, 0, 0, 1<<32 - 1,
		}, 2) {
			for _, op := range []string{"fill", "copy"} {
				code := wat.Assemble(t, fmt.Sprintf(`(module (import "ethereum" "finish" (func $finish (param i32 i32)))
				  (memory (export "memory") 80)
				  (func $sum (param $at i32) (result i64) (local $sum i64)
				    (loop (local.set $sum (i64.add (i64.load (local.get $at)) (i64.rotl (local.get $sum)
				      (i64.const 7))))
				      (br_if 0 (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const %[4]d))))
				        (local.get $sum))
				  (func (export "main") (local $i i32)
				    (loop (i32.store (local.get $i) (i32.mul (local.get $i) (i32.const 0x9e3779b1)))
				      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const %[4]d))))
				    (memory.%[1]s (i32.const %[2]d) (i32.const %[3]d) (i32.const %[5]d))
				    (i64.store (i32.const 0) (call $sum (i32.const 0)))
				    (i64.store (i32.const 8) (call $sum (i32.const 3)))
				    (call $finish (i32.const 0) (i32.const 16))))`,
					op, uint32(operands[0]), uint32(operands[1]), memory-8, n))
				whole := atOnce.Run(contextOf(code))
				var want string
				for _, binding := range []string{"plain", "shim"} {
					r := engines[binding].Run(contextOf(code))
					if r.End != whole.End || !slices.Equal(r.Output, whole.Output) || r.Left != whole.Left {
						t.Errorf("memory.%s to %d from %d, %d bytes: %v %x, want %v %x", op, operands[0], operands[1],
							n, r.End, r.Output, whole.End, whole.Output)
					}
					have := fmt.Sprint(r.End, r.Cause, r.Output, r.Left.Particles())
					if want == "" {
						want = have
					}
					if have != want {
						t.Errorf("memory.%s to %d from %d, %d bytes: %s, want %s", op, operands[0], operands[1], n,
							have, want)
					}
				}
			}
		}
	}
}
