package meter

import "hestia/internal/wasm"

// This file finds the places at which the gas counter has to be tested as it leaves its local, because some path brings
// it below zero. It is a forward dataflow analysis over any path ("or" at joins) in one walk. A back edge brings no
// fact, as deferral.go has made sure that its header tests.

// owing is the state of the walk.
type owing struct {
	*deferrer
	joins []bool // by join: the counter may be below zero
	now   bool   // it may be at the instruction at hand
}

// forward adds to a plan the tests at the ends of regions, at returns and at the end of the body.
func (d *deferrer) forward(p *plan) {
	o := &owing{deferrer: d, joins: make([]bool, len(d.joins))}
	left := p.regions
	for i := range d.body {
		if own := d.owner[i]; own != dead {
			o.step(i, own, p)
		}
		if len(left) > 0 && left[0].end == i {
			at := &o.now
			if behind := d.owner[i+1]; behind != dead && d.list[behind].start == i+1 {
				at = &o.joins[d.list[behind].join]
			}
			if *at && !d.left[len(p.regions)-len(left)] {
				left[0].tested, *at = true, false
			}
			left = left[1:]
		}
	}
	p.testEnd = o.joins[observed]
}

// step follows a live instruction of the block own.
func (o *owing) step(i, own int, p *plan) {
	if b := &o.list[own]; b.start == i {
		o.now = o.pays(own, b.join != observed && o.joins[b.join]) && !o.checks[own]
	}
	o.now = o.now && !o.tests(i)
	if o.body[i].Op == wasm.OpReturn {
		if o.now {
			p.tests = append(p.tests, i)
		}
		return
	}
	if i+1 == len(o.body) || o.owner[i+1] != own {
		o.leave(own, i)
		for k := own + 1; k < len(o.list) && o.list[k].edge && o.list[k].start == i; k++ {
			o.propagate(o.list[k].successors, k, o.pays(k, o.joins[o.list[k].join]))
		}
		o.now = false
	}
}

// leave passes the fact on from the end of a block, an instruction. An edge out of a region is tested if it has to be.
func (o *owing) leave(own, i int) {
	out := o.exit(i)
	if out == nil || !o.now || out.safe {
		o.propagate(o.list[own].successors, own, o.now)
		return
	}
	out.tested = true
	o.propagate(o.list[own].successors[:len(o.list[own].successors)-1], own, o.now)
}

// pays reports whether the counter may be below zero behind what a block pays, given whether it may be before.
func (o *owing) pays(block int, before bool) bool {
	if o.due[block] == 0 {
		return before
	}
	return !o.deferrer.tested[block]
}

// propagate passes the fact to successors of a block, but not along back edges.
func (o *owing) propagate(successors []int, block int, now bool) {
	for _, j := range successors {
		o.joins[j] = o.joins[j] || now && (o.headers[j] == dead || o.headers[j] > block)
	}
}
