package eei

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"hestia/contracts"
	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// appends is a function that writes a letter behind those at 8; the count of them is at 4.
func appends(name, letter string) string {
	return fmt.Sprintf(`(func %s
		(i32.store8 (i32.add (i32.const 8) (i32.load (i32.const 4))) (i32.const %d))
		(i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1))))`, name, letter[0])
}

const finishLetters = `(call $finish (i32.const 8) (i32.load (i32.const 4)))`

func TestTheStartFunctionAndTheInitializerRunBeforeMain(t *testing.T) {
	for name, test := range map[string]struct {
		parts []string
		want  string
	}{
		"start":       {[]string{appends("$s", "s"), "(start $s)"}, "sm"},
		"initializer": {[]string{appends(`(export "_initialize")`, "i")}, "im"},
		"both":        {[]string{appends(`(export "_initialize")`, "i"), appends("$s", "s"), "(start $s)"}, "sim"},
		"one for both": {
			[]string{appends(`$s (export "_initialize")`, "s"), "(start $s)"}, "ssm",
		},
		"another export": {[]string{appends(`(export "_start")`, "x")}, "m"},
	} {
		t.Run(name, func(t *testing.T) {
			w := osaka.world(t)
			o := w.run(append(test.parts, appends("$m", "m"), "(call $m)", finishLetters)...)
			equal(t, "order", string(o.finished(t)), test.want)
		})
	}
}

// TestTheStartFunctionRunsFromTheInitialStateInEveryCall calls a contract more often than it takes until its instance
// is kept and its pages are watched.
func TestTheStartFunctionRunsFromTheInitialStateInEveryCall(t *testing.T) {
	for name, memory := range map[string]int{"little memory": 1, "much memory": 20} {
		t.Run(name, func(t *testing.T) {
			w := osaka.world(t)
			w.place(self, contract(t, fmt.Sprintf(`(memory (export "memory") %d)`, memory), data(70, "data"),
				`(global $g (mut i32) (i32.const 5))`,
				`(func $s (export "_initialize") (global.set $g (i32.mul (global.get $g) (i32.const 3)))
					(i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (global.get $g)))
					(i32.store8 (i32.const 70) (i32.add (i32.load8_u (i32.const 70)) (i32.const 1))))`,
				"(start $s)",
				"(i32.store (i32.const 4) (global.get $g))", "(memory.copy (i32.const 8) (i32.const 70) (i32.const 4))",
				finish(0, 12)))
			var used uint64
			for n := range 40 {
				o := w.call(message{})
				out := o.finished(t)
				if u32(out) != 15+45 || u32(out[4:]) != 45 || string(out[8:]) != "fata" {
					t.Fatalf("call %d: %x", n, out)
				}
				if n > 0 {
					equal(t, "gas", o.Used, used)
				}
				used = o.Used
			}
		})
	}
}

func TestTheStartFunctionIsPaidLikeMain(t *testing.T) {
	loop := `(local $i i32) (loop $l (br_if $l (i32.lt_u
		(local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000))))`
	priced := fork{"default", gas.Default(), osakaRules}
	cost := func(parts ...string) uint64 {
		w := priced.world(t)
		o := w.run(parts...)
		o.finished(t)
		return o.Used
	}
	main := cost("(func $s "+loop+")", "(call $s)")
	start := cost("(func $s "+loop+")", "(start $s)", "nop")
	if main < 300 || start < main || start > main+2 {
		t.Errorf("in main %d gas, in the start function %d", main, start)
	}
	w := priced.world(t)
	w.place(self, contract(t, "(func $s (loop $l (br $l)))", "(start $s)", "nop"))
	o := w.call(message{gas: 100_000})
	o.trapped(t, gas.ErrOutOfGas)
}

func TestHowAStartFunctionEndsTheFrameIsHowTheFrameEnds(t *testing.T) {
	for name, test := range map[string]struct {
		body   string
		end    frame.End
		output string
	}{
		"trap":      {"unreachable", frame.Halted, ""},
		"finish":    {finish(100, 3), frame.Finished, "abc"},
		"revert":    {do("revert", 100, 3), frame.Reverted, "abc"},
		"recursion": {"(call $s)", frame.Halted, ""},
	} {
		for _, how := range []string{"(start $s)", `(export "_initialize" (func $s))`} {
			t.Run(name+" "+how, func(t *testing.T) {
				for range 12 { // until instances are kept
					w := osaka.world(t)
					o := w.run(append(mark, "(func $s "+test.body+")", how, data(100, "abc"),
						data(40, "\x01"), do("storageStore", 200, 40))...)
					equal(t, "end", o.End, test.end)
					equal(t, "output", string(o.Output), test.output)
					equal(t, "slot that main writes", w.slot(self, 0), common.Hash{})
				}
			})
		}
	}
}

func TestAConstructorsStartFunctionSeesItsArguments(t *testing.T) {
	w := osaka.world(t)
	address, o := w.create(append(contract(t,
		"(func $s "+do("callDataCopy", 0, 0, get("getCallDataSize"))+")", "(start $s)",
		do("finish", 0, get("getCallDataSize"))), "\x00\x05\x04argswords"...))
	o.finished(t)
	equal(t, "code", string(w.GetCode(address)), "words")
}

// stringsModule is what AssemblyScript makes of strings.ts: a heap, strings, and a start function that fills globals.
//
//go:embed testdata/strings.wasm
var stringsModule []byte

func TestAnAssemblyScriptContractWithStringsDeploysAndRuns(t *testing.T) {
	w := fork{"default", gas.Default(), osakaRules}.world(t)
	address, o := w.create(contracts.Deploy(stringsModule))
	o.finished(t)
	for range 12 { // until its instance is kept
		out := w.call(message{to: address, input: make([]byte, 17)}).finished(t)
		equal(t, "output", string(out), "hello, 17 world")
	}
}

func TestByzantiumHasNoStartFunctions(t *testing.T) {
	w := byzantium.world(t)
	_, o := w.transact(contract(t, "(func $f)", "(start $f)", "nop"), 0)
	o.trapped(t, ewasm.ErrStart)
	w = byzantium.world(t)
	_, o = w.transact(contract(t, `(func (export "_initialize"))`, "nop"), 0)
	o.trapped(t, ewasm.ErrExport)
}

func TestAStartFunctionOfTheWrongTypeIsRefused(t *testing.T) {
	code := contract(t, "(func $s)", "(func (param i32))", "(start $s)", "nop")
	at := strings.Index(string(code), "\x08\x01\x00")
	if at < 0 {
		t.Fatal("no start section")
	}
	for name, index := range map[string]byte{"a parameter": 1, "no such function": 9} {
		t.Run(name, func(t *testing.T) {
			hostile := []byte(string(code))
			hostile[at+2] = index
			w := osaka.world(t)
			_, o := w.create(hostile)
			if o.End != frame.Halted || !errors.Is(o.Cause, ewasm.ErrInvalid) {
				t.Errorf("%v: %v, want halted: %v", o.End, o.Cause, ewasm.ErrInvalid)
			}
		})
	}
}
