package meter

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

func explained(t testing.TB, m *wasm.Module, s *gas.Schedule) string {
	t.Helper()
	var text strings.Builder
	must(t, Explain(&text, m, s))
	return text.String()
}

func TestExplanations(t *testing.T) {
	for name, m := range modules(t) {
		golden(t, filepath.Join("testdata/explained", name+".txt"), explained(t, m, gas.Default()))
	}
}

// sum is a line that says what a block pays, line one of an instruction, with its price or that of its locals.
var (
	sum  = regexp.MustCompile(`;; (pays|paid by the loop at (0x[0-9a-f]+):) (\d+) = (\d+) \+ (\d+) - (\d+)$`)
	line = regexp.MustCompile(`^(?:0x[0-9a-f]{6,}| {8}) +(\d+)(?:\+(\d+)n)?  `)
)

// What an explanation says of a block adds up, and what it says is paid is what the rewritten code takes.
func TestExplanationsAddUp(t *testing.T) {
	all := modules(t)
	for name := range kernels {
		all[name] = kernel(t, name)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m := all[name]
		cost, priced, blocks := 0, 0, 0 // of the block at hand: what it should cost, and what its lines come to
		paid := map[string]bool{}
		check := func(where string) {
			if cost != priced {
				t.Fatalf("%s: block before %q: %d, its instructions %d", name, where, cost, priced)
			}
		}
		for _, text := range strings.Split(explained(t, m, uneven), "\n") {
			if at := sum.FindStringSubmatch(text); at != nil {
				check(text)
				pays, out, in := integer(t, at[3]), integer(t, at[5]), integer(t, at[6])
				if cost, priced = integer(t, at[4]), 0; pays != max(cost+out-in, 0) {
					t.Errorf("%s: %s", name, text)
				}
				if at[2] == "" && pays > 0 {
					paid[at[3]] = true
				}
				blocks++
			}
			if at := line.FindStringSubmatch(text); at != nil {
				priced += integer(t, at[1])
			}
		}
		if check("the end"); blocks == 0 {
			t.Errorf("%s: no block", name)
		}
		for _, p := range plansOf(t, m, uneven) {
			for _, c := range p.charges {
				if c.fixed != 0 && !paid[fmt.Sprint(c.fixed)] {
					t.Errorf("%s: a charge of %d is not explained", name, c.fixed)
				}
			}
		}
	}
}

func integer(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	must(t, err)
	return n
}

func TestExplainRefusesWhatInstrumentRefuses(t *testing.T) {
	for text, want := range map[string]error{
		`(module (func (drop (f64.const 1))))`:                 ErrUnpriced,
		`(module (import "hestia" "halt" (func (param i32))))`: ErrReserved,
		`(module (memory 1) (export "__gas_left" (memory 0)))`: ErrReserved,
	} {
		var out strings.Builder
		if err := Explain(&out, parse(t, text), gas.Default()); !errors.Is(err, want) || out.Len() > 0 {
			t.Errorf("%s: %v, %q written", text, err, out.String())
		}
	}
}
