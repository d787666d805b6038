package meter

import "hestia/internal/wasm"

// block is a run of live instructions that are all executed if the first is, unless one traps. An edge that charges can stand
// on is a block too, of no instructions.
type block struct {
	start   int // index of the first instruction; of an edge the branch's
	in, out int // junctions
	edge    bool
	label   uint32 // of an edge

	begins int   // the point where it begins
	leads  []int // the points that its edges lead to
}

// A point is where edges come together: at a label, at an arm of an if, behind a branch that is not taken. A junction is a set
// of edges between blocks that all carry the same credit: edges that leave one block, or come to one, are of one junction, and
// so on. Points and junctions are small numbers.
const (
	observed = 0 // where the outside may look at the count, the function's entry and return among them
	doomed   = 1 // where nothing follows
)

// blocks is the control flow of one body.
type blocks struct {
	list      []block     // in the order of the code
	owner     []int       // by instruction: the place of its block in list, or dead
	back      map[int]int // by br_if whose edge is a block: its place
	junctions []int       // by junction: one that it was joined to, itself in the end
}

// dead marks an instruction of no block.
const dead = -1

// enclosure is an open construct.
type enclosure struct {
	op    wasm.Opcode
	block int  // that an if ends; dead where there is none
	label int  // junction of the edges that come to its label
	arm   int  // junction of the edges to the second arm of an if
	plain bool // a loop whose label takes no operands
}

// blockFinder walks one body.
type blockFinder struct {
	blocks
	open    []enclosure
	splits  func(at int) bool // whether the edge of a br_if may be a block
	current int               // place of the block at hand in list; dead where no block is open
	next    int               // junction of the edges to the block to be opened next
}

// looker tells whether an instruction lets the outside look at the count.
type looker func(*wasm.Instruction) bool

// findBlocks divides the live code of a body into blocks. splits tells where the edge of a br_if to a loop may be one.
func findBlocks(body []wasm.Instruction, f *flow, looks looker, splits func(at int) bool) *blocks {
	b := &blockFinder{
		blocks:  blocks{owner: make([]int, len(body)), junctions: []int{observed, doomed}, back: map[int]int{}},
		splits:  splits,
		open:    []enclosure{{op: wasm.OpBlock, label: observed}},
		current: dead,
		next:    observed,
	}
	for i := range body {
		b.owner[i] = dead
		if f.live[i] {
			if b.current == dead {
				b.list = append(b.list, block{start: i, in: b.next, begins: b.next})
				b.current = len(b.list) - 1
			}
			b.owner[i] = b.current
		}
		b.step(i, &body[i], f, looks)
	}
	for i := range b.list {
		b.list[i].in, b.list[i].out = b.find(b.list[i].in), b.find(b.list[i].out)
	}
	return &b.blocks
}

// step follows one instruction. Dead code has no edges, but its constructs are opened and closed all the same.
func (b *blockFinder) step(i int, in *wasm.Instruction, f *flow, looks looker) {
	switch in.Op {
	case wasm.OpBlock:
		b.enter(in.Op)
	case wasm.OpLoop:
		b.enter(in.Op)
		b.open[len(b.open)-1].plain = int64(in.X) < 0 // others have a type, and are left alone
		b.ends(b.open[len(b.open)-1].label)
	case wasm.OpIf:
		arm := b.junction()
		b.enter(in.Op)
		b.open[len(b.open)-1].arm, b.open[len(b.open)-1].block = arm, b.current
		b.ends(arm)
	case wasm.OpElse:
		top := &b.open[len(b.open)-1]
		top.op = in.Op
		b.ends(top.label)
		b.next = top.arm
	case wasm.OpEnd:
		b.leave(f.joined[i])
	case wasm.OpBr, wasm.OpBrTable:
		b.branch(i, in, doomed)
	case wasm.OpBrIf:
		b.branch(i, in, b.junction())
	case wasm.OpReturn:
		b.ends(observed)
	case wasm.OpUnreachable:
		b.ends(doomed)
	default:
		if f.live[i] && looks(in) {
			b.ends(observed)
		}
	}
}

// ends ends the block at hand, if one is open, with edges of a junction; the next block is at their other end.
func (b *blockFinder) ends(junction int) {
	b.next = junction
	if b.current != dead {
		b.list[b.current].out = junction
		b.list[b.current].leads = []int{junction}
		b.current = dead
	}
}

func (b *blockFinder) enter(op wasm.Opcode) {
	b.open = append(b.open, enclosure{op: op, label: b.junction()})
}

// leave closes a construct, whose end some branch may come to.
func (b *blockFinder) leave(joined bool) {
	top := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	switch {
	case len(b.open) == 0:
		b.ends(observed)
	case top.op == wasm.OpIf:
		b.join(top.arm, top.label) // the false edge
		if top.block != dead {
			b.list[top.block].leads = append(b.list[top.block].leads, top.label)
		}
		b.ends(top.label)
	case joined:
		b.ends(top.label)
	}
}

// branch ends the block at hand with the edges of the branch at i; without is the junction where none is taken.
func (b *blockFinder) branch(i int, in *wasm.Instruction, without int) {
	if b.current == dead {
		return
	}
	all, at := without, b.current
	var leads []int
	if without != doomed {
		leads = append(leads, without)
	}
	for _, label := range labels(in) {
		target := b.target(i, in.Op, label)
		if all == doomed {
			all = target
		}
		b.join(all, target)
		leads = append(leads, target)
	}
	b.ends(all)
	b.list[at].leads = leads
}

// target returns the junction of the edge of a branch to a label. One that goes back to a loop's head gets a block: the other
// ways on, which have code of their own to pay, need not have the same credit then.
func (b *blockFinder) target(i int, op wasm.Opcode, label uint32) int {
	to := &b.open[len(b.open)-1-int(label)]
	if !to.plain || op != wasm.OpBrTable && (op != wasm.OpBrIf || !b.splits(i)) {
		return to.label
	}
	for k := len(b.list) - 1; b.list[k].edge && b.list[k].start == i; k-- {
		if b.list[k].label == label {
			return b.list[k].in
		}
	}
	edge := block{start: i, in: b.junction(), out: to.label, edge: true, label: label, leads: []int{to.label}}
	edge.begins = edge.in
	b.list = append(b.list, edge)
	if op == wasm.OpBrIf {
		b.back[i] = len(b.list) - 1
	}
	return edge.in
}

func (b *blockFinder) junction() int {
	b.junctions = append(b.junctions, len(b.junctions))
	return len(b.junctions) - 1
}

// join makes two junctions one, the lower of both.
func (b *blockFinder) join(x, y int) {
	x, y = b.find(x), b.find(y)
	b.junctions[max(x, y)] = min(x, y)
}

// find returns what a junction was joined to, and shortens the way there.
func (b *blockFinder) find(x int) int {
	for b.junctions[x] != x {
		b.junctions[x] = b.junctions[b.junctions[x]]
		x = b.junctions[x]
	}
	return x
}
