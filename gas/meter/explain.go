package meter

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hestia/gas"
	"hestia/internal/wasm"
)

// explanation is how Explain introduces what it writes; the schedule's name and the price of instantiation belong in it.
const explanation = `;; Prices of schedule %s, in particles: 10,000 are one gas. Instantiating the module costs %d.
;;
;; Each instruction stands with its offset in the module and its price, "-" where control never comes. n is its topmost
;; operand, as a number that is not negative. A block is executed whole or traps, and is paid at its beginning:
;;
;;     pays = price of the block + what is paid ahead for code after it - what was paid ahead for it by all ways to it
;;
;; Nothing is paid ahead for code behind a call from which somebody may look at the counter, or that only leads to traps.
;; "untested" is a payment after which the counter may be below zero, as every way on comes to one that is not, or to a test.
`

// Explain writes, as text for people, what Instrument would have each function of m pay and where, and how it bounds the
// stack. It refuses what Instrument refuses.
func Explain(w io.Writer, m *wasm.Module, s *gas.Schedule) error {
	if err := reserved(m); err != nil {
		return err
	}
	sp, err := newSpace(m)
	if err != nil {
		return err
	}
	a, err := analyse(sp)
	if err != nil {
		return err
	}
	prices := s.InstructionsFor(firstPages(m))
	plans, err := a.plans(prices)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, explanation, s.Name, instantiation(m, prices)); err != nil {
		return err
	}
	for i := range plans {
		e := &explainer{analysis: a, account: a.accounts[i], plan: &plans[i], prices: prices, function: i}
		e.write()
		if _, err := io.WriteString(w, e.text.String()); err != nil {
			return err
		}
	}
	return nil
}

// explainer writes one function.
type explainer struct {
	*analysis
	*account
	*plan
	prices   *gas.Instructions
	function int // among the defined ones

	text    strings.Builder
	level   int         // constructs around the instruction at hand
	hoisted map[int]int // by block that a counted loop pays for: that loop's instruction
}

func (e *explainer) write() {
	e.hoisted = map[int]int{}
	for _, loops := range []map[int]*rounds{e.account.rounds, e.fixed} {
		for at, r := range loops {
			for _, block := range slices.Concat(r.head, r.tail) {
				e.hoisted[block] = at
			}
		}
	}
	e.head()
	code := &e.Codes[e.function]
	bindings := e.bindings
	for i := range code.Body {
		e.payment(i)
		if i == 0 && locals(code) > 0 {
			fmt.Fprintf(&e.text, "%24d  ;; locals set to zero: %d\n", times(locals(code), e.prices.Local), locals(code))
		}
		if len(bindings) > 0 && bindings[0].at == i {
			e.note(map[bool]string{false: "takes %d bytes of stack", true: "gives %d bytes of stack back"}[bindings[0].give], e.weight)
			bindings = bindings[1:]
		}
		e.instruction(i, &code.Body[i])
	}
	if e.testEnd {
		e.note("tests the gas counter")
	}
	if e.give {
		e.note("gives %d bytes of stack back", e.weight)
	}
}

// head names the function, and says how its stack is bounded.
func (e *explainer) head() {
	index := e.imported + uint32(e.function)
	sig := &e.Types[e.Functions[e.function]]
	fmt.Fprintf(&e.text, "\nfunction %d%s%s", index, typed("param", sig.Params), typed("result", sig.Results))
	for _, ex := range e.Exports {
		if ex.Kind == wasm.ExternalFunction && ex.Index == index {
			fmt.Fprintf(&e.text, ", exported as %q", ex.Name)
		}
	}
	e.text.WriteByte('\n')
	if e.checked {
		e.note("halts unless %d bytes of stack are left", e.weight)
	} else {
		e.note("its %d bytes of stack are among those of its callers", e.bounds.weights[index])
	}
	if e.early {
		e.note("takes %d bytes of stack", e.weight)
	}
}

func typed(keyword string, types []wasm.ValueType) string {
	if len(types) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s %s)", keyword, strings.Trim(fmt.Sprint(types), "[]"))
}

// note writes a remark in the column of payments.
func (e *explainer) note(format string, args ...any) {
	fmt.Fprintf(&e.text, "%s;; %s\n", strings.Repeat(" ", 10), fmt.Sprintf(format, args...))
}

// payment writes what is paid before an instruction.
func (e *explainer) payment(i int) {
	if own := e.owner[i]; own != dead && e.list[own].start == i {
		b := e.list[own]
		sum := fmt.Sprintf("%d = %d + %d - %d", e.balance(own), e.costs[own], e.ahead(b.out), e.ahead(b.in))
		if at, ok := e.hoisted[own]; ok {
			e.note("paid by the loop at %#x: %s", e.Codes[e.function].Body[at].Offset, sum)
		} else {
			e.note("pays %s%s", sum, untested(e.due[own] == 0 || e.charge(i).tested))
		}
	}
	if edge, ok := e.back[i]; ok && e.balance(edge) > 0 {
		if at, ok := e.hoisted[edge]; ok {
			e.note("paid by the loop at %#x: %d on the way to label %d", e.Codes[e.function].Body[at].Offset, e.balance(edge), e.list[edge].label)
		}
	}
	for ; len(e.plan.edges) > 0 && e.plan.edges[0].at == i; e.plan.edges = e.plan.edges[1:] {
		edge := &e.plan.edges[0]
		e.note("pays %d on the way to label %d%s", edge.fixed, edge.label, untested(edge.tested))
	}
	if c := e.charge(i); len(e.tests) > 0 && e.tests[0] == i || c.tested && c.fixed == 0 {
		e.note("tests the gas counter")
	}
	if len(e.tests) > 0 && e.tests[0] == i {
		e.tests = e.tests[1:]
	}
	if len(e.regions) > 0 && e.regions[0].start == i {
		tested := ""
		if e.regions[0].tested {
			tested = ", and tests it there"
		}
		e.note("keeps the gas counter in a local until its end at %#x%s", e.Codes[e.function].Body[e.regions[0].end].Offset, tested)
		e.regions = e.regions[1:]
	}
	r := e.account.rounds[i]
	if r != nil {
		e.note("pays %d for this loop, and %d each time it comes back", r.first, r.each)
	} else if r = e.fixed[i]; r != nil {
		cost, times, _ := r.total()
		e.note("adds %d = %d + %d * %d to what the block before pays, for this loop; local %d is %d before it", cost, r.first, times, r.each, r.local, r.from)
	} else {
		return
	}
	when := "after"
	if r.early {
		when = "before"
	}
	e.note("as it does while %s holds of local %d and %s; a round adds %d to the local, %s the test", r.while, r.local, &r.bound, r.step, when)
}

// charge returns what is paid before an instruction.
func (e *explainer) charge(i int) charge {
	for len(e.plan.charges) > 0 && e.plan.charges[0].at < i {
		e.plan.charges = e.plan.charges[1:]
	}
	if len(e.plan.charges) > 0 && e.plan.charges[0].at == i {
		return e.plan.charges[0]
	}
	return charge{at: i}
}

// untested says of a payment that it is not tested.
func untested(tested bool) string {
	if tested {
		return ""
	}
	return ", untested"
}

// instruction writes a line with its offset and price.
func (e *explainer) instruction(i int, in *wasm.Instruction) {
	price := "-"
	if e.owner[i] != dead {
		fixed, _ := priceOf(in, e.prices) // it has one, or there were no account
		price = fmt.Sprint(fixed)
		if scaled := scaleOf(in.Op, e.prices); scaled != 0 {
			price += fmt.Sprintf("+%dn", scaled)
		}
	}
	if in.Op == wasm.OpEnd || in.Op == wasm.OpElse {
		e.level--
	}
	fmt.Fprintf(&e.text, "%#06x%18s  %s%s\n", in.Offset, price, strings.Repeat("  ", max(e.level, 0)), in)
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpElse:
		e.level++
	}
}
