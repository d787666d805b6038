package meter

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

var update = flag.Bool("update", false, "write the goldens anew")

// even is a schedule in which every instruction costs one particle, so that a golden's charges can be counted by hand.
var even = func() *gas.Schedule {
	s := *gas.Default()
	s.Name = "even"
	one := func(prices []uint32) {
		for i := range prices {
			if prices[i] != gas.Unpriced {
				prices[i] = 1
			}
		}
	}
	one(s.Instructions.Plain[:])
	one(s.Instructions.Prefixed[:])
	s.Instructions.Local, s.Instructions.BrTarget, s.Instructions.Byte, s.Instructions.Entry = 1, 1, 1, 1
	s.Instructions.MemoryPage = 1000
	return &s
}()

// The goldens show the instrumented form of each construct. Their functions are in the text format; the laws cover what
// stands outside functions.
func TestGoldens(t *testing.T) {
	for name, m := range modules(t) {
		metered := instrument(t, m, even, Options{Gas: 1_000_000, Stack: 1 << 20}).Module
		got := text(metered)
		assertFaithful(t, name, metered, got)
		golden(t, filepath.Join("testdata/metered", name+".wat"), got)
	}
}

// golden compares text with a file, or writes the file with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		must(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: run with -update if this is meant (-golden +now):\n%s", file, diff)
	}
}

// assertFaithful checks that a printed module's bodies are those of the module.
func assertFaithful(t *testing.T, name string, m *wasm.Module, printed string) {
	t.Helper()
	binary := wat.Assemble(t, printed)
	again, err := wasm.Decode(binary)
	must(t, err)
	again.Customs = nil // the names of types
	if !bytes.Equal(again.Encode(), m.Encode()) {
		t.Errorf("%s: what was printed is another module", name)
	}
}

// printer writes a module in the text format, flat, as far as the corpus needs it.
type printer struct {
	strings.Builder
	m *wasm.Module
}

func text(m *wasm.Module) string {
	p := &printer{m: m}
	p.WriteString("(module\n")
	for i, t := range m.Types {
		fmt.Fprintf(p, "  (type (;%d;) (func%s))\n", i, signature(t))
	}
	for _, im := range m.Imports {
		fmt.Fprintf(p, "  (import %q %q (func (type %d)))\n", im.Module, im.Name, im.Function)
	}
	for _, t := range m.Tables {
		fmt.Fprintf(p, "  (table %s %s)\n", limits(t.Limits), t.Element)
	}
	for _, l := range m.Memories {
		fmt.Fprintf(p, "  (memory %s)\n", limits(l))
	}
	for _, g := range m.Globals {
		kind := g.Type.Type.String()
		if g.Type.Mutable {
			kind = "(mut " + kind + ")"
		}
		fmt.Fprintf(p, "  (global %s %s)\n", kind, p.expression(g.Init))
	}
	for _, ex := range m.Exports {
		fmt.Fprintf(p, "  (export %q (%s %d))\n", ex.Name, ex.Kind, ex.Index)
	}
	if m.Start != nil {
		fmt.Fprintf(p, "  (start %d)\n", *m.Start)
	}
	for _, e := range m.Elements {
		p.element(&e)
	}
	for i := range m.Codes {
		p.function(i)
	}
	for _, d := range m.Data {
		offset := ""
		if d.Mode == wasm.Active {
			offset = "(offset " + p.expression(d.Offset) + ") "
		}
		fmt.Fprintf(p, "  (data %s%q)\n", offset, d.Init)
	}
	p.WriteString(")\n")
	return p.String()
}

func signature(t wasm.FuncType) string {
	return list("param", t.Params) + list("result", t.Results)
}

func list(keyword string, types []wasm.ValueType) string {
	if len(types) == 0 {
		return ""
	}
	s := " (" + keyword
	for _, t := range types {
		s += " " + t.String()
	}
	return s + ")"
}

func limits(l wasm.Limits) string {
	if l.HasMax {
		return fmt.Sprint(l.Min, l.Max)
	}
	return fmt.Sprint(l.Min)
}

func (p *printer) element(e *wasm.Element) {
	fmt.Fprint(p, "  (elem")
	switch e.Mode {
	case wasm.Active:
		fmt.Fprintf(p, " (offset %s)", p.expression(e.Offset))
	case wasm.Declarative:
		fmt.Fprint(p, " declare")
	}
	fmt.Fprint(p, " func")
	for _, f := range e.Functions {
		fmt.Fprintf(p, " %d", f)
	}
	fmt.Fprintln(p, ")")
}

// expression prints a constant expression without its end.
func (p *printer) expression(x []wasm.Instruction) string {
	return fmt.Sprintf("(%s)", &x[0])
}

func (p *printer) function(i int) {
	fmt.Fprintf(p, "  (func (;%d;) (type %d)", i+p.m.ImportedFunctions(), p.m.Functions[i])
	for _, run := range p.m.Codes[i].Locals {
		for range run.Count {
			fmt.Fprintf(p, " (local %s)", run.Type)
		}
	}
	fmt.Fprintln(p)
	body := p.m.Codes[i].Body
	var nest wasm.Nest[struct{}]
	for _, in := range nest.Over(body[:len(body)-1]) {
		indent := 2 + nest.Depth()
		if in.Op == wasm.OpEnd || in.Op == wasm.OpElse {
			indent--
		}
		fmt.Fprintf(p, "%s%s\n", strings.Repeat("  ", indent), in)
	}
	fmt.Fprintln(p, "  )")
}
