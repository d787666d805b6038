package meter

import "hestia/internal/wasm"

// This file builds the control-flow graph: basic blocks, the joins that their edges lead to, and classes of edges. The
// classes are found by union-find. Giving an edge from a branching block to a loop header, which has other edges, a
// block of its own is called splitting critical edges.

// block is a basic block of live instructions, or a split edge, which has no instructions.
type block struct {
	start   int // index of the first instruction; of an edge the branch's
	in, out int // junctions of the edges to it and from it
	edge    bool
	label   uint32 // of an edge

	join       int   // at its entry
	successors []int // the joins that its edges lead to
}

// A join is a place that edges lead to: a label, the second arm of an if, the code behind a br_if. A junction is a
// class of edges that must carry the same credit: edges from one block are of one junction, edges to one block too, and
// so on. Both are small numbers. Each join is the number that the junction of its edges had before it was united with
// others.
const (
	observed = 0 // the count is exact on them: at the function's return, and behind instructions that observe
	doomed   = 1 // edges that nothing follows
	entered  = 2 // the function's entry; its callers may have paid ahead
)

// blocks is the control-flow graph of one body.
type blocks struct {
	list      []block     // in the order of the code
	owner     []int       // by instruction: the index of its block in list, or dead
	back      map[int]int // by br_if with a split edge: the index of the edge's block
	junctions []int       // by junction: its parent in the union-find forest, itself if it is a root
}

// dead marks an instruction of no block.
const dead = -1

// enclosure is what is known of an open construct.
type enclosure struct {
	block int  // that an if ends; dead if there is none
	label int  // junction of the edges to its label
	arm   int  // junction of the edges to the second arm of an if
	plain bool // a loop whose label takes no operands
}

// observer reports whether an instruction lets the outside observe the gas counter.
type observer func(*wasm.Instruction) bool

// blockFinder walks one body.
type blockFinder struct {
	blocks
	nest     wasm.Nest[enclosure]
	flow     *flow
	observes observer
	splits   func(at, loop int) bool // the edge of the br_if at the first index to the loop at the second may be split
	singles  []int                   // the lists of one successor, one behind the other
	current  int                     // the open block's index in list; dead if none is open
	next     int                     // junction of the edges to the block to be opened next
}

// findBlocks builds the graph of the live code of a body. splits reports whether the back edge of a br_if may be split.
func findBlocks(body []wasm.Instruction, f *flow, observes observer, splits func(at, loop int) bool) *blocks {
	b := &blockFinder{
		blocks: blocks{owner: make([]int, len(body)), junctions: []int{observed, doomed, entered}, back: map[int]int{}},
		nest:   wasm.Nest[enclosure]{Root: enclosure{label: observed}},
		flow:   f, observes: observes, splits: splits,
		current: dead, next: entered,
	}
	for i, in := range b.nest.Over(body) {
		b.owner[i] = dead
		if f.live[i] {
			if b.current == dead {
				b.list = append(b.list, block{start: i, in: b.next, join: b.next})
				b.current = len(b.list) - 1
			}
			b.owner[i] = b.current
		}
		b.step(i, in)
	}
	for i := range b.list {
		b.list[i].in, b.list[i].out = b.find(b.list[i].in), b.find(b.list[i].out)
	}
	return &b.blocks
}

// step follows one instruction. Dead code has no edges, but its constructs have data all the same.
func (b *blockFinder) step(i int, in *wasm.Instruction) {
	top := b.nest.Top()
	switch in.Op {
	case wasm.OpBlock:
		top.Data = enclosure{label: b.junction()}
	case wasm.OpLoop:
		top.Data = enclosure{label: b.junction(), plain: int64(in.X) < 0} // others have a type, and are left alone
		b.ends(top.Data.label)
	case wasm.OpIf:
		arm := b.junction()
		top.Data = enclosure{label: b.junction(), arm: arm, block: b.current}
		b.ends(arm)
	case wasm.OpElse:
		b.ends(top.Data.label)
		b.next = top.Data.arm
	case wasm.OpEnd:
		b.leave(top, b.flow.joined[i])
	case wasm.OpBr, wasm.OpBrTable:
		b.branch(i, in, doomed)
	case wasm.OpBrIf:
		b.branch(i, in, b.junction())
	case wasm.OpReturn:
		b.ends(observed)
	case wasm.OpUnreachable:
		b.ends(doomed)
	default:
		if b.flow.live[i] && b.observes(in) {
			b.ends(observed)
		}
	}
}

// ends ends the open block, if there is one, with edges of a junction. They lead to the next block.
func (b *blockFinder) ends(junction int) {
	b.next = junction
	if b.current != dead {
		b.list[b.current].out = junction
		b.list[b.current].successors = b.only(junction)
		b.current = dead
	}
}

// leave closes a construct. joined is whether some edge leads to its end.
func (b *blockFinder) leave(top *wasm.Construct[enclosure], joined bool) {
	e := top.Data
	switch {
	case top.Start < 0:
		b.ends(observed)
	case top.Op == wasm.OpIf:
		b.unite(e.arm, e.label) // the false edge
		if e.block != dead {
			b.list[e.block].successors = append(b.list[e.block].successors, e.label)
		}
		b.ends(e.label)
	case joined:
		b.ends(e.label)
	}
}

// branch ends the open block with the edges of the branch at i; without is the junction of the edge that is taken if
// the branch is not, or doomed.
func (b *blockFinder) branch(i int, in *wasm.Instruction, without int) {
	if b.current == dead {
		return
	}
	all, at := without, b.current
	var successors []int
	if without != doomed {
		successors = append(successors, without)
	}
	for _, label := range in.Labels() {
		target := b.target(i, in.Op, label)
		if all == doomed {
			all = target
		}
		b.unite(all, target)
		successors = append(successors, target)
	}
	b.ends(all)
	b.list[at].successors = successors
}

// target returns the junction of the edge of a branch to a label. A back edge is split, so that the header's junction
// need not be that of the branch's other edges, which lead to code that pays for itself.
func (b *blockFinder) target(i int, op wasm.Opcode, label uint32) int {
	construct := b.nest.Target(label)
	to := &construct.Data
	if !to.plain || op != wasm.OpBrTable && (op != wasm.OpBrIf || !b.splits(i, construct.Start)) {
		return to.label
	}
	for k := len(b.list) - 1; b.list[k].edge && b.list[k].start == i; k-- {
		if b.list[k].label == label {
			return b.list[k].in
		}
	}
	edge := block{start: i, in: b.junction(), out: to.label, edge: true, label: label, successors: b.only(to.label)}
	edge.join = edge.in
	b.list = append(b.list, edge)
	if op == wasm.OpBrIf {
		b.back[i] = len(b.list) - 1
	}
	return edge.in
}

// only returns a list of one successor.
func (b *blockFinder) only(junction int) []int {
	b.singles = append(b.singles, junction)
	n := len(b.singles)
	return b.singles[n-1 : n : n]
}

func (b *blockFinder) junction() int {
	b.junctions = append(b.junctions, len(b.junctions))
	return len(b.junctions) - 1
}

// unite makes two junctions one, named by the lower number of both.
func (b *blockFinder) unite(x, y int) {
	x, y = b.find(x), b.find(y)
	b.junctions[max(x, y)] = min(x, y)
}

// find returns the root of a junction and halves the path to it.
func (b *blockFinder) find(x int) int {
	for b.junctions[x] != x {
		b.junctions[x] = b.junctions[b.junctions[x]]
		x = b.junctions[x]
	}
	return x
}

// by returns for each junction the blocks that a function maps to it, in their order.
func (b *blocks) by(junction func(block int) int) [][]int {
	sizes := make([]int, len(b.junctions))
	for i := range b.list {
		sizes[junction(i)]++
	}
	all, lists := make([]int, len(b.list)), make([][]int, len(b.junctions))
	begin := 0
	for j, n := range sizes {
		lists[j] = all[begin : begin : begin+n]
		begin += n
	}
	for i := range b.list {
		j := junction(i)
		lists[j] = append(lists[j], i)
	}
	return lists
}
