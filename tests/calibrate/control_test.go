//go:build linux

package calibrate

import (
	"fmt"
	"strings"
)

// never is true in no run, and coin in half of them, at random; neither is known to the compiler.
const (
	never = "W"
	coin  = "(i32.and (i32.shr_u X (i32.const 24)) (i32.const 1))"
)

func branches() []probe {
	const more = "(local.set $X (i32.add X Z))"
	p := func(name, step, less string) probe {
		return probe{name: name, value: "i32", dependent: pair{step, less}, fields: seeds}
	}
	chance := set(random)
	list := []probe{
		statement("br_if", "(br_if $out "+never+")"),
		p("br_if, taken", "(block (br_if 0 (i32.eqz "+never+"))"+more+")"+set("(i32.clz X)"), set("(i32.clz X)")),
		p(
			"br_if, at random", chance+"(block (br_if 0 "+coin+")"+more+")",
			chance+set("(i32.add X (i32.mul Z "+coin+"))"),
		),
		statement("if", "(if "+never+" (then (local.set $X (i32.mul X Z))))"),
		p("if, at random", chance+"(if "+coin+" (then "+more+"))", chance+set("(i32.add X (i32.mul Z "+coin+"))")),
		p("else", "(if "+never+" (then (local.set $X (i32.mul X Z))) (else (local.set $X (i32.add X Y))))",
			"(if "+never+" (then (local.set $X (i32.mul X Z))))"+set("(i32.clz X)")),
		p("br", "(block (block (br_if 0 "+never+")"+set("(i32.clz X)")+"(br 1)) (local.set $X (i32.mul X Z)))",
			"(br_if $out "+never+")"+set("(i32.clz X)")),
	}
	for _, targets := range []int{2, 16, 256, 2048} {
		list = append(list, table(targets))
	}
	same := table(16)
	same.name = "br_table"
	same.dependent = pair{switchOver(16, never), "(br_if $out W)" + set("(i32.add X (i32.const 1))")}
	return append(list, same)
}

// table is a br_table that takes one of its targets at random.
func table(targets int) probe {
	index := fmt.Sprintf("(i32.and (i32.shr_u X (i32.const 16)) (i32.const %d))", targets-1)
	return probe{
		name: fmt.Sprintf("br_table, at random over %d targets", targets), value: "i32", fields: seeds,
		copies:    max(1, 64/targets),
		dependent: pair{set(random) + switchOver(targets, index), set(random) + set("(i32.add X "+index+")")},
	}
}

// switchOver has an addition for each target.
func switchOver(targets int, index string) string {
	var b strings.Builder
	b.WriteString(strings.Repeat("(block ", targets+1) + "(br_table")
	for i := range targets {
		fmt.Fprintf(&b, " %d", i)
	}
	fmt.Fprintf(&b, " %d %s)", targets-1, index)
	for i := range targets {
		fmt.Fprintf(&b, ")\n (local.set $X (i32.add X (i32.const %d))) (br %d)", 77*i+1, targets-1-i)
	}
	return b.String() + ")"
}

func calls() []probe {
	const (
		functions = `(func $add (type $unary) (i32.add (local.get 0) (i32.const 3)))
			(func $early (type $unary) (if (local.get 0) (then (return (i32.add (local.get 0) (i32.const 3)))))
			  (i32.const 1))
			(func $late (type $unary) (if (local.get 0) (then (local.set 0 (i32.add (local.get 0) (i32.const 3)))))
			  (local.get 0))
			(func $mul (type $unary) (i32.mul (local.get 0) (i32.const 3)))
			(table $t 8 8 funcref) (elem (table $t) (i32.const 0) func $add $mul $early $late $add $mul $early $late)`
		sumConst = "(local.set $X (i32.add X (i32.const 3)))"
	)
	p := func(name, step, less string) probe {
		return probe{name: name, value: "i32", fields: functions + seeds, dependent: pair{step, less}}
	}
	wide := p(
		"call, 12 parameters", set("(call $wide X Y Y Y Y Y Y Y Y Y Y Y)"), "(local.set $X (i32.add (i32.clz X) Y))",
	)
	wide.fields = "(func $wide (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)" +
		"(i32.add (i32.add (local.get 0) (local.get 11)) (i32.const 3)))"
	indices := "(i32.and (i32.shr_u X (i32.const 20)) (i32.const 7))"
	return []probe{
		p("call", set("(call $add X)"), sumConst),
		wide,
		p("return", set("(call $early (i32.or X Y))"), set("(call $late (i32.or X Y))")),
		p("call_indirect", set("(call_indirect $t (type $unary) X W)"), sumConst),
		p(
			"call_indirect, at random over 8 functions",
			set(random)+set("(call_indirect $t (type $unary) X "+indices+")"),
			set(random)+set("(i32.add X "+indices+")"),
		),
		zeroed(),
	}
}

// zeroed compares a call of a function with 100 locals that are zero where they are read with one that has none.
func zeroed() probe {
	var names, change, total strings.Builder
	for i := range 100 {
		fmt.Fprintf(&names, "(local $l%d i64)", i)
		fmt.Fprintf(&change, "(local.set $l%d (i64.load offset=%d (local.get $p)))", i, 8*i)
		fmt.Fprintf(&total, "(local.set $sum (i64.add (i64.rotl (local.get $sum) (i64.const 1)) (local.get $l%d)))", i)
	}
	some := "(func $some (param $p i32) (result i32) (local $sum i64)" + names.String() +
		"(if (local.get $p) (then" + change.String() + "))\n(if (local.get $p) (then " + total.String() + "))" +
		"(i32.wrap_i64 (local.get $sum)))"
	return probe{
		name: "locals, zeroed at entry", value: "i32", copies: 8, units: 100,
		fields:    some + "(func $none (param $p i32) (result i32) (local.get $p))",
		dependent: pair{set("(i32.add X (call $some W))"), set("(i32.add X (call $none W))")},
	}
}

// tables are of functions: nothing puts anything but null into others.
func tables() []probe {
	const fields = `(table $t 4096 16384 funcref) (table $u 4096 4096 funcref) (func $f) (func $g)
		(elem (table $t) (i32.const 0) func $f $g) (elem declare func $f) (elem $e func $f $g $f $g)`
	list := []probe{
		statement("table.get", set("(i32.add X (ref.is_null (table.get $t W)))")),
		statement("table.set", "(table.set $t (i32.add W (i32.const 9)) (ref.null func))"),
		statement("table.size", set("(i32.add X (table.size $t))")),
		statement("ref.func", set("(i32.add X (ref.is_null (ref.func $f)))")),
		statement("ref.null", set("(i32.add X (ref.is_null (ref.null func)))")),
		{name: "ref.is_null", value: "i32", dependent: pair{
			set("(i32.add Y (ref.is_null (select (result funcref) (ref.func $f) (ref.null func) X)))"),
			set("(i32.add Y (select (result i32) Y Z X))") + "(drop (ref.func $f))",
		}},
		statement("elem.drop", "(elem.drop $e)"),
		statement("table.init", "(table.init $t $e (i32.const 0) (i32.const 0) W)"),
		statement("table.copy", "(table.copy $t $u (i32.const 0) (i32.const 0) W)"),
		statement("table.fill", "(table.fill $t (i32.const 0) (ref.null func) W)"),
		statement("table.grow", "(drop (table.grow $t (ref.null func) W))"),
		perEntry(
			"table.init, an entry of 1000", "(table.init $t $long (i32.const 0) (i32.const 0) (i32.const 1000))", 1000,
		),
		perEntry(
			"table.copy, an entry of 1000", "(table.copy $t $u (i32.const 0) (i32.const 0) (i32.const 1000))", 1000,
		),
		perEntry("table.fill, an entry of 1000", "(table.fill $t (i32.const 0) (ref.func $f) (i32.const 1000))", 1000),
	}
	grow := once("table.grow, an entry of 700", "(drop (table.grow $t (ref.func $f) (i32.const 700)))", 700)
	list = append(list, grow)
	for i := range list {
		list[i].fields = fields + "(elem $long func" + strings.Repeat(" $f $g", 500) + ")"
	}
	return list
}

func perEntry(name, code string, units int) probe {
	return probe{name: name, value: "i32", copies: 2, units: units, dependent: pair{step: code}}
}
