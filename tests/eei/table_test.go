package eei

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// sample is one ordinary call of a host function, of which the tests below make every variation that all functions
// share.
type sample struct {
	name             string
	signature        string
	byzantium, osaka uint64 // what the call costs in all
	operands         []operand
}

// operand is a number, or a pointer to a window of memory.
type operand struct {
	number   uint64
	isLength bool // the number is the length of the pointer before it
	pointer  bool
	window   int    // bytes that the function reads or writes at the pointer
	content  []byte // what it reads there; nil for a window it writes
}

func number(n uint64) operand { return operand{number: n} }

func length(n int) operand { return operand{number: uint64(n), isLength: true} }

func writes(window int) operand { return operand{pointer: true, window: window} }

func reads(content []byte) operand {
	return operand{pointer: true, window: len(content), content: content}
}

// emptyContract is creation data that deploys no code: a contract whose main does nothing.
var emptyContract = []byte("\x00asm\x01\x00\x00\x00" +
	"\x01\x04\x01\x60\x00\x00" + // type () -> ()
	"\x03\x02\x01\x00" + // one function
	"\x05\x03\x01\x00\x01" + // one page
	"\x07\x11\x02\x04main\x00\x00\x06memory\x02\x00" +
	"\x0a\x04\x01\x02\x00\x0b")

const initcodeWords = 2 // of emptyContract

// library is an account whose code is four bytes that no engine runs.
var library = common.HexToAddress("0x1b00000000000000000000000000000000000006")

// samples has a row for every function. The operands are placed 4 KiB apart; other is cold, self warm.
var samples = []sample{
	{"useGas", "i64 ->", 7, 7, []operand{number(7)}},
	{"getGasLeft", "-> i64", 2, 2, nil},
	{"getAddress", "i32 ->", 2, 2, []operand{writes(20)}},
	{"getExternalBalance", "i32 i32 ->", 400, 2600, []operand{reads(other[:]), writes(16)}},
	{"getBlockHash", "i64 i32 -> i32", 800, 20, []operand{number(blockNumber - 1), writes(32)}},
	{"call", "i64 i32 i32 i32 i32 -> i32", 700, 2600, []operand{
		number(0), reads(other[:]), reads(amount(0)), reads([]byte("data")), length(4),
	}},
	{"callDataCopy", "i32 i32 i32 ->", 3 + 3, 3 + 3, []operand{writes(4), number(1), length(4)}},
	{"getCallDataSize", "-> i32", 2, 2, nil},
	{"callCode", "i64 i32 i32 i32 i32 -> i32", 700, 2600, []operand{
		number(0), reads(other[:]), reads(amount(0)), reads([]byte("data")), length(4),
	}},
	{"callDelegate", "i64 i32 i32 i32 -> i32", 700, 2600, []operand{
		number(0), reads(other[:]), reads([]byte("data")), length(4),
	}},
	{"callStatic", "i64 i32 i32 i32 -> i32", 700, 2600, []operand{
		number(0), reads(other[:]), reads([]byte("data")), length(4),
	}},
	{"storageStore", "i32 i32 ->", 20000, 2100 + 20000, []operand{reads(word(1)), reads(word(2))}},
	{"storageLoad", "i32 i32 ->", 200, 2100, []operand{reads(word(1)), writes(32)}},
	{"getCaller", "i32 ->", 2, 2, []operand{writes(20)}},
	{"getCallValue", "i32 ->", 2, 2, []operand{writes(16)}},
	{"codeCopy", "i32 i32 i32 ->", 3 + 2*3, 3 + 2*3, []operand{writes(33), number(0), length(33)}},
	{"getCodeSize", "-> i32", 2, 2, nil},
	{"getBlockCoinbase", "i32 ->", 2, 2, []operand{writes(20)}},
	{"create", "i32 i32 i32 i32 -> i32", 32000, 32000 + 2*initcodeWords, []operand{
		reads(amount(0)), reads(emptyContract), length(len(emptyContract)), writes(20),
	}},
	{"getBlockDifficulty", "i32 ->", 2, 2, []operand{writes(32)}},
	{"externalCodeCopy", "i32 i32 i32 i32 ->", 700 + 3, 2600 + 3, []operand{
		reads(library[:]), writes(4), number(0), length(4),
	}},
	{"getExternalCodeSize", "i32 -> i32", 700, 2600, []operand{reads(other[:])}},
	{"getBlockGasLimit", "-> i64", 2, 2, nil},
	{"getTxGasPrice", "i32 ->", 2, 2, []operand{writes(16)}},
	{"log", "i32 i32 i32 i32 i32 i32 i32 ->", 375 + 4*375 + 5*8, 375 + 4*375 + 5*8, []operand{
		reads([]byte("bytes")), length(5), number(4), reads(word(1)), reads(word(2)), reads(word(3)), reads(word(4)),
	}},
	{"getBlockNumber", "-> i64", 2, 2, nil},
	{"getTxOrigin", "i32 ->", 2, 2, []operand{writes(20)}},
	{"finish", "i32 i32 ->", 0, 0, []operand{reads([]byte("out")), length(3)}},
	{"revert", "i32 i32 ->", 0, 0, []operand{reads([]byte("out")), length(3)}},
	{"getReturnDataSize", "-> i32", 2, 2, nil},
	{"returnDataCopy", "i32 i32 i32 ->", 3, 3, []operand{writes(0), number(0), length(0)}},
	{"selfDestruct", "i32 ->", 5000, 5000 + 2600, []operand{reads(other[:])}},
	{"getBlockTimestamp", "-> i64", 2, 2, nil},

	{"create2", "i32 i32 i32 i32 i32 -> i32", 0, 32000 + (2+6)*initcodeWords, []operand{
		reads(amount(0)), reads(emptyContract), length(len(emptyContract)), reads(word(1)), writes(20),
	}},
	{"getExternalCodeHash", "i32 i32 ->", 0, 2600, []operand{reads(library[:]), writes(32)}},
	{"getChainId", "-> i64", 0, 2, nil},
	{"getSelfBalance", "i32 ->", 0, 5, []operand{writes(16)}},
	{"getBaseFee", "i32 ->", 0, 2, []operand{writes(16)}},
	{"getPrevRandao", "i32 ->", 0, 2, []operand{writes(32)}},
	{"getBlobHash", "i32 i32 -> i32", 0, 3, []operand{number(1), writes(32)}},
	{"getBlobBaseFee", "i32 ->", 0, 2, []operand{writes(16)}},
	{"transientLoad", "i32 i32 ->", 0, 100, []operand{reads(word(1)), writes(32)}},
	{"transientStore", "i32 i32 ->", 0, 100, []operand{reads(word(1)), reads(word(2))}},
	{"keccak256", "i32 i32 i32 ->", 0, 30 + 2*6, []operand{reads(make([]byte, 33)), length(33), writes(32)}},

	{"add", "i32 i32 i32 ->", 0, bignumPrice, []operand{reads(word(1)), reads(word(2)), writes(32)}},
	{"sub", "i32 i32 i32 ->", 0, bignumPrice, []operand{reads(word(1)), reads(word(2)), writes(32)}},
	{"mul", "i32 i32 i32 ->", 0, bignumPrice, []operand{reads(word(1)), reads(word(2)), writes(32)}},
	{"div", "i32 i32 i32 ->", 0, bignumPrice, []operand{reads(word(1)), reads(word(2)), writes(32)}},
	{"mod", "i32 i32 i32 ->", 0, bignumPrice, []operand{reads(word(1)), reads(word(2)), writes(32)}},
	{"addmod", "i32 i32 i32 i32 ->", 0, bignumPrice, []operand{
		reads(word(1)), reads(word(2)), reads(word(3)),
		writes(32),
	}},
	{"mulmod", "i32 i32 i32 i32 ->", 0, bignumPrice, []operand{
		reads(word(1)), reads(word(2)), reads(word(3)),
		writes(32),
	}},
	{"exp", "i32 i32 i32 ->", 0, bignumPrice + expBytePrice, []operand{reads(word(1)), reads(word(2)), writes(32)}},

	{"print32", "i32 ->", 0, 100, []operand{number(1)}},
	{"print64", "i64 ->", 0, 100, []operand{number(1)}},
	{"printMem", "i32 i32 ->", 0, 100, []operand{reads([]byte("text")), length(4)}},
	{"printMemHex", "i32 i32 ->", 0, 100, []operand{reads([]byte("text")), length(4)}},
	{"printStorage", "i32 ->", 0, 2200, []operand{reads(word(1))}},
	{"printStorageHex", "i32 ->", 0, 2200, []operand{reads(word(1))}},
}

// The prices of module bignum.
const (
	bignumPrice  = 2
	expBytePrice = 1
)

const memoryEnd = 1 << 16 // of the one page that contracts have here

// parts is the text of the sample, some operands replaced, and the data it reads where that lies in memory.
func (s sample) parts(replaced map[int]uint64) []string {
	parts, values := []string{}, []any{}
	for i, o := range s.operands {
		value := o.number
		if o.pointer {
			value = uint64(4096 * (i + 1))
		}
		if other, ok := replaced[i]; ok {
			value = other
		}
		if value+uint64(len(o.content)) <= memoryEnd && len(o.content) > 0 {
			parts = append(parts, data(int(value), o.content))
		}
		values = append(values, value)
	}
	return append(parts, do(s.name, values...))
}

// world holds what the samples need: an account with code, and calldata in the message.
func (s sample) world(t *testing.T, f fork) (*world, message) {
	w := f.world(t)
	w.place(library, []byte("code"))
	return w, message{gas: maxGas, input: []byte("input")}
}

// ends is how a sample ends that is not refused.
func (s sample) ends() frame.End {
	if s.name == "revert" {
		return frame.Reverted
	}
	return frame.Finished
}

// runs reports whether a schedule sells the function at all.
func (s sample) runs(f fork) bool {
	return lookup(s.name).SoldBy(f.schedule)
}

// eachSample runs a test for every function under both schedules.
func eachSample(t *testing.T, test func(t *testing.T, f fork, s sample)) {
	t.Helper()
	eachFork(t, func(t *testing.T, f fork) {
		for _, s := range samples {
			if s.runs(f) {
				t.Run(s.name, func(t *testing.T) { test(t, f, s) })
			}
		}
	})
}

// interfaceOf returns the functions of contracts. Those that only programs have are tested in programs_test.go.
func interfaceOf() []*ewasm.Function {
	return slices.DeleteFunc(ewasm.Functions(), func(row *ewasm.Function) bool { return row.Module == ewasm.WASI })
}

func TestTableIsTheInterface(t *testing.T) {
	rows := interfaceOf()
	equal(t, "functions", len(rows), 33+11+8+6)
	for i, row := range rows {
		if i >= len(samples) || samples[i].name != row.Name {
			t.Fatalf("row %d is %s, and no sample stands in its place", i, row.Name)
		}
		signature := ""
		for _, p := range row.Params {
			signature += p.String() + " "
		}
		signature += "->"
		for _, r := range row.Results {
			signature += " " + r.String()
		}
		equal(t, row.Name+"'s signature", signature, samples[i].signature)
	}
}

func TestEveryFunctionHasItsPrice(t *testing.T) {
	eachSample(t, func(t *testing.T, f fork, s sample) {
		price := map[string]uint64{"byzantium": s.byzantium, "osaka": s.osaka}[f.name]
		w, m := s.world(t, f)
		w.place(self, contract(t, s.parts(nil)...))
		o := w.call(m)
		equal(t, "end", o.End, s.ends())
		equal(t, "gas", o.Used, price)
	})
}

func TestExactlyItsPriceSufficesAndOneLessDoesNot(t *testing.T) {
	eachSample(t, func(t *testing.T, f fork, s sample) {
		price := map[string]uint64{"byzantium": s.byzantium, "osaka": s.osaka}[f.name]
		if price == 0 {
			t.Skip("free")
		}
		w, m := s.world(t, f)
		w.place(self, contract(t, s.parts(nil)...))
		m.gas = price
		equal(t, "end", w.call(m).End, s.ends())

		w, _ = s.world(t, f)
		w.place(self, contract(t, s.parts(nil)...))
		m.gas = price - 1
		w.call(m).trapped(t, gas.ErrOutOfGas)
	})
}

// What is shown under the development schedule holds under the default one, but for the size of programs.
func TestDevelopmentIsTheDefaultWithDebugAndRoomForLargerPrograms(t *testing.T) {
	want := *gas.Default()
	want.Name, want.Family, want.Limits.Debug = "development-2", "development", true
	want.Limits.Code, want.Limits.Initcode, want.Limits.TransactionGas = 4<<20, 5<<20, 1<<30
	want.Limits.Module.Bytes, want.Limits.Module.CompileTime = 8<<20, 15_000_000_000
	want.Limits.Module.TargetsTotal = 1 << 18
	if diff := cmp.Diff(want, *gas.Development()); diff != "" {
		t.Error(diff)
	}
}

// The default schedule differs from the one used here by what instructions and compiling cost, and that is added
// without rounding.
func TestInstructionsAndInterfaceAreChargedIndependently(t *testing.T) {
	priced := fork{"priced", gas.Development(), osakaRules}
	unhosted := *gas.Development()
	unhosted.Name, unhosted.Host = "development, free interface", gas.Schedule{}.Host
	unhosted.State = gas.State{RefundQuotient: 5, Compilation: gas.Development().State.Compilation}
	interfaceFree := fork{"interface free", &unhosted, osakaRules}
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			used := func(f fork) int64 {
				w, m := s.world(t, f)
				w.place(self, contract(t, s.parts(nil)...))
				o := w.call(m)
				if o.End != s.ends() {
					t.Fatalf("%v: %v", o.End, o.Cause)
				}
				return maxGas*gas.PerGas - o.Left.Particles()
			}
			if s.name == "useGas" {
				t.Skip("its price is its operand")
			}
			instructions := used(interfaceFree)
			if instructions <= 0 {
				t.Error("instructions of the default schedule are free")
			}
			equal(t, "particles", used(priced), used(osaka)+instructions)
		})
	}
}

// mark leaves a slot and a log that an undone frame must not leave.
var mark = []string{
	data(0, word(9)), data(32, word(1)),
	do("storageStore", 0, 32), do("log", 0, 32, 0, 0, 0, 0, 0),
}

// refused checks that a frame that began with mark trapped and left nothing.
func (w *world) refused(o outcome, why error) {
	w.t.Helper()
	o.trapped(w.t, why)
	equal(w.t, "slot written before the trap", w.slot(self, 9), [32]byte{})
	equal(w.t, "logs of the trapped frame", len(w.Logs()), 0)
	equal(w.t, "refund of the trapped frame", w.GetRefund(), 0)
}

func TestPointersMayReachTheEndOfMemory(t *testing.T) {
	eachSample(t, func(t *testing.T, f fork, s sample) {
		for i, o := range s.operands {
			if !o.pointer {
				continue
			}
			w, m := s.world(t, f)
			w.place(self, contract(t, s.parts(map[int]uint64{i: uint64(memoryEnd - o.window)})...))
			if r := w.call(m); r.End != s.ends() {
				t.Errorf("operand %d: %v: %v", i, r.End, r.Cause)
			}
		}
	})
}

func TestPointersPastMemoryTrapAndUndo(t *testing.T) {
	eachSample(t, func(t *testing.T, f fork, s sample) {
		for i, o := range s.operands {
			if !o.pointer {
				continue
			}
			outside := []uint64{
				memoryEnd - uint64(o.window) + 1,
				memoryEnd + 1,
				1<<31 - 1,
				1 << 31, // negative as a signed number
				1<<32 - 1,
			}
			if o.window > 0 {
				outside = append(outside, memoryEnd, 1<<32-uint64(o.window)) // the latter wraps to 0
			}
			for _, pointer := range outside {
				t.Run(fmt.Sprintf("operand=%d/pointer=%#x", i, pointer), func(t *testing.T) {
					w, m := s.world(t, f)
					w.place(self, contract(t, append(mark, s.parts(map[int]uint64{i: pointer})...)...))
					r := w.call(m)
					w.refused(r, ewasm.ErrMemory)
					equal(t, "function that trapped", trapOf(r), s.name)
				})
			}
		}
	})
}

func trapOf(o outcome) string {
	var trap *ewasm.Trap
	if errors.As(o.Cause, &trap) {
		return trap.Function
	}
	return ""
}

func TestLengthsPastMemoryTrapAndUndo(t *testing.T) {
	eachSample(t, func(t *testing.T, f fork, s sample) {
		pointer := -1
		for i, o := range s.operands {
			if o.pointer {
				pointer = i
			}
			if !o.isLength {
				continue
			}
			for _, window := range []struct{ at, length uint64 }{
				{memoryEnd + 1, 0},
				{0, memoryEnd + 1},
				{memoryEnd - 1, 2},
				{1, 1<<32 - 1},         // wraps to 0
				{1<<32 - 1, 1},         // wraps to 0
				{1 << 31, 1 << 31},     // wraps to 0
				{100, 1<<32 - 50},      // wraps to 50
				{1<<32 - 1, 1<<32 - 1}, // wraps twice as far
			} {
				t.Run(fmt.Sprintf("at=%#x/length=%#x", window.at, window.length), func(t *testing.T) {
					w, m := s.world(t, f)
					replaced := map[int]uint64{pointer: window.at, i: window.length}
					w.place(self, contract(t, append(mark, s.parts(replaced)...)...))
					w.refused(w.call(m), ewasm.ErrMemory)
				})
			}
		}
	})
}

func TestOnlyWritersAreRefusedInStaticMode(t *testing.T) {
	writers := map[string]bool{
		"storageStore": true, "log": true, "create": true, "selfDestruct": true, "create2": true,
		"transientStore": true,
	}
	eachSample(t, func(t *testing.T, f fork, s sample) {
		w, m := s.world(t, f)
		w.place(self, contract(t, s.parts(nil)...))
		m.kind = frame.CallStatic
		o := w.call(m)
		if writers[s.name] {
			o.trapped(t, ewasm.ErrStatic)
			equal(t, "function that trapped", trapOf(o), s.name)
		} else {
			equal(t, "end", o.End, s.ends())
		}
	})
}
