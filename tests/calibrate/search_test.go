//go:build linux

package calibrate

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

var (
	search = flag.Duration("price-search", 0, "how long to look for loops that take long for their price")
	seed   = flag.Uint64("price-seed", 0, "the seed of the search; 0 for another one each time")
)

// The bounds, in reference nanoseconds a gas: 100 are paid for.
const (
	// mostNanos holds for all loops but those that a price cannot reach.
	mostNanos = 1000

	// mostDistant holds for those that only wait for memory, within what every module may have. No price of a load or
	// store that ordinary programs could pay covers one that misses the nearer caches each time. How long a
	// transaction runs is bounded apart.
	mostDistant = 10_000
)

// worstFile has the worst baits known, a line each, the least of them first.
const worstFile = "testdata/worst.jsonl"

// trial is a bait as it runs on a chain: metered under the default schedule.
type trial struct {
	store *wasmtime.Store
	run   *wasmtime.Func
	left  *wasmtime.Global
	begin int32 // another for each run, so that no cache has what the next one reads
}

// newTrial compiles a bait and prepares its memory. An error says that it is none.
func newTrial(t testing.TB, b *bait) (*trial, error) {
	t.Helper()
	m, err := wasm.Decode(wat.Assemble(t, b.text()))
	must(t, err)
	metered, err := meter.Instrument(m, gas.Default(), meter.Options{Gas: math.MaxInt64})
	must(t, err)
	module, err := wasmtime.NewModule(engine, metered.Module.Encode())
	if err != nil {
		return nil, err // more code than a function may have
	}
	r := &trial{store: wasmtime.NewStore(engine)}
	halt := wasmtime.WrapFunc(r.store, func(reason int32) *wasmtime.Trap { return wasmtime.NewTrap(halted) })
	instance, err := wasmtime.NewInstance(r.store, module, []wasmtime.AsExtern{halt})
	must(t, err)
	r.run, r.left = instance.GetFunc(r.store, "run"), instance.GetExport(r.store, meter.GasGlobal).Global()
	_, err = instance.GetFunc(r.store, "prepare").Call(r.store)
	return r, err
}

// halted is what a run says that has used up its gas.
const halted = "halted"

// burn runs until so much gas is gone, and returns the nanoseconds that it took, or false if it ended otherwise.
func (r *trial) burn(t testing.TB, amount int64) (float64, bool) {
	must(t, r.left.Set(r.store, wasmtime.ValI64(amount*gas.PerGas)))
	r.begin = r.begin*1664525 + 1013904223
	begin := threadTime()
	_, err := r.run.Call(r.store, r.begin)
	took := threadTime() - begin
	return float64(took), err != nil && strings.Contains(err.Error(), halted)
}

// cost is the least of some runs, in reference nanoseconds a gas: what else the machine does only adds. It is zero for
// a bait that does not run until its gas is gone. A run lasts some milliseconds.
func (r *trial) cost(t testing.TB, c *clock, runs int) float64 {
	const enough, most = 2e6, 1 << 24
	amount := int64(1000)
	for amount < most {
		took, ok := r.burn(t, amount)
		if !ok {
			return 0
		}
		if took >= enough {
			break
		}
		amount *= 2
	}
	least := math.Inf(1)
	for range runs {
		c.rate(t)
		took, _ := r.burn(t, amount)
		least = min(least, took/float64(amount))
	}
	return least * c.usual()
}

// costOf measures a bait; zero if it is none.
func costOf(t testing.TB, c *clock, b *bait, runs int) float64 {
	r, err := newTrial(t, b)
	if r != nil {
		defer r.store.Close()
	}
	if err != nil {
		return 0
	}
	return r.cost(t, c, runs)
}

// TestWorstPrices holds the prices to the worst loops known.
func TestWorstPrices(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	runtime.LockOSThread() // its clock is the one read
	defer runtime.UnlockOSThread()
	must(t, os.Unsetenv("RUST_BACKTRACE"))
	c := newClock(t)
	for _, b := range readBaits(t) {
		cost := 0.0
		for range 5 { // a busy machine has quiet moments
			cost = costOf(t, c, &b, 7)
			if cost <= b.most() {
				break
			}
		}
		if *search > 0 || testing.Verbose() {
			fmt.Printf("%6.0f ns a gas, at most %5.0f: %s\n", cost, b.most(), b.Name)
		}
		if cost == 0 || cost > b.most() {
			t.Errorf("%.0f ns a gas, at most %.0f: %s", cost, b.most(), b.line())
		}
	}
}

// most is the bound of a bait.
func (b *bait) most() float64 {
	switch {
	case b.Most != 0:
		return b.Most
	case b.distant():
		return mostDistant
	}
	return mostNanos
}

// nearestBits is the logarithm of what the nearest cache holds of memory.
const nearestBits = 15

// distant reports whether a bait waits for memory that the nearest cache does not hold, or not
// at so many addresses that differ by pages.
func (b *bait) distant() bool {
	far := b.Bits > nearestBits
	return slices.ContainsFunc(b.Steps, func(s step) bool {
		switch s.Kind {
		case doChase:
			return far
		case doWalk:
			return far || s.N%4096 == 0
		case doLoad, doStore, doForward:
			return far && s.Masked || s.Stride != 0 && s.Stride%4096 == 0
		}
		return false
	})
}

func (b *bait) line() string {
	text, err := json.Marshal(b)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func readBaits(t testing.TB) (all []bait) {
	t.Helper()
	file, err := os.Open(worstFile)
	must(t, err)
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var b bait
		must(t, json.Unmarshal(lines.Bytes(), &b))
		all = append(all, b)
	}
	return all
}

// TestSearchPrices looks for worse loops: it begins with one at random or a known one, changes it, and goes on from
// what costs more, until nothing has for a while. It prints the worst of each kind of bound whenever that changes.
func TestSearchPrices(t *testing.T) {
	if *search == 0 {
		t.Skip("looks for as long as it is told to: make price-search")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	must(t, os.Unsetenv("RUST_BACKTRACE"))
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	fmt.Printf("seed %d\n", *seed)
	c, known := newClock(t), readBaits(t)
	worst := map[bool]float64{}
	until := time.Now().Add(*search)
	tried := 0
	for climb := uint64(0); time.Now().Before(until); climb++ {
		r := rand.New(rand.NewPCG(*seed, climb))
		b := randomBait(r)
		if r.IntN(4) == 0 {
			b = known[r.IntN(len(known))].changed(r)
		}
		best := costOf(t, c, &b, 3)
		for idle := 0; idle < 12 && time.Now().Before(until); idle++ {
			next := b.changed(r)
			tried++
			if cost := costOf(t, c, &next, 3); cost > best*1.02 {
				b, best, idle = next, cost, 0
			}
		}
		if best <= worst[b.distant()] {
			continue
		}
		if best = costOf(t, c, &b, 15); best > worst[b.distant()] {
			worst[b.distant()] = best
			fmt.Printf("%6.0f ns a gas, at most %5.0f, after %d: %s\n", best, b.most(), tried, b.line())
			if best > b.most() {
				t.Errorf("%.0f ns a gas, at most %.0f: %s", best, b.most(), b.line())
			}
		}
	}
	fmt.Printf("%d loops, seed %d: %.0f ns a gas at worst, %.0f for memory far away\n",
		tried, *seed, worst[false], worst[true])
}
