package meter

import (
	"math/bits"

	"hestia/gas"
	"hestia/internal/wasm"
)

// liveness finds which locals are live at the joins of a body: read later before they are set. What is live at the head
// of a loop counts as live everywhere in the loop.
type liveness struct {
	words int      // of one set
	sets  []uint64 // those of all joins, and the arms of ifs
	now   []uint64
	open  []liveFrame
}

// liveFrame is a construct whose end was met and whose beginning was not: bodies are read backwards.
type liveFrame struct {
	join int32
	arm  int // the set where the second arm of an if begins, or none
}

// live adds to the counts what is live at the joins that follow found.
func (c *counter) live(code []wasm.Instruction, locals int) {
	s, joins := &c.gauge.sets, c.gauge.joins
	s.words = locals/64 + 1
	s.sets, s.open = s.sets[:0], s.open[:0]
	s.now = append(s.now[:0], make([]uint64, s.words)...)
	opened := c.gauge.opened
	for i := len(code) - 1; i >= 0; i-- {
		switch in := &code[i]; in.Op {
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
			s.construct(joins, in.Op, opened[len(opened)-1])
			opened = opened[:len(opened)-1]
		default:
			if branchesWithin(in.Op) {
				joins[opened[len(opened)-1]].live = s.keep()
				opened = opened[:len(opened)-1]
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

// construct goes backwards over the end, the middle or the beginning of a construct.
func (s *liveness) construct(joins []join, op wasm.Opcode, j int32) {
	if op == wasm.OpEnd {
		if !joins[j].loop {
			joins[j].live = s.keep()
		}
		s.open = append(s.open, liveFrame{j, none})
		return
	}
	top := &s.open[len(s.open)-1]
	switch op {
	case wasm.OpElse:
		top.arm = s.keep()
		copy(s.now, s.set(joins[j].live))
		return
	case wasm.OpIf:
		other := joins[j].live
		if top.arm != none {
			other = top.arm
		}
		s.merge(other)
	case wasm.OpLoop:
		joins[j].live = s.keep()
	}
	s.open = s.open[:len(s.open)-1]
}

// branch goes backwards over a branch. What is live at the head of a loop is not known yet, and added by sum.
func (s *liveness) branch(joins []join, in *wasm.Instruction, mark uint32) {
	if in.Op != wasm.OpBrIf {
		clear(s.now)
	}
	for _, label := range labels(in) {
		if uint64(label) >= uint64(len(s.open)) {
			continue // invalid
		}
		j := &joins[s.open[len(s.open)-1-int(label)].join]
		if !j.loop && j.mark != mark {
			j.mark = mark
			s.merge(j.live)
		}
	}
}

// keep stores the set at hand and returns where.
func (s *liveness) keep() int {
	s.sets = append(s.sets, s.now...)
	return len(s.sets) - s.words
}

func (s *liveness) set(at int) []uint64 { return s.sets[at : at+s.words] }

func (s *liveness) merge(at int) {
	for i, w := range s.set(at) {
		s.now[i] |= w
	}
}

// sum counts what is live at each join; a loop comes before what it contains. The counter of gas is always live.
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
