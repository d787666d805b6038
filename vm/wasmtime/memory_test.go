package wasmtime_test

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"hestia/internal/wat"
	"hestia/vm/wasmtime"
)

// status reads a size of this process from the kernel, in bytes.
func status(t testing.TB, name string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	found := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		t.Skipf("no %s", name)
	}
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

func TestCallsLeaveNoMemoryBehind(t *testing.T) {
	before := status(t, "VmSize")
	engine, err := wasmtime.NewShim(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	codes := [][]byte{}
	for i := range 20 {
		codes = append(codes,
			wat.Assemble(t, fmt.Sprintf(`(module (memory (export "memory") %d) (data (i32.const 0) "%d")
				  (func (export "main")
		  (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (drop (memory.grow (i32.const 3)))))`, 1+i, i)))
	}
	run := func(calls int) {
		for i := range calls {
			if r := engine.Run(contextOf(codes[i%len(codes)])); r.Cause != nil {
				t.Fatal(r.Cause)
			}
		}
	}
	run(2_000)
	runtime.GC()
	resident := status(t, "VmRSS")
	run(100_000)
	runtime.GC()
	if grown := status(t, "VmRSS") - resident; grown > 10<<20 {
		t.Errorf("100,000 calls took %d MB for good", grown>>20)
	}
	if virtual := status(t, "VmSize") - before; virtual > 64<<30 {
		t.Errorf("an engine takes %d GiB of address space, want under 64", virtual>>30)
	}
}
