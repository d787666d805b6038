package admit

import (
	"math/bits"

	"hestia/gas"
	"hestia/internal/wasm"
)

// This file finds which locals are live at the joins of a body, that is, read later before they are set: live-variable
// analysis, a backward dataflow problem. It takes one walk instead of iterating to a fixpoint, because what is live at
// the header of a loop is then counted as live everywhere in the loop: an upper bound.

// liveness is the state of one walk.
type liveness struct {
	words int      // of one set
	sets  []uint64 // those of all joins, and of the second arms of ifs
	now   []uint64 // the set at the instruction at hand
	nest  wasm.Nest[ending]
}

// ending is what is known of a construct whose end the walk has passed.
type ending struct {
	join   int32
	second int // index of the set at the beginning of the second arm of an if, or none
}

// live adds to the counts what is live at the joins that body found.
func (c *counter) live(code []wasm.Instruction, locals int) {
	s, joins := &c.gauge.sets, c.gauge.joins
	s.words, s.sets = locals/64+1, s.sets[:0]
	s.now = append(s.now[:0], make([]uint64, s.words)...)
	opened := c.gauge.opened
	pop := func() int32 {
		j := opened[len(opened)-1]
		opened = opened[:len(opened)-1]
		return j
	}
	for _, in := range s.nest.Backward(code) {
		switch in.Op {
		case wasm.OpLocalGet:
			if in.X < uint64(locals) {
				s.now[in.X/64] |= 1 << (in.X % 64)
			}
		case wasm.OpLocalSet, wasm.OpLocalTee:
			if in.X < uint64(locals) {
				s.now[in.X/64] &^= 1 << (in.X % 64)
			}
		case wasm.OpReturn, wasm.OpUnreachable:
			clear(s.now)
		case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
			s.branch(joins, in, c.gauge.mark())
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpElse, wasm.OpEnd:
			s.construct(in.Op, joins, pop())
		default:
			if branchesWithin(in.Op) {
				joins[pop()].live = s.keep()
			}
		}
	}
	c.sum()
}

// mark returns a mark that no join has.
func (g *gauge) mark() uint32 {
	g.marks++
	return g.marks
}

// construct goes backward over the end, the else or the beginning of a construct with the join j.
func (s *liveness) construct(op wasm.Opcode, joins []join, j int32) {
	top := &s.nest.Top().Data
	switch op {
	case wasm.OpEnd:
		if !joins[j].loop {
			joins[j].live = s.keep()
		}
		*top = ending{join: j, second: none}
	case wasm.OpElse:
		top.second = s.keep()
		copy(s.now, s.set(joins[j].live))
	case wasm.OpIf:
		other := joins[j].live
		if top.second != none {
			other = top.second
		}
		s.merge(other)
	case wasm.OpLoop:
		joins[j].live = s.keep()
	}
}

// branch goes backward over a branch. What is live at the header of a loop is not known yet, and added by sum.
func (s *liveness) branch(joins []join, in *wasm.Instruction, mark uint32) {
	if in.Op != wasm.OpBrIf {
		clear(s.now)
	}
	for _, label := range in.Labels() {
		target := s.nest.Target(label)
		if target == nil {
			continue // invalid
		}
		j := &joins[target.Data.join]
		if !j.loop && j.mark != mark {
			j.mark = mark
			s.merge(j.live)
		}
	}
}

// keep stores the set at hand and returns its place in sets.
func (s *liveness) keep() int {
	s.sets = append(s.sets, s.now...)
	return len(s.sets) - s.words
}

// set returns the set at a place in sets.
func (s *liveness) set(at int) []uint64 { return s.sets[at : at+s.words] }

// merge adds a set to the one at hand.
func (s *liveness) merge(at int) {
	for i, w := range s.set(at) {
		s.now[i] |= w
	}
}

// sum counts what is live at each join; a loop comes before what it contains. The gas counter is always live.
func (c *counter) sum() {
	s, loops := &c.gauge.sets, uint64(0)
	for i := range c.gauge.joins {
		j := &c.gauge.joins[i]
		set, n := s.set(j.live), uint64(1)
		for w := range set {
			if j.parent != none {
				set[w] |= s.sets[c.gauge.joins[j.parent].live+w]
			}
			n += uint64(bits.OnesCount64(set[w]))
		}
		if j.loop {
			loops += n
		}
		c.total[gas.CountEdgeLive] += n * uint64(j.edges)
	}
	c.total[gas.CountLoopLive] += loops
	c.total[gas.CountLoopSquares] += loops * loops / 1024
}
