package meter

import "hestia/internal/wasm"

// sinker moves charges to where control comes less often. Any credit from zero to the price of the cheapest way keeps the
// count, as long as nothing less than zero is due at any block; so where a loop pays twice a round, credits are lowered
// until one of the charges is none.
type sinker struct {
	*blocks
	costs  []uint64
	credit []uint64 // by junction; lowered in place
	weight []uint64 // by block: a guess of how often it is executed; 0 where a counted loop pays for it

	into, from [][]int // by junction: the blocks that end there, and those that begin there
	chosen     []int   // by junction: the last try that would lower it
	try        int
	budget     int // blocks that may still be looked at
}

// What the search is held to, so that it takes a time that the size of the body bounds.
const (
	sinkEffort    = 200 // blocks looked at for each that there is
	sinkJunctions = 12  // lowered together
	sinkRounds    = 4
)

// sink lowers credits where that has fewer charges made. free are blocks that counted loops pay for.
func sink(body []wasm.Instruction, b *blocks, costs, credit []uint64, free map[int]bool) {
	s := &sinker{blocks: b, costs: costs, credit: credit, chosen: make([]int, len(credit)), budget: sinkEffort * len(b.list)}
	s.into, s.from = make([][]int, len(credit)), make([][]int, len(credit))
	for i := range b.list {
		s.into[b.list[i].out] = append(s.into[b.list[i].out], i)
		s.from[b.list[i].in] = append(s.from[b.list[i].in], i)
	}
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

// due is what is due at a block; nothing where there is no hope, and nothing to lower.
func (s *sinker) due(i int) uint64 {
	s.budget--
	in, out := s.credit[s.list[i].in], s.credit[s.list[i].out]
	if in == hopeless || out == hopeless {
		return 0
	}
	return add(s.costs[i], out) - in
}

// weigh guesses how often each block is executed: eight times as often for each loop that leads back to it.
func (s *sinker) weigh(body []wasm.Instruction, free map[int]bool) {
	s.weight = make([]uint64, len(s.list))
	for i := range s.list {
		s.weight[i] = 1
	}
	starts, seen := []int{-1}, make([]int, len(s.credit))
	first := make([]int, len(body)+1) // by instruction: the first block that begins there or later
	for i, at := 0, 0; at <= len(body); at++ {
		for i < len(s.list) && s.list[i].start < at {
			i++
		}
		first[at] = i
	}
	for i := range body {
		switch body[i].Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			starts = append(starts, i)
		case wasm.OpEnd:
			at := starts[len(starts)-1]
			starts = starts[:len(starts)-1]
			if at >= 0 && body[at].Op == wasm.OpLoop && s.owner[at] != dead {
				s.weighLoop(first[at+1], first[i], s.list[s.owner[at]].out, seen, i)
			}
		}
	}
	for i := range free {
		s.weight[i] = 0
	}
}

// weighLoop weighs the blocks from and to some place in the list, which are those of a loop, as far as they lead back to its
// label.
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

// lower tries to have nothing due at a block, and tells whether that was better.
func (s *sinker) lower(block int) bool {
	s.try++
	by := s.due(block)
	set := []int{s.list[block].out}
	s.chosen[set[0]] = s.try
	choose := func(j int) {
		if s.chosen[j] != s.try {
			s.chosen[j] = s.try
			set = append(set, j)
		}
	}
	for k := 0; k < len(set); k++ {
		j := set[k]
		if j == observed || s.credit[j] == hopeless || s.credit[j] < by || len(set) > sinkJunctions || s.budget < 0 {
			return false
		}
		for _, i := range s.into[j] { // what is due less there would be less than nothing
			if s.credit[s.list[i].in] != hopeless && s.due(i) < by {
				choose(s.list[i].in)
			}
		}
		for _, i := range s.from[j] { // what is due more there, if as often, had better be due later
			if out := s.list[i].out; out != observed && s.credit[out] != hopeless && s.due(i) == 0 && s.weight[i] >= s.weight[block] {
				choose(out)
			}
		}
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
	return false
}

// paid weighs the charges at the blocks around a set of chosen junctions.
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
