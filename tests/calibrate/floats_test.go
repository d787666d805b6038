//go:build linux

package calibrate

import "strings"

// Floats are not reassociated or folded, so that chains need no link. $Q is an i32 beside an accumulator, Q its value.

// floating are the instructions on floats. Those that show the bits of a NaN are timed with what hides them.
func floating() []probe {
	var list []probe
	for _, t := range []string{"f32", "f64"} {
		add := func(op, step, less string) {
			p := pair{step: strings.ReplaceAll(step, "T.", t+"."), less: strings.ReplaceAll(less, "T.", t+".")}
			list = append(list, probe{name: op, value: t, dependent: p, independent: p})
		}
		next := set("(T.add X Y)")
		add(t+".const", set("(T.add X (T.const 1.5))"), next)
		add(t+".load", set("(T.add X (T.load offset=@8+1024 (local.get $w)))"), next)
		add(t+".store", "(T.store offset=@8+1024 (local.get $w) X)"+next, next)
		for _, op := range strings.Fields("eq ne lt gt le ge") {
			add(t+"."+op, tally("(T."+op+" X Y)")+next, tally("(local.get $w)")+next)
		}
		for _, op := range strings.Fields("abs neg ceil floor trunc nearest sqrt") {
			add(t+"."+op, set("(T."+op+" (T.add X Y))"), next)
		}
		for _, op := range strings.Fields("add sub mul") {
			add(t+"."+op, set("(T."+op+" X Y)"), "")
		}
		for _, op := range strings.Fields("div min max copysign") {
			add(t+"."+op, set("(T."+op+" (T.add X Y) Z)"), next)
		}
		for _, i := range []string{"i32", "i64"} {
			for _, op := range []string{".trunc_", ".trunc_sat_"} {
				for _, sign := range []string{"_s", "_u"} {
					add(i+op+t+sign, tally(narrowed(i, "("+i+op+t+sign+" X)"))+next, tally("(local.get $w)")+next)
				}
			}
			for _, sign := range []string{"_s", "_u"} {
				op := t + ".convert_" + i + sign
				add(
					op, set("(T.add X ("+op+" "+widerCount(i)+"))")+tally("(i32.const 77)"),
					next+tally("(i32.const 77)"),
				)
			}
		}
	}
	bits := func(i, t string) {
		p := pair{
			step: tally(narrowed(i, "("+i+".reinterpret_"+t+" X)")) + set("("+t+".add X Y)"),
			less: tally("(local.get $w)") + set("("+t+".add X Y)"),
		}
		list = append(list, probe{name: i + ".reinterpret_" + t, value: t, dependent: p, independent: p})
		back := "(" + t + ".reinterpret_" + i + " (" + i + ".or (" + i + ".const 0x3f000000) " + widerCount(i) + "))"
		p = pair{
			step: set("("+t+".add X "+back+")") + tally("(i32.const 77)"),
			less: set("("+t+".add X Y)") + tally("(i32.const 77)"),
		}
		list = append(list, probe{name: t + ".reinterpret_" + i, value: t, dependent: p, independent: p})
	}
	bits("i32", "f32")
	bits("i64", "f64")
	both := pair{step: set("(f64.add Y (f64.promote_f32 (f32.demote_f64 X)))"), less: set("(f64.add X Y)")}
	for _, name := range []string{"f64.promote_f32", "f32.demote_f64"} {
		list = append(list, probe{name: name, value: "f64", dependent: both, independent: both, units: 2})
	}
	return list
}

// count is a step that adds to the count.
func tally(what string) string { return "(local.set $Q (i32.add Q " + what + "))" }

func narrowed(t, expression string) string {
	if t == "i64" {
		return "(i32.wrap_i64 " + expression + ")"
	}
	return expression
}

func widerCount(t string) string {
	if t == "i64" {
		return "(i64.extend_i32_u Q)"
	}
	return "Q"
}

// floatPlaces is how far the variables of floats are behind those of integers: they must not be denormal.
var floatPlaces = map[string]int{"f32": 256, "f64": 512}

// floatData has them: accumulators and small ones of 1, large ones of 1.75.
const floatData = `
	(data (i32.const 256) "\00\00\80\3f\00\00\00\00\00\00\80\3f\00\00\00\00\00\00\80\3f\00\00\00\00")
	(data (i32.const 288) "\00\00\e0\3f\00\00\00\00\00\00\e0\3f\00\00\00\00\00\00\e0\3f\00\00\00\00")
	(data (i32.const 320) "\00\00\80\3f\00\00\00\00\00\00\80\3f\00\00\00\00\00\00\80\3f\00\00\00\00\00\00\80\3f")
	(data (i32.const 512) "\00\00\00\00\00\00\f0\3f\00\00\00\00\00\00\f0\3f\00\00\00\00\00\00\f0\3f")
	(data (i32.const 544) "\00\00\00\00\00\00\fc\3f\00\00\00\00\00\00\fc\3f\00\00\00\00\00\00\fc\3f")
	(data (i32.const 576)
	  "\00\00\00\00\00\00\f0\3f\00\00\00\00\00\00\f0\3f\00\00\00\00\00\00\f0\3f\00\00\00\00\00\00\f0\3f")`
