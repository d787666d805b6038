package eei

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/vm/console"
)

// The debug module prints for developers and changes nothing.

func TestDebugFunctionsPrint(t *testing.T) {
	w := osaka.world(t)
	w.SetState(self, common.Hash{31: 1}, common.BytesToHash([]byte("in storage")))
	o := w.run(
		data(0, "text\x1b[31m\n\xff"), data(32, word(1)),
		do("print32", 1<<32-1), do("print32", 1<<31-1), do("print64", -5), do("print64", 1<<63-1),
		do("printMem", 0, 11), do("printMemHex", 0, 6), do("printMem", 0, 0),
		do("printStorage", 32), do("printStorageHex", 32),
	)
	o.finished(t)
	equal(t, "gas", o.Used, 9*100+2*slotCold)
	want := []string{
		"-1", "2147483647", "-5", "9223372036854775807",
		"text.[31m..", "746578741b5b", "",
		strings.Repeat("\x00", 22) + "in storage",
		strings.Repeat("00", 22) + common.Bytes2Hex([]byte("in storage")),
	}
	want[7] = strings.ReplaceAll(want[7], "\x00", ".") // no control codes for a terminal
	if diff := cmp.Diff(want, w.prints); diff != "" {
		t.Error(diff)
	}
}

func TestAPrintedLineIsShort(t *testing.T) {
	w := osaka.world(t)
	w.run(do("printMemHex", 0, memoryEnd), do("printMem", 0, memoryEnd)).finished(t)
	equal(t, "hexadecimal", len(w.prints[0]), 2048)
	equal(t, "text", len(w.prints[1]), 1024)
}

func TestDebugReadsStorageWithoutWarmingIt(t *testing.T) {
	o := osaka.world(t).run(data(0, word(1)), do("printStorage", 0), do("printStorageHex", 0), do("storageLoad", 0, 32))
	equal(t, "gas", o.Used, 3*slotCold+2*100)
}

func TestOnlyDevelopmentSellsTheDebugModule(t *testing.T) {
	for _, row := range ewasm.Functions() {
		if row.Module != "debug" {
			continue
		}
		for _, f := range []fork{byzantium, {"default", gas.Default(), osakaRules}} {
			w := f.world(t)
			operands := make([]any, len(row.Params))
			for i := range operands {
				operands[i] = 0
			}
			w.place(self, contract(t, do(row.Name, operands...)))
			w.call(message{}).trapped(t, ewasm.ErrImport)
			equal(t, "lines printed", len(w.prints), 0)
		}
	}
}

// console.log prints from frames of every kind of call and code, under a schedule that lets contracts print.
func TestConsoleLogPrintsUnderADevelopmentSchedule(t *testing.T) {
	logged := append(crypto.Keccak256([]byte("log(uint256)"))[:4], word(42)...)
	for _, kind := range []frame.CallKind{frame.PlainCall, frame.CallCode, frame.CallDelegate, frame.CallStatic} {
		for _, may := range []bool{true, false} {
			f := osaka
			schedule := *f.schedule
			schedule.Limits.Debug = may
			f.schedule = &schedule
			w := f.world(t)
			o := w.call(message{kind: kind, to: console.Address, input: logged})
			o.finished(t)
			want := ""
			if may {
				want = "42"
			}
			equal(t, fmt.Sprint("prints of kind ", kind), strings.Join(w.prints, "\n"), want)
			equal(t, "gas", o.Used, 0)
		}
	}
}
