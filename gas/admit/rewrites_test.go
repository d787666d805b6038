package admit

import (
	"strings"
	"testing"

	"hestia/gas"
	"hestia/internal/wat"
)

// rewrites counts the forms beyond usual of a function over two i64 parameters x and y.
func rewrites(t *testing.T, body string) uint64 {
	t.Helper()
	code := wat.Assemble(t, `(module (memory 1) (global $g (mut i64) (i64.const 0))
		(func $other)
		(func (export "run") (param $x i64) (param $y i64) (param $c i32)`+body+`))`)
	_, counts, err := Module(code, limited("CompilePerKB", 1<<40))
	if err != nil {
		t.Fatal(err)
	}
	return counts[gas.CountRewrites]
}

// step multiplies what both locals are products of.
const step = `(local.set $y (i64.mul (local.tee $x (i64.mul (local.get $x) (local.get $y))) (local.get $y)))`

func TestChainsOfOneOperationAreCountedByTheirForms(t *testing.T) {
	short, long := rewrites(t, strings.Repeat(step, 2)), rewrites(t, strings.Repeat(step, 100))
	if short > 200 {
		t.Errorf("four products have %d forms beyond usual", short)
	}
	if long < 180*(mostForms-usualForms) {
		t.Errorf("200 products in a chain have %d forms beyond usual", long)
	}
}

func TestOperationsOfDifferentFamiliesHaveTheUsualForms(t *testing.T) {
	body := `(local.set $x (i64.mul (i64.xor (local.get $x) (local.get $y)) (i64.const 5)))
		(local.set $y (i64.mul (i64.xor (local.get $x) (local.get $y)) (i64.xor (local.get $y) (local.get $x))))`
	if n := rewrites(t, strings.Repeat(body, 100)); n != 0 {
		t.Errorf("%d forms beyond usual", n)
	}
}

func TestASumOfManyIsNoChain(t *testing.T) {
	tree := "(i64.load (i32.const 8))"
	for range 7 {
		tree = "(i64.add " + tree + tree + ")"
	}
	if n, most := rewrites(t, "(local.set $x "+tree+")"), uint64(127*mostForms/10); n > most {
		t.Errorf("a tree of 127 sums has %d forms beyond usual, more than %d", n, most)
	}
}

// chain is a chain whose next steps have many forms; what stands behind it must not hide that.
var chain = strings.Repeat(step, 20)

// The optimizer sees through these, and so must the count.
var hidings = map[string]string{
	"a global":           `(global.set $g (local.get $x)) (local.set $x (global.get $g))`,
	"memory":             `(i64.store (i32.const 8) (local.get $x)) (local.set $x (i64.load (i32.const 8)))`,
	"a block's result":   `(local.set $x (block (result i64) (local.get $x)))`,
	"a branch's operand": `(local.set $x (block (result i64) (br 0 (local.get $x))))`,
	"a sum with 0":       `(local.set $x (i64.add (local.get $x) (i64.const 0)))`,
	"a shift by 0":       `(local.set $x (i64.shl (local.get $x) (i64.const 0)))`,
	"itself":             `(local.set $x (i64.or (local.get $x) (local.get $x)))`,
	"all ones":           `(local.set $x (i64.and (local.get $x) (i64.const -1)))`,
	"code never reached": `(block (br 0) (local.set $x (i64.const 7)) (local.set $y (i64.const 7)))`,
	"an arm that ends": `(if (local.get $c) (then (local.set $x (i64.const 7)) (local.set $y (i64.const 7))
		(return)))`,
	"a branch out of a way": `(block (br_if 0 (local.get $c)) (local.set $x (i64.const 7)) (local.set $y (i64.const 7))
		(return))`,
}

func TestNothingHidesAChain(t *testing.T) {
	alone := rewrites(t, chain)
	for name, text := range hidings {
		if n := rewrites(t, chain+text+step) - alone; n < 2*(mostForms-usualForms) {
			t.Errorf("two products behind %s have %d forms beyond usual", name, n)
		}
	}
	arms := `(if (local.get $c) (then (local.set $x (i64.const 7)) (local.set $y (i64.const 7))) (else ` + step + `))`
	if n := rewrites(t, chain+arms) - alone; n < 2*(mostForms-usualForms) {
		t.Errorf("two products in the second arm have %d forms beyond usual", n)
	}
}

// A join makes another value, and a zero that a loop changes is no zero.
func TestWhatJoinsMakeIsNotTakenForAConstant(t *testing.T) {
	loop := `(local.set $x (i64.sub (local.get $x) (local.get $x)))
		(loop ` + strings.Repeat(step, 20) + `(br_if 0 (local.get $c)))`
	arms := `(local.set $x (i64.const 0)) (if (local.get $c) (then (local.set $x
		(local.get $y))))` + strings.Repeat(step, 20)
	for name, body := range map[string]string{"a loop": loop, "an if": arms} {
		if n := rewrites(t, body); n < 10*(mostForms-usualForms) {
			t.Errorf("behind %s: %d forms beyond usual", name, n)
		}
	}
}

// Metering hides results of long chains, so what is computed and zero does not make zero what it is multiplied with.
func TestAComputedZeroHidesNoChain(t *testing.T) {
	for name, zero := range map[string]string{
		"a product with 0":     `(i64.mul (local.get $x) (i64.const 0))`,
		"a conjunction with 0": `(i64.and (i64.const 0) (local.get $x))`,
		"a difference":         `(i64.sub (local.get $x) (local.get $x))`,
		"a parity":             `(i64.xor (local.get $x) (local.get $x))`,
		"a product of zeros":   `(i64.mul (i64.const 0) (i64.const 0))`,
	} {
		if n := rewrites(t, "(local.set $y "+zero+")"+strings.Repeat(step, 20)); n < 20*(mostForms-usualForms) {
			t.Errorf("20 products behind %s: %d forms beyond usual", name, n)
		}
	}
	kept := chain + `(local.set $x (i64.add (local.get $x) (i64.sub (local.get $y) (local.get $y))))`
	if n := rewrites(t, kept+step) - rewrites(t, kept); n < mostForms-usualForms {
		t.Errorf("two products behind a sum with a computed 0 have %d forms beyond usual", n)
	}
}

// The count takes every value that a variable had for one of several uses, whose long chains metering breaks.
func TestHiddenResultsCountAsSeveralInstructions(t *testing.T) {
	others := func(body string) uint64 {
		code := wat.Assemble(t, `(module (memory 1) (global $g (mut i64) (i64.const 0)) (global $h i64 (i64.const 0))
			(func (export "run") (param $x i64) (param $y i64)`+strings.Repeat(body, 70)+`))`)
		_, counts, err := Module(code, limited("CompilePerKB", 1<<40))
		if err != nil {
			t.Fatal(err)
		}
		return counts[gas.CountInstructions]
	}
	for _, row := range []struct{ chain, none string }{
		{
			`(local.set $x (i64.mul (local.get $x) (local.get $x)))`,
			`(local.set $x (i64.mul (local.get $y) (local.get $y)))`,
		},
		{
			`(local.set $x (i64.shl (local.get $y) (local.get $x)))`,
			`(local.set $x (i64.shl (local.get $y) (local.get $y)))`,
		},
		{
			`(drop (local.tee $x (i64.add (local.get $x) (local.get $y))))`,
			`(drop (local.tee $x (i64.add (local.get $y) (local.get $y))))`,
		},
		{
			`(global.set $g (i64.xor (global.get $g) (local.get $y)))`,
			`(global.set $g (i64.xor (global.get $h) (local.get $y)))`,
		},
		{
			`(i64.store (i32.const 8) (i64.sub (i64.load (i32.const 8)) (local.get $y)))`,
			`(i64.store (i32.const 8) (i64.sub (i64.load offset=16 (i32.const 8)) (local.get $y)))`,
		},
		{
			`(local.set $x (i64.extend_i32_u (i32.wrap_i64 (i64.or (local.get $x) (local.get $y)))))`,
			`(local.set $x (i64.extend_i32_u (i32.wrap_i64 (i64.or (local.get $y) (local.get $y)))))`,
		},
	} {
		if n := others(row.chain) - others(row.none); n != 70/hidden*hiding {
			t.Errorf("%s: %d more than without a chain", row.chain, n)
		}
	}
	sum := "(drop " + strings.Repeat("(i64.add (local.get $x) ", 20) + "(local.get $y)" + strings.Repeat(")", 21)
	if n := others(sum); n > 70*21+1 {
		t.Errorf("a sum whose parts have one use each counts as %d", n)
	}
}

func TestShiftsByWhatIsNoConstantCountMoves(t *testing.T) {
	moves := func(op, by string) uint64 {
		code := wat.Assemble(t, `(module (func (export "run") (param $x i64) (param $y i64)
			(drop (i64.`+op+` (local.get $x) `+by+`))))`)
		_, counts, err := Module(code, gas.Default())
		if err != nil {
			t.Fatal(err)
		}
		return counts[gas.CountMoves]
	}
	for _, op := range []string{"shl", "shr_s", "shr_u", "rotl", "rotr"} {
		if n, m := moves(op, "(local.get $y)"), moves(op, "(i64.const 3)"); n != m+shiftMoves {
			t.Errorf("%s: %d moves, by a constant %d", op, n, m)
		}
	}
	if n, m := moves("add", "(local.get $y)"), moves("add", "(i64.const 3)"); n != m {
		t.Errorf("add: %d moves, of a constant %d", n, m)
	}
}

// Rules such as (x | y) + (x & y) = x + y make a chain of what is none to see.
func TestOperationsOnOnePairAreAChainTogether(t *testing.T) {
	for _, ops := range [][3]string{
		{"or", "and", "add"}, {"or", "and", "xor"}, {"add", "or", "sub"}, {"add", "and", "sub"}, {"xor", "or", "sub"},
	} {
		pair := func(x, y string) string {
			operands := "(local.get $" + x + ") (local.get $" + y + ")"
			return "(i64." + ops[2] + " (i64." + ops[0] + operands + ") (i64." + ops[1] + operands + "))"
		}
		body := strings.Repeat("(local.set $x "+pair("x", "y")+") (local.set $y "+pair("y", "x")+")", 40)
		if n := rewrites(t, body); n < 60*(mostForms-usualForms) {
			t.Errorf("%v: %d forms beyond usual", ops, n)
		}
	}
}

func TestOnlyWholeValuesPassThroughMemory(t *testing.T) {
	body := `(i64.store8 (i32.const 8) (local.get $x)) (local.set $x (i64.load8_u (i32.const 8)))
		(i64.store8 (i32.const 8) (local.get $y)) (local.set $y (i64.load8_u (i32.const 8)))`
	if n := rewrites(t, strings.Repeat(step+body, 50)); n > 100*usualForms {
		t.Errorf("%d forms beyond usual", n)
	}
}
