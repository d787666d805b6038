package limits

import (
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

// mostMemory is what compiling one accepted module may take of the machine's memory while it lasts, in bytes.
const mostMemory = 448 << 20

// resident reads VmRSS, what this process holds, or VmHWM, the most that it held since it was last asked to forget, in
// bytes.
func resident(t testing.TB, name string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	kilobytes, err := strconv.Atoi(string(regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(text)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// peak is how much more memory this process held at once while it did something than before.
func peak(t testing.TB, do func()) int {
	t.Helper()
	runtime.GC()
	before := resident(t, "VmRSS")
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Skip(err)
	}
	do()
	return resident(t, "VmHWM") - before
}
