//go:build linux

package calibrate

import (
	"fmt"
	"strings"
)

// bait is a loop that may take longer than it pays for: some steps, repeated, over a part of memory. A search changes
// it and keeps what costs more; testdata/worst.jsonl has what was found.
type bait struct {
	Name   string  `json:",omitempty"` // what it shows, if that was thought of
	Most   float64 `json:",omitempty"` // nanoseconds a gas, if another bound holds than for all
	Pages  int     // of 64 KiB, with which memory begins
	Bits   int     // the logarithm of the bytes that masked addresses and chains of pointers reach
	Grain  int     // the logarithm of the distance of two pointers
	Copies int     // of the steps in the loop
	End    ending
	Steps  []step
}

// ending is how a loop goes on.
type ending int

const (
	jump    ending = iota // br: it never ends
	count                 // br_if, by a local that counts down
	operand               // br to a label that takes an operand
	endings
)

// step is what one part of a loop does. The locals are x0 to x7, i64, and a0 to a3 and p0 to p3, i32: the first are
// numbers, the second addresses or random, the third pointers to pointers.
type step struct {
	Kind   kind
	Op     string `json:",omitempty"`
	D      int    `json:",omitempty"` // the local that it sets
	L      int    `json:",omitempty"` // its operands
	R      int    `json:",omitempty"`
	N      int64  `json:",omitempty"` // its constant, or offset, or how often
	Stride int64  `json:",omitempty"` // what each copy adds to the offset
	Masked bool   `json:",omitempty"` // the address is kept within the bait's bits
}

type kind string

const (
	doBinary   kind = "binary"   // xD = Op(xL, xR)
	doConstant kind = "constant" // xD = Op(xL, N)
	doUnary    kind = "unary"    // xD = Op(xL)
	doCompare  kind = "compare"  // xD = Op(xL, xR), extended
	doNext     kind = "next"     // aD is the next of a pseudorandom sequence
	doWalk     kind = "walk"     // aD += N
	doChase    kind = "chase"    // pD = memory[pD]
	doLoad     kind = "load"     // xD = memory[aL]
	doStore    kind = "store"    // memory[aL] = xR
	doForward  kind = "forward"  // xD = memory[aL], which two stores have just written
	doCoin     kind = "coin"     // if the random bit of aL then xD += xR
	doTable    kind = "table"    // one of N arms by aL, each of which changes xD
	doSelect   kind = "select"   // xD = xL or xR, by aL
	doGlobal   kind = "global"   // a global += xL
	doCall     kind = "call"     // xD = f(xL)
	doIndirect kind = "indirect" // xD = table[aL](xL)
	doSpin     kind = "spin"     // a loop of N rounds that does nothing
	doLabels   kind = "labels"   // N blocks, each left by a branch
)

const (
	numbers   = 8
	addresses = 4
)

// text is the module: prepare fills memory, run loops until its gas is out.
func (b *bait) text() string {
	var body strings.Builder
	for i := range b.Copies {
		for k := range b.Steps {
			body.WriteString(b.step(&b.Steps[k], int64(i)))
			body.WriteByte('\n')
		}
	}
	var locals, enter, leave strings.Builder
	for i := range numbers {
		fmt.Fprintf(&locals, "(local $x%d i64)", i)
		fmt.Fprintf(&enter, "(local.set $x%d (i64.load (i32.const %d)))", i, 8*i)
		fmt.Fprintf(&leave, "(i64.store (i32.const %d) (local.get $x%d))", 8*i, i)
	}
	for i := range addresses {
		fmt.Fprintf(&locals, "(local $a%d i32) (local $p%d i32)", i, i)
		if i < addresses-1 {
			fmt.Fprintf(&enter, "(local.set $a%d (i32.add (local.get $seed) (i32.const %d)))", i, 97654321*i)
		}
		fmt.Fprintf(
			&enter,
			"(local.set $p%d (i32.shl (i32.and (i32.add (local.get $seed) (i32.const %d)) (i32.const %d)) (i32.const "+
				"%d)))",
			i, i*977, 1<<(b.Bits-b.Grain)-1, b.Grain,
		)
		fmt.Fprintf(&leave, "(i32.store (i32.const %d) (i32.add (local.get $a%d) (local.get $p%d)))", 64+4*i, i, i)
	}
	return fmt.Sprintf(`(module
	(memory (export "memory") %d)
	(global $g (mut i64) (i64.const 0))
	(type $unary (func (param i64) (result i64)))
	(table $t funcref (elem $f $h $f $h $h $f $f $h))
	(func $f (type $unary) (i64.add (local.get 0) (i64.const 3)))
	(func $h (type $unary) (i64.xor (local.get 0) (i64.const 5)))
	(func (export "prepare") (local $i i32) %s
		%s)
	(func (export "run") (param $seed i32) (local $n i32) (local $i i32) %s
		%s
		%s
		%s))`,
		b.Pages, locals.String(), b.pointers(),
		locals.String(), enter.String(), b.loop(body.String()), leave.String())
}

// loop is the loop around a body. Memory is written behind it, so that the body is of use.
func (b *bait) loop(body string) string {
	switch b.End {
	case count:
		return "(local.set $n (i32.const -1)) (loop $again " + body +
			"(br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
	case operand:
		return "(i32.const 1) (drop (loop $again (param i32) (result i32) " + body +
			"(br $again)))"
	}
	return "(block $out (loop $again " + body + "(br $again)))"
}

// pointers writes a ring of pointers, in an order that no machine foresees, over the bait's bits.
func (b *bait) pointers() string {
	slots := 1 << (b.Bits - b.Grain)
	return fmt.Sprintf(`(loop $fill
		(i32.store (i32.shl (local.get $i) (i32.const %d))
			(i32.shl (i32.and (i32.add (i32.mul (local.get $i) (i32.const %d)) (i32.const %d)) (i32.const %d))
			  (i32.const %d)))
		(br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const %d))))`,
		b.Grain, 1664525, 1013904223, slots-1, b.Grain, slots)
}

// mask keeps addresses below 1 << Bits, with 16 KiB left for offsets.
func (b *bait) mask() int { return (1<<b.Bits - 1) &^ 63 &^ (1 << 14) }

// address is the operand of a load or store.
func (b *bait) address(s *step) string {
	a := fmt.Sprintf("(local.get $a%d)", s.L%addresses)
	if s.Masked {
		return fmt.Sprintf("(i32.and (i32.shr_u %s (i32.const %d)) (i32.const %d))", a, 31-b.Bits, b.mask())
	}
	return a
}

// offset is that of a load or store in a copy.
func (b *bait) offset(s *step, i int64) int64 {
	return s.N + i*s.Stride%max(1, int64(b.Pages)<<16-16<<10)
}

func (b *bait) step(s *step, i int64) string {
	x := func(n int) string { return fmt.Sprintf("(local.get $x%d)", n%numbers) }
	set := func(e string) string { return fmt.Sprintf("(local.set $x%d %s)", s.D%numbers, e) }
	a := fmt.Sprintf("$a%d", s.L%addresses)
	bit := "(i32.and (i32.shr_u (local.get " + a + ") (i32.const 27)) (i32.const 1))"
	switch s.Kind {
	case doBinary:
		return set("(" + s.Op + x(s.L) + x(s.R) + ")")
	case doConstant:
		return set(fmt.Sprintf("(%s %s (i64.const %d))", s.Op, x(s.L), s.N))
	case doUnary:
		return set("(" + s.Op + x(s.L) + ")")
	case doCompare:
		return set("(i64.extend_i32_u (" + s.Op + x(s.L) + x(s.R) + "))")
	case doNext:
		return fmt.Sprintf(
			"(local.set %s (i32.add (i32.mul (local.get %s) (i32.const 1664525)) (i32.const 1013904223)))", a, a,
		)
	case doWalk:
		return fmt.Sprintf("(local.set %s (i32.add (local.get %s) (i32.const %d)))", a, a, s.N)
	case doChase:
		p := fmt.Sprintf("$p%d", s.D%addresses)
		return "(local.set " + p + " (i32.load (local.get " + p + ")))"
	case doLoad:
		return set(fmt.Sprintf("(%s offset=%d %s)", s.Op, b.offset(s, i), b.address(s)))
	case doStore:
		return fmt.Sprintf("(%s offset=%d %s %s)", s.Op, b.offset(s, i), b.address(s), x(s.R))
	case doForward:
		o := b.offset(s, i)
		return fmt.Sprintf(
			"(i64.store32 offset=%d %s %s) (i64.store32 offset=%d %s %s)", o, b.address(s), x(s.R), o+4, b.address(s),
			x(s.L),
		) +
			set(fmt.Sprintf("(i64.load offset=%d %s)", o, b.address(s)))
	case doSelect:
		return set("(select " + x(s.D) + x(s.R) + bit + ")")
	case doCoin:
		return "(if " + bit + " (then " + set("(i64.add "+x(s.D)+x(s.R)+")") + "))"
	case doTable:
		return b.table(s, int(s.N))
	case doGlobal:
		return "(global.set $g (i64.add (global.get $g) " + x(s.L) + "))"
	case doCall:
		return set("(call $f " + x(s.L) + ")")
	case doIndirect:
		return set("(call_indirect (type $unary) " + x(s.L) + " (i32.shr_u (local.get " + a + ") (i32.const 29)))")
	case doSpin:
		return fmt.Sprintf(
			"(local.set $i (i32.const %d)) (loop (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))", s.N,
		)
	case doLabels:
		return strings.Repeat("(block (br 0))", int(s.N))
	}
	panic("no such step: " + s.Kind)
}

// table is a br_table by a random number, over a power of two of arms.
func (b *bait) table(s *step, arms int) string {
	var text strings.Builder
	text.WriteString(strings.Repeat("(block ", arms+1) + "(br_table")
	for i := range arms {
		fmt.Fprintf(&text, " %d", i)
	}
	fmt.Fprintf(
		&text, " %d (i32.and (i32.shr_u (local.get $a%d) (i32.const 22)) (i32.const %d)))", arms-1, s.L%addresses,
		arms-1,
	)
	for i := range arms {
		fmt.Fprintf(&text, ")\n(local.set $x%d (i64.add (local.get $x%d) (i64.const %d))) (br %d)",
			s.D%numbers, s.D%numbers, 77*i+1, arms-1-i)
	}
	return text.String() + ")"
}
