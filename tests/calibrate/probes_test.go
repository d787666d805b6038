//go:build linux

package calibrate

import (
	"slices"
	"strings"
)

// probes has all that can be timed within one instance: each instruction under its own name, and then situations that
// change its time, described after a comma.
var probes = slices.Concat(
	arithmetic(), variables(), loads(), stores(), distances(), branches(), calls(), bulk(), tables(), floating(),
)

// link is what steps do besides what is measured. The compiler reassociates chains of one associative operation, and
// moves what it can out of loops; between links it can do neither.
const link = "(T.clz X)"

// chain is a probe whose step makes an expression the accumulator, T being its type; less is what of it does not count,
// empty if all does.
func chain(name, value, expression, less string) probe {
	p := pair{step: strings.ReplaceAll(set(expression), "T.", value+".")}
	if less != "" {
		p.less = strings.ReplaceAll(set(less), "T.", value+".")
	}
	return probe{name: name, value: value, dependent: p, independent: p}
}

// beside is a step that is done besides a link of a chain.
func beside(code string) pair {
	const rest = "(local.set $X (i32.clz X))"
	return pair{step: code + rest, less: rest}
}

// statement is a probe of code that has no result to wait for.
func statement(name, code string) probe {
	return probe{name: name, value: "i32", dependent: beside(code), independent: beside(code)}
}

func arithmetic() []probe {
	var list []probe
	for _, value := range []string{"i32", "i64"} {
		add := func(op, expression, less string) { list = append(list, chain(value+"."+op, value, expression, less)) }
		add("const", "(T.clz (T.xor X (T.const "+immediates[value]+")))", "(T.clz (T.xor X Z))")
		add("eqz", widened(value, "(T.eqz "+link+")"), link)
		for _, op := range strings.Fields("eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u") {
			add(op, widened(value, "(T."+op+" X Y)"), "")
		}
		for _, op := range strings.Fields("clz ctz popcnt") {
			add(op, "(T."+op+" X)", "")
		}
		for _, op := range strings.Fields("add sub mul and or xor shl shr_s shr_u rotl rotr") {
			add(op, "(T."+op+" "+link+" Y)", link)
		}
		for _, op := range strings.Fields("div_s div_u rem_s rem_u") {
			add(op, "(T."+op+" (T.or "+link+" Z) Y)", "(T.or "+link+" Z)")
		}
		for _, op := range strings.Fields("extend8_s extend16_s") {
			add(op, "(T."+op+" "+link+")", link)
		}
	}
	return append(list,
		chain("i64.extend32_s", "i64", "(i64.extend32_s "+link+")", link),
		chain("i32.wrap_i64", "i64", "(i64.extend_i32_u (i32.wrap_i64 "+link+"))", link),
		chain("i64.extend_i32_u", "i64", "(i64.extend_i32_u (i32.wrap_i64 "+link+"))", link),
		chain("i64.extend_i32_s", "i64", "(i64.extend_i32_s (i32.wrap_i64 "+link+"))", link),
		chain("select", "i32", "(select Y Z X)", ""),
		chain("select (result)", "i32", "(select (result i32) Y Z X)", ""),
	)
}

// immediates do not fit a narrower encoding.
var immediates = map[string]string{"i32": "0x12345678", "i64": "0x123456789abcdef"}

// widened makes the i32 of a comparison an accumulator. That is free: an i32 is zero in its upper half.
func widened(value, comparison string) string {
	if value == "i64" {
		return "(i64.extend_i32_u " + comparison + ")"
	}
	return comparison
}

func variables() []probe {
	return []probe{
		statement("nop", "nop"),
		statement("block", "(block)"),
		statement("loop", "(loop)"),
		statement("end", "(block)"),
		statement("drop", "(drop (i32.xor X Z))"),
		statement("local.get", "(local.set $X (i32.or X X))"),
		statement("local.set", "(local.set $t X) (local.set $X (local.get $t))"),
		statement("local.tee", "(local.set $X (local.tee $t X))"),
		statement("global.set", "(global.set $g0 X)"),
		chain(
			"global.get", "i32", "(i32.clz (i32.add X (global.get $g0))) (global.set $g1 X)",
			"(i32.clz (i32.add X Y)) (global.set $g1 X)",
		),
	}
}
