package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file chooses the regions in which the gas counter is kept in a local instead of its global. That is register
// promotion (LLVM's scalar promotion, also load and store motion) over single-entry single-exit regions, which in
// structured code are constructs that no branch leaves.

// region is a construct in which the gas counter is kept in a local. No call is in it but some from which control does
// not return. It is written back at the construct's end, before a return or such a call, and on every other edge out.
type region struct {
	start, end int  // indices of the instruction before which the local is loaded, and of the construct's end
	tested     bool // the counter is tested when it is written back at the end
}

// exit is a branch out of a region.
type exit struct {
	at     int  // index of the br or br_if
	region int  // index of the region
	safe   bool // the counter is tested behind the edge, before anything that needs it
	tested bool // it is tested on the edge
}

// fewValues is how many parameters and locals leave a register for the gas counter.
const fewValues = 12

// content is what findRegions knows of an open construct.
type content struct {
	loops   bool     // it is a loop or has one
	called  bool     // a call from which control may return is in it
	left    bool     // a branch leaves it on whose edge nothing can be done
	used    []uint64 // parameters and locals; at most one more than fewValues of them
	regions []region
}

// findRegions returns the outermost regions of a body that have a loop and few values, in the order of the code. plain
// reports whether the label of the construct that begins at an index takes no operands.
func findRegions(body []wasm.Instruction, f *flow, plain func(start int) bool) []region {
	var nest wasm.Nest[content]
	var found []region
	for i, in := range nest.Over(body) {
		top := nest.Top()
		switch in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			top.Data = content{loops: in.Op == wasm.OpLoop, left: in.Op == wasm.OpIf || !f.live[i]}
		case wasm.OpEnd:
			if top.Start < 0 {
				found = top.Data.regions
			} else {
				nest.Target(1).Data.add(&top.Data, region{start: top.Start, end: i})
			}
		case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
			top.Data.use(in.X)
		case wasm.OpCall, wasm.OpCallIndirect:
			for k := uint32(0); !diverges(body, i) && nest.Target(k) != nil && !nest.Target(k).Data.called; k++ {
				nest.Target(k).Data.called = true
			}
		case wasm.OpBrIf, wasm.OpBrTable:
			if in.Op == wasm.OpBrIf && (nest.Target(uint32(in.X)) == nil || plain(nest.Target(uint32(in.X)).Start)) {
				continue
			}
			farthest := slices.Max(in.Labels()) // the construct that has this label is not left
			for k := uint32(0); k < farthest && nest.Target(k) != nil; k++ {
				nest.Target(k).Data.left = true
			}
		}
	}
	return found
}

// diverges reports whether the instruction at an index is a call behind which the compiler expected nothing to run.
func diverges(body []wasm.Instruction, i int) bool {
	return (body[i].Op == wasm.OpCall || body[i].Op == wasm.OpCallIndirect) && body[i+1].Op == wasm.OpUnreachable
}

// findExits returns the branches out of regions, in the order of the code.
func findExits(body []wasm.Instruction, f *flow, regions []region) (exits []exit) {
	for k, r := range regions {
		var inside wasm.Nest[struct{}]
		for i, in := range inside.Over(body[r.start:r.end]) {
			if in.Op != wasm.OpBr && in.Op != wasm.OpBrIf || !f.live[r.start+i] {
				continue
			}
			if int(in.X) >= inside.Depth() {
				exits = append(exits, exit{at: r.start + i, region: k})
			}
		}
	}
	return exits
}

// add adds what a construct inside has, which stands from the start to the end of whole.
func (c *content) add(inside *content, whole region) {
	c.loops = c.loops || inside.loops
	for _, local := range inside.used {
		c.use(local)
	}
	if inside.loops && !inside.called && !inside.left && len(inside.used) <= fewValues {
		c.regions = append(c.regions, whole)
	} else {
		c.regions = append(c.regions, inside.regions...)
	}
}

func (c *content) use(local uint64) {
	if c.used == nil {
		c.used = make([]uint64, 0, fewValues+1)
	}
	if len(c.used) <= fewValues && !slices.Contains(c.used, local) {
		c.used = append(c.used, local)
	}
}

// charging returns the regions in which a loop pays every iteration.
func charging(regions []region, body []wasm.Instruction, p *plan) []region {
	return slices.DeleteFunc(regions, func(r region) bool {
		next, _ := slices.BinarySearchFunc(p.edges, r.start, func(e edgeCharge, at int) int { return e.at - at })
		if next < len(p.edges) && p.edges[next].at < r.end {
			return false
		}
		first, _ := slices.BinarySearchFunc(p.charges, r.start+1, func(c charge, at int) int { return c.at - at })
		charges := p.charges[first:]
		var nest wasm.Nest[struct{}]
		for i := range nest.Over(body[r.start:r.end]) {
			if len(charges) > 0 && charges[0].at == r.start+i {
				if nest.Around().Loops > 0 && charges[0].fixed != 0 {
					return false
				}
				charges = charges[1:]
			}
		}
		return true
	})
}

// extend lets regions begin with the blocks that enter them, so that these charge the local, unless a call is between.
func extend(regions []region, body []wasm.Instruction, b *blocks) {
	last := 0 // index behind the region before
	for i := range regions {
		r := &regions[i]
		first := max(b.list[b.owner[r.start]].start, last)
		last = r.end + 1
		for r.start > first && body[r.start-1].Op != wasm.OpCall {
			r.start--
		}
	}
}
