package terminal

import (
	"errors"
	"math/big"
	"strings"
	"testing"
)

func TestNothingAContractSaysMovesTheCursor(t *testing.T) {
	if got := Printable("a\x1b[2Jb\nc\u202e"); strings.ContainsAny(got, "\x1b\n\u202e") {
		t.Errorf("%q", got)
	}
}

func TestEtherHasNoIdleDigits(t *testing.T) {
	for wei, want := range map[string]string{
		"0": "0", "1": "0.000000000000000001", "1500000000000000000": "1.5", "10000000000000000000000": "10000",
	} {
		amount, _ := new(big.Int).SetString(wei, 10)
		if got := Ether(amount); got != want {
			t.Errorf("%s wei are %s ether, want %s", wei, got, want)
		}
	}
}

// full takes one line.
type full struct{ strings.Builder }

var errFull = errors.New("full")

func (f *full) Write(b []byte) (int, error) {
	if f.Len() > 0 {
		return 0, errFull
	}
	return f.Builder.Write(b)
}

func TestPrinterStopsAtTheFirstError(t *testing.T) {
	w := new(full)
	p := Printer{W: w}
	p.Line("%d lines", 1)
	p.Line("two")
	p.Line("three")
	if !errors.Is(p.Err, errFull) || w.String() != "1 lines\n" {
		t.Errorf("%v, %q", p.Err, w)
	}
	if IsTerminal(w) {
		t.Error("a builder is a terminal")
	}
}
