package wasmtime_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm/wasmtime"
)

// A witness is a contract that first looks at everything an instance is born with (memory, what it grows to, what lies
// beyond, tables, globals), traps with unreachable if anything differs from what its module says, and then soils all of
// it. Whatever ran in a slot before, no witness may find a trace.

// shape is what a witness is born with and what it soils.
type shape struct {
	pages, grows int    // of memory
	data         []int  // where four known bytes stand
	tables       []int  // entries of each
	globals      int    // i64
	still        bool   // whether it leaves its tables as they are, so that its instance may be kept
	soils        []soil // what it writes to, instead of all its memory
	end          string // how it goes: return, trap, beyond, gas, finish or revert
}

// soil is one way to write to memory: by the contract, by wasmtime for it, by C or by Go.
type soil struct {
	by string
	at int
}

// soiling are these ways, as bodies that write at a place of up to 5,000 bytes.
var soiling = map[string]string{
	"store":   "(i64.store (i32.const %d) (i64.const -1))",
	"fill":    "(memory.fill (i32.const %d) (i32.const 0xa5) (i32.const 5000))",
	"copy":    "(memory.copy (i32.const %d) (i32.const 0) (i32.const 5000))",
	"caller":  "(call $getCaller (i32.const %d))",
	"hash":    "(call $keccak256 (i32.const 0) (i32.const 9) (i32.const %d))",
	"product": "(call $mul (i32.const 0) (i32.const 0) (i32.const %d))",
	"input":   "(call $callDataCopy (i32.const %d) (i32.const 0) (i32.const 5000))", // more than the mirror holds
}

// known is what stands at data, as a little-endian i32.
const known = 0x5a1eb0de

func (s shape) text() string {
	var w strings.Builder
	f := func(format string, args ...any) { fmt.Fprintf(&w, format+"\n", args...) }
	f(`(module (import "ethereum" "finish" (func $finish (param i32 i32)))
		  (import "ethereum" "revert" (func $revert (param i32 i32)))
	(import "ethereum" "useGas" (func $useGas (param i64)))`)
	if s.soils != nil {
		f(`(import "ethereum" "getCaller" (func $getCaller (param i32)))
		(import "ethereum" "callDataCopy" (func $callDataCopy (param i32 i32 i32)))
		(import "ethereum" "keccak256" (func $keccak256 (param i32 i32 i32)))
		  (import "bignum" "mul" (func $mul (param i32 i32 i32)))`)
	}
	f(`(memory (export "memory") %d)`, s.pages)
	for i, entries := range s.tables {
		f(`(table $t%d %d funcref) (elem (table $t%d) (i32.const 0) func $grown)`, i, entries, i)
	}
	for i := range s.globals {
		f(`(global $g%d (mut i64) (i64.const %d))`, i, i)
	}
	for _, at := range s.data {
		f(`(data (i32.const %d) "\de\b0\1e\5a")`, at)
	}
	f(`(func $clean (param $from i32) (param $to i32) (local $or i64)
	  (loop (if (i32.lt_u (local.get $from) (local.get $to)) (then
	    (local.set $or (i64.or (local.get $or) (i64.load (local.get $from))))
	    (local.set $from (i32.add (local.get $from) (i32.const 8))) (br 1))))
	  (if (i64.ne (local.get $or) (i64.const 0)) (then unreachable)))`)
	f(`(func $grown)`)
	f(`(func (export "main") (local $i i32)`)
	for _, at := range s.data {
		f(`(if (i32.ne (i32.load (i32.const %d)) (i32.const %d)) (then unreachable)) (i32.store (i32.const %d)
			  (i32.const 0))`, at, known, at)
	}
	f(`(call $clean (i32.const 0) (i32.const %d))`, s.pages<<16)
	f(`(if (i32.ne (memory.grow (i32.const %d)) (i32.const %d)) (then unreachable))`, s.grows, s.pages)
	f(`(call $clean (i32.const %d) (i32.const %d))`, s.pages<<16, (s.pages+s.grows)<<16)
	if s.soils == nil {
		f(`(memory.fill (i32.const 0) (i32.const 0xa5) (i32.const %d))`, (s.pages+s.grows)<<16)
	}
	for _, soil := range s.soils {
		f(soiling[soil.by], soil.at)
	}
	for i, entries := range s.tables {
		f(`(if (ref.is_null (table.get $t%d (i32.const 0))) (then unreachable))`, i)
		f(`(local.set $i (i32.const %d))`, entries)
		f(`(loop (local.set $i (i32.sub (local.get $i) (i32.const 1))) (if (local.get $i) (then
		  (if (i32.eqz (ref.is_null (table.get $t%d (local.get $i)))) (then unreachable))`, i)
		if !s.still {
			f(`(table.set $t%d (local.get $i) (ref.func $grown))`, i)
		}
		f(`(br 1))))`)
		if !s.still {
			f(`(drop (table.grow $t%d (ref.func $grown) (i32.const 100)))`, i)
		}
	}
	for i := range s.globals {
		f(`(if (i64.ne (global.get $g%d) (i64.const %d)) (then unreachable)) (global.set $g%d (i64.const -1))`, i, i, i)
	}
	f("%s))", map[string]string{
		"return": "", "trap": "(drop (i32.div_s (i32.const 1) (i32.const 0)))",
		"beyond": fmt.Sprintf("(drop (i32.load (i32.const %d)))", (s.pages+s.grows)<<16),
		"gas":    "(call $useGas (i64.const 0x7fffffffffffff))",
		"finish": "(call $finish (i32.const 0) (i32.const 0))", "revert": "(call $revert (i32.const 0) (i32.const 0))",
	}[s.end])
	return w.String()
}

// ends is how each end must look from outside; "beyond" is a read of what an earlier, larger instance may have left
// open.
var ends = map[string]string{
	"return": "<nil>", "finish": "<nil>", "revert": "execution reverted", "gas": "useGas: out of gas",
	"trap": "wasm trap: integer divide by zero", "beyond": "wasm trap: out of bounds memory access",
}

// randomShape covers small and large memories and tables, data at all edges, and every end.
func randomShape(random *rand.Rand) shape {
	names := []string{"return", "trap", "beyond", "gas", "finish", "revert"}
	s := shape{
		pages: 1 + random.IntN([]int{1, 3, 20, 100}[random.IntN(4)]), grows: random.IntN(4) * random.IntN(12),
		globals: random.IntN(30), end: names[random.IntN(len(names))],
	}
	if random.IntN(2) == 0 { // one whose instance is kept
		s.pages, s.grows, s.still, s.end = 1+random.IntN(2), 0, true,
			[]string{"return", "finish", "revert"}[random.IntN(3)]
		if random.IntN(4) != 0 { // by its written pages, if they are few
			s.pages = 1 + random.IntN(20)
			ways := slices.Sorted(maps.Keys(soiling))
			for range 1 + random.IntN(8) {
				edge := random.IntN(16*s.pages) << 12
				s.soils = append(s.soils,
					soil{ways[random.IntN(len(ways))], min(max(edge-random.IntN(40), 0), s.pages<<16-5000)})
			}
		}
	}
	for range random.IntN(4) {
		s.tables = append(s.tables, 1+random.IntN([]int{4, 600, 4000}[random.IntN(3)]))
	}
	for at := range random.IntN(5) { // apart from each other
		page := random.IntN(s.pages) << 16
		s.data = append(s.data, page+[]int{0, 4092, 4098, 40_000, 65_532}[at])
	}
	return s
}

type witness struct {
	code     []byte
	want     string
	schedule *gas.Schedule
}

func witnesses(t testing.TB, n int, random *rand.Rand) []witness {
	list := make([]witness, n)
	for i := range list {
		s := randomShape(random)
		list[i] = witness{wat.Assemble(t, s.text()), ends[s.end], gas.Byzantium()} // under which memory grows far
		if s.soils != nil {
			list[i].schedule = gas.Default() // which has more functions
		}
	}
	return list
}

func (w witness) run(t testing.TB, engine *wasmtime.Engine) {
	c := contextOf(w.code)
	c.Schedule, c.Input = w.schedule, bytes.Repeat([]byte{0xa5}, 5000)
	r := engine.Run(c)
	if have := fmt.Sprint(r.Cause); r.End == frame.Fault || !strings.HasPrefix(have, w.want) {
		t.Errorf("a witness ended %v: %s, want %s", r.End, have, w.want)
	}
	if !engine.Pools(c) {
		t.Error("a witness does not run in the pool, where others' traces would be")
	}
}

func TestNoInstanceSeesAnEarlierOne(t *testing.T) {
	engine := bindings(t)["shim"]
	random := rand.New(rand.NewPCG(3, 4))
	all := witnesses(t, 40, random)
	var together sync.WaitGroup
	for side := range uint64(16) { // more than the pool has slots
		order := rand.New(rand.NewPCG(5, side))
		together.Go(func() {
			for range 100 {
				next := all[order.IntN(len(all))]
				for range 1 + order.IntN(3) { // soon again, while its instance is kept
					next.run(t, engine)
				}
			}
		})
	}
	together.Wait()
	for _, w := range all { // long enough alone that its pages are watched
		for range 60 {
			w.run(t, engine)
		}
	}
	if n := engine.Reused(); n < 100 {
		t.Errorf("%d runs took up an instance that had run before, want at least 100", n)
	}
	if n := engine.Restored(); n < 100 {
		t.Errorf("%d of these instances were restored by their written pages, want at least 100", n)
	}
}

// Whatever a kept instance's call did, the next one's instance is as it was born: its memory at every edge, its
// globals of every type and what they refer to, and with the limits of its own frame.
func TestAKeptInstanceIsAsItWasBorn(t *testing.T) {
	engine := bindings(t)["shim"]
	for _, pages := range []int{1, 2} {
		code := wat.Assemble(t, fmt.Sprintf(`(module
		  (import "ethereum" "finish" (func $finish (param i32 i32)))
		  (import "ethereum" "getCallDataSize" (func $size (result i32)))
		  (memory (export "memory") %d) (data (i32.const 1) "one") (data (i32.const 65533) "end")
		  (table 2 funcref) (elem (i32.const 0) $f) (elem declare func $g)
		  (func $f) (func $g unreachable)
		  (global $a (mut i32) (i32.const -5)) (global $b (mut i64) (i64.const 0x7fffffffffffffff))
		  (global $c (mut funcref) (ref.func $f)) (global $d (mut funcref) (ref.null func))
		    (global $e i64 (i64.const 9))
		  (func (export "main")
		    (i32.store (i32.const 100) (global.get $a)) (i64.store (i32.const 104) (global.get $b))
		    (i32.store (i32.const 112) (ref.is_null (global.get $c))) (i32.store (i32.const 116)
		      (ref.is_null (global.get $d)))
		    (i64.store (i32.const 120) (global.get $e)) (i32.store (i32.const 128) (memory.size))
		    (memory.copy (i32.const 132) (i32.const 0) (i32.const 16))
		    (memory.copy (i32.const 148) (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 16)) (i32.const 16))
		    (memory.copy (i32.const 164) (i32.const 65520) (i32.const 16))
		    (if (i32.eq (call $size) (i32.const 1)) (then
		      (i32.store (i32.const 128) (memory.grow (i32.const 1)))))
		    (memory.copy (i32.const 1000) (i32.const 100) (i32.const 80))
		    (global.set $a (i32.const 1)) (global.set $b (i64.const 2)) (global.set $c (ref.null func))
		      (global.set $d (ref.func $g))
		    (memory.fill (i32.const 0) (i32.const 0xa5) (i32.const 1000))
		    (memory.fill (i32.const 1080) (i32.const 0xa5) (i32.const %d))
		    (if (i32.eq (call $size) (i32.const 2)) (then (drop (memory.grow (i32.const 1)))))
		    (call $finish (i32.const 1000) (i32.const 80))))`, pages, pages<<16-1080))
		run := func(input, left int) string {
			c := contextOf(code)
			c.Input, c.PagesLeft = make([]byte, input), uint32(left)
			r := engine.Run(c)
			return fmt.Sprint(r.End, r.Cause, r.Output, r.Left.Particles())
		}
		want, roomy, full := run(0, 512), run(1, 512), run(1, pages)
		if roomy == full {
			t.Fatal("memory grows alike with and without room")
		}
		before := engine.Reused()
		for _, next := range []struct {
			input, left int
			want        string
		}{
			{0, 512, want},
			{1, pages, full},
			{1, 512, roomy},
			{2, 512, ""},
			{0, 512, want},
			{0, pages, want},
			{1, 512, roomy},
			{0, 512, want},
		} {
			if have := run(next.input, next.left); next.want != "" && have != next.want {
				t.Errorf("%d pages, %d bytes of calldata, %d pages left: %s, want %s", pages, next.input, next.left,
					have, next.want)
			}
		}
		if engine.Reused() < before+4 {
			t.Errorf("%d runs took up an instance, want at least 4", engine.Reused()-before)
		}
	}
}

func TestAKeptInstanceGoesWithItsContract(t *testing.T) {
	engine, err := wasmtime.NewShim(wasmtime.Config{CacheBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for i := range 50 {
		c := contextOf(wat.Assemble(t, fmt.Sprintf(`(module (memory (export "memory") 1) (data (i32.const 0) "%d")
		  (func (export "main") (if (i32.ne (i32.load8_u (i32.const 0)) (i32.const %d)) (then unreachable))
		    (i32.store8 (i32.const 0) (i32.const 1))))`,
			i%10, '0'+i%10)))
		for range 2 {
			given := c.Gas
			if r := engine.Run(c); r.Cause != nil {
				t.Fatal(r.Cause)
			}
			c.Gas = given
		}
	}
}

func FuzzNoInstanceSeesAnEarlierOne(f *testing.F) {
	engine := bindings(f)["shim"]
	f.Fuzz(func(t *testing.T, shapes, order uint64) {
		all := witnesses(t, 3, rand.New(rand.NewPCG(shapes, 0)))
		turn := rand.New(rand.NewPCG(order, 1))
		for range 60 {
			all[turn.IntN(len(all))].run(t, engine)
		}
	})
}
