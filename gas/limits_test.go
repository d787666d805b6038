package gas

import (
	"math"
	"reflect"
	"testing"
)

func TestEverySchedulesEstimateCountsEverything(t *testing.T) {
	for name, s := range schedules {
		for i, price := range s.Compile {
			if floats := Count(i) >= CountFloats; (price == 0) != (floats && !s.Limits.Floats) {
				t.Errorf("%s: count %d takes %d ns", name, i, price)
			}
		}
		limits := reflect.ValueOf(s.Limits.Module)
		for i := range limits.NumField() {
			if limits.Field(i).Uint() == 0 {
				t.Errorf("%s: limit %s is 0", name, limits.Type().Field(i).Name)
			}
		}
	}
}

func TestByzantiumCompilesForNothing(t *testing.T) {
	if price := Byzantium().State.Compilation; price != 0 {
		t.Errorf("a microsecond costs %d", price)
	}
	if price := Default().State.Compilation; price != 10 {
		t.Errorf("a microsecond costs %d under the default schedule, want 10: 100 ns a gas", price)
	}
}

func TestEstimateSumsAndSaturates(t *testing.T) {
	times := CompileTimes{CountBytes: 3, CountEdges: 500}
	if got := times.Estimate(&Counts{CountModules: 7, CountBytes: 10, CountEdges: 2}); got != 1030 {
		t.Errorf("estimate %d, want 1030", got)
	}
	full := CompileTimes{}
	most := Counts{}
	for i := range full {
		full[i], most[i] = math.MaxUint32, math.MaxUint64
	}
	if got := full.Estimate(&most); got != 1<<62 {
		t.Errorf("estimate %d, want 2^62", got)
	}
}

// What the estimate allows is below 10 ms for each KB begun, however small the module.
func TestTheEstimateAllowsNoMoreThanTheBound(t *testing.T) {
	l := Development().Limits.Module
	for _, size := range []uint64{1, 1024, 1025, 4096, 1 << 20} {
		const perKB = 10_000_000
		if allowed, bound := l.CompilePerKB*((size+1023)/1024), (size+1023)/1024*perKB; allowed > bound {
			t.Errorf("%d bytes may take %d ns, more than %d", size, allowed, bound)
		}
	}
	for name, most := range map[string]uint64{
		"byzantium": 2_000_000_000, "default": 2_000_000_000, "development": 2_000_000_000,
		"default-2": 3_000_000_000, "development-2": 15_000_000_000,
	} {
		if took := schedules[name].Limits.Module.CompileTime; took != most {
			t.Errorf("%s: a module may take %d ns, want %d", name, took, most)
		}
	}
}
