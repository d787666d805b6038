//go:build linux

// Package calibrate measures what instructions and host functions cost on the engine, and holds docs/prices.md, which
// sets the prices of gas beside the measured times.
//
// TestMeasure, run by make calibrate, times the probes (probes_test.go, memory_test.go, control_test.go), the making of
// instances, the kernels and the host functions and writes testdata/measured.tsv. Measuring needs minutes and a
// machine, so its result is kept: TestDocument makes the document out of it and of the prices as they are, anywhere and
// the same each time.
package calibrate

import (
	"flag"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/gas"
)

var (
	measure = flag.Bool("measure", false, "measure, and write testdata/measured.tsv anew")
	missing = flag.Bool(
		"missing", false, "with -measure: only probes and kernels that testdata/measured.tsv does not have",
	)
	rounds = flag.Int("rounds", 301, "how often everything is measured")
	update = flag.Bool("update", false, "write docs/prices.md anew")
)

// engine has the properties that decide what code contracts become: those of vm/wasmtime, whose other settings say what
// is accepted and not how it is compiled.
var engine = func() *wasmtime.Engine {
	config := wasmtime.NewConfig()
	config.SetWasmSIMD(false)
	config.SetWasmRelaxedSIMD(false)
	config.SetWasmThreads(false)
	config.SetMaxWasmStack(gas.StackBytes + 64<<10)
	return wasmtime.NewEngineWithConfig(config)
}()

// The reference kernel is a chain of x = rotl(x, 23) * odd on 64 bits: one cycle and three on today's x86-64 and arm64.
// By definition one gas is referenceSteps of it, and is called 100 ns, which it is at 3 GHz.
const (
	referenceSteps = 75
	referenceNanos = 100
	particlesPerNs = gas.PerGas / referenceNanos
)

var reference = probe{name: "reference", value: "i64", dependent: pair{step: set(
	"(i64.mul (i64.rotl X (i64.const 23)) (i64.const 0x9E3779B97F4A7C15))",
)}}

func TestMeasure(t *testing.T) {
	if !*measure {
		t.Skip("measures for minutes: make calibrate")
	}
	runtime.LockOSThread() // its clock is the one read
	defer runtime.UnlockOSThread()
	must(t, os.Unsetenv("RUST_BACKTRACE"))
	if *missing {
		known := readFigures(t)
		lines := figureLines(t)
		addFigures(t, lines, append(measureProbes(t, known)[1:], measureKernels(t, known)...))
		return
	}
	var all []figure
	all = append(all, measureProbes(t, nil)...)
	all = append(all, measureInstances(t)...)
	all = append(all, measureKernels(t, nil)...)
	all = append(all, measureHost(t)...)
	writeFigures(t, all)
}

// threadTime is the processor time of this thread: time in which the machine did something else does not count.
func threadTime() time.Duration {
	var ts syscall.Timespec
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID
	if _, _, errno := syscall.Syscall(
		syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&ts)), 0,
	); errno != 0 {
		panic(errno)
	}
	return time.Duration(ts.Nano())
}

// clock tells how many reference nanoseconds a nanosecond of this machine is just now.
type clock struct {
	kernel, empty *program
	nanos         samples // of one step of the reference kernel, each time
}

func newClock(t testing.TB) *clock {
	t.Helper()
	c := &clock{newProgram(t, &reference, reference.dependent.step, 1), newProgram(t, &reference, "", 1), nil}
	c.kernel.settle(t)
	return c
}

func (c *clock) rate(t testing.TB) float64 {
	step := (c.kernel.warmTime(t) - c.empty.warmTime(t)) / c.kernel.units()
	c.nanos = append(c.nanos, step)
	return referenceNanos / (referenceSteps * step)
}

// usual is the lower quartile of all rates so far.
func (c *clock) usual() float64 {
	return referenceNanos / (referenceSteps * c.nanos.figure("").at)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
