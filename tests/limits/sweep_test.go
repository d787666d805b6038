// Package limits shows that no module which the limits accept takes the compiler long: contracts of many shapes, each
// pushed to where it is refused, go the whole way from bytes to machine code under a clock.
//
// Start at shapes_test.go, which says what is pushed; `make sweep` prints a line for each.
package limits

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/gas/admit"
	"hestia/vm/wasmtime"
)

var full = flag.Bool("sweep", false, "push every shape at every size, and print what it takes")

// The bounds that the limits exist for, of one core.
const (
	perKB = 10 * time.Millisecond // for each KB begun
	inAll = 3 * time.Second
)

var engine *wasmtime.Engine

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if engine, err = wasmtime.New(wasmtime.Config{CacheBytes: 1}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	engine.Close()
	os.Exit(code)
}

// processor returns what this process has used of all cores.
func processor(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bound is how long a module of so many bytes may take.
func bound(size int) time.Duration { return min(time.Duration((size+1023)/1024)*perKB, inAll) }

// compile takes code from bytes to machine code and returns what that took of all cores: the least of several times, as
// other work on the machine only adds to it; of a small module of many, since little adds much. Once below enough it is
// not repeated.
func compile(t testing.TB, code []byte, enough time.Duration) time.Duration {
	t.Helper()
	const tries, patience = 6, 2 * time.Second
	best, spent := time.Duration(math.MaxInt64), time.Duration(0)
	for try := 0; best > enough && (try < tries || spent < patience); try++ {
		hash := common.Hash(sha256.Sum256(binary.LittleEndian.AppendUint64(code[:len(code):len(code)], uint64(try))))
		before := processor(t)
		if err := engine.Prepare(code, hash, gas.Default(), nil); err != nil {
			t.Fatalf("accepted by the limits and refused later: %v", err)
		}
		took := processor(t) - before
		best, spent = min(best, took), spent+took
	}
	return best
}

// pushed is a shape of one size, in so many functions.
type pushed struct{ a, b, copies int }

func (s *shape) code(p pushed) []byte {
	m := contract()
	m.fn(0, 0, nil)
	for range p.copies {
		s.make(m, p.a, p.b)
	}
	return m.Encode()
}

func (s *shape) accepted(p pushed) bool {
	_, err := ewasm.Check(s.code(p), gas.Default())
	return err == nil
}

// most returns the largest number up to limit that is accepted, 0 for none, if what is accepted has no gaps.
func most(limit int, accepted func(n int) bool) int {
	low, high := 0, 1
	for high <= limit && accepted(high) {
		low, high = high, high*2
	}
	high = min(high, limit+1)
	for high-low > max(1, low/64) {
		if middle := (low + high) / 2; accepted(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// pushes returns the sizes of a shape to measure: the largest accepted in one function, and smaller ones as often as
// the module may hold them.
func (s *shape) pushes() (all []pushed) {
	const widest, longest = 1000, 200_000
	widths := []int{100}
	if *full {
		widths = []int{1, 8, 100, widest}
	}
	for _, b := range widths {
		a := most(longest, func(n int) bool { return s.accepted(pushed{n, b, 1}) })
		if a == 0 {
			continue
		}
		all = append(all, pushed{a, b, 1})
		for _, part := range []int{a, a/8 + 1, min(a, 20)} {
			if !*full && part != a/8+1 {
				continue
			}
			n := most(10_000, func(n int) bool { return s.accepted(pushed{part, b, n}) })
			if p := (pushed{part, b, n}); !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		if !s.wide {
			break
		}
	}
	return all
}

// TestNoAcceptedModuleCompilesSlowly also holds the price of compiling to what it pays for: 100 ns a gas.
func TestNoAcceptedModuleCompilesSlowly(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for _, s := range append(shapes, floatShapes()...) {
		t.Run(s.name, func(t *testing.T) {
			for _, p := range s.pushes() {
				s.hold(t, p)
			}
		})
	}
}

func (s *shape) hold(t *testing.T, p pushed) {
	code := s.code(p)
	_, counts, err := admit.Module(code, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	estimate := time.Duration(gas.Default().Compile.Estimate(counts))
	limit := min(bound(len(code)), estimate)
	enough := limit
	if *full {
		enough = limit * 2 / 3 // for the table: measure again what is near
	}
	var took time.Duration
	if held := peak(t, func() { took = compile(t, code, enough) }); held > mostMemory {
		t.Errorf(
			"%d x %d, %d functions, %d bytes: compiling took %d MB at once", p.a, p.b, p.copies, len(code), held>>20,
		)
	} else if testing.Verbose() {
		t.Logf("%d bytes: %d MB at once", len(code), held>>20)
	}
	if took > limit {
		t.Errorf("%d x %d, %d functions, %d bytes: %v, at most %v; estimated %v",
			p.a, p.b, p.copies, len(code), took, bound(len(code)), estimate)
	}
	if *full {
		fmt.Printf("%-40s %6d x %4d x %5d %8d B %8.1f ms %6.2f ms/KB  %5.2f of the bound %5.2f of the "+
			"estimate\n", s.name, p.a, p.b, p.copies,
			len(code), took.Seconds()*1e3, took.Seconds()*1e3*1024/float64(len(code)),
			took.Seconds()/bound(len(code)).Seconds(), took.Seconds()/estimate.Seconds())
	}
}
