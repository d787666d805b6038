package meter

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// pointerLoop is a loop from one pointer to another, and whether its trip count is known.
type pointerLoop struct {
	name, body string
	counted    bool
}

// pointerLoops have STEP for the step.
var pointerLoops = []pointerLoop{
	{"stores", `loop (i32.store8 (local.get 0) (i32.const 1))
		(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const STEP))) (local.get 1))) end`, true},
	{"loads", `loop (drop (i32.load8_u offset=3 (local.get 0)))
		(br_if 0 (i32.gt_u (local.get 1) (local.tee 0 (i32.add (local.get 0) (i32.const STEP))))) end`, true},
	{"copies", `loop (i32.store (local.get 0) (i32.or (i32.load (local.get 2)) (i32.eqz (local.get 0))))
		(local.set 2 (i32.add (local.get 2) (i32.const 4)))
		(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const STEP))) (local.get 1))) end`, true},
	{"tests first", `block loop (br_if 1 (i32.ge_u (local.get 0) (local.get 1)))
		(i64.store align=1 (local.get 0) (i64.const 1))
		(local.set 0 (i32.add (local.get 0) (i32.const STEP))) (br 0) end end`, true},
	{"keeps the next", `loop (local.set 2 (i32.add (local.get 0) (i32.const STEP)))
		(i32.store16 (local.get 0) (local.get 2)) (local.set 0 (local.get 2))
		(br_if 0 (i32.lt_u (local.get 2) (local.get 1))) end`, true},
	{"touches nothing", `loop
		(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const STEP))) (local.get 1))) end`, false},
	{"touches sometimes", `loop (if (i32.and (local.get 0) (i32.const 1)) (then
		(i32.store8 (local.get 0) (i32.const 1))))
		(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const STEP))) (local.get 1))) end`, false},
	{"touches another place", `loop (i32.store8 (i32.and (local.get 0) (i32.const 255)) (i32.const 1))
		(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const STEP))) (local.get 1))) end`, false},
	{"stores the pointer", `loop (i32.store8 (i32.const 8) (local.get 0))
		(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const STEP))) (local.get 1))) end`, false},
	{"touches behind the step", `loop (local.set 0 (i32.add (local.get 0) (i32.const STEP)))
		(i32.store8 (local.get 0) (i32.const 1)) (br_if 0 (i32.lt_u (local.get 0) (local.get 1))) end`, false},
	{"signed", `loop (i32.store8 (local.get 0) (i32.const 1))
		(br_if 0 (i32.lt_s (local.tee 0 (i32.add (local.get 0) (i32.const STEP))) (local.get 1))) end`, false},
}

// A pointer that steps past its bound and wraps has been beyond the end of memory, so that its loop is counted whatever
// the bound. A loop that may go on after that is not.
func TestPointersCostWhatTheirIterationsCost(t *testing.T) {
	const function = "(func (export %q) (param i32 i32) (result i32) (local i32) %s local.get 0)"
	for _, step := range []uint32{2, 4, 12, 1 << 16, 1<<16 + 4} {
		var text strings.Builder
		for _, l := range pointerLoops {
			body := strings.ReplaceAll(l.body, "STEP", fmt.Sprint(step))
			fmt.Fprintf(&text, function, l.name, body)
		}
		m := parse(t, `(module (memory (export "memory") 1 2)`+text.String()+")")
		for i, p := range plansOf(t, m, uneven) {
			counted := slices.ContainsFunc(p.charges, func(c charge) bool { return c.loop != nil })
			if want := pointerLoops[i].counted && step <= 1<<16; counted != want {
				t.Errorf("%s by %d: counted %t, not %t", pointerLoops[i].name, step, counted, want)
			}
		}
		law := newLaw(t, m, uneven, engines["wasmtime"])
		law.steps = 500
		for i, l := range pointerLoops {
			for _, from := range []uint32{0, 5, 1<<16 - 40, 1<<16 - 3, math.MaxUint32 - 9, math.MaxUint32} {
				far := from + 5*step
				for _, bound := range []uint32{0, from, from + 1, far, far - 1, math.MaxUint32 - 1} {
					law.holds(t, l.name, uint32(i), []uint64{uint64(from), uint64(bound)})
				}
			}
		}
	}
}

// Memory that may reach the end of the address space makes no loop trap.
func TestPointersIntoAllOfTheAddressSpaceMayWrap(t *testing.T) {
	for text, counted := range map[string]bool{"1": false, "1 65536": false, "1 65535": true} {
		body := strings.ReplaceAll(pointerLoops[0].body, "STEP", "4")
		m := parse(t, fmt.Sprintf(`(module (memory %s) (func (export "f") (param i32 i32) %s))`, text, body))
		loops := slices.ContainsFunc(plansOf(t, m, uneven)[0].charges, func(c charge) bool { return c.loop != nil })
		if loops != counted {
			t.Errorf("memory %s: counted %t", text, loops)
		}
	}
}
