package meter

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hestia/gas"
	"hestia/internal/wasm"
)

// explanation is how Explain introduces what it writes; the schedule's name and the price of instantiation belong in
// it.
const explanation = `;; Prices of schedule %s, in particles: 10,000 are one gas. Instantiating the module costs %d.
;;
;; Each instruction stands with its offset in the module and its price, "-" if control never reaches it. n is its
;; topmost operand, unsigned; it counts as 0 if a memory or table cannot grow by so much. p is 1 if a store writes to
;; two pages of 4 KiB, else 0; a store without p cannot. A call has two prices if the caller pays for the beginning of
;; the function that it calls. A basic block is executed whole or traps, and is paid at its entry:
;;
;;     pays = price of the block + what is paid ahead for code after it - what was paid ahead on every edge to it
;;
;; Nothing is paid ahead for code behind a call from which the host may read the counter, or for code that only leads
;; to traps. "untested" is a payment after which the counter may be below zero: every path reaches a test in time.
`

// Explain writes, as text for people, what Instrument would have each function of m pay at which place, and how it
// bounds the stack. It refuses what Instrument refuses, with the same errors.
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
	hoisted map[int]int  // by block that a counted loop pays for: that loop's instruction
	crosses map[int]bool // by store: it may be in two pages
}

func (e *explainer) write() {
	e.hoisted = map[int]int{}
	for _, loops := range []map[int]*loopCharge{e.counted, e.constant} {
		for at, c := range loops {
			for _, block := range slices.Concat(c.head, c.tail) {
				e.hoisted[block] = at
			}
		}
	}
	e.crosses = map[int]bool{}
	for i := range e.plan.charges {
		for _, s := range e.plan.charges[i].stores() {
			e.crosses[s.at] = true
		}
	}
	e.head()
	code := &e.Codes[e.function]
	bindings := e.bindings
	var nest wasm.Nest[struct{}]
	for i, in := range nest.Over(code.Body) {
		e.payment(i)
		if n := code.DeclaredLocals(); i == 0 && n > 0 {
			fmt.Fprintf(&e.text, "%24d  ;; locals set to zero: %d\n", times(n, e.prices.Local), n)
		}
		for ; len(bindings) > 0 && bindings[0].at == i; bindings = bindings[1:] {
			e.binding(bindings[0])
		}
		level := nest.Depth()
		if in.Op == wasm.OpEnd || in.Op == wasm.OpElse {
			level--
		}
		e.instruction(i, in, max(level, 0))
	}
	if e.testEnd {
		e.note("tests the gas counter")
	}
	if e.giveBack {
		e.note("gives %d bytes of stack back", e.weight)
	}
}

func (e *explainer) binding(b binding) {
	switch {
	case b.edge:
		e.note("gives %d bytes of stack back if the branch is taken", e.weight)
	case b.give:
		e.note("gives %d bytes of stack back", e.weight)
	default:
		e.note("takes %d bytes of stack", e.weight)
	}
}

// head names the function and says how its stack is bounded.
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
		e.note("its %d bytes of stack are included in its callers'", e.bounds.weights[index])
	}
	if e.atEntry {
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

// offset returns the offset in the module of an instruction of the function.
func (e *explainer) offset(i int) uint32 { return e.Codes[e.function].Body[i].Offset }

// payment writes what is paid before an instruction, and which tests are made there.
func (e *explainer) payment(i int) {
	e.blockPayment(i)
	e.edgePayments(i)
	c := e.charge(i)
	tests := len(e.tests) > 0 && e.tests[0] == i
	if tests {
		e.tests = e.tests[1:]
	}
	if tests || c.tested && c.fixed == 0 {
		e.note("tests the gas counter")
	}
	if len(e.regions) > 0 && e.regions[0].start == i {
		tested := ""
		if e.regions[0].tested {
			tested = ", and tests it there"
		}
		e.note("keeps the gas counter in a local until its end at %#x%s", e.offset(e.regions[0].end), tested)
		e.regions = e.regions[1:]
	}
	if len(e.exits) > 0 && e.exits[0].at == i {
		if e.exits[0].tested {
			e.note("tests the gas counter if the branch is taken")
		}
		e.exits = e.exits[1:]
	}
	e.loopPayment(i)
}

// blockPayment writes what is paid for the block that an instruction begins.
func (e *explainer) blockPayment(i int) {
	own := e.owner[i]
	if own == dead || e.list[own].start != i {
		return
	}
	b := e.list[own]
	sum := fmt.Sprintf("%d = %d + %d - %d", e.balance(own), e.costs[own], e.ahead(b.out), e.ahead(b.in))
	if at, ok := e.hoisted[own]; ok {
		e.note("paid by the loop at %#x: %s", e.offset(at), sum)
		return
	}
	paid := e.due[own] == 0 || e.charge(i).fixed != 0
	e.note("pays %s%s", sum, untested(!paid || e.due[own] == 0 || e.charge(i).tested))
}

// edgePayments writes what is paid on the edges of a branch.
func (e *explainer) edgePayments(i int) {
	if edge, ok := e.back[i]; ok && e.balance(edge) > 0 {
		if at, ok := e.hoisted[edge]; ok {
			e.note("paid by the loop at %#x: %d on the edge to label %d",
				e.offset(at), e.balance(edge), e.list[edge].label)
		}
	}
	for ; len(e.plan.edges) > 0 && e.plan.edges[0].at == i; e.plan.edges = e.plan.edges[1:] {
		edge := &e.plan.edges[0]
		e.note("pays %d on the edge to label %d%s", edge.fixed, edge.label, untested(edge.tested))
	}
}

// loopPayment writes what is paid for all iterations of the loop that an instruction begins.
func (e *explainer) loopPayment(i int) {
	c := e.counted[i]
	if c != nil {
		e.note("pays %d for this loop, and %d each time its back edge is taken", c.first, c.each)
	} else if c = e.constant[i]; c != nil {
		cost, times, _ := c.total()
		e.note("adds %d = %d + %d * %d to what the block before pays, for this loop; local %d is %d before it",
			cost, c.first, times, c.each, c.local, c.from)
	} else {
		return
	}
	when := "after"
	if c.stepsFirst {
		when = "before"
	}
	e.note("the back edge is taken while %s holds for local %d and %s; an iteration adds %d to the local, %s the test",
		c.while, c.local, &c.bound, c.step, when)
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

// untested returns what is added to a payment that is not tested.
func untested(tested bool) string {
	if tested {
		return ""
	}
	return ", untested"
}

// instruction writes a line with its offset and price.
func (e *explainer) instruction(i int, in *wasm.Instruction, level int) {
	price := "-"
	if e.owner[i] != dead {
		fixed, _ := priceOf(in, e.prices) // findAccount has seen that it has one
		if in.Op == wasm.OpBr {
			fixed = add(fixed, idle(e.Codes[e.function].Body, i, e.prices))
		}
		price = fmt.Sprint(fixed)
		if in.Op == wasm.OpCall && e.entry[in.X] > 0 {
			price += fmt.Sprintf("+%d", e.entry[in.X])
		}
		if e.crosses[i] {
			price += fmt.Sprintf("+%dp", e.prices.Crossing)
		}
		if scaled := scaleOf(in.Op, e.prices); scaled != 0 {
			price += fmt.Sprintf("+%dn", scaled)
		}
	}
	fmt.Fprintf(&e.text, "%#06x%18s  %s%s\n", in.Offset, price, strings.Repeat("  ", level), in)
}
