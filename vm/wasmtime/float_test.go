package wasmtime_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hestia/ewasm"
	"hestia/ewasm/nan"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm"
)

var floats = flag.Int("floats", 150, "how many generated programs of floating point the engines are compared in")

// floatEngines are those that a program must give the same bits on.
func floatEngines(t testing.TB) map[string]vm.Engine {
	all := bindings(t)
	return map[string]vm.Engine{"plain": all["plain"], "shim": all["shim"], "wazero": newOther(t)}
}

// floatOutcome runs a program on all engines and returns what all agree on.
func floatOutcome(t testing.TB, engines map[string]vm.Engine, name string, program []byte) outcome {
	t.Helper()
	s := story{codes: [2][]byte{program, nil}, schedule: gas.Default()}
	call := opening{gas: 100_000}
	want := s.play(t, engines["plain"], call)
	for _, engine := range []string{"shim", "wazero"} {
		expected := want
		if engine == "wazero" {
			expected.Cause = inFunction.ReplaceAllString(want.Cause, "")
		}
		if diff := cmp.Diff(expected, s.play(t, engines[engine], call)); diff != "" {
			t.Errorf("%s: plain binding (-) against %s (+):\n%s", name, engine, diff)
		}
	}
	if want.End == "fault" {
		t.Errorf("%s: %s", name, want.Cause)
	}
	return want
}

// Every engine gives every bit of a program's memory alike, and no store shows another NaN than the canonical one.
func TestFloatProgramsGiveTheSameBitsEverywhere(t *testing.T) {
	engines := floatEngines(t)
	finished, canonical := 0, 0
	for seed := range uint64(*floats) {
		o := floatOutcome(t, engines, fmt.Sprint("seed ", seed), floatProgram(seed))
		if o.End != "finished" {
			continue
		}
		finished++
		nans, wrong := strangeNaNs(o.Output)
		if canonical += nans; wrong != "" {
			t.Errorf("seed %d: %s", seed, wrong)
		}
	}
	t.Logf("%d of %d programs finished, with %d NaNs", finished, *floats, canonical)
	if finished < *floats*3/4 || canonical < *floats/2 {
		t.Errorf("%d programs finished with %d NaNs: the generator has lost its variety", finished, canonical)
	}
}

// strangeNaNs counts the NaNs in the regions of floats, and describes one that is not canonical.
func strangeNaNs(memory []byte) (nans int, strange string) {
	for at := floatDoubles; at < floatCopies; at += 8 {
		long := at < floatSingles || at >= floatLongs && at < floatWords
		for part := at; part < at+8; part += 4 {
			bits, is, want := uint64(binary.LittleEndian.Uint32(memory[part:])), false, uint64(nan.Canonical32)
			is = math.IsNaN(float64(math.Float32frombits(uint32(bits))))
			if long {
				bits, want = binary.LittleEndian.Uint64(memory[at:]), nan.Canonical64
				is, part = math.IsNaN(math.Float64frombits(bits)), at+4
			}
			if !is {
				continue
			}
			if nans++; bits != want {
				strange = fmt.Sprintf("%#x stands at %d", bits, at)
			}
		}
	}
	return nans, strange
}

// floatText is a program that stores what an expression leaves, and finishes with it.
func floatText(store, expression string) string {
	return `(module (import "ethereum" "finish" (func $finish (param i32 i32)))
		(memory (export "memory") 1) (data (i32.const 64) "\01\00\a0\7f\00\00\00\00\01\00\00\00\00\00\f4\ff")
		(global $single (mut f32) (f32.const -nan:0x200001)) (global $double (mut f64) (f64.const -nan:0x1))
		(func $pass (param f32) (result f32) (local.get 0))
		(func $passes (param f32 f64) (result f64 f32) (local.get 1) (local.get 0))
		(func (export "_start") (local f32) (` + store + ` (i32.const 0) ` + expression + `)
			(call $finish (i32.const 0) (i32.const 8))))`
}

// A program finds no way to see the sign or payload of a NaN.
func TestNaNsAreAlikeWhereverTheyCanBeSeen(t *testing.T) {
	engines := floatEngines(t)
	const single, double = "0000c07f00000000", "000000000000f87f"
	for _, row := range []struct{ name, store, expression, want string }{
		{"stored constant", "f32.store", "(f32.const -nan:0x200001)", single},
		{"stored constant, double", "f64.store", "(f64.const -nan:0x1)", double},
		{"quotient of zeros", "f32.store", "(f32.div (f32.const 0) (f32.const 0))", single},
		{"quotient of zeros, double", "f64.store", "(f64.div (f64.const 0) (f64.const 0))", double},
		{"difference of infinities", "f64.store", "(f64.sub (f64.const inf) (f64.const inf))", double},
		{"root", "f32.store", "(f32.sqrt (f32.const -1))", single},
		{"negation", "f32.store", "(f32.neg (f32.const nan))", single},
		{"absolute value", "f64.store", "(f64.abs (f64.const -nan:0x7))", double},
		{"bits", "i32.store", "(i32.reinterpret_f32 (f32.const nan:0x200001))", single},
		{"bits of a double", "i64.store", "(i64.reinterpret_f64 (f64.const -nan:0x3))", double},
		{
			"a bit of it", "i32.store8", "(i32.shr_u (i32.reinterpret_f32 (f32.const -nan)) (i32.const 31))",
			"00" + zeros(7),
		},
		{"sign taken", "f32.store", "(f32.copysign (f32.const 1) (f32.const -nan:0x7))", "0000803f" + zeros(4)},
		{
			"sign taken, double", "f64.store", "(f64.copysign (f64.const 1) (f64.neg (f64.const nan)))",
			zeros(6) + "f03f",
		},
		{"sign given", "f32.store", "(f32.copysign (f32.const nan) (f32.const -1))", single},
		{"loaded and stored", "f32.store", "(f32.load (i32.const 64))", single},
		{"loaded and stored, double", "f64.store", "(f64.load (i32.const 72))", double},
		{"loaded as an integer", "i32.store", "(i32.load (i32.const 64))", "0100a07f" + zeros(4)},
		{"global", "f32.store", "(global.get $single)", single},
		{"global, double", "f64.store", "(global.get $double)", double},
		{"promoted", "f64.store", "(f64.promote_f32 (f32.const -nan:0x200001))", double},
		{"demoted", "f32.store", "(f32.demote_f64 (f64.const -nan:0xf))", single},
		{"least", "f32.store", "(f32.min (f32.const 1) (f32.const -nan:0x1))", single},
		{"largest", "f64.store", "(f64.max (f64.const -nan:0x1) (f64.const 1))", double},
		{"rounded", "f64.store", "(f64.nearest (f64.const -nan:0x1))", double},
		{"passed to a function", "f32.store", "(call $pass (f32.const -nan:0x200001))", single},
		{
			"passed back with another", "f32.store",
			"(call $passes (f32.const -nan:0x1) (f64.const 1)) (local.set 0) (drop) (local.get 0)", single,
		},
		{"result of a block", "f64.store", "(block (result f64) (f64.const -nan:0x1) (br 0))", double},
		{"selected", "f32.store", "(select (f32.const -nan:0x1) (f32.const 1) (i32.const 1))", single},
		{
			"selected by type", "f64.store",
			"(select (result f64) (f64.const 1) (f64.const -nan:0x1) (i32.const 0))", double,
		},
		{"no NaN", "f64.store", "(f64.const -0x1.8p1)", zeros(6) + "08c0"},
		{"infinity", "f32.store", "(f32.const -inf)", "000080ff" + zeros(4)},
	} {
		o := floatOutcome(t, engines, row.name, wat.Assemble(t, floatText(row.store, row.expression)))
		if have := fmt.Sprintf("%x", o.Output); have != row.want {
			t.Errorf("%s: %s %s (%s), want %s", row.name, have, o.End, o.Cause, row.want)
		}
	}
}

// zeros are some bytes in hexadecimal.
func zeros(bytes int) string { return strings.Repeat("00", bytes) }

func TestOnlyProgramsOfANewScheduleHaveFloats(t *testing.T) {
	first, _ := gas.Named("default")
	text := floatText("f32.store", "(f32.const 1)")
	program := wat.Assemble(t, text)
	contract := wat.Assemble(t, strings.Replace(text, "_start", "main", 1))
	both := wat.Assemble(t, strings.Replace(text, `(export "_start")`, `(export "_start") (export "main")`, 1))
	for _, row := range []struct {
		name     string
		code     []byte
		schedule *gas.Schedule
		want     string
	}{
		{"program", program, gas.Default(), ""},
		{"program on a devnet", program, gas.Development(), ""},
		{"contract", contract, gas.Default(), "floating point not allowed"},
		{"contract with a _start", both, gas.Default(), "floating point not allowed"},
		{"program under the first schedule", program, first, "no main"},
		{"contract under the first schedule", contract, first, "floating point not allowed"},
		{"program under byzantium", program, gas.Byzantium(), "export not allowed"},
	} {
		_, err := ewasm.Check(row.code, row.schedule)
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
}
