package admit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// limited is the default schedule with one module limit set to n.
func limited(field string, n uint64) *gas.Schedule {
	s := *gas.Default()
	reflect.ValueOf(&s.Limits.Module).Elem().FieldByName(field).SetUint(n)
	return &s
}

// limitRows have, for each limit, a module that needs 3 of it, and what the refusal says if 2 are allowed.
var limitRows = []struct{ field, text, place, what string }{
	{"Types", `(type (func)) (type (func (param i32))) (type (func (param i64)))`, "type section", "3 types"},
	{"Parameters", `(type (func (param i32 i64) (result i32)))`, "type 0", "3 parameters and results"},
	{
		"Signatures", `(type (func (param i32 i64))) (type (func (result i32)))`,
		"type section", "3 parameters and results of all types",
	},
	{
		"Imports", `(import "m" "a" (func)) (import "m" "b" (func)) (import "m" "c" (func))`,
		"import section", "3 imports",
	},
	{"Functions", `(import "m" "a" (func)) (func) (func) (func)`, "function section", "3 functions"},
	{"Tables", `(import "m" "t" (table 1 funcref)) (table 1 funcref) (table 1 funcref)`, "table section", "3 tables"},
	{"Globals", strings.Repeat(`(global i32 (i32.const 0))`, 3), "global section", "3 globals"},
	{"Exports", `(func (export "a") (export "b") (export "c"))`, "export section", "3 exports"},
	{"Elements", `(table 1 funcref)` + strings.Repeat(`(elem (i32.const 0) func)`, 3), "element section", "3 segments"},
	{"Data", `(memory 1)` + strings.Repeat(`(data (i32.const 0) "")`, 3), "data section", "3 segments"},
	{"Locals", `(import "m" "a" (func)) (func (param i32) (local i64 i32))`, "function 1, offset 0x23", "3 locals"},
	{
		"Live", `(func (param i32 i32 i32) local.get 0 local.get 1 local.get 2 drop drop drop)`,
		"function 0, offset 0x19", "3 locals live at once",
	},
	{
		"Across", `(func (local i32 i32 i32) loop local.get 0 local.get 1 local.get 2 drop drop drop end)`,
		"function 0, offset 0x16", "3 locals live across joins",
	},
	{
		"LocalsTotal", `(func (local i32)) (func (local i64 i64))`,
		"function 1, offset 0x1c", "3 locals of all functions so far",
	},
	{"Instructions", `(func) (func nop nop)`, "function 1, offset 0x1a", "3 instructions"},
	{
		"Operands", `(func i32.const 1 i32.const 1 i32.const 1 drop drop drop)`,
		"function 0, offset 0x16", "3 operands at once",
	},
	{"Nesting", `(func block loop i32.const 1 if end end end)`, "function 0, offset 0x16", "3 nested blocks"},
	{"Loops", `(func loop block loop loop end end end end)`, "function 0, offset 0x16", "3 nested loops"},
	{"Targets", `(func i32.const 0 br_table 0 0 0)`, "function 0, offset 0x16", "3 targets of one br_table"},
	{
		"TargetsTotal", `(func i32.const 0 br_table 0) (func i32.const 0 br_table 0 0)`,
		"function 1, offset 0x1f", "3 targets of all br_tables so far",
	},
}

func TestEachLimitIsHeldAndNamed(t *testing.T) {
	for _, row := range limitRows {
		t.Run(row.field, func(t *testing.T) {
			code := wat.Assemble(t, "(module "+row.text+")")
			if _, _, err := Module(code, limited(row.field, 3)); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			m, counts, err := Module(code, limited(row.field, 2))
			var over *LimitError
			if !errors.As(err, &over) {
				t.Fatalf("over the limit: %v", err)
			}
			if m != nil || counts != nil {
				t.Error("a module came with the error")
			}
			if over.Place != row.place || over.What() != row.what+", at most 2" {
				t.Errorf("%s: %s", over.Place, over.What())
			}
			if want := row.place + ": " + row.what + ", at most 2"; err.Error() != want {
				t.Errorf("error %q, want %q", err, want)
			}
		})
	}
}

func TestEveryLimitHasARow(t *testing.T) {
	others := []string{"Bytes", "CompileTime", "CompilePerKB"}
	limits := reflect.TypeFor[gas.ModuleLimits]()
	for i := range limits.NumField() {
		name := limits.Field(i).Name
		tested := slices.Contains(others, name)
		for _, row := range limitRows {
			tested = tested || row.field == name
		}
		if !tested {
			t.Errorf("no row for %s", name)
		}
	}
}

func TestSizeAndEstimateAreLimitsToo(t *testing.T) {
	code := wat.Assemble(t, `(module (func) (func loop br 0 end))`)
	_, counts, err := Module(code, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	took := gas.Default().Compile.Estimate(counts)
	for _, test := range []struct {
		schedule *gas.Schedule
		want     string
	}{
		{limited("Bytes", uint64(len(code))), ""},
		{limited("Bytes", uint64(len(code)-1)), fmt.Sprintf("module: %d bytes, at most %d", len(code), len(code)-1)},
		{limited("CompileTime", took), ""},
		{limited("CompileTime", took-1000), fmt.Sprintf(
			"module, function 1 above all: %s µs of estimated compile time, at most %s",
			grouped(took/1000), grouped(took/1000-1))},
		{limited("CompilePerKB", took), ""},
		{limited("CompilePerKB", took-1000), "estimated compile time for its size"},
	} {
		_, _, err := Module(code, test.schedule)
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want %q", err, test.want)
		}
	}
}

// The published tests pin what byzantium refuses, so that one keeps counting them.
func TestCustomSectionsAreNotCompiled(t *testing.T) {
	code := wat.Assemble(t, `(module (func))`)
	with := append(slices.Clone(code), 0, 104, 3)
	with = append(append(with, "abi"...), strings.Repeat(" ", 100)...)
	for _, row := range []struct {
		schedule *gas.Schedule
		counted  uint64 // of the section; under any schedule its id and lengths are read
	}{{gas.Default(), 3}, {gas.Development(), 3}, {gas.Byzantium(), 106}} {
		_, plain, err := Module(code, row.schedule)
		if err != nil {
			t.Fatal(err)
		}
		_, counts, err := Module(with, row.schedule)
		if err != nil {
			t.Fatal(err)
		}
		if more := counts[gas.CountBytes] - plain[gas.CountBytes]; more != row.counted {
			t.Errorf("%s: a custom section counts as %d bytes, want %d", row.schedule.Name, more, row.counted)
		}
	}
}

func TestMemoryAndTablesAreLimitedAtTheirStart(t *testing.T) {
	s := *gas.Default()
	s.Limits.Pages, s.Limits.TableEntries = 5, 7
	for text, want := range map[string]string{
		`(memory 5)`:                         "",
		`(memory 6)`:                         "memory 0: 6 pages at the start, at most 5",
		`(import "m" "m" (memory 6))`:        "memory 0: 6 pages at the start, at most 5",
		`(table 3 funcref)(table 4 funcref)`: "",
		`(table 3 funcref)(table 5 funcref)`: "table section: 8 entries at the start, at most 7",
		`(import "m" "t" (table 8 funcref))`: "table section: 8 entries at the start, at most 7",
	} {
		_, _, err := Module(wat.Assemble(t, "(module "+text+")"), &s)
		if have := fmt.Sprint(err); have != want && (want != "" || err != nil) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestLiveLocalsAreCounted has the counter of gas among the live ones: one for each edge and each loop besides.
func TestLiveLocalsAreCounted(t *testing.T) {
	for _, test := range []struct {
		name, body                 string
		edges, edgeLive, loop, far int
	}{
		{"nothing", "", 1, 1, 0, 0},
		{"read before the join", "local.get 0 drop block end", 2, 2, 0, 0},
		{"read after the join", "block end local.get 0 drop", 2, 1 + 2, 0, 0},
		{"set after the join", "block end i32.const 1 local.set 0 local.get 0 drop", 2, 2, 0, 0},
		{"a branch adds an edge", "block local.get 1 br_if 0 end local.get 0 drop", 3, 1 + 2*2, 0, 0},
		{"targets of a table count once", "block local.get 1 br_table 0 0 0 end local.get 0 drop", 3, 1 + 2*2, 0, 0},
		{"an arm of an if", "local.get 1 if local.get 0 drop end", 3, 3, 0, 0},
		{"both arms", "local.get 1 if nop else nop end local.get 0 local.get 1 i32.add drop", 3, 1 + 2*3, 0, 0},
		{"a loop", "loop local.get 0 br_if 0 end", 3, 1 + 2*2, 2, 0},
		{"live all over a loop", "loop block end local.get 0 drop local.get 1 br_if 0 end", 4, 1 + 2*3 + 3, 3, 0},
		{"set in the loop before it is read", "loop i32.const 0 local.set 0 local.get 0 br_if 0 end", 3, 1 + 2, 1, 0},
		{"a return is an edge to the end", "local.get 0 if return end", 4, 4, 0, 0},
		{"what branches within", "i32.const 0 memory.grow drop local.get 0 drop", 3, 1 + 2*2, 0, 0},
		{"operands out of registers", strings.Repeat("i32.const 0 ", 30) + strings.Repeat("drop ", 30), 1, 1, 0, 6 + 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, c, err := Module(
				wat.Assemble(t, "(module (memory 0) (func (param i32 i32) "+test.body+"))"), gas.Default(),
			)
			if err != nil {
				t.Fatal(err)
			}
			have := []uint64{c[gas.CountEdges], c[gas.CountEdgeLive], c[gas.CountLoopLive], c[gas.CountFar]}
			want := []uint64{uint64(test.edges), uint64(test.edgeLive), uint64(test.loop), uint64(test.far)}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("edges, live at edges, live at loops, far: %s", diff)
			}
		})
	}
}

func TestAModuleThatCannotBeDecodedBreaksNoLimit(t *testing.T) {
	_, _, err := Module([]byte("\x00asm"), gas.Default())
	var broken *wasm.DecodeError
	if !errors.As(err, &broken) {
		t.Errorf("%v, want a *wasm.DecodeError", err)
	}
}

// FuzzModule gives Module anything: it must not panic, and must say the same twice.
func FuzzModule(f *testing.F) {
	files, err := filepath.Glob("../meter/testdata/modules/*.wat")
	if err != nil || len(files) == 0 {
		f.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wat.Assemble(f, string(text)))
	}
	for _, row := range limitRows {
		f.Add(wat.Assemble(f, "(module "+row.text+")"))
	}
	f.Add([]byte("\x00asm\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, code []byte) {
		_, once, err := Module(code, gas.Default())
		_, twice, again := Module(code, gas.Default())
		if fmt.Sprint(err) != fmt.Sprint(again) || !cmp.Equal(once, twice) {
			t.Errorf("%v %v, then %v %v", once, err, twice, again)
		}
		if err == nil && once[gas.CountBytes] > uint64(len(code)) {
			t.Errorf("%d bytes counted of %d", once[gas.CountBytes], len(code))
		}
	})
}

func TestFunctionsThatEscapeAreCountedOnce(t *testing.T) {
	code := wat.Assemble(t, `(module (table 4 funcref) (elem (i32.const 0) func 1 2 2) (func (export "a")) (func)
		(func (export "c")) (func))`)
	_, counts, err := Module(code, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	if n := counts[gas.CountEscaping]; n != 3 {
		t.Errorf("%d functions escape, want 3", n)
	}
}

func TestNamingAValueIsAMove(t *testing.T) {
	code := wat.Assemble(t, `(module (func (param i32) (result i32)
		(local.set 0 (i32.add (local.get 0) (i32.const 1))) (local.tee 0 (i32.clz (local.get 0)))))`)
	_, counts, err := Module(code, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	if n, others := counts[gas.CountMoves], counts[gas.CountInstructions]; n != 5 || others != 3 {
		t.Errorf("%d moves and %d other instructions, want 5 and 3", n, others)
	}
}
