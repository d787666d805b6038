package meter

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hestia/ewasm/nan"
	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// integers is a schedule that does not sell floats.
var integers = func() *gas.Schedule {
	s, _ := gas.Named("default")
	return s
}()

// uneven is a schedule with a different price for every instruction, those that make no machine code too, so that a
// charge for the wrong instruction shows.
var uneven = func() *gas.Schedule {
	s := *gas.Default()
	s.Name = "uneven"
	for i := range s.Instructions.Plain {
		if s.Instructions.Plain[i] != gas.Unpriced {
			s.Instructions.Plain[i] = uint32(1 + i*7919%1009)
		}
	}
	for i := range s.Instructions.Prefixed {
		if s.Instructions.Prefixed[i] != gas.Unpriced {
			s.Instructions.Prefixed[i] = uint32(5 + i*104729%1013)
		}
	}
	s.Instructions.Crossing = 6007
	s.Instructions.Iteration = 3001
	s.Instructions.Local = 11
	s.Instructions.BrTarget = 5
	s.Instructions.Byte = 3
	s.Instructions.Entry = 7
	s.Instructions.MemoryPage = 123457
	return &s
}()

// modules returns the corpus: file name without ending -> module.
func modules(t testing.TB) map[string]*wasm.Module {
	t.Helper()
	files, err := filepath.Glob("testdata/modules/*.wat")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	out := map[string]*wasm.Module{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		out[strings.TrimSuffix(filepath.Base(file), ".wat")] = parse(t, string(text))
	}
	return out
}

func parse(t testing.TB, text string) *wasm.Module {
	t.Helper()
	binary := wat.Assemble(t, text)
	m, err := wasm.Decode(binary)
	must(t, err)
	return m
}

func instrument(t testing.TB, m *wasm.Module, s *gas.Schedule, o Options) *Metered {
	t.Helper()
	metered, err := Instrument(m, s, o)
	must(t, err)
	return metered
}

// arguments returns a few calls' worth of arguments for a signature, false if it takes other than integers.
func arguments(sig *wasm.FuncType) ([][]uint64, bool) {
	for _, t := range append(sig.Params[:len(sig.Params):len(sig.Params)], sig.Results...) {
		if t != wasm.I32 && t != wasm.I64 {
			return nil, false
		}
	}
	if len(sig.Params) == 0 {
		return [][]uint64{{}}, true
	}
	var all [][]uint64
	for _, first := range []uint64{0, 1, 2, 3, 6, 45, math.MaxUint64} {
		args := make([]uint64, len(sig.Params))
		for i, t := range sig.Params {
			args[i] = first >> (i % 3)
			if t == wasm.I32 {
				args[i] &= math.MaxUint32
			}
		}
		all = append(all, args)
	}
	return all, true
}

// law is a module on an engine, plain and metered, beside the interpreter.
type law struct {
	m              *wasm.Module
	schedule       *gas.Schedule
	steps          int
	plain, metered machine
}

func newLaw(t testing.TB, m *wasm.Module, s *gas.Schedule, e engine) *law {
	t.Helper()
	metered, guarded := nan.Guard(instrument(t, m, s, Options{}).Module), nan.Guard(m)
	return &law{
		m: m, schedule: s, steps: 100_000,
		plain: e.load(t, m, guarded.Encode()), metered: e.load(t, metered, metered.Encode()),
	}
}

// plenty is more gas and stack than any run of the corpus needs.
const (
	plentyGas   = int64(1) << 50
	plentyStack = int32(1) << 30
)

// holds checks every law for one call of an export, and returns what the interpreter makes of it.
func (l *law) holds(t testing.TB, export string, function uint32, args []uint64) run {
	t.Helper()
	want := newInterpreter(l.m, &l.schedule.Instructions, l.steps).run(function, args)
	if want.Ending != unfinished {
		l.computesTheSame(t, start{export: export, args: args}, want)
	}
	budgets := []int64{0, want.Spent / 2, want.Spent - 1}
	if want.Ending != unfinished {
		budgets = append(budgets, want.Spent, want.Spent+1, plentyGas)
	}
	for i, c := range want.Calls {
		if i < 4 || i == len(want.Calls)-1 {
			budgets = append(budgets, c.Spent-1, c.Spent, c.Spent+hostFee)
		}
	}
	for _, g := range budgets {
		if g >= 0 {
			l.countsTheSame(t, start{export: export, args: args, metered: true, gas: g, stack: plentyStack}, want)
		}
	}
	return want
}

func (l *law) computesTheSame(t testing.TB, s start, want run) {
	t.Helper()
	got := l.plain.run(t, s)
	ignore := cmpopts.IgnoreFields(call{}, "Spent")
	want.Spent, want.Stack = 0, 0
	if diff := cmp.Diff(want, got, ignore, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s(%d) unmetered (-interpreter +engine):\n%s", s.export, s.args, diff)
	}
}

// countsTheSame checks a metered run with the gas s.gas against the interpreter's, which had no limit.
func (l *law) countsTheSame(t testing.TB, s start, want run) {
	t.Helper()
	got := l.metered.run(t, s)
	fail := func(format string, args ...any) {
		t.Helper()
		given := fmt.Sprintf("%s(%d) with %d of %d particles", s.export, s.args, s.gas, want.Spent)
		t.Fatalf("%s: %s", given, fmt.Sprintf(format, args...))
	}
	var calls []call
	for _, c := range want.Calls {
		if c.Spent <= s.gas {
			calls = append(calls, c)
		}
	}
	if !slices.EqualFunc(calls, got.Calls, call.equal) { // cmp takes long over thousands
		fail("host calls (-interpreter +engine):\n%s", cmp.Diff(calls, got.Calls, cmpopts.EquateEmpty()))
	}
	want.Calls, got.Calls = nil, nil
	switch {
	case want.Ending == trap, want.Ending == unfinished && got.Ending == trap:
		if got.Ending != trap && got.Ending != outOfGas { // both burn all gas, so that either will do
			fail("%s, but the module traps", got.Ending)
		}
	case s.gas < want.Spent:
		if got.Ending != outOfGas {
			fail("%s, not out of gas", got.Ending)
		}
	case want.Ending == returned:
		want.Stack = s.stack
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			fail("(-interpreter +engine):\n%s", diff)
		}
	}
}

// eachExport calls f for every exported function that takes and gives integers.
func eachExport(m *wasm.Module, f func(export string, function uint32, args []uint64)) {
	for _, ex := range m.Exports {
		if ex.Kind != wasm.ExternalFunction || int(ex.Index) < m.ImportedFunctions() {
			continue
		}
		sig, ok := m.FunctionType(ex.Index)
		if !ok {
			continue
		}
		all, ok := arguments(&sig)
		for _, args := range all {
			if ok {
				f(ex.Name, ex.Index, args)
			}
		}
	}
}

// A metered run makes the host calls of the plain one at the counts of the interpreter, ends with its count and results
// given at least its gas, and runs out given less.
func TestMeteredRunsCountWhatTheInterpreterCounts(t *testing.T) {
	for name, m := range modules(t) {
		if m.Start != nil {
			continue // the laws set the counter after instantiation; see TestStartFunctionPays
		}
		for engineName, e := range engines {
			for _, s := range []*gas.Schedule{gas.Default(), uneven} {
				t.Run(fmt.Sprintf("%s/%s/%s", name, engineName, s.Name), func(t *testing.T) {
					l := newLaw(t, m, s, e)
					eachExport(m, func(export string, function uint32, args []uint64) {
						l.holds(t, export, function, args)
					})
				})
			}
		}
	}
}

func TestFreeScheduleChargesNothing(t *testing.T) {
	for name, m := range modules(t) {
		metered := instrument(t, m, gas.Byzantium(), Options{})
		for _, c := range metered.Module.Codes {
			for _, in := range c.Body {
				if in.Op == wasm.OpGlobalGet && in.X == uint64(len(metered.Module.Globals)-2) {
					t.Errorf("%s: code touches the gas counter", name)
				}
			}
		}
		if metered.Instantiation != 0 {
			t.Errorf("%s: instantiation costs %d", name, metered.Instantiation)
		}
	}
}

func TestInstrumentingTwiceGivesTheSameBytesAndLeavesTheModule(t *testing.T) {
	for name, m := range modules(t) {
		before := m.Clone().Encode()
		first := instrument(t, m, uneven, Options{Gas: 1, Stack: 2}).Module.Encode()
		second := instrument(t, m, uneven, Options{Gas: 1, Stack: 2}).Module.Encode()
		if !bytes.Equal(first, second) {
			t.Errorf("%s: two instrumentations differ", name)
		}
		if !bytes.Equal(before, m.Clone().Encode()) {
			t.Errorf("%s: the original changed", name)
		}
	}
}

func TestStartFunctionPays(t *testing.T) {
	m := modules(t)["start"]
	want := newInterpreter(m, &uneven.Instructions, 100).run(m.Exports[0].Index, nil).Spent // start and export
	for _, given := range []int64{want - 1, want} {
		metered := instrument(t, m, uneven, Options{Gas: given}).Module
		for name, e := range engines {
			got := e.load(t, metered, metered.Encode()).run(t, start{export: "run"})
			if (got.Ending == returned) != (given == want) {
				t.Errorf("%s: %d of %d particles: %s", name, given, want, got.Ending)
			}
		}
	}
}

func TestRecursionEndsInTheStackBound(t *testing.T) {
	m := parse(t, `(module
		(func $down (export "down") (param i64) (result i64)
			(i64.add (call $down (i64.add (local.get 0) (i64.const 1))) (i64.const 1))))`)
	metered := instrument(t, m, gas.Default(), Options{}).Module
	for name, e := range engines {
		got := e.load(t, metered, metered.Encode()).run(t, start{
			export: "down", args: []uint64{0}, metered: true, gas: plentyGas, stack: gas.StackBytes,
		})
		if got.Ending != overflown {
			t.Errorf("%s: %s", name, got.Ending)
		}
	}
}

func TestInitialCountersComeFromTheOptions(t *testing.T) {
	m := parse(t, `(module (func (export "run")))`)
	for _, c := range []struct{ given, want Options }{
		{Options{}, Options{0, gas.Default().Limits.StackBytes}},
		{Options{Gas: 5, Stack: 7}, Options{5, 7}},
		{Options{Gas: -5, Stack: -7}, Options{0, gas.Default().Limits.StackBytes}},
	} {
		globals := instrument(t, m, gas.Default(), c.given).Module.Globals
		got := Options{int64(globals[0].Init[0].X), int32(globals[1].Init[0].X)}
		if got != c.want {
			t.Errorf("%v: counters start at %v, want %v", c.given, got, c.want)
		}
	}
}

func TestInstantiationPaysForWhatItCopies(t *testing.T) {
	m := parse(t, `(module (memory 3) (table 5 funcref) (func $f)
		(data (i32.const 0) "four") (data "passive") (elem (i32.const 1) $f $f) (elem func $f))`)
	p := &uneven.Instructions
	want := 3*int64(p.MemoryPage) + 4*int64(p.Byte) + 7*int64(p.Entry)
	if got := instrument(t, m, uneven, Options{}).Instantiation; got != want {
		t.Errorf("instantiation costs %d, want %d", got, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		text string
		want error
		says string
	}{
		{`(module (func) (func (drop (f64.add (f64.const 1) (f64.const 2)))))`, ErrUnpriced, "function 1: offset 0x"},
		{`(module (func (unreachable) (f32.const 1) (drop)))`, ErrUnpriced, "function 0"},
		{`(module (import "hestia" "halt" (func (param i32))))`, ErrReserved, "hestia.halt"},
		{`(module (memory 1) (export "__gas_left" (memory 0)))`, ErrReserved, "__gas_left"},
		{`(module (func) (export "__stack_left" (func 0)))`, ErrReserved, "__stack_left"},
	} {
		_, err := Instrument(parse(t, c.text), integers, Options{})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}

func TestIndicesThatNameNothingAreRefused(t *testing.T) {
	end := wasm.Instruction{Op: wasm.OpEnd}
	body := func(in ...wasm.Instruction) *wasm.Module {
		return &wasm.Module{
			Types: []wasm.FuncType{{}}, Functions: []uint32{0}, Codes: []wasm.Code{{Body: append(in, end)}},
		}
	}
	const far = math.MaxUint32
	start := uint32(far)
	for name, m := range map[string]*wasm.Module{
		"function type": {Types: nil, Functions: []uint32{0}, Codes: []wasm.Code{{Body: []wasm.Instruction{end}}}},
		"import type":   {Imports: []wasm.Import{{Function: far}}},
		"export":        {Exports: []wasm.Export{{Index: far}}},
		"start":         {Start: &start},
		"element":       {Elements: []wasm.Element{{Functions: []uint32{far}}}},
		"global":        {Globals: []wasm.Global{{Init: []wasm.Instruction{{Op: wasm.OpRefFunc, X: far}, end}}}},
		"call":          body(wasm.Instruction{Op: wasm.OpCall, X: far}),
		"call_indirect": body(wasm.Instruction{Op: wasm.OpI32Const}, wasm.Instruction{Op: wasm.OpCallIndirect, X: far}),
		"ref.func":      body(wasm.Instruction{Op: wasm.OpRefFunc, X: far}),
		"block type":    body(wasm.Instruction{Op: wasm.OpBlock, X: far}, end),
		"label":         body(wasm.Instruction{Op: wasm.OpBr, X: far}),
		"underflow":     body(wasm.Instruction{Op: wasm.OpDrop}),
		"no end":        {Types: []wasm.FuncType{{}}, Functions: []uint32{0}, Codes: []wasm.Code{{}}},
		"two ends":      body(end),
		"no body":       {Types: []wasm.FuncType{{}}, Functions: []uint32{0}},
	} {
		if _, err := Instrument(m, gas.Default(), Options{}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEverySchedulePricesEveryIntegerInstruction(t *testing.T) {
	floats := gas.Default().Instructions
	for op := wasm.Opcode(0); op < 0xFFFF; op++ {
		for _, s := range []*gas.Schedule{integers, gas.Byzantium()} {
			if _, sold := s.Instructions.Of(uint16(op)); sold != (op.Known() && !op.Float()) {
				t.Errorf("%s: %s (%#x): sold %v", s.Name, op, uint16(op), sold)
			}
		}
		if _, sold := floats.Of(uint16(op)); sold != op.Known() {
			t.Errorf("with floats: %s (%#x): sold %v", op, uint16(op), sold)
		}
	}
}

// A module pays for far loads and stores by the memory it begins with, defined or imported, and by nothing else.
func TestLoadsAndStoresPayByTheMemoryTheyMayReach(t *testing.T) {
	p := &gas.Default().Instructions
	for memory, far := range map[string]bool{
		`(memory (export "memory") 64 65536)`:     false,
		`(memory (export "memory") 65)`:           true,
		`(import "env" "memory" (memory 64))`:     false,
		`(import "env" "memory" (memory 65 300))`: true,
	} {
		m := parse(t, `(module `+memory+` (func (export "run") (result i32)
			(i32.store (i32.const 8) (i32.const 8)) (i32.load (i32.const 8))))`)
		want := uint64(p.Plain[wasm.OpI32Store] + p.Plain[wasm.OpI32Load] + 3*p.Plain[wasm.OpI32Const])
		if far {
			want += uint64(p.Far + p.FarStore)
		}
		plans := plansOf(t, m, gas.Default())
		if len(plans[0].charges) != 1 || plans[0].charges[0].fixed != want {
			t.Errorf("%s: %+v, want one charge of %d", memory, plans[0].charges, want)
		}
	}
}
