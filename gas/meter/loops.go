package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file recognizes counted loops: natural loops with one back edge and one exit, whose exit test compares an
// induction variable (induction.go) with a loop-invariant bound. Structured code shows loops and their headers, so that
// no dominators are needed to find them.

// loop is a counted loop: its trip count is known on entry, because an induction variable steps towards a
// loop-invariant bound. One test decides whether the back edge is taken, nothing else leaves the loop but traps, and
// nothing observes the counter inside.
//
// An iteration is the head, up to the test, and the tail, from the test to the back edge. The head is executed once
// more than the tail.
type loop struct {
	at         int              // index of the loop instruction
	local      uint64           // the induction variable, an i32
	step       int64            // what it steps by, not zero
	stepsFirst bool             // an iteration steps before it tests
	while      wasm.Opcode      // i32.ne, lt or gt: how the local compares with the bound if the back edge is taken
	bound      wasm.Instruction // i32.const, or local.get of a local that the loop does not set

	from  int32 // the local's value when the loop is entered
	known bool  // that value is known

	head, tail []int // blocks that every iteration executes

	recursive bool // it has a call that leads back to the function
}

// loopFinder walks one body.
type loopFinder struct {
	space    *space
	body     []wasm.Instruction
	flow     *flow
	blocks   *blocks
	observes observer
	recurs   func(callee uint64) bool // a call leads back to the function
	lost     func(block int) bool     // no path leads from the block to an observation
	params   uint64                   // of the function

	nest    wasm.Nest[int]  // open at the loop at hand; Data is used by match
	closing []int           // by instruction that opens a construct: index of its end
	second  []int           // by if: index of its else, or 0
	nesting []int           // by construct: how deep loops nest in it, itself included
	set     map[uint64]bool // locals that are set before the loop at hand
	sets    []int           // to be reused by paths
}

// deepLoops is how deep loops may nest in one that is examined, so that no instruction is looked at more often.
const deepLoops = 3

// find returns the counted loops of the body, outer ones before those inside.
func (l *loopFinder) find() []loop {
	l.match()
	var found []loop
	l.set = map[uint64]bool{}
	for i, in := range l.nest.Over(l.body) {
		switch in.Op {
		case wasm.OpLocalSet, wasm.OpLocalTee:
			l.set[in.X] = true
		case wasm.OpLoop:
			if !l.flow.live[i] || l.nesting[i] > deepLoops {
				continue
			}
			if one, ok := l.examine(i); ok {
				one.from, one.known = l.start(&one)
				if _, constant := one.backEdges(); constant || !one.recursive {
					found = append(found, one)
				}
			}
		}
	}
	return found
}

// match finds the ends of constructs, and how deep loops nest in each.
func (l *loopFinder) match() {
	n := len(l.body)
	l.closing, l.second, l.nesting = make([]int, n), make([]int, n), make([]int, n)
	for i, in := range l.nest.Over(l.body) {
		top := l.nest.Top()
		switch {
		case in.Op == wasm.OpElse:
			l.second[top.Start] = i
		case in.Op == wasm.OpEnd && top.Start >= 0:
			l.closing[top.Start] = i
			if top.Op == wasm.OpLoop {
				top.Data++
			}
			l.nesting[top.Start] = top.Data
			around := l.nest.Target(1)
			around.Data = max(around.Data, top.Data)
		}
	}
}

// path is the path of an iteration through a loop, as far as it is known: what every iteration executes. It goes into
// blocks, but not into loops, nor into an if that does not decide whether the loop goes on.
type path struct {
	loop
	test     int   // index of the br_if or if that decides; 0 until it is found
	exits    bool  // the test leaves the loop if it holds
	compared int   // index behind the comparison
	tested   int   // index of the instruction that leaves the local's value for the test
	back     int   // index of the branch that takes the back edge; 0 until it is found
	level    int   // constructs in the loop around the path
	fork     int   // if not 0: a branch may skip what is left of the construct that so many are open in
	skip     int   // before this index stands an arm that leaves the loop
	sets     []int // indices of the instructions on the path that set a local
}

// examine follows the path through the loop that begins at an index.
func (l *loopFinder) examine(at int) (loop, bool) {
	p := &path{loop: loop{at: at}, sets: l.sets[:0]}
	defer func() { l.sets = p.sets }()
	var inside wasm.Nest[struct{}]
	for i, in := range inside.Over(l.body[at+1 : l.closing[at]]) {
		i, depth := at+1+i, inside.Depth()
		if p.back != 0 || i < p.skip {
			if l.flow.live[i] && slices.Contains(in.Labels(), uint32(depth)) {
				return loop{}, false // a second back edge
			}
			continue
		}
		if in.Op == wasm.OpEnd && inside.Top().Op == wasm.OpLoop {
			p.visit(l, i, depth-1) // no branch leads to the end of a loop
		} else {
			p.visit(l, i, depth)
		}
		switch in.Op {
		case wasm.OpBlock:
			if p.on(depth) {
				p.level++
			}
		case wasm.OpIf:
			p.arm(l, i, depth)
		case wasm.OpEnd:
			p.closes(depth)
		case wasm.OpLoop, wasm.OpElse:
		default:
			if l.flow.live[i] && !p.passes(l, i, depth, &inside) {
				return loop{}, false
			}
		}
	}
	if p.back == 0 || !p.countable(l) {
		return loop{}, false
	}
	if edge, ok := l.blocks.back[p.back]; ok {
		p.tail = append(p.tail, edge)
	}
	return p.loop, true
}

// on reports whether an instruction in so many constructs is on the path.
func (p *path) on(depth int) bool { return depth == p.level && p.fork == 0 }

// visit notes a block that every iteration executes, and a local that it sets.
func (p *path) visit(l *loopFinder, i, depth int) {
	if !p.on(depth) || !l.flow.live[i] {
		return
	}
	if op := l.body[i].Op; op == wasm.OpLocalSet || op == wasm.OpLocalTee {
		p.sets = append(p.sets, i)
	}
	own := l.blocks.owner[i]
	switch {
	case l.blocks.list[own].start != i:
	case p.test == 0:
		p.head = append(p.head, own)
	default:
		p.tail = append(p.tail, own)
	}
}

// closes leaves a construct; what follows is on the path again if a branch to its end was taken from there.
func (p *path) closes(depth int) {
	if depth == p.level && p.fork == 0 || depth == p.fork {
		p.level, p.fork = depth-1, 0
	}
}

// arm takes an if for the test if one of its arms ends with the back edge.
func (p *path) arm(l *loopFinder, i, depth int) {
	if p.test != 0 || !p.on(depth) || !l.flow.live[i] {
		return
	}
	goesOn := func(end int) bool {
		last := &l.body[end-1]
		return last.Op == wasm.OpBr && int(last.X) == depth+1 && l.flow.live[end-1]
	}
	switch second, end := l.second[i], l.closing[i]; {
	case second == 0 && goesOn(end), second != 0 && goesOn(second):
		p.test, p.level = i, depth+1
	case second != 0 && goesOn(end):
		p.test, p.level, p.exits, p.skip = i, depth+1, true, second
	}
}

// passes reports whether the path goes on at a live instruction that opens and closes nothing.
func (p *path) passes(l *loopFinder, i, depth int, inside *wasm.Nest[struct{}]) bool {
	in := &l.body[i]
	switch in.Op {
	case wasm.OpReturn:
		return false
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		for _, label := range in.Labels() {
			if int(label) < depth {
				p.forks(l, i, depth, p.at+1+inside.Target(label).Start)
			} else if !p.branches(l, i, depth, int(label)) {
				return false
			}
		}
		return true
	}
	p.recursive = p.recursive || in.Op == wasm.OpCall && l.recurs(in.X)
	return !l.observes(in)
}

// forks follows a branch to a construct in the loop, which begins at the index to. If that is a block that ends with
// the back edge, and the path stands in it, the branch is the test: it leaves the loop.
func (p *path) forks(l *loopFinder, i, depth, to int) {
	target := depth - int(l.body[i].X) // constructs open in it
	if l.body[i].Op == wasm.OpBrTable {
		for _, label := range l.body[i].Labels() {
			target = min(target, depth-int(label))
		}
	}
	if target > p.level {
		return
	}
	last := &l.body[l.closing[to]-1]
	goesOn := last.Op == wasm.OpBr && int(last.X) == target && l.flow.live[l.closing[to]-1]
	if l.body[i].Op == wasm.OpBrIf && p.on(depth) && p.test == 0 && goesOn {
		p.test, p.exits = i, true
		return
	}
	if p.fork == 0 || target < p.fork {
		p.fork = target
	}
}

// branches reports whether the loop can still be counted with a branch to its label or out of it.
func (p *path) branches(l *loopFinder, i, depth, label int) bool {
	in := &l.body[i]
	tests := in.Op == wasm.OpBrIf && p.on(depth) && p.test == 0
	switch {
	case label > depth && l.leadsToTraps(uint32(label-depth)):
		return true
	case label > depth && tests:
		p.test, p.exits = i, true
		return true
	case label == depth && tests:
		p.test, p.back = i, i
		return true
	case label == depth && in.Op == wasm.OpBr && p.test != 0 && p.on(depth):
		p.back = i
		return true
	}
	return false
}

// leadsToTraps reports whether a branch to a label, counted from the loop at hand, only leads to traps.
func (l *loopFinder) leadsToTraps(label uint32) bool {
	construct := l.nest.Target(label)
	if construct.Start < 0 {
		return false
	}
	target := l.closing[construct.Start] + 1
	if construct.Op == wasm.OpLoop {
		target = construct.Start + 1
	}
	return l.lost(l.blocks.owner[target])
}
