package eei

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/google/go-cmp/cmp"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// Storage and logs.

func TestStorageHoldsRawBytes(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		key, value := common.HexToHash("0x0102030405060708091011121314151617181920212223242526272829303132"),
			common.Hash{0: 0xab, 31: 0xcd}
		w := f.world(t)
		out := w.run(
			data(0, key[:]), data(32, value[:]),
			do("storageStore", 0, 32), do("storageLoad", 0, 64), do("storageLoad", 32, 96),
			finish(64, 64),
		).finished(t)
		equal(t, "loaded", common.BytesToHash(out[:32]), value)
		equal(t, "never written", common.BytesToHash(out[32:]), common.Hash{})
		equal(t, "state", w.GetState(self, key), value)
	})
}

func TestStorageOutlivesTheTransactionAndBelongsToItsAccount(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.run(data(0, word(1)), data(32, word(2)), do("storageStore", 0, 32)).finished(t)
		w.begin()
		load := contract(t, data(0, word(1)), do("storageLoad", 0, 32), finish(32, 32))
		w.place(self, load)
		w.place(other, load)
		equal(t, "self", common.BytesToHash(w.call(message{}).finished(t)), common.Hash{31: 2})
		equal(t, "other", common.BytesToHash(w.call(message{to: other}).finished(t)), common.Hash{})
	})
}

// stores runs a transaction that writes the values to one slot in turn, after original was written by an earlier one,
// and returns its gas and its refund.
func stores(t *testing.T, f fork, original byte, values ...byte) (used, refund uint64) {
	t.Helper()
	w := f.world(t)
	w.SetState(self, common.Hash{31: 1}, common.Hash{31: original})
	parts := []string{data(0, word(1))}
	for i, v := range values {
		parts = append(parts, data(32*(i+1), word(v)), do("storageStore", 0, 32*(i+1)))
	}
	o := w.run(parts...)
	o.finished(t)
	equal(t, "slot", w.slot(self, 1), common.Hash{31: values[len(values)-1]})
	return o.Used, w.GetRefund()
}

func TestByzantineStorePricesTheChangeOfTheCurrentValue(t *testing.T) {
	for _, test := range []struct {
		original     byte
		values       []byte
		used, refund uint64
	}{
		{0, []byte{0}, 5000, 0},
		{0, []byte{1}, 20000, 0},
		{1, []byte{1}, 5000, 0},
		{1, []byte{2}, 5000, 0},
		{1, []byte{0}, 5000, 15000},
		{0, []byte{1, 0}, 25000, 15000},
		{1, []byte{0, 1}, 25000, 15000},
		{1, []byte{0, 1, 0}, 30000, 30000},
	} {
		t.Run(fmt.Sprint(test.original, test.values), func(t *testing.T) {
			used, refund := stores(t, byzantium, test.original, test.values...)
			equal(t, "gas", used, test.used)
			equal(t, "refund", refund, test.refund)
		})
	}
}

// The table of EIP-2200 with the prices of EIP-2929 and the refunds of EIP-3529; the first access of the slot costs
// 2100.
func TestNetStoreTable(t *testing.T) {
	const cold, warm, set, reset, clears = 2100, 100, 20000, 2900, 4800
	for _, test := range []struct {
		original     byte
		values       []byte
		used, refund int
	}{
		{0, []byte{0}, cold + warm, 0},
		{0, []byte{1}, cold + set, 0},
		{0, []byte{0, 0}, cold + 2*warm, 0},
		{0, []byte{0, 1}, cold + warm + set, 0},
		{0, []byte{1, 0}, cold + set + warm, set - warm},
		{0, []byte{1, 2}, cold + set + warm, 0},
		{0, []byte{1, 1}, cold + set + warm, 0},
		{1, []byte{0}, cold + reset, clears},
		{1, []byte{2}, cold + reset, 0},
		{1, []byte{1}, cold + warm, 0},
		{1, []byte{0, 0}, cold + reset + warm, clears},
		{1, []byte{0, 1}, cold + reset + warm, reset - warm},
		{1, []byte{0, 2}, cold + reset + warm, 0},
		{1, []byte{2, 0}, cold + reset + warm, clears},
		{1, []byte{2, 3}, cold + reset + warm, 0},
		{1, []byte{2, 1}, cold + reset + warm, reset - warm},
		{1, []byte{2, 2}, cold + reset + warm, 0},
		{1, []byte{1, 0}, cold + warm + reset, clears},
		{1, []byte{1, 2}, cold + warm + reset, 0},
		{1, []byte{1, 1}, cold + 2*warm, 0},
		{0, []byte{1, 0, 1}, cold + set + warm + set, set - warm},
		{1, []byte{0, 1, 0}, cold + reset + warm + reset, clears + reset - warm},
		{1, []byte{0, 2, 0}, cold + reset + 2*warm, clears},
	} {
		t.Run(fmt.Sprint(test.original, test.values), func(t *testing.T) {
			used, refund := stores(t, osaka, test.original, test.values...)
			equal(t, "gas", int(used), test.used)
			equal(t, "refund", int(refund), test.refund)
		})
	}
}

// netStore is the formula of EIP-3529 spelled out: the oracle of the sequences that the table leaves out.
func netStore(original byte, values []byte) (used uint64, refund int) {
	used = 2100
	current := original
	for _, value := range values {
		switch {
		case current == value:
			used += 100
		case original == current && original == 0:
			used += 20000
		case original == current:
			used += 2900
			if value == 0 {
				refund += 4800
			}
		default:
			used += 100
			if original != 0 && current == 0 {
				refund -= 4800
			} else if original != 0 && value == 0 {
				refund += 4800
			}
			if original == value && original == 0 {
				refund += 19900
			} else if original == value {
				refund += 2800
			}
		}
		current = value
	}
	return used, refund
}

// Every way of writing a slot up to four times, with values that are zero, the original one, or neither.
func TestNetStoreFollowsTheFormulaForEverySequence(t *testing.T) {
	values := []byte{0, 1, 2}
	var sequences [][]byte
	for _, a := range values {
		for _, b := range values {
			for _, c := range values {
				for _, d := range values {
					sequences = append(sequences, []byte{a, b, c, d})
				}
			}
		}
	}
	for _, original := range []byte{0, 1} {
		for _, sequence := range sequences {
			wantUsed, wantRefund := netStore(original, sequence)
			used, refund := stores(t, osaka, original, sequence...)
			what := fmt.Sprintf(" of %d then %v", original, sequence)
			equal(t, "gas"+what, used, wantUsed)
			equal(t, "refund"+what, int(refund), wantRefund)
		}
	}
}

func TestAnUndoneStoreRefundsNothing(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.SetState(self, common.Hash{31: 1}, common.Hash{31: 1})
		o := w.run(data(0, word(1)), do("storageStore", 0, 32), do("revert", 0, 0))
		equal(t, "end", o.End, frame.Reverted)
		equal(t, "refund", w.GetRefund(), 0)
		equal(t, "slot", w.slot(self, 1), common.Hash{31: 1})
	})
}

// Without the sentry a stipend of 2300 could write a warm slot for 100.
func TestNetStoreNeedsMoreThanTheStipend(t *testing.T) {
	for _, test := range []struct {
		left uint64
		end  frame.End
	}{{2300, frame.Halted}, {2301, frame.Finished}} {
		w := osaka.world(t)
		w.access = types.AccessList{{Address: self, StorageKeys: []common.Hash{{31: 1}}}}
		w.place(self, contract(t, data(0, word(1)), do("storageStore", 0, 32)))
		o := w.call(message{gas: test.left})
		equal(t, fmt.Sprintf("end with %d gas", test.left), o.End, test.end)
		if test.end == frame.Halted {
			o.trapped(t, ewasm.ErrSentry)
		} else {
			equal(t, "gas", o.Used, 100)
		}
	}
}

func TestByzantineStoreHasNoSentry(t *testing.T) {
	w := byzantium.world(t)
	w.place(self, contract(t, data(0, word(1)), do("storageStore", 0, 32)))
	w.call(message{gas: 5000}).finished(t)
}

func TestLogWritesDataAndTopics(t *testing.T) {
	for count := 0; count <= 4; count++ {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				o := w.run(
					data(0, "some data"), data(100, word(1)), data(132, word(2)), data(164, word(3)),
					data(196, word(4)),
					do("log", 0, 9, count, 100, 132, 164, 196),
				)
				o.finished(t)
				equal(t, "gas", o.Used, uint64(375+375*count+8*9))
				want := &types.Log{
					Address: self, Data: []byte("some data"), BlockNumber: blockNumber,
					TxHash: common.Hash{1},
				}
				want.Topics = []common.Hash{{31: 1}, {31: 2}, {31: 3}, {31: 4}}[:count]
				if diff := cmp.Diff([]*types.Log{want}, w.Logs()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestLogsKeepTheirOrderAndACopyOfTheData(t *testing.T) {
	w := byzantium.world(t)
	w.run(
		data(0, "first"), do("log", 0, 5, 0, 0, 0, 0, 0),
		"(i32.store8 (i32.const 0) (i32.const 70))", do("log", 0, 5, 0, 0, 0, 0, 0),
		do("log", 0, 0, 0, 0, 0, 0, 0),
	).finished(t)
	logs := w.Logs()
	if len(logs) != 3 {
		t.Fatalf("%d logs, want 3", len(logs))
	}
	equal(t, "first", string(logs[0].Data), "first")
	equal(t, "second", string(logs[1].Data), "First")
	equal(t, "empty", len(logs[2].Data), 0)
	equal(t, "index", logs[2].Index, 2)
}

// The design wants all four pointers valid, Hera reads only those in use; so do we.
func TestLogReadsOnlyTheTopicsItCounts(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for count := range 4 {
			topics := [4]any{0, 0, 0, 0}
			for i := count; i < 4; i++ {
				topics[i] = -1
			}
			w := f.world(t)
			w.run(do("log", 0, 0, count, topics[0], topics[1], topics[2], topics[3])).finished(t)
			topics[count] = 0
			for i := range count {
				topics[i] = -1
				w := f.world(t)
				w.place(self, contract(t,
					append(mark, do("log", 0, 0, count, topics[0], topics[1], topics[2], topics[3]))...))
				w.refused(w.call(message{}), ewasm.ErrMemory)
				topics[i] = 0
			}
		}
	})
}

func TestLogRefusesMoreThanFourTopics(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for _, count := range []uint32{5, 6, 1 << 31, 1<<32 - 1} {
			w := f.world(t)
			w.place(self, contract(t, append(mark, do("log", 0, 0, count, 0, 0, 0, 0))...))
			w.refused(w.call(message{}), ewasm.ErrTopics)
		}
	})
}

// 8 gas a byte of 2^29 bytes is 2^32: in 32 bits the log would cost 375. It needs a window that memory has not, so that
// what shows is the reason: out of gas, before the window is looked at.
func TestLogCostIsCountedIn64Bits(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for _, length := range []uint64{1 << 29, 1<<32 - 1} {
			w := f.world(t)
			w.place(self, contract(t, append(mark, do("log", 0, length, 0, 0, 0, 0, 0))...))
			w.refused(w.call(message{}), gas.ErrOutOfGas)
			w.place(self, contract(t, append(mark, do("log", 0, length, 0, 0, 0, 0, 0))...))
			w.refused(w.call(message{gas: 1 << 36}), ewasm.ErrMemory)
		}
	})
}
