package wasmtime_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"hestia/ewasm"
	"hestia/vm/wasmtime"
)

// A witness is a contract that first looks at everything an instance is born with (memory, what it grows to, what lies
// beyond, tables, globals), traps with unreachable where anything differs from what its module says, and then soils all of
// it. Whatever ran in a place before, no witness may find a trace.

// shape is what a witness is born with and what it soils.
type shape struct {
	pages, grows int    // of memory
	data         []int  // where four known bytes stand
	tables       []int  // entries of each
	globals      int    // i64
	end          string // how it goes: return, trap, beyond, gas, finish or revert
}

// known is what stands at data, as a little-endian i32.
const known = 0x5a1eb0de

func (s shape) text() string {
	var w strings.Builder
	f := func(format string, args ...any) { fmt.Fprintf(&w, format+"\n", args...) }
	f(`(module (import "ethereum" "finish" (func $finish (param i32 i32))) (import "ethereum" "revert" (func $revert (param i32 i32)))
	(import "ethereum" "useGas" (func $useGas (param i64)))`)
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
		f(`(if (i32.ne (i32.load (i32.const %d)) (i32.const %d)) (then unreachable)) (i32.store (i32.const %d) (i32.const 0))`, at, known, at)
	}
	f(`(call $clean (i32.const 0) (i32.const %d))`, s.pages<<16)
	f(`(if (i32.ne (memory.grow (i32.const %d)) (i32.const %d)) (then unreachable))`, s.grows, s.pages)
	f(`(call $clean (i32.const %d) (i32.const %d))`, s.pages<<16, (s.pages+s.grows)<<16)
	f(`(memory.fill (i32.const 0) (i32.const 0xa5) (i32.const %d))`, (s.pages+s.grows)<<16)
	for i, entries := range s.tables {
		f(`(if (ref.is_null (table.get $t%d (i32.const 0))) (then unreachable))`, i)
		f(`(local.set $i (i32.const %d))`, entries)
		f(`(loop (local.set $i (i32.sub (local.get $i) (i32.const 1))) (if (local.get $i) (then
		  (if (i32.eqz (ref.is_null (table.get $t%d (local.get $i)))) (then unreachable))
		  (table.set $t%d (local.get $i) (ref.func $grown)) (br 1))))`, i, i)
		f(`(drop (table.grow $t%d (ref.func $grown) (i32.const 100)))`, i)
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

// ends is how each end must look from outside; "beyond" is a read of what an earlier, larger instance may have left open.
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
	code []byte
	want string
}

func witnesses(t testing.TB, n int, random *rand.Rand) []witness {
	list := make([]witness, n)
	for i := range list {
		s := randomShape(random)
		list[i] = witness{assemble(t, s.text()), ends[s.end]}
	}
	return list
}

func (w witness) run(t testing.TB, engine *wasmtime.Engine) {
	c := frame(w.code)
	r := engine.Run(c)
	if have := fmt.Sprint(r.Cause); r.End == ewasm.Fault || !strings.HasPrefix(have, w.want) {
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
	for side := range uint64(16) { // more than the pool has places
		order := rand.New(rand.NewPCG(5, side))
		together.Go(func() {
			for range 200 {
				all[order.IntN(len(all))].run(t, engine)
			}
		})
	}
	together.Wait()
}

func FuzzNoInstanceSeesAnEarlierOne(f *testing.F) {
	engine := bindings(f)["shim"]
	f.Fuzz(func(t *testing.T, shapes, order uint64) {
		all := witnesses(t, 3, rand.New(rand.NewPCG(shapes, 0)))
		turn := rand.New(rand.NewPCG(order, 1))
		for range 24 {
			all[turn.IntN(len(all))].run(t, engine)
		}
	})
}
