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

	"github.com/google/go-cmp/cmp"

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

// sum is a line with what a block pays, line one with an instruction and its price, or the price of the locals.
var (
	sum = regexp.MustCompile(
		`;; (pays|paid by the loop at (0x[0-9a-f]+):) (\d+) = (\d+) \+ (\d+) - (\d+)(?:, untested)?$`)
	line = regexp.MustCompile(`^(0x[0-9a-f]{6,}| {8}) +(\d+)(?:\+(\d+))?(?:\+\d+[np])?  `)
	more = regexp.MustCompile(`;; adds (\d+) = (\d+) \+ (\d+) \* (\d+) to what the block before pays`)
	edge = regexp.MustCompile(`;; paid by the loop at (0x[0-9a-f]+): (\d+) on the edge`)
	once = regexp.MustCompile(`;; pays (\d+) for this loop, and (\d+) each time`)
)

// The sums that an explanation shows for a block are correct, and the rewritten code takes what the explanation says.
func TestExplanationsAddUp(t *testing.T) {
	all := modules(t)
	for _, name := range allKernels(t) {
		all[name] = kernel(t, name)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m := all[name]
		cost, priced, blocks := 0, 0, 0 // of the block at hand: what it should cost, and the sum of its lines
		paid := map[int]bool{}
		pays, payer := 0, ""              // at the block at hand, and which loop pays for it if one does
		sums := map[string]int{}          // by loop: the sum of its blocks
		each, loop := map[string]int{}, 0 // by loop: what it says an iteration costs; of the loop at hand
		done := func() {
			if payer == "" {
				paid[pays] = true
			} else {
				sums[payer] += pays
			}
			pays, payer = 0, ""
		}
		check := func(where string) {
			if cost != priced {
				t.Fatalf("%s: block before %q: %d, its instructions %d", name, where, cost, priced)
			}
		}
		for _, text := range strings.Split(explained(t, m, uneven), "\n") {
			if at := sum.FindStringSubmatch(text); at != nil {
				check(text)
				done()
				out, in := integer(t, at[5]), integer(t, at[6])
				pays, payer = integer(t, at[3]), at[2]
				if cost, priced = integer(t, at[4]), 0; pays != max(cost+out-in, 0) {
					t.Errorf("%s: %s", name, text)
				}
				blocks++
			}
			if at := more.FindStringSubmatch(text); at != nil {
				loop = integer(t, at[4])
				if integer(t, at[1]) != integer(t, at[2])+integer(t, at[3])*loop {
					t.Errorf("%s: %s", name, text)
				}
				pays += integer(t, at[1])
			}
			if at := edge.FindStringSubmatch(text); at != nil {
				sums[at[1]] += integer(t, at[2])
			}
			if at := once.FindStringSubmatch(text); at != nil {
				loop = integer(t, at[2])
			}
			if at := line.FindStringSubmatch(text); at != nil {
				priced += integer(t, at[2])
				if at[3] != "" {
					priced += integer(t, at[3])
				}
				if offset, err := strconv.ParseUint(at[1], 0, 64); err == nil && loop != 0 {
					each[fmt.Sprintf("%#x", offset)], loop = loop, 0
				}
			}
		}
		check("the end")
		if done(); blocks == 0 {
			t.Errorf("%s: no block", name)
		}
		if diff := cmp.Diff(each, sums); diff != "" {
			t.Errorf("%s: iterations (-said by the loop +said by its blocks):\n%s", name, diff)
		}
		for _, p := range plansOf(t, m, uneven) {
			for _, c := range p.charges {
				if c.fixed != 0 && !paid[int(c.fixed)] {
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
		if err := Explain(&out, parse(t, text), integers); !errors.Is(err, want) || out.Len() > 0 {
			t.Errorf("%s: %v, %q written", text, err, out.String())
		}
	}
}
