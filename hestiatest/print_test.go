package hestiatest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/internal/wat"
)

// logging is a test that keeps what is logged.
type logging struct {
	testing.TB

	mu    sync.Mutex
	lines []string
}

func (l *logging) Log(args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprint(args...))
}

// taken returns the lines since it was called last.
func (l *logging) taken() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}

// printing prints a text of which not all is printable so many times, and does what end
// says.
func printing(t *testing.T, times int, end string) []byte {
	t.Helper()
	code := wat.Assemble(t, fmt.Sprintf(`(module
	  (import "debug" "printMem" (func $print (param i32 i32)))
	  (import "ethereum" "revert" (func $revert (param i32 i32)))
	  (memory (export "memory") 1)
	  (data (i32.const 0) "hello\1b")
	  (func (export "main") (local $n i32)
	    (loop
	      (call $print (i32.const 0) (i32.const 6))
	      (local.set $n (i32.add (local.get $n) (i32.const 1)))
	      (br_if 0 (i32.lt_u (local.get $n) (i32.const %d))))
	    %s))`, times, end))
	return code
}

const askABI = `[{"type":"function","name":"ask","inputs":[],"outputs":[]}]`

func TestWhatContractsPrintIsInTheTestsLogMarkedByWhereItComesFrom(t *testing.T) {
	l := &logging{TB: t}
	d := hestiatest.Start(l)
	c := d.Deploy(contracts.Deploy(printing(t, 1, "")), askABI)
	revert := d.Deploy(contracts.Deploy(printing(t, 1, "(call $revert (i32.const 0) (i32.const 0))")), askABI)
	if lines := l.taken(); len(lines) != 0 {
		t.Errorf("a deployment prints %q", lines)
	}
	const idle = ", which changes nothing"
	ask := map[string]any{"from": d.Accounts[1], "to": c.Address, "data": "0x01020304"}
	for name, row := range map[string]struct {
		do     func()
		origin string
	}{
		"a transaction":          {func() { c.From(3).Send("ask") }, "transaction of account 3"},
		"a call":                 {func() { c.From(2).Call("ask") }, "eth_call of account 2" + idle},
		"a transaction not sent": {func() { revert.TrySend("ask") }, "eth_estimateGas of account 0" + idle},
		"an estimate":            {func() { d.Do(nil, "eth_estimateGas", ask) }, "eth_estimateGas of account 1" + idle},
	} {
		row.do()
		want := "debug, " + row.origin + ": hello."
		if lines := l.taken(); !slices.Equal(lines, []string{want}) {
			t.Errorf("%s: %q, want %q once", name, lines, want)
		}
	}
}

func TestALoopThatPrintsIsCutShort(t *testing.T) {
	l := &logging{TB: t}
	c := hestiatest.Start(l).Deploy(contracts.Deploy(printing(t, 5000, "")), askABI)
	for _, do := range []func(){func() { c.Send("ask") }, func() { c.Call("ask") }} {
		do()
		lines := l.taken()
		if len(lines) != 1001 || !strings.HasSuffix(lines[1000], "(and 4000 more lines, which are not shown)") {
			t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
		}
	}
}
