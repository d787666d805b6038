package eei

import (
	"flag"
	"fmt"
	"math"
	"testing"
	"time"

	"hestia/ewasm"
	"hestia/gas"
)

var timed = flag.Bool("timed", false, "hold the functions of programs to the time that they pay for")

// programCalls are calls of the functions of programs, as one would make them. The rest are called with zeros. Memory
// holds the path "state" at pathAt, lists of a buffer of 32 bytes at listAt and of 512 at listAt+8, a clock's
// subscription at 512, and descriptor 4 is a file of 512 bytes.
var programCalls = map[string][]any{
	"args_get":              {answerAt, roomAt},
	"environ_get":           {answerAt, roomAt},
	"fd_fdstat_get":         {4, answerAt},
	"fd_filestat_get":       {4, answerAt},
	"fd_filestat_set_size":  {4, 512},
	"fd_pread":              {4, listAt + 8, 1, 0, answerAt},
	"fd_prestat_get":        {3, answerAt},
	"fd_prestat_dir_name":   {3, answerAt, 1},
	"fd_pwrite":             {4, listAt + 8, 1, 0, answerAt},
	"fd_read":               {0, listAt, 1, answerAt},
	"fd_renumber":           {4, 4},
	"fd_seek":               {4, 0, 0, answerAt},
	"fd_tell":               {4, answerAt},
	"fd_write":              {1, listAt, 1, answerAt},
	"path_create_directory": {3, pathAt, 5},
	"path_filestat_get":     {3, 0, pathAt, 5, answerAt},
	"path_open":             {3, 0, pathAt, 5, 0, readRights, 0, 0, answerAt},
	"path_rename":           {3, pathAt, 5, 3, pathAt, 5},
	"path_unlink_file":      {3, pathAt, 5},
	"poll_oneoff":           {512, 600, 1, answerAt},
	"random_get":            {answerAt, 32},
}

// more are calls of a function that has another one above.
var morePrograms = []struct {
	name     string
	operands []any
}{
	{"random_get", []any{roomAt, 1}},
	{"fd_read", []any{4, listAt + 8, 1, answerAt}},
	{"fd_write", []any{1, listAt + 16, 1, answerAt}},
	{"fd_pwrite", []any{4, listAt, 1, 3, answerAt}},
	{"path_open", []any{3, 0, pathAt, 5, 8, allRights, 0, 0, answerAt}},
	{"poll_oneoff", []any{16384, 16384, 1000, answerAt}},
	{"fd_read", []any{0, 16384, 1024, answerAt}},
	{"path_filestat_get", []any{3, 0, 8192, 1024, answerAt}},
	{"path_filestat_get", []any{3, 0, 10240, 1024, answerAt}},
}

// looped is a program that makes a call so many times.
func looped(t testing.TB, name string, operands []any, times int) []byte {
	call := do(name, operands...)
	if name == "path_open" {
		call += do("fd_close", fmt.Sprintf("(i32.load (i32.const %d))", answerAt))
	}
	if name == "fd_close" {
		call = do("fd_close", 50)
	}
	return contract(t, `(memory (export "memory") 2)`, data(pathAt, "state"),
		buffersAt(listAt, roomAt, 32, roomAt, 512, roomAt, 1000),
		`(global $n (mut i32) (i32.const 0))`,
		`(memory.fill (i32.const 8192) (i32.const 97) (i32.const 1024))`,
		`(memory.fill (i32.const 10240) (i32.const 47) (i32.const 1024))`,
		open(1, allRights), do("fd_pwrite", 4, listAt+8, 1, 0, answerAt),
		fmt.Sprintf("(global.set $n (i32.const %d))", times),
		"(loop (br_if 0 (block (result i32) "+call+"(global.set $n (i32.sub (global.get $n) (i32.const 1)))"+
			"(global.get $n))))")
}

// took returns the best time and the gas of a call of a program that makes a call so many times.
func took(t testing.TB, name string, operands []any, times int) (nanos, used float64) {
	f := fork{"default", gas.Default(), osakaRules}
	w := f.world(t)
	w.place(self, looped(t, name, operands, times))
	nanos = math.MaxFloat64
	for range 15 {
		snapshot := w.Snapshot()
		begin := time.Now()
		o := w.call(message{gas: 1 << 32, input: make([]byte, 64_000)})
		nanos = min(nanos, float64(time.Since(begin).Nanoseconds()))
		o.finished(t)
		used = float64(o.Used)
		w.RevertToSnapshot(snapshot)
	}
	return nanos, used
}

// TestFunctionsOfProgramsPayForTheirTime makes each call 1,000 times in a loop: 100 ns are a gas.
func TestFunctionsOfProgramsPayForTheirTime(t *testing.T) {
	times := 3
	if *timed {
		times = 1000
	}
	check := func(name string, operands []any) {
		many, manyGas := took(t, name, operands, times+1)
		once, onceGas := took(t, name, operands, 1)
		n, g := (many-once)/float64(times), (manyGas-onceGas)/float64(times)
		t.Logf("%-24s %6.0f ns %7.1f gas, %5.1f times its time", name, n, g, g*100/n)
		if *timed && g*100 < n {
			t.Errorf("%s%v takes %.0f ns and pays %.1f gas", name, operands, n, g)
		}
	}
	for _, row := range ewasm.Functions() {
		if row.Module != ewasm.WASI || row.Ends != ewasm.Returns || row.Name == "proc_raise" {
			continue
		}
		operands := programCalls[row.Name]
		for len(operands) < len(row.Operands) {
			operands = append(operands, 0)
		}
		check(row.Name, operands)
	}
	for _, m := range morePrograms {
		check(m.name, m.operands)
	}
}
