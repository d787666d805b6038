package meter

import (
	"math"
	"slices"

	"hestia/internal/wasm"
)

// safety says of a place whether, whichever way control takes from there, the gas counter is tested before anybody may look
// at it, before anything wants it not to be negative, and before a loop has gone round.
type safety struct {
	always bool
	exits  bool // it is if the counter is tested where it leaves its local, too
}

func (s safety) and(t safety) safety { return safety{s.always && t.always, s.exits && t.exits} }

var safe = safety{always: true, exits: true}

// deferrer finds out which charges need not be tested, as a test that all ways on from them come to will do.
type deferrer struct {
	*account
	body   []wasm.Instruction
	calls  []bool // by function: calling it tests the counter
	first  bool   // so does calling this one
	kept   bool   // the counter is in a local wherever it is charged
	looped []bool
	heads  []int    // by point: the block that begins there and that a branch back leads to, or dead
	points []safety // by point: where control comes to it
	tested []bool   // by block: what is due there is tested
	checks []bool   // by block: nothing is due there, but the counter is tested
	left   []bool   // by region: control leaves it for a place that is safe without a test there
}

// deferTests marks which charges of a defined function's plan are tested, and where else the counter is.
func (a *analysis) deferTests(i int, p *plan) {
	account, body := a.accounts[i], a.Codes[i].Body
	points := len(account.junctions)
	d := &deferrer{
		account: account, body: body, calls: a.testing, first: a.testing[a.imported+uint32(i)], kept: p.kept,
		looped: inLoops(body), heads: make([]int, points), points: make([]safety, points),
		tested: make([]bool, len(account.list)), checks: make([]bool, len(account.list)), left: make([]bool, len(p.regions)),
	}
	d.findHeads()
	if d.dear() {
		for i := range d.tested {
			d.tested[i] = true
		}
	} else {
		d.backwards(p.regions)
		d.findChecks(p.regions)
	}
	d.mark(p)
	d.forwards(p)
}

// mark marks the charges of a plan.
func (d *deferrer) mark(p *plan) {
	for i := range p.charges {
		c := &p.charges[i]
		c.tested = c.fixed != 0 && d.tested[d.owner[c.at]]
	}
	for i, check := range d.checks {
		if !check {
			continue
		}
		at, found := slices.BinarySearchFunc(p.charges, d.list[i].start, func(c charge, at int) int { return c.at - at })
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

// dear tells whether charges are so high that those of this function and one that it calls could take a counter that is not
// negative below every int64, each made once.
func (a *account) dear() bool {
	total := uint64(0)
	for _, due := range a.due {
		total = add(total, due)
	}
	return total > math.MaxInt64/2
}

// inLoops tells of each instruction whether it stands in a loop.
func inLoops(body []wasm.Instruction) []bool {
	in := make([]bool, len(body))
	var open []bool // by construct: whether it stands in a loop or is one
	now := false
	for i := range body {
		in[i] = now
		switch body[i].Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			open = append(open, now)
			now = now || body[i].Op == wasm.OpLoop
		case wasm.OpEnd:
			if last := len(open) - 1; last >= 0 {
				now, open = open[last], open[:last]
			}
		}
	}
	return in
}

// findHeads finds the loops that some branch goes back in.
func (d *deferrer) findHeads() {
	first := make([]int, len(d.heads)) // by point: the loop's first block, plus one
	for i := range d.body {
		if own := d.owner[i]; own != dead && d.body[i].Op == wasm.OpLoop {
			first[d.list[own].leads[0]] = d.owner[i+1] + 1
		}
	}
	for p := range d.heads {
		d.heads[p] = dead
	}
	for i := range d.list {
		for _, p := range d.list[i].leads {
			if head := first[p] - 1; head >= 0 && head <= i {
				d.heads[p] = head
			}
		}
	}
}

// backwards decides for each charge, the last first, so that all that comes after it is known but for branches back. These
// are safe if the loop's head pays, as it then tests.
func (d *deferrer) backwards(regions []region) {
	for p := range d.points {
		d.points[p] = safe
	}
	d.points[observed] = safety{exits: d.kept}
	var now safety
	for i := len(d.body) - 1; i >= 0; i-- {
		own := d.owner[i]
		last := own != dead && (i+1 == len(d.body) || d.owner[i+1] != own)
		if n := len(regions) - 1; n >= 0 && regions[n].end == i {
			d.leaves(n, i, &now)
			regions = regions[:n]
		}
		if own == dead {
			continue
		}
		if last {
			for k := own + 1; k < len(d.list) && d.list[k].edge && d.list[k].start == i; k++ {
				d.decide(k, d.after(k))
			}
			now = d.after(own)
		}
		if wantsGas(d.body[i].Op) {
			now = safety{}
		}
		if d.asks(i) {
			now = safe
		}
		if d.list[own].start == i {
			d.decide(own, now)
		}
	}
}

// leaves notes that the counter can be tested at the end of a region, which is at an instruction. now is what is known of the
// place after it, if control falls through.
func (d *deferrer) leaves(region, i int, now *safety) {
	behind := d.owner[i+1]
	if behind != dead && d.list[behind].start == i+1 { // branches come here
		p := &d.points[d.list[behind].begins]
		d.left[region] = p.always
		p.exits = true
		return
	}
	d.left[region] = now.always
	now.exits = true
}

// after returns how safe it is behind a block.
func (d *deferrer) after(block int) safety {
	now := safe
	for _, p := range d.list[block].leads {
		if head := d.heads[p]; head != dead && head <= block {
			tests := d.due[head] > 0 || d.checks[head]
			now = now.and(safety{tests, tests})
		} else {
			now = now.and(d.points[p])
		}
	}
	return now
}

// manyTests is how many charges a loop has, tested in different arms, that had better be tested at its head together.
const manyTests = 3

// findChecks finds the loops at whose heads the counter is tested, so that what is paid in their arms need not be.
func (d *deferrer) findChecks(regions []region) {
	var before []bool
	for _, head := range d.heads {
		if head != dead && d.due[head] == 0 {
			d.checks[head] = true
		}
	}
	before, d.tested = d.tested, make([]bool, len(d.tested))
	d.backwards(regions)
	spared := make([]int, len(d.list)) // by the innermost loop's first block
	for i, loop := range d.innermost() {
		if loop != dead && before[i] && !d.tested[i] {
			spared[loop]++
		}
	}
	for i := range d.checks {
		d.checks[i] = d.checks[i] && spared[i] >= manyTests
	}
	clear(d.tested)
	d.backwards(regions)
}

// innermost returns for each block the first one of the innermost loop that it stands in, or dead.
func (d *deferrer) innermost() []int {
	loops := make([]int, len(d.list))
	open, next := []int{dead}, 0
	for i := range d.body {
		for ; next < len(d.list) && d.list[next].start == i; next++ {
			loops[next] = open[len(open)-1]
		}
		switch d.body[i].Op {
		case wasm.OpBlock, wasm.OpIf:
			open = append(open, open[len(open)-1])
		case wasm.OpLoop:
			open = append(open, d.owner[i+1])
		case wasm.OpEnd:
			open = open[:len(open)-1]
		}
	}
	return loops
}

// decide says whether the charge of a block is tested. Outside loops it is rather than the counter at several exits.
func (d *deferrer) decide(block int, now safety) {
	b := &d.list[block]
	if d.due[block] > 0 {
		spared := now.always || now.exits && d.looped[b.start]
		d.tested[block] = !spared || d.heads[b.begins] == block || block == 0 && d.first
		if d.tested[block] {
			now = safe
		}
	}
	if d.checks[block] {
		now = safe
	}
	if b.begins != observed {
		d.points[b.begins] = d.points[b.begins].and(now)
	}
}

// wantsGas tells whether an instruction wants the counter tested before: somebody may look, or count on what is left, or its
// work depends on an operand.
func wantsGas(op wasm.Opcode) bool {
	switch op {
	case wasm.OpCall, wasm.OpCallIndirect, wasm.OpMemoryGrow, wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpMemoryInit,
		wasm.OpTableCopy, wasm.OpTableFill, wasm.OpTableInit, wasm.OpTableGrow:
		return true
	}
	return false
}

// asks tells whether the counter is tested at an instruction, before that has done anything: where all rounds of a loop are
// paid, or where a function begins that is called.
func (d *deferrer) asks(i int) bool {
	return d.rounds[i] != nil || d.body[i].Op == wasm.OpCall && d.calls[d.body[i].X]
}

// forwards finds where the counter has to be tested as it leaves its local: where some charge on the way there was not.
func (d *deferrer) forwards(p *plan) {
	o := &owing{deferrer: d, points: make([]bool, len(d.points))}
	left := p.regions
	for i := range d.body {
		if own := d.owner[i]; own != dead {
			o.step(i, own, p)
		}
		if len(left) > 0 && left[0].end == i {
			at := &o.now
			if behind := d.owner[i+1]; behind != dead && d.list[behind].start == i+1 {
				at = &o.points[d.list[behind].begins]
			}
			if *at && !d.left[len(p.regions)-len(left)] {
				left[0].tested, *at = true, false
			}
			left = left[1:]
		}
	}
	p.testEnd = o.points[observed]
}

// owing tells where the counter may be below zero.
type owing struct {
	*deferrer
	points []bool // by point
	now    bool
}

// step follows a live instruction, of a block.
func (o *owing) step(i, own int, p *plan) {
	if b := &o.list[own]; b.start == i {
		o.now = o.pays(own, b.begins != observed && o.points[b.begins]) && !o.checks[own]
	}
	o.now = o.now && !o.asks(i)
	if o.body[i].Op == wasm.OpReturn {
		if o.now {
			p.tests = append(p.tests, i)
		}
		return
	}
	if i+1 == len(o.body) || o.owner[i+1] != own {
		o.leads(own, o.now)
		for k := own + 1; k < len(o.list) && o.list[k].edge && o.list[k].start == i; k++ {
			o.leads(k, o.pays(k, o.points[o.list[k].begins]))
		}
		o.now = false
	}
}

// pays tells whether the counter may be below zero after what a block pays, if it may have been before.
func (o *owing) pays(block int, before bool) bool {
	if o.due[block] == 0 {
		return before
	}
	return !o.tested[block]
}

// leads carries that on to where a block leads. A branch back is tested where it leads.
func (o *owing) leads(block int, now bool) {
	for _, p := range o.list[block].leads {
		o.points[p] = o.points[p] || now && (o.heads[p] == dead || o.heads[p] > block)
	}
}
