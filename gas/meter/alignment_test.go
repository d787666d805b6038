package meter

import (
	"fmt"
	"testing"

	"hestia/gas"
)

// askedOf returns how many stores are asked for together, by function and place.
func askedOf(t testing.TB, text string) (asked [][]int) {
	t.Helper()
	for _, p := range plansOf(t, parse(t, text), gas.Default()) {
		var groups []int
		for _, c := range p.charges {
			if c.crosses != nil {
				groups = append(groups, len(c.crosses.stores))
			}
		}
		asked = append(asked, groups)
	}
	return asked
}

func inFunction(code string) string {
	return `(module (memory 1) (global $stack (mut i32) (i32.const 4096)) (global $odd (mut i32) (i32.const 4097))
		(func (param $p i32) (param $q i32) (local $i i32) ` + code + `))`
}

func TestStoresThatAreAlignedAreNotAskedFor(t *testing.T) {
	for _, code := range []string{
		`(i64.store8 (local.get $p) (i64.const 1))`,
		`(i64.store (i32.const 4088) (i64.const 1))`,
		`(i64.store offset=1 (i32.const 80) (i64.const 1))`,
		`(i64.store offset=16 (i32.shl (local.get $p) (i32.const 3)) (i64.const 1))`,
		`(i32.store (i32.and (local.get $p) (i32.const -4)) (i32.const 1))`,
		`(i32.store (i32.mul (local.get $p) (i32.const 12)) (i32.const 1))`,
		`(i64.store offset=8 (global.get $stack) (i64.const 1))`,
		`(local.set $i (i32.sub (global.get $stack) (i32.const 32))) (global.set $stack (local.get $i))
			(i64.store offset=8 (local.get $i) (i64.const 1))`,
		`(loop (i64.store (local.get $i) (i64.const 1))
			(br_if 0 (local.tee $i (i32.add (local.get $i) (i32.const 8)))))`,
		`(if (local.get $p) (then (local.set $i (i32.const 16))) (else (local.set $i (i32.const 24))))
			(i64.store (local.get $i) (i64.const 1))`,
		`(if (local.get $p) (then (local.set $i (i32.const 3)) (return)))
			(i64.store (local.get $i) (i64.const 1))`,
		// Up to the next multiple of 4, as compilers write it before they copy words.
		`(local.set $i (i32.add (local.get $p) (i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 3))))
			(i32.store (local.get $i) (i32.const 1))`,
		`(i64.store (i32.add (local.tee $i (i32.and (i32.sub (i32.const 8) (local.get $p)) (i32.const 7)))
			(local.get $p)) (i64.const 1))`,
	} {
		if asked := askedOf(t, inFunction(code)); len(asked[0]) > 0 {
			t.Errorf("%s: %d", code, asked)
		}
	}
}

// A gap is to the next multiple of what is written, from the value that it is added to.
func TestOtherSumsWithAGapMayCrossPages(t *testing.T) {
	for _, code := range []string{
		`(i32.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 1))) (i32.const 1))`,
		`(i32.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 5))) (i32.const 1))`,
		`(i32.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 11))) (i32.const 1))`,
		`(i32.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 2) (local.get $p)) (i32.const 3))) (i32.const 1))`,
		`(i32.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 0) (local.get $q)) (i32.const 3))) (i32.const 1))`,
		`(i32.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 0) (i32.add (local.get $p) (i32.const 1))) (i32.const 3))) (i32.const 1))`,
		`(i32.store (i32.sub (local.get $p)
			(i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 3))) (i32.const 1))`,
		`(i64.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 3))) (i64.const 1))`,
		`(i32.store (i32.add (local.get $p) (i32.add
			(i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 3)) (i32.const 1))) (i32.const 1))`,
		`(local.set $i
			(i32.and (i32.sub (i32.const 0) (local.get $p)) (i32.const 3)))
			(i32.store (i32.add (local.get $p)
			(i32.and (i32.sub (i32.const 0) (local.tee $p (local.get $q))) (i32.const 3))) (i32.const 1))`,
	} {
		if asked := askedOf(t, inFunction(code)); len(asked[0]) != 1 {
			t.Errorf("%s: %d", code, asked)
		}
	}
}

func TestStoresThatMayCrossPagesAreAskedFor(t *testing.T) {
	for code, want := range map[string]string{
		`(i32.store16 (local.get $p) (i32.const 1))`:                                        "[1]",
		`(i64.store (i32.const 4090) (i64.const 1))`:                                        "[1]",
		`(i64.store offset=4 (i32.shl (local.get $p) (i32.const 3)) (i64.const 1))`:         "[1]",
		`(i32.store (i32.load (i32.const 8)) (i32.const 1))`:                                "[1]",
		`(i32.store (global.get $odd) (i32.const 1))`:                                       "[1]",
		`(global.set $stack (local.get $p)) (i32.store (global.get $stack) (local.get $p))`: "[1]",
		`(loop (i64.store (local.get $i) (i64.const 1))
			(br_if 0 (local.tee $i (i32.add (local.get $i) (i32.const 4)))))`: "[1]",
		`(if (local.get $p) (then (local.set $i (i32.const 3)))) (i32.store (local.get $i) (i32.const 1))`: "[1]",
		`(block (local.set $i (i32.const 3)) (br_if 0 (local.get $p)) (local.set $i (i32.const 8)))
			(i32.store (local.get $i) (i32.const 1))`: "[1]",
		// Together, if they are of one width and remainder.
		`(i32.store (local.get $p) (i32.const 1)) (i32.store offset=60 (local.get $p) (i32.const 1))
			(i32.store offset=4 (local.get $p) (i32.const 1))`: "[3]",
		`(i32.store offset=252 (local.get $p) (i32.const 1)) (i32.store (local.get $p)
			(i32.const 1))`: "[2]",
		`(i32.store offset=256 (local.get $p) (i32.const 1)) (i32.store (local.get $p)
			(i32.const 1))`: "[1 1]",
		`(i32.store (local.get $p) (i32.const 1)) (i32.store (local.get $p)
			(i32.const 2))`: "[1 1]",
		`(i32.store (local.get $p) (i32.const 1)) (i32.store offset=2 (local.get $p)
			(i32.const 2))`: "[1 1]",
		`(i32.store (local.get $p) (i32.const 1)) (local.set $p (local.get $q)) (i32.store offset=4 (local.get $p)
			(i32.const 2))`: "[1 1]",
	} {
		if asked := askedOf(t, inFunction(code)); fmt.Sprint(asked[0]) != want {
			t.Errorf("%s: %d, want %s", code, asked, want)
		}
	}
}
