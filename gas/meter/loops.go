package meter

import (
	"math"
	"slices"

	"hestia/internal/wasm"
)

// loop is a loop of which is known, where it is entered, how many rounds it goes: a local steps evenly towards
// a bound, one test decides whether to go on, nothing else leaves the loop but traps, and nobody can look from inside.
//
// A round is the head, up to the test, and the tail, from the test back. The head is executed once more than the tail.
type loop struct {
	at    int              // index of the loop instruction
	local uint64           // what steps, an i32
	step  int64            // what it steps by, not zero
	early bool             // it steps before it is tested, not after
	while wasm.Opcode      // i32.ne, lt or gt: how it compares with the bound as long as the loop goes on
	bound wasm.Instruction // i32.const, or local.get of a local that the loop does not set

	from  int32 // what the local is when the loop is entered
	known bool  // that is known

	head, tail []int // places of the blocks that every round executes
}

// loopFinder walks one body.
type loopFinder struct {
	body     []wasm.Instruction
	flow     *flow
	blocks   *blocks
	looks    looker
	hopeless func(block int) bool // no way from the block leads to where anybody can look
	closing  []int                // by instruction that opens a construct: index of its end
	second   []int                // by if: index of its else, or 0
	nesting  []int                // by construct: how deep loops stand in it, itself included
	open     []int                // opening instructions around the loop at hand, -1 for the function
	params   uint64               // of the function
	set      map[uint64]bool      // locals that are set before the loop at hand
}

// deepLoops is how deep loops may stand in one that is examined, so that no instruction is looked at more often.
const deepLoops = 3

// find returns the loops of the body of which the number of rounds is known.
func (l *loopFinder) find() []loop {
	l.match()
	var found []loop
	l.open, l.set = []int{-1}, map[uint64]bool{}
	for i := range l.body {
		switch l.body[i].Op {
		case wasm.OpLocalSet, wasm.OpLocalTee:
			l.set[l.body[i].X] = true
		case wasm.OpLoop:
			if l.flow.live[i] && l.nesting[i] <= deepLoops {
				if one, ok := l.examine(i); ok {
					one.from, one.known = l.start(&one)
					found = append(found, one)
				}
			}
			l.open = append(l.open, i)
		case wasm.OpBlock, wasm.OpIf:
			l.open = append(l.open, i)
		case wasm.OpEnd:
			l.open = l.open[:len(l.open)-1]
		}
	}
	return found
}

// match finds where constructs end, and how deep loops stand in each other.
func (l *loopFinder) match() {
	n := len(l.body)
	l.closing, l.second, l.nesting = make([]int, n), make([]int, n), make([]int, n)
	var open []int
	for i := range l.body {
		switch l.body[i].Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			open = append(open, i)
		case wasm.OpElse:
			l.second[open[len(open)-1]] = i
		case wasm.OpEnd:
			last := len(open) - 1
			if last < 0 {
				continue
			}
			inner := open[last]
			open = open[:last]
			l.closing[inner] = i
			if l.body[inner].Op == wasm.OpLoop {
				l.nesting[inner]++
			}
			if last > 0 {
				l.nesting[open[last-1]] = max(l.nesting[open[last-1]], l.nesting[inner])
			}
		}
	}
}

// way is the way round a loop, as far as it is known.
type way struct {
	loop
	test  int  // index of the br_if or if that decides; 0 until it is found
	exits bool // the test leaves the loop if it holds
	level int  // constructs within the loop that the tail stands in
	back  int  // index of the branch back
}

// examine follows the way round the loop at an index.
func (l *loopFinder) examine(at int) (loop, bool) {
	w := &way{loop: loop{at: at}}
	depth := 0
	for i := at + 1; w.back == 0; i++ {
		if i == l.closing[at] {
			return loop{}, false // nothing leads back
		}
		w.visit(l, i, depth)
		switch in := &l.body[i]; in.Op {
		case wasm.OpIf:
			w.arm(l, i, depth)
			depth++
		case wasm.OpBlock, wasm.OpLoop:
			depth++
		case wasm.OpEnd:
			depth--
		default:
			if l.flow.live[i] && !w.passes(l, i, depth) {
				return loop{}, false
			}
		}
	}
	if !l.oneWayBack(w, depth) || !w.countable(l.body) {
		return loop{}, false
	}
	if edge, ok := l.blocks.back[w.back]; ok {
		w.tail = append(w.tail, edge)
	}
	return w.loop, true
}

// visit notes a block that every round executes.
func (w *way) visit(l *loopFinder, i, depth int) {
	own := l.blocks.owner[i]
	if own == dead || l.blocks.list[own].start != i {
		return
	}
	switch {
	case w.test == 0 && depth == 0:
		w.head = append(w.head, own)
	case w.test != 0 && depth == w.level:
		w.tail = append(w.tail, own)
	}
}

// arm takes an if for the test if its first arm ends with the branch back.
func (w *way) arm(l *loopFinder, i, depth int) {
	if w.test != 0 || depth != 0 || !l.flow.live[i] {
		return
	}
	end := l.second[i]
	if end == 0 {
		end = l.closing[i]
	}
	last := &l.body[end-1]
	if last.Op == wasm.OpBr && last.X == 1 && l.flow.live[end-1] {
		w.test, w.level = i, 1
	}
}

// passes tells whether the way round goes on at a live instruction that opens and closes nothing.
func (w *way) passes(l *loopFinder, i, depth int) bool {
	in := &l.body[i]
	switch in.Op {
	case wasm.OpReturn:
		return false
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		for _, label := range labels(in) {
			if !w.branches(l, i, depth, int(label)) {
				return false
			}
		}
		return true
	}
	return !l.looks(in)
}

// branches tells whether the way round bears a branch to a label.
func (w *way) branches(l *loopFinder, i, depth, label int) bool {
	in := &l.body[i]
	switch {
	case label < depth-w.level:
		return true
	case label > depth && l.lost(label-depth-1):
		return true
	case label > depth && in.Op == wasm.OpBrIf && depth == 0 && w.test == 0:
		w.test, w.exits = i, true
		return true
	case label == depth && in.Op == wasm.OpBrIf && depth == 0 && w.test == 0:
		w.test, w.back = i, i
		return true
	case label == depth && in.Op == wasm.OpBr && w.test != 0 && depth == w.level:
		w.back = i
		return true
	}
	return false
}

// lost tells whether a branch to a label, counted from around the loop at hand, only leads to traps.
func (l *loopFinder) lost(label int) bool {
	opened := l.open[len(l.open)-1-label]
	if opened < 0 {
		return false
	}
	target := l.closing[opened] + 1
	if l.body[opened].Op == wasm.OpLoop {
		target = opened + 1
	}
	return l.hopeless(l.blocks.owner[target])
}

// oneWayBack tells whether no other branch leads back.
func (l *loopFinder) oneWayBack(w *way, depth int) bool {
	for i := w.back + 1; i < l.closing[w.at]; i++ {
		switch in := &l.body[i]; in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			depth++
		case wasm.OpEnd:
			depth--
		case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
			if l.flow.live[i] && slices.Contains(labels(in), uint32(depth)) {
				return false
			}
		}
	}
	return true
}

// countable reads the test and the step, and tells whether the rounds can be counted from them.
func (w *way) countable(body []wasm.Instruction) bool {
	tested, ok := w.condition(body)
	if !ok || !w.steps(body, tested) {
		return false
	}
	n, constant := int64(int32(w.bound.X)), w.bound.Op == wasm.OpI32Const
	if w.while == wasm.OpI32LtU || w.while == wasm.OpI32GtU {
		n = int64(uint32(n))
	}
	size := max(w.step, -w.step)
	near := size == 1 // the bound is met exactly
	switch w.while {
	case wasm.OpI32Ne:
		return size&(size-1) == 0
	case wasm.OpI32LtU:
		return w.step > 0 && (near || constant && n+size <= 1<<32)
	case wasm.OpI32LtS:
		return w.step > 0 && (near || constant && n+size <= 1<<31)
	case wasm.OpI32GtU:
		return w.step < 0 && (near || constant && n-size >= -1)
	case wasm.OpI32GtS:
		return w.step < 0 && (near || constant && n-size >= -1<<31-1)
	}
	return false
}

// inverse holds for each comparison the one that holds where it does not.
var inverse = map[wasm.Opcode]wasm.Opcode{
	wasm.OpI32Eq: wasm.OpI32Ne, wasm.OpI32Ne: wasm.OpI32Eq,
	wasm.OpI32LtS: wasm.OpI32GeS, wasm.OpI32GeS: wasm.OpI32LtS, wasm.OpI32LtU: wasm.OpI32GeU, wasm.OpI32GeU: wasm.OpI32LtU,
	wasm.OpI32GtS: wasm.OpI32LeS, wasm.OpI32LeS: wasm.OpI32GtS, wasm.OpI32GtU: wasm.OpI32LeU, wasm.OpI32LeU: wasm.OpI32GtU,
}

// condition reads what is tested before a test, and returns the index of the instruction that leaves the stepping local's
// value.
func (w *way) condition(body []wasm.Instruction) (tested int, ok bool) {
	i := w.test - 1
	negated := w.exits
	for ; i > w.at && body[i].Op == wasm.OpI32Eqz; i-- {
		negated = !negated
	}
	w.while, w.bound = body[i].Op, wasm.Instruction{Op: wasm.OpI32Const}
	if _, compares := inverse[w.while]; compares {
		w.bound = body[i-1]
		i -= 2
	} else {
		w.while = wasm.OpI32Ne
	}
	if negated {
		w.while = inverse[w.while]
	}
	w.strict()
	if i <= w.at || w.bound.Op != wasm.OpI32Const && w.bound.Op != wasm.OpLocalGet {
		return 0, false
	}
	w.local = body[i].X
	return i, body[i].Op == wasm.OpLocalGet || body[i].Op == wasm.OpLocalTee
}

// strict turns a comparison that includes a constant bound into one that does not.
func (w *way) strict() {
	n := int32(w.bound.X)
	if w.bound.Op != wasm.OpI32Const {
		return
	}
	to := func(while wasm.Opcode, n int32) {
		w.while, w.bound.X = while, uint64(int64(n))
	}
	switch {
	case w.while == wasm.OpI32LeU && n != -1:
		to(wasm.OpI32LtU, n+1)
	case w.while == wasm.OpI32LeS && n != math.MaxInt32:
		to(wasm.OpI32LtS, n+1)
	case w.while == wasm.OpI32GeU && n != 0:
		to(wasm.OpI32GtU, n-1)
	case w.while == wasm.OpI32GeS && n != math.MinInt32:
		to(wasm.OpI32GtS, n-1)
	}
}

// steps reads how the local steps: by a constant, at one place that every round comes to. The bound is not to be set.
func (w *way) steps(body []wasm.Instruction, tested int) bool {
	depth, set := 0, 0
	for i := w.at + 1; i <= w.back; i++ {
		switch in := &body[i]; in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			depth++
		case wasm.OpEnd:
			depth--
		case wasm.OpLocalSet, wasm.OpLocalTee:
			if w.bound.Op == wasm.OpLocalGet && in.X == w.bound.X {
				return false
			}
			if in.X != w.local {
				continue
			}
			w.early = i < w.test
			if set != 0 || depth != 0 && (w.early || depth != w.level) {
				return false
			}
			set = i
		}
	}
	if set-3 <= w.at || body[tested].Op == wasm.OpLocalTee && set != tested {
		return false
	}
	by := &body[set-2]
	w.step = int64(int32(by.X))
	if body[set-1].Op == wasm.OpI32Sub {
		w.step = -w.step
	} else if body[set-1].Op != wasm.OpI32Add {
		return false
	}
	return w.step != 0 && by.Op == wasm.OpI32Const && body[set-3].Op == wasm.OpLocalGet && body[set-3].X == w.local
}
