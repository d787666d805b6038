package limits

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hestia/gas"
	"hestia/gas/admit"
	"hestia/internal/wasm"
)

var search = flag.Duration("search", 0, "how long to look for straight-line code that compiles slowly")

// straight is random straight-line code over some locals: what it computes with, and from what.
type straight struct {
	ops      []wasm.Opcode // on two operands of i64
	locals   int
	length   int // operations
	constant int // of 100 operands, so many are constants
	loaded   int // so many are loaded
	through  int // of 100 results, so many go through a global or memory
	arms     int // of 100 operations, so many begin an arm of an if
	burst    int // operations of one kind in a row
	shared   bool
}

// The operations that optimizers have rules for.
var rewritable = []wasm.Opcode{
	wasm.OpI64Add, wasm.OpI64Sub, wasm.OpI64Mul, wasm.OpI64And, wasm.OpI64Or, wasm.OpI64Xor,
	wasm.OpI64Shl, wasm.OpI64ShrU, wasm.OpI64ShrS, wasm.OpI64Rotl, wasm.OpI64Rotr,
}

func randomly(r *rand.Rand) straight {
	s := straight{
		locals: 1 + r.IntN(24), length: 100 + r.IntN(2000), burst: 1 + r.IntN(4), shared: r.IntN(2) == 0,
	}
	for range 1 + r.IntN(3) {
		s.ops = append(s.ops, rewritable[r.IntN(len(rewritable))])
	}
	for _, share := range []*int{&s.constant, &s.loaded, &s.through, &s.arms} {
		if r.IntN(3) == 0 {
			*share = r.IntN(30)
		}
	}
	return s
}

// code is a contract that reads all locals, computes, and writes all of them.
func (s *straight) code(r *rand.Rand) []byte {
	m := contract()
	m.Globals = append(m.Globals, wasm.Global{
		Type: wasm.GlobalType{Type: wasm.I64, Mutable: true},
		Init: []wasm.Instruction{{Op: wasm.OpI64Const}, {Op: wasm.OpEnd}},
	})
	m.fn(0, 0, nil)
	var c body
	for l := range s.locals {
		c.load(8 * l)
		c.set(l)
	}
	for n := 0; n < s.length; n += s.burst {
		op := s.ops[r.IntN(len(s.ops))]
		arm := r.IntN(100) < s.arms
		if arm {
			c.get(r.IntN(s.locals))
			c.op(wasm.OpI32WrapI64)
			c.branch()
		}
		for k := range s.burst {
			s.operand(r, &c, n+k)
			s.operand(r, &c, n+k+1)
			c.op(op)
			s.result(r, &c, n+k)
		}
		if arm {
			c.end()
		}
	}
	for l := range s.locals {
		c.i32(8 * l)
		c.get(l)
		c.xy(wasm.OpI64Store, 3, 0)
	}
	m.fn(0, s.locals, c)
	return m.Encode()
}

// load loads an i64 from an address.
func (b *body) load(address int) {
	b.i32(address)
	b.xy(wasm.OpI64Load, 3, 0)
}

func (s *straight) operand(r *rand.Rand, c *body, turn int) {
	switch n := r.IntN(100); {
	case n < s.constant:
		c.i64(r.IntN(64))
	case n < s.constant+s.loaded:
		c.load(8 * r.IntN(4096))
	case s.shared:
		c.get(turn % s.locals)
	default:
		c.get(r.IntN(s.locals))
	}
}

func (s *straight) result(r *rand.Rand, c *body, turn int) {
	l := turn % s.locals
	c.set(l)
	if r.IntN(100) >= s.through {
		return
	}
	if r.IntN(2) == 0 {
		c.get(l)
		c.x(wasm.OpGlobalSet, 0)
		c.x(wasm.OpGlobalGet, 0)
	} else {
		c.i32(8)
		c.get(l)
		c.xy(wasm.OpI64Store, 3, 0)
		c.load(8)
	}
	c.set(l)
}

// sown is where one straight-line code comes from.
type sown struct{ seed, n uint64 }

// Codes that searches found to take longer than estimates that saw less.
var slow = []sown{
	// products with 0, which may be hidden from the optimizer
	{1796069176748524759, 18398},
	// long chains, whose hidden results take time themselves
	{1796070023239718069, 79},
	{1796070023239718069, 127},
	{1796070023239718069, 1297},
	{1796070023239718069, 1842},
	{1796070023239718069, 3755},
	// shifts by variables
	{1796070372632823911, 949},
	{1796070372632823911, 1225},
}

// TestStraightLineCodeCompilesWithinItsEstimate tries random data flow: which operations, how many values, where from.
func TestStraightLineCodeCompilesWithinItsEstimate(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, from := range slow {
		from.hold(t)
	}
	from, until := sown{}, time.Now().Add(*search)
	if *search > 0 {
		from.seed = uint64(time.Now().UnixNano())
	}
	worst := 0.0
	for ; from.n < 40 || time.Now().Before(until); from.n++ {
		share, what := from.hold(t)
		if share > worst {
			worst = share
			if *search > 0 {
				fmt.Printf("%.2f of what is allowed: %s\n", share, what)
			}
		}
	}
}

// hold compiles one code, and returns how much it took of what it may take, and what it is. Refused code takes nothing.
func (from sown) hold(t *testing.T) (share float64, what string) {
	r := rand.New(rand.NewPCG(from.seed, from.n))
	s := randomly(r)
	code := s.code(r)
	_, counts, err := admit.Module(code, gas.Default())
	if err != nil {
		return 0, ""
	}
	estimate := time.Duration(gas.Default().Compile.Estimate(counts))
	limit := min(bound(len(code)), estimate)
	took := compile(t, code, limit)
	what = fmt.Sprintf("%d bytes: %v, at most %v; estimated %v; seed %d, %d: %+v",
		len(code), took, bound(len(code)), estimate, from.seed, from.n, s)
	if took > limit {
		t.Error(what)
	}
	return took.Seconds() / limit.Seconds(), what
}
