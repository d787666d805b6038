package limits

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/gas/admit"
	"hestia/internal/wasm"
)

var (
	exact   = flag.Bool("exact", false, "hold estimates to one to three times, for which the machine must be idle")
	modules = flag.String("modules", "", "the folder of what modules/build.sh built")
	counted = flag.String("counts", "", "a file to write their counts and times to")
)

// An estimate is at least what compiling takes, since it pays for that, and at most so many times as much.
const dearest = 3

// busy is how far a machine with other work may be off.
const busy = 1.7

// dearer are sources that the estimate is known to judge too hard, each with the most that it may, and why.
var dearer = map[string]float64{
	"sha1":   3.5, // a round's sum, rotated, is a term of the next one's, and the compiler finds fewer forms of it
	"format": 4.5, // pointers that are raised in many loops, one inlined after the other, count as one chain of sums
	// the meter hides every seventh result of their chains from the optimizer, which the estimate does not know
	"bigint": 4, "chacha": 4, "md5": 4.5,
}

// most returns how many times what compiling takes the estimate may be.
func (b *built) most() float64 {
	return max(dearest, dearer[b.name[strings.LastIndexByte(b.name, '-')+1:]])
}

// enough reports whether another measurement of a module is not needed: noise only adds to the time.
func (b *built) enough() bool { return b.ratio() > 1.2 && b.ratio() < dearest*3/4.0 }

// built is a module that a compiler made of a source: LANGUAGE-COMPILER-LEVEL-SOURCE.wasm.
type built struct {
	name     string
	code     []byte // as a contract
	counts   *gas.Counts
	estimate time.Duration
	took     time.Duration // of the reference machine
}

func (b *built) ratio() float64 { return b.estimate.Seconds() / b.took.Seconds() }

func (b *built) language() string { return b.name[:strings.IndexByte(b.name, '-')] }

// referenceStep is what a step of the chain of tests/calibrate takes the reference machine, in nanoseconds.
const referenceStep = 100.0 / 75

// reference returns how many nanoseconds of the reference machine one of this machine is just now.
func reference(t testing.TB) float64 {
	const steps = 1_000_000
	best := time.Duration(1 << 62)
	x := uint64(steps)
	for range 5 {
		before := processor(t)
		for range steps {
			x = bits.RotateLeft64(x, 23) * 0x9E3779B97F4A7C15
		}
		best = min(best, processor(t)-before)
	}
	runtime.KeepAlive(x)
	return referenceStep * steps / float64(best.Nanoseconds())
}

// TestModulesOfManyCompilersPayOneToThreeTimesWhatTheyTake compiles what make modules built: every module is accepted,
// as a program, and its estimate is between the time it takes and three times that.
func TestModulesOfManyCompilersPayOneToThreeTimesWhatTheyTake(t *testing.T) {
	if *modules == "" {
		t.Skip("no modules were built: make modules")
	}
	files, err := filepath.Glob(filepath.Join(*modules, "*.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*built
	same := map[[32]byte]bool{}
	for _, file := range files {
		b := read(t, file)
		if b == nil {
			continue
		}
		if hash := sha256.Sum256(b.code); !same[hash] {
			same[hash] = true
			if b.measure(t); b.took > 0 {
				all = append(all, b)
			}
		}
	}
	for _, b := range all {
		if b.ratio() < 1 { // perhaps the machine was busy
			b.measure(t)
		}
	}
	t.Logf("%d modules", len(all))
	summary(t, all)
	writeCounts(t, all)
	if *exact && len(all) < 200 {
		t.Errorf("%d modules are too few: a compiler is missing", len(all))
	}
	for _, b := range all {
		least, most := 1.0, b.most()
		if !*exact {
			least, most = least/busy, most*busy
		}
		if r := b.ratio(); r < least || r > most {
			t.Errorf("%s: estimated %.2f times what it takes, want %.1f to %.1f", b.name, r, least, most)
		}
	}
}

// read returns the module of a file, or no module if it is refused.
func read(t *testing.T, file string) *built {
	t.Helper()
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(code)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	b := &built{name: strings.TrimSuffix(filepath.Base(file), ".wasm"), code: adopted(m)}
	if _, err := ewasm.Check(b.code, lifted()); err != nil {
		t.Errorf("%s: %v", file, err)
		return nil
	}
	return b
}

// lifted is the default schedule without limits for the estimate.
func lifted() *gas.Schedule {
	s := *gas.Default()
	s.Limits.Module.CompileTime, s.Limits.Module.CompilePerKB = math.MaxInt64, math.MaxInt64>>12
	return &s
}

// measure holds a module to the limits, compiles it, and notes the least of several times.
func (b *built) measure(t *testing.T) {
	t.Helper()
	if _, _, err := admit.Module(b.code, gas.Default()); err != nil {
		t.Errorf("%s (%d bytes): %v", b.name, len(b.code), err)
	}
	schedule := lifted()
	_, counts, err := admit.Module(b.code, schedule)
	if err != nil {
		return // reported above
	}
	b.counts, b.estimate = counts, time.Duration(schedule.Compile.Estimate(counts))
	const most, patience = 20, 2 * time.Second
	spent := time.Duration(0)
	for try := 0; try < 2 || !b.enough() && (try < 4 || try < most && spent < patience); try++ {
		rate := reference(t)
		hash := common.Hash(sha256.Sum256(binary.LittleEndian.AppendUint64(slices.Clone(b.code), uint64(try))))
		before := processor(t)
		if err := engine.Prepare(b.code, hash, schedule, nil); err != nil {
			t.Fatalf("%s: %v", b.name, err)
		}
		took := processor(t) - before
		spent += took
		if took = time.Duration(float64(took) * rate); b.took == 0 || took < b.took {
			b.took = took
		}
	}
}

// summary logs how many modules there are of which language, how their estimates spread, and the ends of that.
func summary(t *testing.T, all []*built) {
	t.Helper()
	slices.SortFunc(all, func(a, b *built) int { return cmp.Compare(a.ratio(), b.ratio()) })
	languages := map[string]int{}
	for _, b := range all {
		languages[b.language()]++
	}
	t.Logf("by language: %v", languages)
	if len(all) == 0 {
		return
	}
	var line strings.Builder
	for _, percent := range []int{0, 5, 25, 50, 75, 95, 100} {
		fmt.Fprintf(&line, " %d%%: %.2f", percent, all[(len(all)-1)*percent/100].ratio())
	}
	t.Logf("estimate over time:%s", line.String())
	const shown = 10
	for i, b := range all {
		if i < shown || i >= len(all)-shown {
			t.Logf("%.2f: %s, %d bytes, estimated %v, takes %v", b.ratio(), b.name, len(b.code), b.estimate, b.took)
		}
	}
}

// writeCounts writes a line for each module: name, bytes, nanoseconds taken, nanoseconds estimated, counts.
func writeCounts(t *testing.T, all []*built) {
	t.Helper()
	if *counted == "" {
		return
	}
	var text strings.Builder
	for _, b := range all {
		fmt.Fprintf(&text, "%s\t%d\t%d\t%d", b.name, len(b.code), b.took, b.estimate)
		for _, n := range b.counts {
			fmt.Fprintf(&text, "\t%d", n)
		}
		text.WriteString("\n")
	}
	if err := os.WriteFile(*counted, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
