package wasm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFunctionsAreCalledAsTheNameSectionSaysElseAsExported(t *testing.T) {
	exports := []Export{
		{Name: "main", Kind: ExternalFunction, Index: 1},
		{Name: "memory", Kind: ExternalMemory, Index: 3},
	}
	for name, row := range map[string]struct {
		section string
		want    map[uint32]string
	}{
		"none":                {"", map[uint32]string{1: "main"}},
		"of functions":        {"\x01\x0c\x02\x01\x04dull\x02\x03abc", map[uint32]string{1: "dull", 2: "abc"}},
		"after another":       {"\x00\x02\x01m\x01\x05\x01\x02\x02xy", map[uint32]string{1: "main", 2: "xy"}},
		"longer than it is":   {"\x01\x7f\x01\x02\x02xy", map[uint32]string{1: "main"}},
		"more than there are": {"\x01\x05\x7f\x02\x02xy", map[uint32]string{1: "main", 2: "xy"}},
		"not UTF-8":           {"\x01\x05\x01\x02\x02\xff\xfe", map[uint32]string{1: "main"}},
		"count without end": {
			"\x01\x05\xff\xff\xff\xff\x0f" + strings.Repeat("\x00", 9),
			map[uint32]string{1: "main"},
		},
	} {
		m := &Module{Exports: exports, Customs: []Custom{{Name: "other", Data: []byte(row.section)}}}
		if row.section != "" {
			m.Customs = append(m.Customs, Custom{Name: "name", Data: []byte(row.section)})
		}
		if diff := cmp.Diff(row.want, m.FunctionNames()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
