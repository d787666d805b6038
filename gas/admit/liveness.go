package admit

import (
	"math/bits"

	"hestia/gas"
	"hestia/internal/wasm"
)

// This file finds which locals are live at the joins of a body, that is, read later before they are set: live-variable
// analysis, a backward dataflow problem. It takes one walk instead of iterating to a fixpoint, because what is live at
// the header of a loop is then counted as live everywhere in the loop: an upper bound. Only locals that body found to
// be live across some join have bits in the sets; the others are followed from their last read to the write before.

// liveness is the state of one walk.
type liveness struct {
	words  int      // of one set
	sets   []uint64 // those of all joins, and of the second arms of ifs
	now    []uint64 // the set at the instruction at hand
	across int      // how many locals are in it
	within []bool   // by local: one that is in no set is live at the instruction at hand
	others int      // how many are
	most   int      // how many of both kinds were live at once
	nest   wasm.Nest[ending]
}

// ending is what is known of a construct whose end the walk has passed.
type ending struct {
	join   int32
	second int // index of the set at the beginning of the second arm of an if, or none
}

// live adds to the counts what is live at the joins that body found, and returns how many locals are live at once.
func (c *counter) live(code []wasm.Instruction) uint64 {
	g := &c.gauge
	s, joins, opened := &g.sets, g.joins, g.opened
	s.begin(g.crosses, len(g.across))
	pop := func() int32 {
		j := opened[len(opened)-1]
		opened = opened[:len(opened)-1]
		return j
	}
	for _, in := range s.nest.Backward(code) {
		switch in.Op {
		case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
			if in.X < uint64(len(g.across)) {
				s.access(in.X, g.across[in.X], in.Op == wasm.OpLocalGet)
			}
		case wasm.OpReturn, wasm.OpUnreachable:
			s.clear()
		case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
			s.branch(joins, in, g.mark())
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpElse, wasm.OpEnd:
			s.construct(in.Op, joins, pop())
		default:
			if !branchesWithin(in.Op) && !wide(in.Op) {
				break
			}
			if j := pop(); j != none {
				joins[j].live = s.keep()
			}
		}
	}
	c.sum()
	return uint64(s.most)
}

// begin forgets another body.
func (s *liveness) begin(across, locals int) {
	s.words, s.sets = across/64+1, s.sets[:0]
	s.now = append(s.now[:0], make([]uint64, s.words)...)
	s.within = append(s.within[:0], make([]bool, locals)...)
	s.across, s.others, s.most = 0, 0, 0
}

// access goes backward over a read or a write of a local, which has a number if it is live across joins.
func (s *liveness) access(local uint64, number int32, reads bool) {
	if number == none {
		if s.within[local] != reads {
			s.within[local] = reads
			s.others += delta(reads)
		}
	} else if word, bit := &s.now[number/64], uint64(1)<<(number%64); (*word&bit != 0) != reads {
		*word ^= bit
		s.across += delta(reads)
	}
	s.most = max(s.most, s.across+s.others)
}

// delta is 1 up or down.
func delta(up bool) int {
	if up {
		return 1
	}
	return -1
}

// clear leaves no local live.
func (s *liveness) clear() {
	clear(s.now)
	s.across = 0
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
		s.count()
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
		s.clear()
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
	s.count()
}

// count counts the set at hand anew.
func (s *liveness) count() {
	s.across = 0
	for _, w := range s.now {
		s.across += bits.OnesCount64(w)
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
		s.most = max(s.most, int(n)-1)
		if j.loop {
			loops += n
		}
		c.total[gas.CountEdgeLive] += n * uint64(j.edges)
	}
	c.total[gas.CountLoopLive] += loops
	c.total[gas.CountLoopSquares] += loops * loops / 1024
}
