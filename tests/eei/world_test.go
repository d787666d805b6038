package eei

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/holiman/uint256"

	"hestia/ewasm"
)

// What a contract reads of other accounts and of its chain.

func TestGetExternalBalanceReadsAnyAccount(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		wide := new(uint256.Int).SetAllOne()
		wide.Rsh(wide, 128)
		w := f.world(t)
		w.AddBalance(other, wide, tracing.BalanceChangeUnspecified)
		w.fund(self, 5)
		out := w.run(
			address(0, other), address(20, self), address(40, dead),
			data(108, bytes.Repeat([]byte{0xaa}, 32)),
			do("getExternalBalance", 0, 100), do("getExternalBalance", 20, 124), do("getExternalBalance", 40, 140),
			finish(100, 56),
		).finished(t)
		equal(t, "other", common.Bytes2Hex(out[:16]), common.Bytes2Hex(amountOf(wide)))
		equal(t, "between", common.Bytes2Hex(out[16:24]), "aaaaaaaaaaaaaaaa")
		equal(t, "self", common.Bytes2Hex(out[24:40]), common.Bytes2Hex(amount(5)))
		equal(t, "no account", common.Bytes2Hex(out[40:56]), common.Bytes2Hex(amount(0)))
		equal(t, "account asked for exists", w.Exist(dead), false)
	})
}

func TestExternalCode(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		code := []byte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHI")
		w := f.world(t)
		w.place(library, code)
		out := w.run(
			address(0, library), address(20, dead),
			put32(100, get("getExternalCodeSize", 0)), put32(104, get("getExternalCodeSize", 20)),
			do("externalCodeCopy", 0, 108, 5, 33), do("externalCodeCopy", 20, 0, 0, 0),
			finish(100, 42),
		).finished(t)
		equal(t, "size", int(u32(out)), len(code))
		equal(t, "size of no code", u32(out[4:]), 0)
		equal(t, "copied", string(out[8:41]), string(code[5:38]))
		equal(t, "byte after", out[41], 0)
	})
}

func TestExternalCodeCopyPaysByTheWord(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for _, length := range []int{0, 1, 32, 33, 64} {
			w := f.world(t)
			w.place(library, make([]byte, 64))
			o := w.run(address(0, library), do("externalCodeCopy", 0, 100, 0, length))
			o.finished(t)
			access := map[string]uint64{"byzantium": 700, "osaka": 2600}[f.name]
			equal(t, fmt.Sprintf("gas of %d bytes", length), o.Used, access+3*words(length))
		}
	})
}

func TestExternalCodeCopyPastTheCodeTrapsAndUndoes(t *testing.T) {
	for _, part := range []struct{ offset, length uint64 }{
		{0, 5}, {4, 1}, {5, 0}, {1<<32 - 1, 1}, {1<<32 - 1, 0}, {1<<32 - 4, 8},
	} {
		t.Run(fmt.Sprintf("offset=%#x/length=%d", part.offset, part.length), func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(library, []byte("code"))
				w.place(self, contract(t, append(mark, address(100, library),
					do("externalCodeCopy", 100, 200, part.offset, part.length))...))
				w.refused(w.call(message{}), ewasm.ErrSource)
			})
		})
	}
}

func TestGetBlockHashKnowsTheLast256Blocks(t *testing.T) {
	for _, test := range []struct {
		number uint64
		known  bool
	}{
		{blockNumber - 1, true},
		{blockNumber - 2, true},
		{blockNumber - 256, true},
		{blockNumber, false},
		{blockNumber + 1, false},
		{blockNumber - 257, false},
		{0, false},
		{1 << 63, false},
		{1<<64 - 1, false},
	} {
		t.Run(fmt.Sprint(test.number), func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				answer, hash := askBlockHash(t, f.world(t), test.number)
				if test.known {
					equal(t, "answer", answer, 0)
					equal(t, "hash", hash, hashOfBlock(test.number))
				} else {
					equal(t, "answer", answer, 1)
					equal(t, "memory is left alone", hash, common.BytesToHash(bytes.Repeat([]byte{0xaa}, 32)))
				}
			})
		})
	}
}

func TestGetBlockHashNearTheFirstBlock(t *testing.T) {
	for _, test := range []struct {
		head, number uint64
		answer       uint32
	}{{0, 0, 1}, {1, 0, 0}, {256, 0, 0}, {257, 0, 1}, {1, 1<<64 - 1, 1}} {
		w := byzantium.world(t)
		w.block.Number = test.head
		answer, _ := askBlockHash(t, w, test.number)
		equal(t, fmt.Sprintf("block %d asked in block %d", test.number, test.head), answer, test.answer)
	}
}

func askBlockHash(t *testing.T, w *world, number uint64) (uint32, common.Hash) {
	t.Helper()
	out := w.run(
		data(4, bytes.Repeat([]byte{0xaa}, 32)),
		put32(0, get("getBlockHash", number, 4)),
		finish(0, 36),
	).finished(t)
	return u32(out), common.BytesToHash(out[4:])
}

// The design checks the result's bounds on failure too; Hera does not.
func TestGetBlockHashChecksItsPointerWhateverTheAnswer(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for _, number := range []uint64{blockNumber, blockNumber - 257, 1<<64 - 1} {
			for _, pointer := range []uint64{memoryEnd - 31, 1<<32 - 1, 1<<32 - 32} {
				w := f.world(t)
				w.place(self, contract(t, append(mark, do("getBlockHash", number, pointer))...))
				w.refused(w.call(message{}), ewasm.ErrMemory)
			}
		}
	})
}
