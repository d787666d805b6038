package wasmtime_test

import (
	"fmt"
	"strings"
	"testing"

	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// lost is a contract that halts in a function of its own, which stands before main. The names of $functions go into
// its name section.
func lost(body string) string {
	return `(module (import "ethereum" "useGas" (func $useGas (param i64)))
	(import "ethereum" "storageStore" (func $storageStore (param i32 i32)))
	(memory (export "memory") 1) (table 1 funcref) (type $none (func)) (global $g (mut i32) (i32.const 1))
	(func $inner ` + body + `)
	(func $main (export "main") (call $inner)))`
}

func TestAHaltedFrameSaysInWhichFunctionAndAtWhichOffsetOfTheOriginal(t *testing.T) {
	engines := bindings(t)
	for name, row := range map[string]struct {
		// op is the last of its kind in the function; "" = the meter halts it, no instruction of the original
		body, op, want string
	}{
		"unreachable": {
			`(drop (i32.add (global.get $g) (i32.const 1))) (if (global.get $g) (then unreachable))`,
			"unreachable", "wasm trap: unreachable",
		},
		"division": {
			`(global.set $g (i32.div_u (i32.const 7) (i32.sub (global.get $g) (i32.const 1))))`,
			"i32.div_u", "wasm trap: integer divide by zero",
		},
		"load": {
			`(global.set $g (i32.load offset=65535 (global.get $g)))`, "i32.load",
			"wasm trap: out of bounds memory access",
		},
		"indirect call": {
			`(call_indirect (type $none) (i32.const 0))`, "call_indirect",
			"wasm trap: uninitialized element",
		},
		"host function": {
			`(call $useGas (i64.const 1)) (call $storageStore (i32.const -1) (i32.const 0))`, "call",
			"storageStore: access outside linear memory",
		},
		"useGas":    {`(call $useGas (i64.const 0x7fffffffffffff))`, "call", "useGas: out of gas"},
		"endless":   {`(loop (br 0))`, "", "out of gas"},
		"recursion": {`(call $inner)`, "", "stack overflow"},
	} {
		code := wat.Assemble(t, lost(row.body))
		want := row.want + " in function inner (2)"
		if row.op != "" {
			want += fmt.Sprintf(" at offset %#x", lastOffset(t, code, row.op))
		}
		for binding, engine := range engines {
			c := contextOf(code)
			c.Schedule, c.Gas = gas.Default(), gas.NewTank(100_000)
			r := engine.Run(c)
			if r.End != frame.Halted || fmt.Sprint(r.Cause) != want {
				t.Errorf("%s, %s: %v %v, want %s", name, binding, r.End, r.Cause, want)
			}
		}
	}
}

// lastOffset is that of the last instruction of its kind in a contract's first own function.
func lastOffset(t *testing.T, code []byte, op string) (offset uint32) {
	t.Helper()
	m, err := wasm.Decode(code)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range m.Codes[0].Body {
		if in.Op.String() == op {
			offset = in.Offset
		}
	}
	return offset
}

func TestNamesOfFunctionsAreToldReadableAndShort(t *testing.T) {
	engines := bindings(t)
	for name, want := range map[string]string{
		"mint":                   "in function mint (0)",
		`a b`:                    `in function "a b" (0)`,
		"line\nfeed":             `in function "line\nfeed" (0)`,
		strings.Repeat("x", 100): "in function " + strings.Repeat("x", 64) + " (0)",
	} {
		code := wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") unreachable))`)
		section := append([]byte{4, 'n', 'a', 'm', 'e', 1, byte(len(name) + 3), 1, 0, byte(len(name))}, name...)
		code = append(append(code, 0, byte(len(section))), section...)
		for binding, engine := range engines {
			if r := engine.Run(contextOf(code)); !strings.Contains(fmt.Sprint(r.Cause), want) {
				t.Errorf("%s, %s: %v, want %s", name, binding, r.Cause, want)
			}
		}
	}
}
