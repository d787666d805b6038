package meter

import (
	"math"
	"slices"

	"hestia/internal/wasm"
)

// This file finds which charges need not be tested, because every path from them reaches a test in time. It is
// redundant check elimination by anticipability: a backward dataflow analysis over all paths ("and" at joins), as in
// partial redundancy elimination; there a check is moved to a later one instead of an earlier one. One walk reaches the
// fixpoint, as the fact on a back edge is decided by the header: whether it tests. owing.go then walks forward.

// safety is the dataflow fact of a place: on every path from there the gas counter is tested before an observation,
// before something that must not find it below zero, and before a back edge is taken.
type safety struct {
	always bool
	exits  bool // it would be if the counter were tested at the ends of regions too
}

// and joins the facts of two edges.
func (s safety) and(t safety) safety { return safety{s.always && t.always, s.exits && t.exits} }

var safe = safety{always: true, exits: true}

// deferrer decides for one body.
type deferrer struct {
	*account
	body    []wasm.Instruction
	calls   []bool // by function: calling it tests the counter
	first   bool   // so does calling this one
	kept    bool   // the counter is in a local at every charge
	around  []int  // by block: the header of the innermost loop around it, or dead
	headers []int  // by join: the loop header there, if a back edge leads to it, or dead
	joins   []safety
	tested  []bool // by block: what is due there is tested
	checks  []bool // by block: nothing is due there, but the counter is tested
	exits   []exit // from regions
	left    []bool // by region: control leaves it for a place that is safe without a test there
}

// deferTests marks which charges of a defined function's plan are tested, and adds the tests without a charge.
func (a *analysis) deferTests(i int, p *plan) {
	account, body := a.accounts[i], a.Codes[i].Body
	joins := len(account.junctions)
	d := &deferrer{
		account: account, body: body, calls: a.testing, first: a.testing[a.imported+uint32(i)], kept: p.kept,
		headers: make([]int, joins), joins: make([]safety, joins),
		tested: make([]bool, len(account.list)), checks: make([]bool, len(account.list)),
		left: make([]bool, len(p.regions)), exits: p.exits,
	}
	d.around = d.innermost()
	d.findHeaders()
	if d.mayUnderflow() {
		for i := range d.tested {
			d.tested[i] = true
		}
	} else {
		d.backward(p.regions)
		d.findChecks(p.regions)
	}
	d.mark(p)
	d.forward(p)
	d.invert(p)
}

// mark marks the charges of a plan.
func (d *deferrer) mark(p *plan) {
	for i := range p.charges {
		c := &p.charges[i]
		c.tested = c.fixed != 0 && d.tested[d.owner[c.at]]
	}
	place := func(c charge, at int) int { return c.at - at }
	for i, check := range d.checks {
		if !check {
			continue
		}
		at, found := slices.BinarySearchFunc(p.charges, d.list[i].start, place)
		if !found {
			p.charges = slices.Insert(p.charges, at, charge{at: d.list[i].start})
		}
		p.charges[at].tested = true
	}
	edges := p.edges
	for i, b := range d.list {
		if b.edge && d.due[i] != 0 {
			edges[0].tested = d.tested[i]
			edges = edges[1:]
		}
	}
}

// mayUnderflow reports whether one function's charges plus one callee's, each made once, can move a non-negative
// counter below math.MinInt64.
func (a *account) mayUnderflow() bool {
	total := uint64(0)
	for _, due := range a.due {
		total = add(total, due)
	}
	return total > math.MaxInt64/2
}

// findHeaders finds the loop headers that a back edge leads to.
func (d *deferrer) findHeaders() {
	first := make([]int, len(d.headers)) // by join: the loop's header, plus one
	for i := range d.body {
		if own := d.owner[i]; own != dead && d.body[i].Op == wasm.OpLoop {
			first[d.list[own].successors[0]] = d.owner[i+1] + 1
		}
	}
	for j := range d.headers {
		d.headers[j] = dead
	}
	for i := range d.list {
		for _, j := range d.list[i].successors {
			if header := first[j] - 1; header >= 0 && header <= i {
				d.headers[j] = header
			}
		}
	}
}

// backward decides for each charge, the last first, so that the facts of all successors are known but for back edges.
// Those are safe if the header pays, as it then tests.
func (d *deferrer) backward(regions []region) {
	for j := range d.joins {
		d.joins[j] = safe
	}
	d.joins[observed] = safety{exits: d.kept}
	var now safety
	inside := dead // the index from which on instructions are in the region at hand
	for i := len(d.body) - 1; i >= 0; i-- {
		own := d.owner[i]
		last := own != dead && (i+1 == len(d.body) || d.owner[i+1] != own)
		if n := len(regions) - 1; n >= 0 && regions[n].end == i {
			d.leaves(n, i, &now)
			inside = regions[n].start
			regions = regions[:n]
		}
		if own == dead {
			continue
		}
		if last {
			for k := own + 1; k < len(d.list) && d.list[k].edge && d.list[k].start == i; k++ {
				d.decide(k, d.after(k, nil))
			}
			now = d.after(own, d.exit(i))
			if d.body[i].Op == wasm.OpReturn && inside != dead && i >= inside {
				now.exits = true
			}
		}
		if needsTest(d.body[i].Op) {
			now = safety{}
		}
		if d.tests(i) {
			now = safe
		}
		if d.list[own].start == i {
			d.decide(own, now)
		}
	}
}

// leaves notes that the counter can be tested at the end of a region, which is instruction i. now is the fact behind it
// if control falls through.
func (d *deferrer) leaves(region, i int, now *safety) {
	behind := d.owner[i+1]
	if behind != dead && d.list[behind].start == i+1 { // a join
		j := &d.joins[d.list[behind].join]
		d.left[region] = j.always
		j.exits = true
		return
	}
	d.left[region] = now.always
	now.exits = true
}

// after returns the fact at the end of a block, joined from its edges, the last of which may be an exit from a region.
func (d *deferrer) after(block int, out *exit) safety {
	now := safe
	for k, j := range d.list[block].successors {
		fact := d.joins[j]
		if header := d.headers[j]; header != dead && header <= block {
			tests := d.due[header] > 0 || d.checks[header]
			fact = safety{tests, tests}
		}
		if out != nil && k == len(d.list[block].successors)-1 {
			out.safe = fact.always
			fact.exits = true
		}
		now = now.and(fact)
	}
	return now
}

// exit returns the exit from a region that is the branch at an index, or nil.
func (d *deferrer) exit(at int) *exit {
	k, found := slices.BinarySearchFunc(d.exits, at, func(e exit, at int) int { return e.at - at })
	if !found {
		return nil
	}
	return &d.exits[k]
}

// decide decides whether the charge of a block is tested. Outside loops it is if the counter would else be tested at
// several exits.
func (d *deferrer) decide(block int, now safety) {
	b := &d.list[block]
	if d.due[block] > 0 {
		spared := now.always || now.exits && d.around[block] != dead
		d.tested[block] = !spared || d.headers[b.join] == block || block == 0 && d.first
		if d.tested[block] {
			now = safe
		}
	}
	if d.checks[block] {
		now = safe
	}
	if b.join != observed {
		d.joins[b.join] = d.joins[b.join].and(now)
	}
}

// needsTest reports whether the counter must have been tested before an instruction: it calls, which may be an
// observation, or its work depends on an operand.
func needsTest(op wasm.Opcode) bool {
	switch op {
	case wasm.OpCall, wasm.OpCallIndirect, wasm.OpMemoryGrow, wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpMemoryInit,
		wasm.OpTableCopy, wasm.OpTableFill, wasm.OpTableInit, wasm.OpTableGrow:
		return true
	}
	return false
}

// tests reports whether an instruction tests the counter before it does anything: a counted loop that is paid there, or
// a call of a function that tests first.
func (d *deferrer) tests(i int) bool {
	return d.counted[i] != nil || d.body[i].Op == wasm.OpCall && d.calls[d.body[i].X]
}

// manyTests is how many tested charges in the arms of a loop make one test at its header better.
const manyTests = 3

// findChecks finds the loops at whose headers the counter is tested, so that what is paid in their arms need not be.
func (d *deferrer) findChecks(regions []region) {
	useful := false
	for _, header := range d.headers {
		if header != dead && d.due[header] == 0 {
			d.checks[header], useful = true, true
		}
	}
	if !useful {
		return
	}
	before := d.tested
	d.tested = make([]bool, len(before))
	d.backward(regions)
	spared := make([]int, len(d.list)) // by header of the innermost loop
	for i, header := range d.around {
		if header != dead && before[i] && !d.tested[i] {
			spared[header]++
		}
	}
	for i := range d.checks {
		d.checks[i] = d.checks[i] && spared[i] >= manyTests
	}
	clear(d.tested)
	d.backward(regions)
}

// innermost returns for each block the header of the innermost loop around it, or dead.
func (d *deferrer) innermost() []int {
	headers := make([]int, len(d.list))
	nest, next := wasm.Nest[int]{Root: dead}, 0 // Data is the header
	for i, in := range nest.Over(d.body) {
		around := nest.Around().Data
		for ; next < len(d.list) && d.list[next].start == i; next++ {
			headers[next] = around
		}
		switch in.Op {
		case wasm.OpBlock, wasm.OpIf:
			nest.Top().Data = around
		case wasm.OpLoop:
			nest.Top().Data = d.owner[i+1]
		}
	}
	return headers
}
