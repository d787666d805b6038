//go:build linux

package calibrate

import (
	"fmt"
	"strings"
)

// The operations on memory by the type of their value.
var (
	loadsOf = [][2]string{
		{"i32", "load"},
		{"i64", "load"},
		{"i32", "load8_s"},
		{"i32", "load8_u"},
		{"i32", "load16_s"},
		{"i32", "load16_u"},
		{"i64", "load8_s"},
		{"i64", "load8_u"},
		{"i64", "load16_s"},
		{"i64", "load16_u"},
		{"i64", "load32_s"},
		{"i64", "load32_u"},
	}
	storesOf = [][2]string{
		{"i32", "store"},
		{"i64", "store"},
		{"i32", "store8"},
		{"i32", "store16"},
		{"i64", "store8"},
		{"i64", "store16"},
		{"i64", "store32"},
	}
)

// loads are dependent if the next address is what was loaded, a zero.
func loads() []probe {
	var list []probe
	for _, op := range loadsOf {
		value, name := op[0], op[0]+"."+op[1]
		address := "X"
		if value == "i64" {
			address = "(i32.wrap_i64 X)"
		}
		p := chain(name, value, "("+name+" offset=1024 "+address+")", "")
		p.independent = chain(
			"", value, "(T.clz (T.add X ("+name+" offset=@8+1024 W)))", "(T.clz (T.add X Y))",
		).dependent
		list = append(list, p)
	}
	across := chain("i64.load, across two cache lines", "i64", "(i64.load offset=1084 (i32.wrap_i64 X))", "")
	across.independent = chain(
		"", "i64", "(i64.clz (i64.add X (i64.load offset=@64+1084 W)))", "(i64.clz (i64.add X Y))",
	).dependent
	return append(
		list, across, chain("memory.size", "i32", "(i32.clz (i32.add X (memory.size)))", "(i32.clz (i32.add X Y))"),
	)
}

// stores are dependent if what was stored is loaded again, through an address the compiler does not know to be the
// same.
func stores() []probe {
	var list []probe
	for _, op := range storesOf {
		value, name := op[0], op[0]+"."+op[1]
		load := value + ".load" + strings.TrimPrefix(op[1], "store")
		if op[1] != "store" {
			load += "_u"
		}
		list = append(list, probe{
			name: name, value: value,
			dependent: pair{
				"(" + name + " offset=1024 W X)" + set(
					"("+load+" offset=1024 (i32.and (local.get $w) (local.get $n)))",
				),
				set(
					"(" + load + " offset=1024 " + map[string]string{
						"i32": "X", "i64": "(i32.wrap_i64 X)",
					}[value] + ")",
				),
			},
			independent: pair{
				"(" + name + " offset=@8+1024 W X)" + set("("+value+".clz X)"), set("(" + value + ".clz X)"),
			},
		})
	}
	return append(list, probe{
		name: "i64.load, of what two stores wrote", value: "i64",
		dependent: pair{
			"(i64.store32 offset=1024 W X) (i64.store32 offset=1028 W X)" + set(
				"(i64.load offset=1024 (i32.and (local.get $w) (local.get $n)))",
			),
			set("(i64.load offset=1024 (i32.wrap_i64 X))"),
		},
	})
}

// random makes the accumulator the next of a pseudorandom sequence.
const random = "(i32.add (i32.mul X (i32.const 1664525)) (i32.const 1013904223))"

// seeds make the accumulators start apart.
const seeds = `(data
	(i32.const 64) "\9e\37\79\b9\00\00\00\00\7f\4a\7c\15\00\00\00\00\f3\9c\c0\60\00\00\00\00\5c\ed\c8\34\00\00\00\00")`

// distances are loads and stores at random places of memories that do not fit the nearer caches.
func distances() []probe {
	var list []probe
	for _, size := range []struct {
		name string
		bits int
	}{{"256 KiB", 18}, {"4 MiB", 22}, {"32 MiB", 25}} {
		pages := 1 << (size.bits - 16)
		at := fmt.Sprintf("(i32.and (i32.shr_u X (i32.const %d)) (i32.const %d))", 31-size.bits, 1<<size.bits-64)
		touch := fmt.Sprintf(`(func (export "sweep") (local $i i32)
			(loop $next (i32.store offset=%d (local.get $i) (i32.const 0))
			(br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 64)))
			  (i32.const %d)))))`, zeroes, 1<<size.bits-4096)
		load := fmt.Sprintf("(i32.load offset=%d %s)", zeroes, at)
		list = append(list, probe{
			name: "i32.load, at random in " + size.name, value: "i32", pages: pages + 1, sweeps: true,
			fields:    touch + seeds,
			dependent: pair{set("(i32.add " + random + " " + load + ")"), set("(i32.add " + random + " " + at + ")")},
			independent: pair{
				set(random) + "(local.set $s (i32.add (local.get $s) " + load + "))",
				set(random) + "(local.set $s (i32.add (local.get $s) " + at + "))",
			},
		}, probe{
			name: "i32.store, at random in " + size.name, value: "i32", pages: pages + 1, sweeps: true,
			fields: touch + seeds,
			independent: pair{
				set(random) + fmt.Sprintf("(i32.store offset=%d %s Y)", zeroes, at),
				set(random) + "(local.set $s (i32.add (local.get $s) " + at + "))",
			},
		})
	}
	return list
}

// zeroes is where the zero bytes begin that loads read, behind the operands.
const zeroes = 1024

// bulk times operations by length, and growing.
func bulk() []probe {
	drop := statement("data.drop", "(data.drop $data)")
	drop.fields = `(data $data "x")`
	list := []probe{
		drop,
		statement("memory.grow", "(drop (memory.grow W))"),
		once("memory.grow, a page", "(drop (memory.grow (i32.const 1)))", 1),
		once(
			"memory.grow, a page and writing to it",
			"(local.set $t (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))"+touch(1), 1,
		),
		once(
			"memory.grow, a page of 16 and writing to it",
			"(local.set $t (i32.shl (memory.grow (i32.const 16)) (i32.const 16)))"+touch(16), 16,
		),
	}
	for _, length := range []int{0, 8, 64, 1 << 10, 1 << 14, 1 << 18, 1 << 22, 15 << 20} {
		list = append(list, lengthy("copy", length), lengthy("fill", length))
		if length <= 1<<18 { // contracts are shorter than the next
			list = append(list, lengthy("init", length))
		}
	}
	return list
}

// touch writes to every 4 KiB, what the machine maps at a time, of pages of 64 KiB from $t on.
func touch(pages int) string {
	return fmt.Sprintf(`(local.set $s (i32.const %d))
		(loop
			(i32.store8 (local.get $t) (i32.const 1))
			(local.set $t (i32.add (local.get $t) (i32.const 4096)))
			(br_if 0 (local.tee $s (i32.sub (local.get $s) (i32.const 1)))))`, 16*pages)
}

// once is a probe that uses up its instance.
func once(name, code string, units int) probe {
	return probe{name: name, value: "i32", dependent: pair{step: code}, copies: 16, units: units, once: true}
}

// lengthy is a bulk operation of a length that the compiler does not know.
func lengthy(op string, length int) probe {
	p := probe{name: "memory." + op, value: "i32", copies: 4, pages: length>>15 + 2}
	if length > 0 {
		p.name += fmt.Sprintf(", %d bytes", length)
	}
	size := fmt.Sprintf("(i32.or W (i32.const %d))", length)
	to := fmt.Sprintf("(i32.or W (i32.const %d))", zeroes+length)
	switch op {
	case "copy":
		p.dependent.step = fmt.Sprintf("(memory.copy %s (i32.const %d) %s)", to, zeroes, size)
	case "fill":
		p.dependent.step = fmt.Sprintf("(memory.fill %s (i32.const 0) %s)", to, size)
	case "init":
		p.fields = fmt.Sprintf(`(data $data "%s")`, strings.Repeat("x", length))
		p.dependent.step = fmt.Sprintf("(memory.init $data %s (i32.const 0) %s)", to, size)
	}
	return p
}
