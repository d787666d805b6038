//go:build linux

package calibrate

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm/nan"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// pair is a step and what of it is not meant to be measured. Steps are wasm text in which X is the accumulator ($X its
// name), Y and Z operands of its type that the compiler does not know (small and large), W an i32 that is zero, and
// @n+m the number of the copy times n, plus m.
type pair struct{ step, less string }

// probe is code whose time is that of the instruction it is named after.
type probe struct {
	name        string // the instruction, then what is special after a comma
	value       string // type of the accumulators
	dependent   pair   // each copy waits for the one before; or the only way there is
	independent pair   // four accumulators in turn; empty for none
	copies      int    // in a loop; zero for usual
	units       int    // how many of what it is named after are in a copy; zero for one
	pages       int    // of memory; zero for one
	fields      string // of the module
	sweeps      bool   // its module exports sweep, to be called before each time
	once        bool   // it changes its instance: every time gets a new one, and the loop runs once
}

const usualCopies = 48

func (p *probe) unrolled() int {
	if p.copies == 0 {
		return usualCopies
	}
	return p.copies
}

// set is the step that makes an expression the accumulator.
func set(expression string) string { return "(local.set $X " + expression + ")" }

// program is one of the two sides of a probe, compiled.
type program struct {
	probe  *probe
	module *wasmtime.Module
	store  *wasmtime.Store
	run    *wasmtime.Func
	sweep  *wasmtime.Func // nil without
	n      int32          // rounds of the loop
}

func newProgram(t testing.TB, p *probe, step string, accumulators int) *program {
	t.Helper()
	g := &program{probe: p, module: compile(t, moduleText(p, step, accumulators)), n: 1}
	g.renew(t)
	return g
}

func compile(t testing.TB, text string) *wasmtime.Module {
	t.Helper()
	m, err := wasm.Decode(wat.Assemble(t, text))
	must(t, err)
	module, err := wasmtime.NewModule(engine, nan.Guard(m).Encode())
	must(t, err)
	return module
}

// renew makes the program's instance.
func (g *program) renew(t testing.TB) {
	t.Helper()
	if g.store != nil {
		g.store.Close()
	}
	g.store = wasmtime.NewStore(engine)
	instance, err := wasmtime.NewInstance(g.store, g.module, nil)
	must(t, err)
	g.run, g.sweep = instance.GetFunc(g.store, "run"), instance.GetFunc(g.store, "sweep")
}

// units is how many of what is measured one run does.
func (g *program) units() float64 {
	return float64(g.probe.unrolled()) * float64(max(g.probe.units, 1)) * float64(g.n)
}

// time is what n rounds of the loop take, in nanoseconds of the thread.
func (g *program) time(t testing.TB) float64 {
	begin := threadTime()
	_, err := g.run.Call(g.store, g.n)
	took := threadTime() - begin
	must(t, err)
	return float64(took)
}

// settle finds how many rounds take long enough to be timed and short enough to be seldom disturbed.
func (g *program) settle(t testing.TB) {
	const enough = 40_000
	for range 5 { // the first ones fault in code and stack
		g.time(t)
	}
	for g.n < 1<<20 && !g.probe.once {
		if min(g.time(t), g.time(t)) >= enough {
			return
		}
		g.n *= 2
	}
}

// Where the module keeps its variables; the rest of memory is zero.
const (
	smallAt        = 0
	largeAt        = 32
	accumulatorsAt = 64
	zeroAt         = 128
)

// moduleText is a module whose run repeats copies of step.
func moduleText(p *probe, step string, accumulators int) string {
	body := unroll(p, step, accumulators)
	return fmt.Sprintf(`(module
	(type $unary (func (param i32) (result i32)))
	(memory (export "memory") %d)
	(global $g0 (mut i32) (i32.const 0)) (global $g1 (mut i32) (i32.const 0))
	(data (i32.const %d) "\03\00\00\00\00\00\00\00\05\00\00\00\00\00\00\00\07\00\00\00\00\00\00\00")
	(data (i32.const %d) "\01\80\a5\41\01\80\a5\41\07\30\77\52\07\30\77\52\03\50\33\63\03\50\33\63")
	`+floatData+`
	%s
	(func (export "run") (param $n i32) (result i64) %s
		%s
		(block $out (loop $again
			%s
			(br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
		%s
		%s))`, max(p.pages, 1), smallAt, largeAt, p.fields, locals(body, p.value), operands(body, p.value),
		body, keep(body, p.value), result(body, p.value))
}

// unroll repeats a step.
func unroll(p *probe, step string, accumulators int) string {
	var body strings.Builder
	for i := range p.unrolled() {
		x, y := fmt.Sprintf("$x%d", i%accumulators), i/accumulators%3
		text := copyNumber.ReplaceAllStringFunc(step, func(s string) string {
			var factor, more int
			fmt.Sscanf(s, "@%d+%d", &factor, &more)
			return fmt.Sprint(i*factor + more)
		})
		body.WriteString(strings.NewReplacer("$X", x, "X", "(local.get "+x+")",
			"$Q", fmt.Sprintf("$c%d", i%accumulators), "Q", fmt.Sprintf("(local.get $c%d)", i%accumulators),
			"Y", fmt.Sprintf("(local.get $y%d)", y), "Z", fmt.Sprintf("(local.get $z%d)", y), "W",
			"(local.get $w)").Replace(text))
		body.WriteByte('\n')
	}
	return body.String()
}

var (
	copyNumber = regexp.MustCompile(`@\d+\+\d+`)
	variable   = regexp.MustCompile(`\$(?:[cxyz]\d|w|s|t)\b`)
)

// used lists the variables of a body, each once.
func used(body string) []string {
	var list []string
	seen := map[string]bool{"$x0": true}
	for _, name := range append([]string{"$x0"}, variable.FindAllString(body, -1)...) {
		if len(list) == 0 || !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	return list
}

func typeOf(name, value string) string {
	if name == "$w" || name[1] == 'c' {
		return "i32"
	}
	return value
}

func locals(body, value string) string {
	text := ""
	for _, name := range used(body) {
		text += fmt.Sprintf(" (local %s %s)", name, typeOf(name, value))
	}
	return text
}

// operands loads all variables, so that the compiler knows nothing of them.
func operands(body, value string) string {
	text := ""
	for _, name := range used(body) {
		t := typeOf(name, value)
		text += fmt.Sprintf("(local.set %s (%s.load (i32.const %d)))\n", name, t, placeOf(name)+floatPlaces[t])
	}
	return text
}

// placeOf is where a variable comes from.
func placeOf(name string) int {
	switch name[1] {
	case 'x':
		return accumulatorsAt + 8*int(name[2]-'0')
	case 'y':
		return smallAt + 8*int(name[2]-'0')
	case 'z':
		return largeAt + 8*int(name[2]-'0')
	}
	return zeroAt
}

// keep stores the accumulators for the next run: random sequences go on, and no predictor learns them.
func keep(body, value string) string {
	text := ""
	for _, name := range used(body) {
		if name[1] == 'x' {
			text += fmt.Sprintf(
				"(%s.store (i32.const %d) (local.get %s))\n", value, placeOf(name)+floatPlaces[value], name,
			)
		}
	}
	return text
}

// result sums the accumulators, so that none is idle.
func result(body, value string) string {
	text := "(i64.const 0)"
	for _, name := range used(body) {
		if name[1] != 'x' && name[1] != 's' && name[1] != 'c' {
			continue
		}
		x := "(local.get " + name + ")"
		switch t := typeOf(name, value); t {
		case "i32":
			x = "(i64.extend_i32_u " + x + ")"
		case "f32", "f64":
			x = "(i64.trunc_sat_" + t + "_s " + x + ")"
		}
		text = "(i64.add " + text + " " + x + ")"
	}
	return text
}
