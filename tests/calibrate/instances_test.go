//go:build linux

package calibrate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
)

// measureInstances times what happens around a run: making an instance, and throwing it away with its memory.
func measureInstances(t *testing.T) []figure {
	c := newClock(t)
	const few = " $f $f $f $f"
	many := strings.Repeat(few, 1000)
	lives := []*life{
		newLife(t, "a page of initial memory, never used", 32, "(memory 33)", "(memory 1)", "", ""),
		newLife(t, "a page of initial memory, written to", 32, "(memory 33)", "(memory 1)", writeAll(33), writeAll(1)),
		newLife(
			t, "an entry of an initial table", 3996, "(memory 1) (table 4000 funcref)", "(memory 1) (table 4 funcref)",
			"", "",
		),
		newLife(t, "an entry of an active element segment, called", 3996,
			"(memory 1) (table 4000 funcref) (elem (i32.const 0) func"+many+")",
			"(memory 1) (table 4 funcref) (elem (i32.const 0) func"+few+")",
			callAll(4000), callAll(4)),
		newLife(t, "4 KiB of an active data segment, read", 64,
			fmt.Sprintf("(memory 8) (data (i32.const 3) \"%s\")", strings.Repeat("x", 1<<18)), "(memory 8)", readAll,
			""),
		newLife(t, "an empty contract", 1, "(memory 1)", "", "", ""),
	}
	for range *rounds {
		for _, l := range lives {
			l.round(t, c)
		}
	}
	var all []figure
	for _, l := range lives {
		all = append(all, l.took.figure(situation+" "+l.name).minus(l.rest.figure("")).by(l.more))
	}
	return all
}

// life compares two modules over all that a frame does with one; how much more one has of what is named is more.
type life struct {
	name       string
	more       float64
	with, less *wasmtime.Module
	took, rest samples
}

func newLife(t testing.TB, name string, more float64, with, less, withCode, lessCode string) *life {
	t.Helper()
	module := func(fields, code string) *wasmtime.Module {
		return compile(t, fmt.Sprintf(`(module %s (func $f) (func (export "run") (local $i i32) %s))`, fields, code))
	}
	l := &life{name: name, more: more, with: module(with, withCode)}
	if less != "" {
		l.less = module(less, lessCode)
	}
	return l
}

func (l *life) round(t testing.TB, c *clock) {
	rate := c.rate(t)
	l.took = append(l.took, rate*lifetime(t, l.with))
	rest := 0.0
	if l.less != nil {
		rest = rate * lifetime(t, l.less)
	}
	l.rest = append(l.rest, rest)
}

// lifetime is the second of two, so that what the first makes for good is made.
func lifetime(t testing.TB, module *wasmtime.Module) float64 {
	live(t, module)
	begin := threadTime()
	live(t, module)
	return float64(threadTime() - begin)
}

func live(t testing.TB, module *wasmtime.Module) {
	store := wasmtime.NewStore(engine)
	defer store.Close()
	instance, err := wasmtime.NewInstance(store, module, nil)
	must(t, err)
	_, err = instance.GetFunc(store, "run").Call(store)
	must(t, err)
}

// repeat runs code with $i from zero to n, step by step.
func repeat(n, step int, code string) string {
	return fmt.Sprintf(
		"(loop %s (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const %d))) (i32.const %d))))", code,
		step, n,
	)
}

func writeAll(pages int) string {
	return repeat(pages<<16, 4096, "(i32.store8 (local.get $i) (i32.const 1))")
}

func callAll(n int) string { return repeat(n, 1, "(call_indirect (local.get $i))") }

var readAll = repeat(1<<18, 64, "(drop (i32.load8_u (local.get $i)))")
