//go:build linux

package calibrate

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"hestia/gas"
	"hestia/internal/wasm"
)

const documentFile = "../../docs/prices.md"

// immeasurable instructions have no time of their own.
var immeasurable = map[wasm.Opcode]string{wasm.OpUnreachable: "ends the frame"}

// TestDocument holds the document to the prices as they are and the times as they were measured.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("testdata/prices.md")
	must(t, err)
	frame, err := template.New("prices").Parse(string(text))
	must(t, err)
	d := document{t, readFigures(t), gas.Default()}
	var got bytes.Buffer
	must(t, frame.Execute(&got, d))
	if *update {
		must(t, os.WriteFile(documentFile, got.Bytes(), 0o644))
		return
	}
	want, err := os.ReadFile(documentFile)
	must(t, err)
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("docs/prices.md is out of step: run make golden (-document +now):\n%s", diff)
	}
}

func TestEveryInstructionThatIsSoldIsMeasured(t *testing.T) {
	figures := readFigures(t)
	for _, op := range sold(gas.Default()) {
		if _, measured := figures[dependent+" "+op.String()]; measured == (immeasurable[op] != "") {
			t.Errorf("%v: measured %v", op, measured)
		}
	}
}

func TestEveryInstructionThatIsSoldStandsInTheDocument(t *testing.T) {
	text, err := os.ReadFile(documentFile)
	must(t, err)
	for _, op := range sold(gas.Default()) {
		price, _ := gas.Default().Instructions.Of(uint16(op))
		if n := strings.Count(string(text), fmt.Sprintf("\n| `%v` | %d |", op, price)); n != 1 {
			t.Errorf("%v for %d particles stands %d times in docs/prices.md", op, price, n)
		}
	}
}

// TestKernelsPayAboutWhatTheyTake is the aim of all prices: contracts as people write them cost their time.
func TestKernelsPayAboutWhatTheyTake(t *testing.T) {
	d := document{t, readFigures(t), gas.Default()}
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(floatKernels)) {
		if _, _, ratio := d.kernel(floatsDir, name, floatKernels[name]); ratio < 0.7 || ratio > 3 {
			t.Errorf("%s pays %.2f times its time", name, ratio)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kernels)) {
		_, _, ratio := d.kernel(kernelsDir, name, kernels[name])
		if ratio < 0.4 || ratio > 3 {
			t.Errorf("%s pays %.2f times its time", name, ratio)
		}
		sum += math.Log(ratio)
	}
	if mean := math.Exp(sum / float64(len(kernels))); mean < 0.7 || mean > 1.5 {
		t.Errorf("kernels pay %.2f times their time in the geometric mean", mean)
	}
}

// sold are the opcodes that a schedule prices, in order.
func sold(s *gas.Schedule) []wasm.Opcode {
	var list []wasm.Opcode
	for op := range 0x10000 {
		if _, ok := s.Instructions.Of(uint16(op)); ok {
			list = append(list, wasm.Opcode(op))
		}
	}
	return list
}

// document has the tables; its methods are called by the text.
type document struct {
	t       testing.TB
	figures map[string]figure
	s       *gas.Schedule
}

// negligible is a time below what is measured reliably, in nanoseconds.
const negligible = 0.005

func (f figure) String() string {
	digits := 2
	if f.at >= 100 {
		digits = 0
	}
	return fmt.Sprintf("%.*f (%.*f to %.*f)", digits, max(f.at, 0), digits, max(f.low, 0), digits, max(f.high, 0))
}

// ratioTo says how often a price covers a time.
func (f figure) ratioTo(particles float64) string {
	if f.at < negligible {
		return "-"
	}
	return fmt.Sprintf("%.2f", particles/particlesPerNs/f.at)
}

// cells are a time and how a price compares with it, in two cells of a table.
func (d document) cells(name string, particles uint32) string {
	f, ok := d.figures[name]
	if !ok {
		return " | "
	}
	return f.String() + " | " + f.ratioTo(float64(particles))
}

// Instructions is a row for each instruction that is sold.
func (d document) Instructions() string {
	var rows strings.Builder
	for _, op := range sold(d.s) {
		price, _ := d.s.Instructions.Of(uint16(op))
		fmt.Fprintf(
			&rows, "| `%v` | %d | %s | %s |\n", op, price, d.cells(dependent+" "+op.String(), price),
			d.cells(independent+" "+op.String(), price),
		)
	}
	return rows.String()
}

// Situations is a row for each probe that is not of an instruction alone.
func (d document) Situations() string {
	var rows strings.Builder
	for _, p := range probes {
		if !strings.Contains(p.name, ",") {
			continue
		}
		waiting, apart := d.figures[dependent+" "+p.name], d.figures[independent+" "+p.name]
		cells := [2]string{}
		for i, f := range []figure{waiting, apart} {
			if f.name != "" {
				cells[i] = f.String()
			}
		}
		fmt.Fprintf(&rows, "| %s | %s | %s |\n", p.name, cells[0], cells[1])
	}
	for _, name := range slices.Sorted(maps.Keys(d.figures)) {
		if rest, ok := strings.CutPrefix(name, situation+" "); ok {
			fmt.Fprintf(&rows, "| %s | %s | |\n", rest, d.figures[name])
		}
	}
	return rows.String()
}

// Counted is a row for each price that is multiplied by a count.
func (d document) Counted() string {
	p := &d.s.Instructions
	var rows strings.Builder
	for _, row := range []struct {
		what   string
		price  uint32
		figure string
		units  float64 // in the figure
	}{
		{"a local zeroed at entry", p.Local, dependent + " locals, zeroed at entry", 1},
		{"a target of `br_table`", p.BrTarget, "", 0},
		{"a byte of `memory.copy`, 16 KiB", p.Byte, dependent + " memory.copy, 16384 bytes", 1 << 14},
		{"a byte of `memory.copy`, 15 MiB", p.Byte, dependent + " memory.copy, 15728640 bytes", 15 << 20},
		{"a byte of `memory.fill`, 15 MiB", p.Byte, dependent + " memory.fill, 15728640 bytes", 15 << 20},
		{"a byte of `memory.init`, 256 KiB", p.Byte, dependent + " memory.init, 262144 bytes", 1 << 18},
		{"an entry of `table.init`", p.Entry, dependent + " table.init, an entry of 1000", 1},
		{
			"an entry of an active element segment", p.Entry,
			situation + " an entry of an active element segment, called", 1,
		},
		{"an entry of `table.copy`", p.Entry, dependent + " table.copy, an entry of 1000", 1},
		{"an entry of `table.fill`", p.Entry, dependent + " table.fill, an entry of 1000", 1},
		{"an entry of `table.grow`", p.Entry, dependent + " table.grow, an entry of 700", 1},
		{"a page of initial memory, written to", p.MemoryPage, situation + " a page of initial memory, written to", 1},
		{
			"a page of `memory.grow`, written to", p.MemoryPage,
			dependent + " memory.grow, a page of 16 and writing to it", 1,
		},
	} {
		f := d.figures[row.figure].by(row.units)
		if row.figure == "" {
			fmt.Fprintf(&rows, "| %s | %d | | |\n", row.what, row.price)
			continue
		}
		fmt.Fprintf(&rows, "| %s | %d | %.4f | %s |\n", row.what, row.price, f.at, f.ratioTo(float64(row.price)))
	}
	return rows.String()
}

// kernel compares a run's time with its price, both in nanoseconds.
func (d document) kernel(dir, name string, n int32) (time figure, price, ratio float64) {
	time, ok := d.figures[kernelTime+" "+name]
	if !ok {
		d.t.Fatalf("%s has not been measured", name)
	}
	e := newExecution(d.t, dir, name, n, d.s)
	defer e.store.Close()
	price = e.spent(d.t, n)
	return time, price, price / time.at
}

// Kernels is a row for each kernel.
func (d document) Kernels() string {
	var rows strings.Builder
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(kernels)) {
		time, price, ratio := d.kernel(kernelsDir, name, kernels[name])
		sum += math.Log(ratio)
		fmt.Fprintf(&rows, "| %s | %.0f | %.0f | %.2f |\n", name, time.at, price, ratio)
	}
	fmt.Fprintf(&rows, "| geometric mean | | | %.2f |\n", math.Exp(sum/float64(len(kernels))))
	return rows.String()
}

// Floats is a row for each kernel of floating point.
func (d document) Floats() string {
	var rows strings.Builder
	for _, name := range slices.Sorted(maps.Keys(floatKernels)) {
		time, price, ratio := d.kernel(floatsDir, name, floatKernels[name])
		fmt.Fprintf(&rows, "| %s | %.0f | %.0f | %.2f |\n", name, time.at, price, ratio)
	}
	return rows.String()
}

// Hostile is a row for each hostile loop.
func (d document) Hostile() string {
	var rows strings.Builder
	for _, name := range slices.Sorted(maps.Keys(hostile)) {
		text, err := os.ReadFile(filepath.Join(hostileDir, name+".wat"))
		must(d.t, err)
		first, _, _ := strings.Cut(string(text), "\n")
		time, price, ratio := d.kernel(hostileDir, name, hostile[name])
		fmt.Fprintf(&rows, "| %s | %.0f | %.0f | %.2g |\n", strings.TrimPrefix(first, ";; "), time.at, price, ratio)
	}
	return rows.String()
}

// Host is a row for each host call.
func (d document) Host() string {
	h := newHost(d.t)
	var rows strings.Builder
	for _, c := range hostCalls() {
		time, price := "not measured", c.price(d.t, h)
		ratio := ""
		if f, ok := d.figures[hostTime+" "+c.name]; ok {
			time, ratio = fmt.Sprintf("%.0f", f.at), f.ratioTo(price*gas.PerGas)
		}
		fmt.Fprintf(&rows, "| %s | %.0f | %s | %s |\n", c.name, price, time, ratio)
	}
	return rows.String()
}

// Far is what loads cost more in a module that can have more memory than the caches.
func (d document) Far() uint32 { return d.s.Instructions.Far }

// FarStore is what a store costs on top in a module with more memory than is near.
func (d document) FarStore() uint32 { return d.s.Instructions.FarStore }

// Crossing is what a store into two pages of the machine costs on top.
func (d document) Crossing() uint32 { return d.s.Instructions.Crossing }

// Step is what a step of the reference kernel took where all this was measured, in nanoseconds.
func (d document) Step() string { return fmt.Sprintf("%.2f", d.figures[stepTime].at) }
