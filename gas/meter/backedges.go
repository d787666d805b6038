package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file moves the charge of a block that ends with an unconditional back edge to that edge. The test whether gas is
// left then takes the place of the jump, so that it is no branch more: loop inversion.

// invert moves the tested charges of a plan that can stand on a back edge.
func (d *deferrer) invert(p *plan) {
	moved := false
	for i := range p.charges {
		c := &p.charges[i]
		if !c.tested || c.fixed == 0 || c.byOperands() {
			continue
		}
		if at, ok := d.backEdge(c.at); ok && d.exit(at) == nil {
			edge := edgeCharge{at: at, label: uint32(d.body[at].X), fixed: c.fixed, tested: true}
			k, _ := slices.BinarySearchFunc(p.edges, at, func(e edgeCharge, at int) int { return e.at - at })
			p.edges = slices.Insert(p.edges, k, edge)
			c.fixed, c.tested, moved = 0, false, true
		}
	}
	if moved {
		p.charges = slices.DeleteFunc(p.charges, func(c charge) bool {
			return c.fixed == 0 && !c.tested && !c.byOperands()
		})
	}
}

// backEdge returns the index of the br that ends the block which begins at an index, if it takes a back edge and the
// block does nothing that depends on more than the code.
func (d *deferrer) backEdge(start int) (at int, ok bool) {
	own := d.owner[start]
	if d.list[own].start != start || len(d.list[own].successors) != 1 {
		return 0, false
	}
	join := d.list[own].successors[0]
	if header := d.headers[join]; header == dead || header > own {
		return 0, false
	}
	for at = start; !needsTest(d.body[at].Op); at++ {
		if at+1 == len(d.body) || d.owner[at+1] != own {
			return at, d.body[at].Op == wasm.OpBr
		}
	}
	return 0, false
}
