package wasmtime_test

import (
	"fmt"
	"strings"

	"hestia/ewasm"
	"hestia/internal/wasm"
)

// generator writes contracts out of bytes: the same bytes, the same contract; no byte is invalid, and an empty source
// ends whatever is being written.
type generator struct {
	source []byte
	out    strings.Builder
	depth  int
}

func (g *generator) byte() byte {
	if len(g.source) == 0 {
		return 0
	}
	b := g.source[0]
	g.source = g.source[1:]
	return b
}

// pick returns a number below n.
func (g *generator) pick(n int) int { return int(g.byte()) % n }

func (g *generator) writef(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

// contract writes a module that imports the whole interface.
func (g *generator) contract() string {
	g.out.Reset()
	g.writef("(module")
	for i, row := range ewasm.Functions() {
		if row.Module == "ethereum" {
			g.writef("(import %q %q (func $h%d%s))", row.Module, row.Name, i, watType(row.Type()))
		}
	}
	g.writef(`(memory (export "memory") %d)`, 1+g.pick(3))
	g.writef(`(table $t %d funcref)`, 4+g.pick(8))
	g.writef(`(elem (i32.const 0) $f0 $f1 $unary)`)
	g.writef(`(global $a (mut i32) (i32.const %d)) (global $b (mut i64) (i64.const %d))`, g.pick(256), g.pick(256))
	g.writef(`(data (i32.const %d) "\00\00\aa\bb\cc\dd")`, g.pick(64))
	g.writef(`(data (i32.const 1024) "%s")`, addresses())
	g.writef(`(func $unary (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))`)
	for f := range 2 {
		g.writef("(func $f%d (local $i i32)", f)
		g.statements(1 + g.pick(6))
		g.writef(")")
	}
	g.writef(`(func (export "main") (local $i i32)`)
	g.statements(2 + g.pick(14))
	g.writef(`(i32.store (i32.const 0) (global.get $a)) (i64.store (i32.const 4) (global.get $b))`)
	g.writef(`(call $h%d (i32.const 0) (i32.const %d))))`, rowNumber("finish"), 12+g.pick(100))
	return g.out.String()
}

// addresses are 20 bytes each, from 1024 on: the two contracts, an account without code and none.
func addresses() string {
	var text strings.Builder
	for _, a := range callees {
		for _, b := range a {
			fmt.Fprintf(&text, `\%02x`, b)
		}
	}
	return text.String()
}

func (g *generator) statements(n int) {
	g.depth++
	for range n {
		g.statement()
	}
	g.depth--
}

func (g *generator) statement() {
	kinds := 14
	if g.depth > 4 {
		kinds = 9 // none that nests
	}
	switch g.pick(kinds) {
	case 0, 1, 2, 3:
		g.hostCall()
	case 4:
		g.writef("(global.set $a %s)", g.i32())
	case 5:
		g.writef("(global.set $b %s)", g.i64())
	case 6:
		g.writef("(i32.store offset=%d %s %s)", g.pick(64), g.pointer(), g.i32())
	case 7:
		g.writef("(i64.store %s %s)", g.pointer(), g.i64())
	case 8:
		g.rare()
	case 9, 10:
		g.writef("(if %s (then", g.i32())
		g.statements(g.pick(4))
		g.writef(") (else")
		g.statements(g.pick(3))
		g.writef("))")
	case 11, 12:
		g.writef("(local.set $i (i32.const %d)) (loop", g.pick(5))
		g.statements(1 + g.pick(3))
		g.writef("(local.set $i (i32.sub (local.get $i) (i32.const 1))) " +
			"(br_if 0 (i32.gt_s (local.get $i) (i32.const 0))))")
	case 13:
		g.writef("(call $f%d)", g.pick(2))
	}
}

// rare is what may end a run by itself.
func (g *generator) rare() {
	switch g.pick(24) {
	case 0:
		g.writef("unreachable")
	case 1:
		g.writef("(global.set $a (i32.div_s %s %s))", g.i32(), g.i32())
	case 2:
		g.writef("(global.set $b (i64.rem_u %s %s))", g.i64(), g.i64())
	case 3:
		g.writef("(call_indirect %s)", g.i32())
	case 4:
		g.writef("(global.set $a (call_indirect (param i32) (result i32) %s (i32.const %d)))", g.i32(), g.pick(12))
	case 5:
		g.writef("(global.set $a (memory.grow (i32.const %d)))", g.pick(64))
	case 6:
		g.writef("(memory.fill %s %s (i32.const %d))", g.pointer(), g.i32(), g.pick(256))
	case 7:
		g.writef("(memory.copy %s %s (i32.const %d))", g.pointer(), g.pointer(), g.pick(256))
	case 8:
		g.writef("(global.set $a (table.grow $t (ref.null func) (i32.const %d)))", g.pick(256)*100)
	case 9:
		g.writef("(table.set $t (i32.const %d) (ref.func $unary))", g.pick(16))
	case 10:
		g.writef("(global.set $b (i64.extend_i32_u (memory.size)))")
	case 11:
		g.writef("return")
	default:
		g.writef("(global.set $b %s)", g.i64())
	}
}

// hostCall calls a function of the interface with operands that mostly make sense.
func (g *generator) hostCall() {
	var all []int
	for i, row := range ewasm.Functions() {
		if row.Module == "ethereum" {
			all = append(all, i)
		}
	}
	number := all[g.pick(len(all))]
	row := ewasm.Functions()[number]
	var args strings.Builder
	for i, t := range row.Type().Params {
		switch {
		case t == wasm.I64:
			args.WriteString(" " + g.amount())
		case small(row.Name, i) && g.pick(16) != 15:
			fmt.Fprintf(&args, " (i32.const %d)", g.pick(5))
		default:
			args.WriteString(" " + g.pointer())
		}
	}
	call := fmt.Sprintf("(call $h%d%s)", number, args.String())
	switch {
	case len(row.Type().Results) == 0:
		g.writef("%s", call)
	case row.Type().Results[0] == wasm.I32:
		g.writef("(global.set $a (i32.add (global.get $a) %s))", call)
	default:
		g.writef("(global.set $b (i64.add (global.get $b) %s))", call)
	}
}

// small are the operands that end the run if they are large: offsets and lengths in a source, and the count of topics.
func small(name string, operand int) bool {
	return strings.HasSuffix(name, "Copy") && operand > 0 || name == "log" && operand == 2
}

// pointer is an address or a length: mostly small or that of an address, seldom outside of everything.
func (g *generator) pointer() string {
	switch n := 127 - g.pick(128); {
	case n == 0:
		return "(i32.const 65530)"
	case n == 1:
		return "(i32.const -1)"
	case n < 6:
		return "(global.get $a)"
	case n < 48:
		return fmt.Sprintf("(i32.const %d)", 1024+20*g.pick(len(callees)))
	case n < 88:
		return fmt.Sprintf("(i32.const %d)", g.pick(5))
	}
	return fmt.Sprintf("(i32.const %d)", g.pick(256))
}

// amount is gas or a block number.
func (g *generator) amount() string {
	switch n := 63 - g.pick(64); {
	case n == 0:
		return "(i64.const -1)"
	case n == 1:
		return "(global.get $b)"
	case n < 24:
		return fmt.Sprintf("(i64.const %d)", g.pick(256))
	}
	return fmt.Sprintf("(i64.const %d)", 1000*g.pick(256))
}

func (g *generator) i32() string {
	switch g.pick(7) {
	case 0:
		return "(global.get $a)"
	case 1:
		return fmt.Sprintf("(i32.load %s)", g.pointer())
	case 2:
		return fmt.Sprintf("(i32.mul (global.get $a) (i32.const %d))", g.pick(256))
	case 3:
		return "(i32.wrap_i64 (global.get $b))"
	}
	return fmt.Sprintf("(i32.const %d)", g.pick(256))
}

func (g *generator) i64() string {
	switch g.pick(5) {
	case 0:
		return "(global.get $b)"
	case 1:
		return fmt.Sprintf("(i64.load %s)", g.pointer())
	case 2:
		return fmt.Sprintf("(i64.rotl (global.get $b) (i64.const %d))", g.pick(64))
	}
	return fmt.Sprintf("(i64.const %d)", g.pick(256))
}

func watType(t wasm.FuncType) string {
	var text strings.Builder
	for _, p := range t.Params {
		fmt.Fprintf(&text, " (param %v)", p)
	}
	for _, r := range t.Results {
		fmt.Fprintf(&text, " (result %v)", r)
	}
	return text.String()
}

func rowNumber(name string) int {
	for i, row := range ewasm.Functions() {
		if row.Name == name {
			return i
		}
	}
	return -1
}
