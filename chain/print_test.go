package chain_test

import (
	"strings"
	"testing"

	"hestia/chain"
)

// TestPrintsAreBoundedInLinesAndBytes holds that one line counts what is not shown, whichever origin it is of.
func TestPrintsAreBoundedInLinesAndBytes(t *testing.T) {
	for name, test := range map[string]struct {
		line        string
		count, want int
		last        string
	}{
		"few":         {"a", 1000, 1000, "a"},
		"many":        {"a", 1002, 1001, "(and 2 more lines, which are not shown)"},
		"long":        {strings.Repeat("a", 2048), 200, 129, "(and 72 more lines, which are not shown)"},
		"long enough": {strings.Repeat("a", 2048), 128, 128, strings.Repeat("a", 2048)},
	} {
		var got []chain.Print
		prints := chain.NewPrints(func(p chain.Print) { got = append(got, p) })
		for i := range test.count {
			prints.From(chain.Print{Method: []string{"first", "second"}[min(i, 1)]})(test.line)
		}
		prints.End()
		if len(got) != test.want || got[len(got)-1].Line != test.last || got[len(got)-1].Method != "second" {
			t.Errorf("%s: %d prints, the last %.99v", name, len(got), got[len(got)-1])
		}
	}
	nowhere := chain.NewPrints(nil)
	if nowhere.From(chain.Print{}) != nil {
		t.Error("prints to nothing take lines")
	}
	nowhere.End()
}
