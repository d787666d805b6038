package meter

import "math"

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
	into := b.by(func(i int) int { return b.list[i].out })
	queue := nearest{{junction: observed}}
	for len(queue) > 0 {
		at := queue.pop()
		if at.credit >= credit[at.junction] {
			continue
		}
		credit[at.junction] = at.credit
		for _, i := range into[at.junction] {
			if ahead := add(at.credit, costs[i]); ahead < credit[b.list[i].in] {
				queue.push(reached{b.list[i].in, ahead})
			}
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

// nearest is a binary heap with the least credit first. It is no container/heap, which would allocate at each push.
type nearest []reached

func (n *nearest) push(r reached) {
	q := append(*n, r)
	for i := len(q) - 1; i > 0 && q[i].credit < q[(i-1)/2].credit; i = (i - 1) / 2 {
		q[i], q[(i-1)/2] = q[(i-1)/2], q[i]
	}
	*n = q
}

func (n *nearest) pop() reached {
	q := *n
	least, last := q[0], len(q)-1
	q[0], q = q[last], q[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child+1 < last && q[child+1].credit < q[child].credit {
			child++
		}
		if child >= last || q[i].credit <= q[child].credit {
			break
		}
		q[i], q[child] = q[child], q[i]
		i = child
	}
	*n = q
	return least
}
