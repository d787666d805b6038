package eei

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// attacks are loops of programs that want time for nothing. What comes first is done once; the loop ends after so many
// rounds. $n counts them down.
var attacks = map[string]struct{ first, loop string }{
	"open the root with all descriptors taken": {
		fill, do("path_open", 3, 0, pathAt, 0, 2, readRights, 0, 0, answerAt),
	},
	"open the root with one descriptor free": {
		fill + do("fd_close", 1000), do("path_open", 3, 0, pathAt, 0, 2, readRights, 0, 0, answerAt) +
			do("fd_close", 1000),
	},
	"open the root with the first and the last free": {
		fill, do("fd_close", 4) + do("fd_close", 1023) + strings.Repeat(
			do("path_open", 3, 0, pathAt, 0, 2, readRights, 0, 0, answerAt), 2),
	},
	"a path of slashes": {
		"", do("path_open", 3, 0, slashes, 1024, 2, readRights, 0, 0, answerAt) + closing,
	},
	"a path of short components":    {"", do("path_filestat_get", 3, 0, components, 1024, answerAt)},
	"a path that takes back":        {"", do("path_filestat_get", 3, 0, backs, 1023, answerAt)},
	"a path that ends with NUL":     {"", do("path_filestat_get", 3, 0, components+2, 1024, answerAt)},
	"a path that leaves at its end": {"", do("path_filestat_get", 3, 0, leaves, 1024, answerAt)},
	"a path too long from its folder": {
		do("path_open", 3, 0, components, 1023, 2, readRights, 0, 0, answerAt),
		do("path_filestat_get", "(i32.load (i32.const 1000))", 0, components, 1023, answerAt),
	},
	"a path of long runes":  {"", do("path_filestat_get", 3, 0, runes, 1024, answerAt)},
	"rename to itself":      {fillFiles, do("path_rename", 3, pathAt, 5, 3, pathAt, 5)},
	"1,024 empty buffers":   {"", do("fd_write", 1, 40000, 1024, answerAt)},
	"1,024 small buffers":   {buffersOfOne, do("fd_pwrite", 4, 40000, 1024, 0, answerAt)},
	"1,024 small ones read": {buffersOfOne, do("fd_pread", 4, 40000, 1024, 0, answerAt)},
	"longer and shorter": {
		"", do("fd_filestat_set_size", 4, 16<<20) + do("fd_filestat_set_size", 4, (16<<20)-1) +
			do("fd_filestat_set_size", 4, 16<<20-31),
	},
	"across 31 and 32": {"", do("fd_filestat_set_size", 4, 31) + do("fd_filestat_set_size", 4, 32)},
	"seek to the end":  {"", do("fd_seek", 4, 0, 2, answerAt)},
	"read behind the end of a file of 16 MiB": {
		do("fd_filestat_set_size", 4, 16<<20), do("fd_pread", 4, listAt, 1, 16<<20-1, answerAt),
	},
	"1,000 clocks":       {clocks(0), do("poll_oneoff", 40000, 90000, 1000, answerAt)},
	"1,000 descriptors":  {clocks(1), do("poll_oneoff", 40000, 90000, 1000, answerAt)},
	"one byte of output": {"", put32(listAt+28, "(i32.const 1)") + do("fd_write", 1, listAt+24, 1, answerAt)},
	"one random byte":    {"", do("random_get", roomAt, 1)},
	"the environment":    {"", do("environ_get", answerAt, roomAt)},
}

const (
	slashes, components, backs, leaves, runes = 8192, 10240, 12288, 14336, 16384 // paths, each of 1,024 bytes
	closing                                   = "(drop (call $fd_close (i32.load (i32.const 1000))))"
)

// fill opens the root until no descriptor is left, and fillFiles a file.
var (
	fill      = opens("(i32.const 0)", 2)
	fillFiles = opens("(i32.const 5)", 0)
)

func opens(length string, how int) string {
	return fmt.Sprintf("(loop (br_if 0 (i32.eqz %s)))",
		get("path_open", 3, 0, pathAt, length, how, readRights, 0, 0, answerAt))
}

// fillList writes 1,024 items of a list from 40000 on.
func fillList(stride int, item string) string {
	return fmt.Sprintf(`(global.set $i (i32.const 0))
		(loop %s (global.set $i (i32.add (global.get $i) (i32.const %d)))
		  (br_if 0 (i32.lt_u (global.get $i) (i32.const %d))))`, item, stride, 1024*stride)
}

var buffersOfOne = fillList(8, "(i32.store offset=40000 (global.get $i) (i32.const 4096))"+
	"(i32.store offset=40004 (global.get $i) (i32.const 1))")

func clocks(kind int) string {
	return fillList(48, fmt.Sprintf("(i32.store8 offset=40008 (global.get $i) (i32.const %d))"+
		"(i64.store offset=40024 (global.get $i) (i64.const 1))", kind))
}

// attack is a program that attacks for so many rounds.
func attack(t testing.TB, first, loop string, rounds int) []byte {
	text := func(at int, part string, length int) string {
		return data(at, strings.Repeat(part, length/len(part)+1)[:length])
	}
	return contract(t, `(memory (export "memory") 4)`, data(pathAt, "state"),
		buffersAt(listAt, roomAt, 32, roomAt, 512, roomAt, 1000, roomAt, 1),
		text(slashes, "/", 1024), text(components, "x/", 1024), text(backs, "a/../", 1024), text(leaves, "a/", 512),
		text(leaves+512, "../", 512), text(runes, "→", 1023), `(global $n (mut i32) (i32.const 0))`,
		`(global $i (mut i32) (i32.const 0))`,
		open(1, allRights), do("fd_pwrite", 4, listAt+8, 1, 0, answerAt), first,
		fmt.Sprintf("(global.set $n (i32.const %d))", rounds),
		"(loop "+loop+"(global.set $n (i32.sub (global.get $n) (i32.const 1))) (br_if 0 (global.get $n)))")
}

// TestAttacksOfProgramsPayForTheirTime holds each round to 100 ns a gas, if the tests are timed.
func TestAttacksOfProgramsPayForTheirTime(t *testing.T) {
	rounds := 3
	if *timed {
		rounds = 1000
	}
	for name, a := range attacks {
		var nanos, used [2]float64
		for i, n := range []int{1, rounds + 1} {
			w := priced.world(t)
			w.place(self, attack(t, a.first, a.loop, n))
			nanos[i] = math.MaxFloat64
			for range 10 {
				snapshot, begin := w.Snapshot(), time.Now()
				o := w.call(message{gas: 1 << 40})
				nanos[i] = min(nanos[i], float64(time.Since(begin).Nanoseconds()))
				o.finished(t)
				used[i] = float64(o.Used)
				w.RevertToSnapshot(snapshot)
			}
		}
		round, gas := (nanos[1]-nanos[0])/float64(rounds), (used[1]-used[0])/float64(rounds)
		t.Logf("%-48s %8.0f ns %8.1f gas, %5.1f ns a gas", name, round, gas, round/gas)
		if *timed && round > 100*gas {
			t.Errorf("%s: a round takes %.0f ns and pays %.1f gas", name, round, gas)
		}
	}
}
