package meter

import (
	"container/heap"
	"math"
)

// credits returns for each junction how many particles are paid ahead of time on its edges: the price of the cheapest way
// from there to where the outside may look. costs are the prices of the blocks.
//
// It is what may be paid ahead without ever paying too much: whatever way is taken costs as much. Where the outside may
// look it is zero, so that the count is exact. Where no way leads to such a place it is hopeless.
func credits(b *blocks, costs []uint64) []uint64 {
	credit := make([]uint64, len(b.junctions))
	for i := range credit {
		credit[i] = hopeless
	}
	leading := make([][]int, len(b.junctions)) // by junction: the blocks that end there
	for i := range b.list {
		leading[b.list[i].out] = append(leading[b.list[i].out], i)
	}
	queue := &nearest{{junction: observed}}
	for queue.Len() > 0 {
		at := heap.Pop(queue).(reached)
		if at.credit >= credit[at.junction] {
			continue
		}
		credit[at.junction] = at.credit
		for _, i := range leading[at.junction] {
			heap.Push(queue, reached{b.list[i].in, add(at.credit, costs[i])})
		}
	}
	return credit
}

// hopeless is the credit where every way ends in a trap or goes on for ever: no sum would be found wrong.
const hopeless = math.MaxUint64

// reached is a junction that some way of the price credit leads on from.
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
