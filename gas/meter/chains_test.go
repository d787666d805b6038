package meter

import (
	"fmt"
	"strings"
	"testing"
)

// hiddenOf returns how many results are hidden in each function of a module of the corpus.
func hiddenOf(t testing.TB, text string) (hidden []int) {
	t.Helper()
	m := parse(t, text)
	sp, err := newSpace(m)
	must(t, err)
	for i := range m.Codes {
		hidden = append(hidden, len(findChains(sp, i)))
	}
	return hidden
}

func TestLongChainsAreHidden(t *testing.T) {
	m := modules(t)["chains"]
	sp, err := newSpace(m)
	must(t, err)
	for i, want := range []int{1, 2, 1, 0, 0} {
		if got := len(findChains(sp, i)); got != want {
			t.Errorf("%s: %d results are hidden, want %d", m.Exports[i+1].Name, got, want)
		}
	}
}

func TestEverySoManyResultsOfAChainAreHidden(t *testing.T) {
	square := "(local.set 0 (i64.mul (local.get 0) (local.get 0)))"
	for n, want := range map[int]int{longChain: 0, longChain + 1: 1, 2 * longChain: 1, 10 * (longChain + 1): 10} {
		last := "(drop (i64.mul (local.get 0) (local.get 0)))"
		text := "(module (func (param i64)" + strings.Repeat(square, n-1) + last + "))"
		if got := hiddenOf(t, text); fmt.Sprint(got) != fmt.Sprint([]int{want}) {
			t.Errorf("%d squarings: %d results are hidden, want %d", n, got, want)
		}
	}
}

// No program that people would write has chains so long.
func TestNothingOfTheKernelsIsHidden(t *testing.T) {
	for name := range kernels {
		m := kernel(t, name)
		sp, err := newSpace(m)
		must(t, err)
		for i := range m.Codes {
			if got := findChains(sp, i); len(got) > 0 {
				t.Errorf("%s: function %d: results of %d are hidden", name, i, got)
			}
		}
	}
}
