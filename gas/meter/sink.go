package meter

import "hestia/internal/wasm"

// This file moves charges to blocks that are executed less often. Paying later what was paid ahead is code sinking; to
// find what to sink it is a local search (hill climbing) over the credits, guided by static estimates of block
// frequency. Any credit from zero to the price of the cheapest path keeps the count, as long as no block is due less
// than zero. So if a loop pays twice an iteration, credits are lowered until one of the charges is zero.

// sinker searches one body.
type sinker struct {
	*blocks
	costs  []uint64
	credit []uint64 // by junction; lowered in place
	weight []uint64 // by block: its estimated frequency; 0 if a counted loop pays for it

	into, from [][]int // by junction: the blocks that end there, and those that begin there
	chosen     []int   // by junction: the last try that would lower it
	try        int
	budget     int // blocks that may still be looked at
}

// The bounds of the search, which hold its time to a multiple of the body's size.
const (
	sinkEffort    = 200 // blocks looked at for each that there is
	sinkJunctions = 12  // lowered together
	sinkRounds    = 4
)

// sink lowers credits if fewer charges are made then. free are the blocks that counted loops pay for.
func sink(body []wasm.Instruction, b *blocks, costs, credit []uint64, free map[int]bool) {
	s := &sinker{
		blocks: b, costs: costs, credit: credit, chosen: make([]int, len(credit)), budget: sinkEffort * len(b.list),
	}
	s.into = b.by(func(i int) int { return b.list[i].out })
	s.from = b.by(func(i int) int { return b.list[i].in })
	s.weigh(body, free)
	for range sinkRounds {
		better := false
		for i := range b.list {
			if s.weight[i] > 1 && s.due(i) > 0 && s.lower(i) {
				better = true
			}
		}
		if !better {
			return
		}
	}
}

// due is what is due at a block; nothing if a credit is infinite, which cannot be lowered.
func (s *sinker) due(i int) uint64 {
	s.budget--
	in, out := s.credit[s.list[i].in], s.credit[s.list[i].out]
	if in == infinite || out == infinite {
		return 0
	}
	return add(s.costs[i], out) - in
}

// weigh estimates how often each block is executed: eight times as often for each loop around it.
func (s *sinker) weigh(body []wasm.Instruction, free map[int]bool) {
	s.weight = make([]uint64, len(s.list))
	for i := range s.list {
		s.weight[i] = 1
	}
	seen := make([]int, len(s.credit))
	first := make([]int, len(body)+1) // by instruction: the first block that begins there or later
	for i, at := 0, 0; at <= len(body); at++ {
		for i < len(s.list) && s.list[i].start < at {
			i++
		}
		first[at] = i
	}
	var nest wasm.Nest[struct{}]
	for i, in := range nest.Over(body) {
		if in.Op != wasm.OpEnd || nest.Top().Op != wasm.OpLoop {
			continue
		}
		if at := nest.Top().Start; s.owner[at] != dead {
			s.weighLoop(first[at+1], first[i], s.list[s.owner[at]].out, seen, i)
		}
	}
	for i := range free {
		s.weight[i] = 0
	}
}

// weighLoop raises the weight of the blocks from and to some index in the list, which stand in a loop, if a path leads
// from them back to its label: the natural loop of its back edges, found backward from the label by a worklist.
func (s *sinker) weighLoop(from, to, label int, seen []int, mark int) {
	work := []int{label}
	seen[label] = mark
	for len(work) > 0 && s.budget > 0 {
		j := work[len(work)-1]
		work = work[:len(work)-1]
		for _, i := range s.into[j] {
			s.budget--
			if i < from || i >= to {
				continue
			}
			s.weight[i] = min(s.weight[i]*8, 1<<48)
			if in := s.list[i].in; seen[in] != mark {
				seen[in] = mark
				work = append(work, in)
			}
		}
	}
}

// lower tries to have nothing due at a block, and reports whether that is better. If it is not, nothing has changed.
func (s *sinker) lower(block int) bool {
	by := s.due(block)
	for _, far := range []bool{true, false} {
		if !far && !s.list[block].edge {
			return false // only a header may as well pay what all edges to it do
		}
		set, possible := s.choose(block, by, far)
		if !possible {
			continue
		}
		before := s.paid(set)
		for _, j := range set {
			s.credit[j] -= by
		}
		if s.paid(set) < before {
			return true
		}
		for _, j := range set {
			s.credit[j] += by
		}
	}
	return false
}

// choose returns the junctions to lower together so that a block is due less by an amount; false if that cannot be. If
// far is set, what would be due at a block as frequent is due later.
func (s *sinker) choose(block int, by uint64, far bool) (set []int, possible bool) {
	s.try++
	choose := func(j int) {
		if s.chosen[j] != s.try {
			s.chosen[j] = s.try
			set = append(set, j)
		}
	}
	choose(s.list[block].out)
	for k := 0; k < len(set); k++ {
		j := set[k]
		if j == observed || j == entered || s.credit[j] == infinite || s.credit[j] < by || len(set) > sinkJunctions ||
			s.budget < 0 {
			return nil, false
		}
		for _, i := range s.into[j] { // else less than nothing would be due there
			if s.credit[s.list[i].in] != infinite && s.due(i) < by {
				choose(s.list[i].in)
			}
		}
		for _, i := range s.from[j] {
			out := s.list[i].out
			if far && out != observed && s.credit[out] != infinite && s.due(i) == 0 && s.weight[i] >= s.weight[block] {
				choose(out)
			}
		}
	}
	return set, true
}

// paid sums the weights of the blocks around a set of chosen junctions that are due something.
func (s *sinker) paid(set []int) (sum uint64) {
	count := func(i int) {
		if s.due(i) > 0 {
			sum = add(sum, s.weight[i])
		}
	}
	for _, j := range set {
		for _, i := range s.into[j] {
			count(i)
		}
		for _, i := range s.from[j] {
			if s.chosen[s.list[i].out] != s.try { // others end at a chosen one
				count(i)
			}
		}
	}
	return sum
}
