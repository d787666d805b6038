package limits

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
)

// bombs are modules that take a compiler without limits long, each with the words that name what refuses it; one
// without words is accepted.
var bombs = []struct {
	name  string
	make  func(m *module)
	words string
}{
	{"300 nested loops x 200 locals", func(m *module) { named("nested loops")(m, 300, 200) }, "nested loops"},
	{
		"60 nested loops x 200 locals", func(m *module) { named("nested loops")(m, 60, 200) },
		"estimated compile time for its size",
	},
	{
		"5,000 live locals", func(m *module) { named("live locals")(m, 5000, 1) },
		"5,000 locals live at once, at most 1,024",
	},
	{
		"60,000 br_table entries", func(m *module) { named("br_table")(m, 60_000, 1) },
		"60,000 targets of one br_table, at most 32,768",
	},
	{"60,000 br_table entries in many", func(m *module) {
		for range 60 {
			named("br_table")(m, 1000, 1)
		}
	}, ""},
	{
		"10,000 parameters in a shared type", func(m *module) { named("many params, shared type")(m, 100, 10_000) },
		"10,000 parameters and results, at most 128",
	},
	{"10,000 parameters in many types", func(m *module) {
		for range 90 {
			named("many params, shared type")(m, 100, 100)
		}
	}, "estimated compile time"},
	{"50,000 functions", func(m *module) { named("many functions")(m, 50_000, 1) }, "functions, at most 10,000"},
	{
		"a million locals by declaration", func(m *module) { named("declared locals")(m, 1_000_000, 1) },
		"1,000,000 locals",
	},
	{
		"4 billion locals by declaration", func(m *module) { named("declared locals")(m, 1<<32-1, 1) },
		"4,294,967,295 locals",
	},
	{"deep operand stack", func(m *module) { named("operand stack")(m, 5000, 1) }, "operands at once, at most 1,024"},
	{"deep nesting", func(m *module) { named("nested blocks")(m, 2000, 1) }, "nested blocks, at most 1,024"},
	{
		"half a megabyte of instructions", func(m *module) { named("dead code")(m, 1<<19, 1) },
		"instructions, at most 32,768",
	},
	{"a megabyte of types", func(m *module) {
		m.Types = append(m.Types, make([]wasm.FuncType, 300_000)...)
	}, "types, at most 1,024"},
	{"a megabyte of memories", func(m *module) {
		m.Memories = append(m.Memories, make([]wasm.Limits, 500_000)...)
	}, "declares 500001 memories"},
	{"live locals over 1,000 indirect calls", func(m *module) {
		named("indirect call between live locals")(m, 1000, 900)
	}, "estimated compile time"},
	{
		"live locals over 1,000 ifs", func(m *module) { named("sequential ifs live all")(m, 1000, 1000) },
		"estimated compile time",
	},
	{
		"three megabytes", func(m *module) { m.Customs = []wasm.Custom{{Name: "x", Data: make([]byte, 3<<20)}} },
		"bytes, at most 2,097,152",
	},
}

func named(name string) func(m *module, a, b int) {
	for i := range shapes {
		if shapes[i].name == name {
			return shapes[i].make
		}
	}
	panic("no shape " + name)
}

func TestBombsAreRefusedAtOnceOrCompileWithinTheBound(t *testing.T) {
	const atOnce = 50 * time.Millisecond
	for _, bomb := range bombs {
		t.Run(bomb.name, func(t *testing.T) {
			m := contract()
			m.fn(0, 0, nil)
			bomb.make(m)
			code := m.Encode()
			var err error
			best := atOnce + 1
			for try := 0; try < 5 && best > atOnce; try++ {
				before := processor(t)
				_, err = ewasm.Check(code, gas.Default())
				best = min(best, processor(t)-before)
			}
			if best > atOnce {
				t.Errorf("%v to check %d bytes, at most %v", best, len(code), atOnce)
			}
			if bomb.words == "" {
				if err != nil {
					t.Fatal(err)
				}
				if took := compile(t, code, bound(len(code))); took > bound(len(code)) {
					t.Errorf("%v for %d bytes, at most %v", took, len(code), bound(len(code)))
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), bomb.words) {
				t.Errorf("Check = %v, want %q", err, bomb.words)
			}
			if !errors.Is(err, ewasm.ErrLimit) && !errors.Is(err, ewasm.ErrNoMemory) {
				t.Errorf("%v breaks no limit", err)
			}
			t.Logf("%d bytes, %v: %v", len(code), best, err)
		})
	}
}
