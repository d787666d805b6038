package meter

import (
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

// TestGrowthBeyondWhatIsAllowedCostsWhatLookingCosts holds that pages and entries are paid if they may be had, and only
// then, whatever maximum the module declares.
func TestGrowthBeyondWhatIsAllowedCostsWhatLookingCosts(t *testing.T) {
	s := gas.Default()
	near, entries := uint64(s.Limits.PagesNear), uint64(s.Limits.TableEntries)
	for name, test := range map[string]struct {
		fields string
		grow   string
		room   uint64 // by which it may grow
		price  uint32
	}{
		"a memory":              {"(memory 1)", "memory.grow", near - 1, s.Instructions.MemoryPage},
		"a maximum":             {"(memory 2 5)", "memory.grow", 3, s.Instructions.MemoryPage},
		"a high maximum":        {"(memory 2 9999)", "memory.grow", near - 2, s.Instructions.MemoryPage},
		"a memory that may not": {"(memory 3 3)", "memory.grow", 0, s.Instructions.MemoryPage},
		"a table":               {"(table 7 funcref)", "table.grow 0", entries - 7, s.Instructions.Entry},
		"a table, maximum":      {"(table 7 8 funcref)", "table.grow 0", 1, s.Instructions.Entry},
		"the second table":      {"(table 1 1 funcref) (table 0 2 funcref)", "table.grow 1", 2, s.Instructions.Entry},
		"a full table":          {"(table 16384 funcref)", "table.grow 0", 0, s.Instructions.Entry},
		"a table, high one":     {"(table 7 4294967295 funcref)", "table.grow 0", entries - 7, s.Instructions.Entry},
	} {
		argument := ""
		if test.grow != "memory.grow" {
			argument = "(ref.null func)"
		}
		m := instrument(t, parse(t, "(module "+test.fields+` (func (export "f") (param i32) (result i32)
			(`+test.grow+argument+" (local.get 0))))"), s, Options{}).Module
		for engine, e := range engines {
			machine := e.load(t, m, m.Encode())
			spent := func(n uint64) (int64, uint64) {
				r := machine.run(t, start{
					export: "f", args: []uint64{n & 0xFFFFFFFF}, metered: true, gas: plentyGas, stack: plentyStack,
				})
				if r.Ending != returned {
					t.Fatalf("%s by %d: %s", name, n, r.Ending)
				}
				return r.Spent, r.Results[0] & 0xFFFFFFFF
			}
			looking, _ := spent(0)
			for _, n := range []uint64{1, test.room, test.room + 1, 65535, 1 << 31, 1<<32 - 1} {
				got, answer := spent(n)
				want := looking
				if n <= test.room {
					want += int64(n) * int64(test.price)
				}
				if refused := answer == 0xFFFFFFFF; got != want || refused != (n > test.room) {
					t.Errorf("%s on %s by %d: %d, want %d; answer %d", name, engine, n, got, want, int32(answer))
				}
			}
		}
	}
}

// TestABoundLeavesTheOriginal holds that metering lowers maxima in its result only.
func TestABoundLeavesTheOriginal(t *testing.T) {
	m := parse(t, "(module (memory 9) (table 5 funcref))")
	instrument(t, m, gas.Default(), Options{})
	if m.Memories[0] != (wasm.Limits{Min: 9}) || m.Tables[0].Limits != (wasm.Limits{Min: 5}) {
		t.Errorf("%+v %+v", m.Memories, m.Tables)
	}
}
