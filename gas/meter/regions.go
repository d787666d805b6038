package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// region is a construct within which the gas counter is kept in a local: no call is in it, and control leaves it only at its
// end.
type region struct {
	start, end int  // indices of the instructions that open it, or before which the counter is taken, and that close it
	tested     bool // the counter is tested where it is written back
}

// fewValues is how many parameters and locals leave a register for the gas counter.
const fewValues = 12

// construct is one that findRegions has open, or the body.
type construct struct {
	start   int
	loops   bool     // it is a loop or has one
	called  bool     // a call or return is in it
	left    bool     // a branch out of it is
	used    []uint64 // parameters and locals, of many only some
	regions []region
}

// findRegions returns the outermost regions of a body that have a loop and few values, in the order of the code.
func findRegions(body []wasm.Instruction, f *flow) []region {
	open := []construct{{}}
	for i := range body {
		switch in := &body[i]; in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			open = append(open, construct{start: i, loops: in.Op == wasm.OpLoop, left: in.Op == wasm.OpIf || !f.live[i]})
		case wasm.OpEnd:
			top := open[len(open)-1]
			if open = open[:len(open)-1]; len(open) == 0 {
				return top.regions
			}
			around := &open[len(open)-1]
			around.loops = around.loops || top.loops
			for _, local := range top.used {
				around.use(local)
			}
			if top.loops && !top.called && !top.left && len(top.used) <= fewValues {
				top.regions = []region{{start: top.start, end: i}}
			}
			around.regions = append(around.regions, top.regions...)
		case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
			open[len(open)-1].use(in.X)
		case wasm.OpCall, wasm.OpCallIndirect, wasm.OpReturn:
			for k := len(open) - 1; k >= 0 && !open[k].called; k-- {
				open[k].called = true
			}
		case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
			farthest := int(slices.Max(labels(in))) // the construct that has this label is not left
			for k := max(0, len(open)-farthest); k < len(open); k++ {
				open[k].left = true
			}
		}
	}
	return nil
}

func (c *construct) use(local uint64) {
	if len(c.used) <= fewValues && !slices.Contains(c.used, local) {
		c.used = append(c.used, local)
	}
}

// charging returns the regions in which a loop pays every round.
func charging(regions []region, body []wasm.Instruction, p *plan) []region {
	return slices.DeleteFunc(regions, func(r region) bool {
		next, _ := slices.BinarySearchFunc(p.edges, r.start, func(e edgeCharge, at int) int { return e.at - at })
		if next < len(p.edges) && p.edges[next].at < r.end {
			return false
		}
		first, _ := slices.BinarySearchFunc(p.charges, r.start+1, func(c charge, at int) int { return c.at - at })
		charges := p.charges[first:]
		var around []bool // by open construct: whether it is a loop
		loops := 0
		for i := r.start; i < r.end; i++ {
			if len(charges) > 0 && charges[0].at == i {
				if loops > 0 && charges[0].fixed != 0 {
					return false
				}
				charges = charges[1:]
			}
			switch body[i].Op {
			case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
				around = append(around, body[i].Op == wasm.OpLoop)
				if body[i].Op == wasm.OpLoop {
					loops++
				}
			case wasm.OpEnd:
				if around[len(around)-1] {
					loops--
				}
				around = around[:len(around)-1]
			}
		}
		return true
	})
}

// early lets regions begin with the blocks that enter them, so that these charge the local, as far as there is no call between.
func early(regions []region, body []wasm.Instruction, b *blocks) {
	last := 0 // where a region ended
	for i := range regions {
		r := &regions[i]
		first := max(b.list[b.owner[r.start]].start, last)
		last = r.end + 1
		for r.start > first && body[r.start-1].Op != wasm.OpCall {
			r.start--
		}
	}
}
