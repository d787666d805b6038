package eei

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// What ordinary programs take, warm, in the engine alone: `go test ./tests/eei -run ^$ -bench 'Programs|SQLite'`.
// testdata/programs has tests/programs/c/hello.c and rust/wordcount.rs as make programs builds them.

const programDir = "../../contracts/programs/"

// priced is the default schedule, and storageless the same with slots of storage that cost nothing.
var (
	priced      = fork{"default", gas.Default(), osakaRules}
	storageless = fork{"default, free slots", freeSlots(gas.Default()), osakaRules}
)

func freeSlots(s *gas.Schedule) *gas.Schedule {
	free := *s
	free.Name = s.Name + ", free slots"
	state := &free.State
	state.SlotCold, state.SlotWarm, state.SlotSet, state.SlotReset, state.ClearRefund, state.SlotSentry = 0, 0, 0, 0, 0,
		0
	return &free
}

func programOf(t testing.TB, file string) []byte {
	t.Helper()
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// after returns a world in which a program has run with an input, so that its files are as that has left them.
func (f fork) after(t testing.TB, code []byte, input string) *world {
	t.Helper()
	w := f.world(t)
	w.place(self, code)
	w.call(message{input: []byte(input)}).finished(t)
	w.begin()
	return w
}

// digit is a picture that contracts/programs/digits reads.
var digit = strings.Repeat("\x00\x40\xff\x80", 28*28/4)

var measuredPrograms = []struct {
	name, file, before, input string
	most                      uint64 // gas beyond storage
}{
	{"c-hello", "testdata/programs/hello.wasm", "Ada\n", "Grace\n", 1200},
	{"c-guestbook", programDir + "guestbook/guestbook_c.wasm", "Ada\n", "Grace\n", 1200},
	{"rust-wordcount", "testdata/programs/wordcount.wasm", "", "the cat and the dog and the bird", 1200},
	{"rust-guestbook", programDir + "guestbook/guestbook_rust.wasm", "Ada\n", "Grace\n", 1200},
	{"as-guestbook", programDir + "guestbook/guestbook_as.wasm", "Ada\n", "Grace\n", 1200},
	{"digits", programDir + "digits/digits.wasm", "", digit, 4500},
}

func TestProgramsTakeLittleGasBeyondTheirStorage(t *testing.T) {
	for _, p := range measuredPrograms {
		o := storageless.after(t, programOf(t, p.file), p.before).call(message{input: []byte(p.input)})
		o.finished(t)
		if t.Logf("%-16s %d gas beyond storage", p.name, o.Used); o.Used > p.most {
			t.Errorf("%s takes %d gas, at most %d", p.name, o.Used, p.most)
		}
	}
}

// What it takes to read a digit is a call with a picture less a call with one byte less. That is no picture, so that
// the program takes it for a model, finds with one comparison that it is none, and says so: it has the same memory and
// reads as much, but infers nothing. The difference also holds looking for a stored model, and the printing of eleven
// numbers.
func TestInferenceTakesFifteenHundredGas(t *testing.T) {
	w := storageless.after(t, programOf(t, programDir+"digits/digits.wasm"), "")
	whole, idle := w.call(message{input: []byte(digit)}), w.call(message{input: []byte(digit[1:])})
	whole.finished(t)
	equal(t, "end without a picture", idle.End, frame.Reverted)
	if t.Logf("%d gas, %d without inference", whole.Used, idle.Used); whole.Used-idle.Used > 1500 {
		t.Errorf("inference takes %d gas", whole.Used-idle.Used)
	}
}

// timeIn runs the program at self in the engine, on the state as it is, and returns the best time of a call and the
// gas it uses.
func (w *world) timeIn(b *testing.B, input string) (best time.Duration, used uint64) {
	b.Helper()
	const batch = 20
	code := w.GetCode(self)
	given := frame.Frame{
		Self: self, Caller: sender, Code: code, CodeHash: crypto.Keccak256Hash(code), Schedule: w.fork.schedule,
		PagesLeft: 512, Block: w.block, Value: new(uint256.Int), Tx: w.tx, State: w.StateDB, Input: []byte(input),
		Gas: gas.NewTank(plenty * 10),
	}
	best = math.MaxInt64
	b.ReportAllocs()
	for b.Loop() {
		for range batch {
			snapshot, c := w.Snapshot(), &ewasm.Context{Frame: given}
			start := time.Now()
			result := engine.Run(c)
			best = min(best, time.Since(start))
			if result.End != frame.Finished {
				b.Fatalf("%v: %v", result.End, result.Cause)
			}
			used = given.Gas.Left() - result.Left.Left()
			w.RevertToSnapshot(snapshot)
		}
	}
	b.ReportMetric(float64(best.Nanoseconds())/1000, "best-us")
	b.ReportMetric(float64(used), "gas")
	return best, used
}

func BenchmarkPrograms(b *testing.B) {
	for _, p := range measuredPrograms {
		b.Run("program="+p.name, func(b *testing.B) {
			code := programOf(b, p.file)
			beyond := storageless.after(b, code, p.before).call(message{input: []byte(p.input)}).Used
			priced.after(b, code, p.before).timeIn(b, p.input)
			b.ReportMetric(float64(beyond), "gas-beyond-storage")
		})
	}
}

// BenchmarkSQLite runs statements, each on the database as those before have left it.
func BenchmarkSQLite(b *testing.B) {
	var many strings.Builder
	for i := range 200 {
		fmt.Fprintf(&many, "insert into people(name, born) values('person %d', %d);", i, i)
	}
	w := priced.world(b)
	w.place(self, programOf(b, programDir+"sqlite/sqlite.wasm"))
	for _, s := range []struct{ name, sql string }{
		{"nothing", "select 1;"},
		{"create", "create table people(id integer primary key, name text, born int); create index i on people(born);"},
		{"insert", "insert into people(name, born) values('Ada', 1815);"},
		{"200-rows", "begin;" + many.String() + "commit;"},
		{"select-by-index", "select name from people where born = 77;"},
		{"update", "update people set name = 'Grace' where born = 77;"},
	} {
		b.Run("statement="+s.name, func(b *testing.B) { w.timeIn(b, s.sql) })
		w.call(message{input: []byte(s.sql), gas: plenty * 10}).finished(b)
		w.begin()
	}
}
