package meter

import (
	"container/heap"
	"math"
)

// This file finds how much may be paid ahead on each edge. It is Dijkstra's algorithm from the observations backward;
// with its distances as potentials the price of a block becomes the reduced cost that Johnson's algorithm works with.
// Its effect on charges is what code hoisting (very busy expressions) has on computations: one that every path makes is
// made early.

// credits returns for each junction how many particles are paid ahead of time on its edges: the price of the cheapest
// path from there to an observation. costs are the prices of the blocks.
//
// No path costs less, so never is more paid than will be counted. At an observation the credit is zero, so that the
// count is exact there. If no path leads to one it is infinite.
func credits(b *blocks, costs []uint64) []uint64 {
	credit := make([]uint64, len(b.junctions))
	for i := range credit {
		credit[i] = infinite
	}
	into := make([][]int, len(b.junctions)) // by junction: the blocks that end there
	for i := range b.list {
		into[b.list[i].out] = append(into[b.list[i].out], i)
	}
	queue := &nearest{{junction: observed}}
	for queue.Len() > 0 {
		at := heap.Pop(queue).(reached)
		if at.credit >= credit[at.junction] {
			continue
		}
		credit[at.junction] = at.credit
		for _, i := range into[at.junction] {
			heap.Push(queue, reached{b.list[i].in, add(at.credit, costs[i])})
		}
	}
	return credit
}

// infinite is the credit if every path ends in a trap or goes on for ever: no sum would be found wrong.
const infinite = math.MaxUint64

// reached is a junction from which some path of the price credit leads on.
type reached struct {
	junction int
	credit   uint64
}

// nearest is a heap with the least credit first.
type nearest []reached

func (n nearest) Len() int           { return len(n) }
func (n nearest) Less(i, j int) bool { return n[i].credit < n[j].credit }
func (n nearest) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }
func (n *nearest) Push(x any)        { *n = append(*n, x.(reached)) }
func (n *nearest) Pop() any {
	last := len(*n) - 1
	x := (*n)[last]
	*n = (*n)[:last]
	return x
}
