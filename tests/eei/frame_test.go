package eei

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// What a frame knows of itself, and how it ends.

func TestFrameAndTransactionValues(t *testing.T) {
	wide := new(uint256.Int).SetAllOne()
	wide.Rsh(wide, 128)
	for _, test := range []struct {
		name string
		size int
		want []byte
	}{
		{"getAddress", 20, self[:]},
		{"getCaller", 20, sender[:]},
		{"getTxOrigin", 20, sender[:]},
		{"getBlockCoinbase", 20, coinbase[:]},
		{"getCallValue", 16, amount(0x0102030405)},
		{"getTxGasPrice", 16, bytes.Repeat([]byte{0xff}, 16)},
		{"getBlockDifficulty", 32, append(append([]byte{0xff}, make([]byte, 30)...), 1)}, // u256, little-endian
	} {
		t.Run(test.name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.fund(sender, 0x0102030405)
				w.tx.GasPrice = wide
				// Bytes around the window must stay as they are.
				w.place(self, contract(t,
					data(0, bytes.Repeat([]byte{0xaa}, 64)),
					do(test.name, 8),
					finish(0, test.size+16),
				))
				margin := bytes.Repeat([]byte{0xaa}, 8)
				want := append(append(margin, test.want...), margin...)
				have := w.call(message{value: uint256.NewInt(0x0102030405)}).finished(t)
				equal(t, "memory", common.Bytes2Hex(have), common.Bytes2Hex(want))
			})
		})
	}
}

func TestNumbersOfTheBlock(t *testing.T) {
	for name, want := range map[string]uint64{
		"getBlockNumber": blockNumber, "getBlockGasLimit": 36_000_000, "getBlockTimestamp": 1_700_000_000,
	} {
		t.Run(name, func(t *testing.T) {
			out := byzantium.world(t).run(put64(0, get(name)), finish(0, 8)).finished(t)
			equal(t, name, u64(out), want)
		})
	}
	t.Run("use all 64 bits", func(t *testing.T) {
		w := byzantium.world(t)
		w.block.Number, w.block.GasLimit, w.block.Time = 1<<64-1, 1<<63, 1<<40
		out := w.run(put64(0, get("getBlockNumber")), put64(8, get("getBlockGasLimit")),
			put64(16, get("getBlockTimestamp")),
			finish(0, 24)).finished(t)
		equal(t, "number", u64(out), 1<<64-1)
		equal(t, "gas limit", u64(out[8:]), 1<<63)
		equal(t, "time", u64(out[16:]), 1<<40)
	})
}

func TestTheCallerOfACalleeIsTheContractAndTheOriginStays(t *testing.T) {
	w := byzantium.world(t)
	w.place(other, contract(t, do("getCaller", 0), do("getTxOrigin", 20), finish(0, 40)))
	w.place(self, relay(t, "call", 10_000, other, 0))
	out := w.call(message{}).finished(t)
	equal(t, "caller", common.BytesToAddress(out[4:24]), self)
	equal(t, "origin", common.BytesToAddress(out[24:44]), sender)
}

func TestGetGasLeftIsTheRestAfterItsOwnCharge(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.place(self, contract(t, put64(0, get("getGasLeft")), put64(8, get("getGasLeft")), finish(0, 16)))
		out := w.call(message{gas: 1000}).finished(t)
		equal(t, "first", u64(out), 998)
		equal(t, "second", u64(out[8:]), 996)
	})
}

func TestUseGasTakesItsArgument(t *testing.T) {
	for _, n := range []uint64{0, 1, 999, 1000} {
		w := byzantium.world(t)
		w.place(self, contract(t, do("useGas", n)))
		o := w.call(message{gas: 1000})
		o.finished(t)
		equal(t, "used", o.Used, n)
	}
}

func TestUseGasBeyondTheRestIsOutOfGas(t *testing.T) {
	for _, n := range []int64{1001, 1 << 40, 1 << 60, 1<<63 - 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := byzantium.world(t)
			w.place(self, contract(t, do("useGas", n)))
			w.call(message{gas: 1000}).trapped(t, gas.ErrOutOfGas)
		})
	}
}

// A source that can be copied in parts: calldata, code and return data follow the same rule.
var sources = []struct {
	copy, size string
	before     func(content []byte) []string // makes content the source, beyond what place and call do
}{
	{"callDataCopy", "getCallDataSize", nil},
	{"returnDataCopy", "getReturnDataSize", func(content []byte) []string {
		// The identity precompile returns what it is given.
		return []string{
			data(50_000, common.BytesToAddress([]byte{4}).Bytes()), data(51_000, content),
			do("callStatic", 1_000, 50_000, 51_000, len(content)),
		}
	}},
}

func TestCopiesTakeAnyPartOfTheSource(t *testing.T) {
	content := []byte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHI") // 45 bytes
	for _, source := range sources {
		for _, part := range []struct{ offset, length int }{
			{0, 45},
			{0, 1},
			{44, 1},
			{10, 32},
			{10, 33},
			{45, 0},
			{0, 0},
		} {
			t.Run(fmt.Sprintf("%s/offset=%d/length=%d", source.copy, part.offset, part.length), func(t *testing.T) {
				eachFork(t, func(t *testing.T, f fork) {
					w := f.world(t)
					parts := []string{}
					if source.before != nil {
						parts = source.before(content)
					}
					w.place(self, contract(t, append(parts,
						put64(0, get("getGasLeft")),
						do(source.copy, 100, part.offset, part.length),
						put64(8, get("getGasLeft")),
						put32(16, get(source.size)),
						"(memory.copy (i32.const 20) (i32.const 100) (i32.const 46))",
						finish(0, 66),
					)...))
					out := w.call(message{input: content}).finished(t)
					equal(t, "gas", u64(out)-u64(out[8:])-2, 3+3*words(part.length))
					equal(t, "size", u32(out[16:]), 45)
					want := content[part.offset : part.offset+part.length]
					equal(t, "copied", string(out[20:20+part.length]), string(want))
					equal(t, "byte after", out[20+part.length], 0)
				})
			})
		}
	}
}

func TestCopiesPastTheSourceTrapAndUndo(t *testing.T) {
	content := []byte("0123456789")
	for _, source := range sources {
		for _, part := range []struct{ offset, length uint64 }{
			{0, 11}, {10, 1}, {9, 2}, {11, 0}, {1 << 31, 1}, {1<<32 - 1, 1}, {1<<32 - 1, 0}, {1<<32 - 5, 10},
		} {
			t.Run(fmt.Sprintf("%s/offset=%#x/length=%d", source.copy, part.offset, part.length), func(t *testing.T) {
				eachFork(t, func(t *testing.T, f fork) {
					w := f.world(t)
					parts := mark
					if source.before != nil {
						parts = append(source.before(content), mark...)
					}
					w.place(self, contract(t, append(parts, do(source.copy, 100, part.offset, part.length))...))
					w.refused(w.call(message{input: content}), ewasm.ErrSource)
				})
			})
		}
	}
}

func TestCodeCopyReadsTheDeployedBytes(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		code := contract(t,
			do("codeCopy", 4, 0, get("getCodeSize")), put32(0, get("getCodeSize")),
			do("finish", 0, "(i32.add (i32.const 4) "+get("getCodeSize")+")"))
		w.place(self, code)
		out := w.call(message{}).finished(t)
		equal(t, "size", int(u32(out)), len(code))
		equal(t, "code", common.Bytes2Hex(out[4:]), common.Bytes2Hex(code))
	})
}

func TestCodeCopyPastTheCodeTraps(t *testing.T) {
	for name, part := range map[string][2]any{
		"one byte more": {1, get("getCodeSize")},
		"beyond":        {"(i32.add (i32.const 1) " + get("getCodeSize") + ")", 0},
		"wrapping":      {-1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := byzantium.world(t)
			w.place(self, contract(t, append(mark, do("codeCopy", 0, part[0], part[1]))...))
			w.refused(w.call(message{}), ewasm.ErrSource)
		})
	}
}

func TestDelegatedCodeReadsItsOwnCode(t *testing.T) {
	for _, kind := range []string{"callCode", "callDelegate"} {
		w := byzantium.world(t)
		code := contract(t, put32(0, get("getCodeSize")), finish(0, 4))
		w.place(other, code)
		w.place(self, relay(t, kind, 1000, other, 0))
		out := w.call(message{}).finished(t)
		equal(t, kind, int(u32(out[4:])), len(code))
	}
}

func TestTheReturnBufferIsEmptyAtFirst(t *testing.T) {
	out := byzantium.world(t).run(put32(0, get("getReturnDataSize")), finish(0, 4)).finished(t)
	equal(t, "size", u32(out), 0)
}

func TestReturningFromMainIsSuccessWithoutOutput(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		o := w.run(mark...)
		equal(t, "output", len(o.finished(t)), 0)
		equal(t, "slot", w.slot(self, 9), common.Hash{31: 1})
	})
}

func TestFinishEndsTheFrameAndKeepsItsState(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		o := w.run(append(mark, data(100, "result"), finish(100, 6), "unreachable")...)
		equal(t, "output", string(o.finished(t)), "result")
		equal(t, "slot", w.slot(self, 9), common.Hash{31: 1})
		equal(t, "logs", len(w.Logs()), 1)
	})
}

func TestFinishCanGiveNothingAndAWholePage(t *testing.T) {
	equal(t, "nothing", len(byzantium.world(t).run(finish(0, 0)).finished(t)), 0)
	equal(t, "page", len(byzantium.world(t).run(finish(0, memoryEnd)).finished(t)), memoryEnd)
}

func TestRevertUndoesStateAndGivesGasBack(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		o := w.run(append(mark, data(100, "why"), do("useGas", 100), do("revert", 100, 3), "unreachable")...)
		equal(t, "end", o.End, frame.Reverted)
		equal(t, "cause", o.Cause, frame.ErrReverted)
		equal(t, "output", string(o.Output), "why")
		equal(t, "slot", w.slot(self, 9), common.Hash{})
		equal(t, "logs", len(w.Logs()), 0)
		slot := map[string]uint64{"byzantium": 20000, "osaka": 22100}[f.name]
		equal(t, "gas", o.Used, slot+375+8*32+100)
	})
}

func TestOutputIsACopy(t *testing.T) {
	w := byzantium.world(t)
	w.place(other, contract(t, data(0, "first"), finish(0, 5)))
	w.place(self, relay(t, "call", 1000, other, 0))
	first := w.call(message{}).finished(t)
	w.call(message{})
	equal(t, "output", string(first[4:]), "first")
}

func TestTrapsOfTheInstructionsBurnAllGasAndUndo(t *testing.T) {
	for name, body := range map[string]string{
		"unreachable":            "unreachable",
		"load outside memory":    "(drop (i32.load (i32.const 65533)))",
		"store outside memory":   "(i64.store (i32.const -1) (i64.const 0))",
		"division by zero":       "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
		"overflow of division":   "(drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1)))",
		"memory.fill outside":    "(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))",
		"memory.copy outside":    "(memory.copy (i32.const 0) (i32.const 65535) (i32.const 2))",
		"call of an empty entry": "(call_indirect (type $none) (i32.const 0))",
		"call beyond the table":  "(call_indirect (type $none) (i32.const 1))",
		"call with another type": "(drop (call_indirect (type $number) (i32.const 2)))",
	} {
		t.Run(name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				parts := append(mark, "(type $none (func))", "(type $number (func (result i64)))",
					"(table 3 funcref)", "(func $f)", "(elem (i32.const 2) $f)", body)
				if name == "call beyond the table" {
					parts[len(parts)-1] = "(call_indirect (type $none) (i32.const 3))"
				}
				w.place(self, contract(t, parts...))
				o := w.call(message{})
				w.refused(o, o.Cause)
				if !strings.Contains(o.Cause.Error(), "wasm trap: ") {
					t.Errorf("cause = %v, want a trap of the instruction", o.Cause)
				}
			})
		})
	}
}

func TestEndlessLoopRunsOutOfPricedGas(t *testing.T) {
	f := fork{"default", gas.Default(), osakaRules}
	w := f.world(t)
	w.place(self, contract(t, append(mark, "(loop $l (br $l))")...))
	w.refused(w.call(message{gas: 100_000}), gas.ErrOutOfGas)
}

func TestEndlessRecursionOverflowsTheStackOnly(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.place(self, contract(t, append(mark, "(func $f (call $f))", "(call $f)")...))
		w.refused(w.call(message{}), frame.ErrStack)
	})
}

func TestMemoryGrowsToTheLimitOfTheScheduleAndNoFurther(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		limit := int(f.schedule.Limits.PagesNear)
		w := f.world(t)
		out := w.run(
			put32(0, fmt.Sprintf("(memory.grow (i32.const %d))", limit-1)),
			put32(4, "(memory.grow (i32.const 1))"),
			put32(8, "(memory.size)"),
			finish(0, 12),
		).finished(t)
		equal(t, "first growth", u32(out), 1)
		equal(t, "growth past the limit", int32(u32(out[4:])), -1)
		equal(t, "pages", int(u32(out[8:])), limit)
	})
}

func TestHostFunctionsSeeGrownMemory(t *testing.T) {
	out := byzantium.world(t).run(
		"(drop (memory.grow (i32.const 1)))",
		do("getAddress", memoryEnd+10),
		finish(memoryEnd+10, 20),
	).finished(t)
	equal(t, "address", common.BytesToAddress(out), self)
}
