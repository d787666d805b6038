package meter

import (
	"math/bits"
	"slices"

	"hestia/internal/wasm"
)

// This file finds the stores that may cross a page: those whose address is not known to be a multiple of what they
// write. It is abstract interpretation over low bits that are zero (LLVM's known bits): a forward dataflow analysis,
// "least" at joins, over the locals, to a fixpoint at loop headers. A global has one fact for all places. The walk also
// notes which local an address is computed from: within a basic block such stores are asked for together.

// known is what is known of an operand.
type known struct {
	zeros  uint8 // at least so many low bits are zero; at most wordZeros
	kind   origin
	local  uint32 // that it is computed from
	change uint32 // how often that local had been set before
	offset uint32 // that is added to the local, the constant, or the mask of a gap
}

// origin says what an operand is an offset from.
type origin uint8

const (
	elsewhere origin = iota
	nowhere          // it is a constant
	fromLocal
	negated // zero less a local
	gap     // a local is so far below the next multiple of a power of two: it is negated and masked
)

// wordZeros is the logarithm of the largest store.
const wordZeros = 3

// mostRounds bounds the walks until a fixpoint. What is not stable by then is taken for unknown.
const mostRounds = 4

// alignment knows the variables of a module.
type alignment struct {
	*space
	globals []uint8 // by global: the zeros of all that it is ever set to
	set     []uint8 // those of what the bodies walked have set it to
}

// findAlignment finds what the globals hold.
func findAlignment(sp *space) *alignment {
	a := &alignment{space: sp, globals: make([]uint8, sp.globals)}
	first := int(sp.globals) - len(sp.Globals) // what is imported is unknown
	for i := range sp.Globals {
		a.globals[first+i] = initialZeros(sp.Globals[i].Init)
	}
	for _, ex := range sp.Exports {
		if ex.Kind == wasm.ExternalGlobal && ex.Index < sp.globals {
			a.globals[ex.Index] = 0
		}
	}
	for range mostRounds {
		if !a.lowerGlobals() {
			return a
		}
	}
	clear(a.globals)
	return a
}

// initialZeros returns the zeros of an initial value.
func initialZeros(init []wasm.Instruction) uint8 {
	if len(init) == 2 && (init[0].Op == wasm.OpI32Const || init[0].Op == wasm.OpI64Const) {
		return zerosOf(init[0].X)
	}
	return 0
}

// zerosOf returns how many low bits of a constant are zero, of those that count.
func zerosOf(x uint64) uint8 { return uint8(min(bits.TrailingZeros64(x), wordZeros)) }

// lowerGlobals walks all bodies that set globals and reports whether some global may be less aligned than was thought.
func (a *alignment) lowerGlobals() bool {
	a.set = append(a.set[:0], a.globals...)
	for i := range a.Codes {
		sets := func(in wasm.Instruction) bool { return in.Op == wasm.OpGlobalSet }
		if slices.ContainsFunc(a.Codes[i].Body, sets) {
			a.walker(i).settle()
		}
	}
	return lowered(a.globals, a.set)
}

// lowered lowers facts to what was found and reports whether that changed any.
func lowered(facts, found []uint8) bool {
	changed := false
	for i := range facts {
		if found[i] < facts[i] {
			facts[i], changed = found[i], true
		}
	}
	return changed
}

// aligner walks one body.
type aligner struct {
	*alignment
	function int
	flow     *flowFinder
	locals   []uint8         // what each local has at the instruction at hand; empty if that is not followed
	headers  map[int][]uint8 // by loop instruction: what each local has at every iteration's beginning
	lower    bool            // the walk has found that some have less
	states   []entrance      // of the open constructs
	changes  []uint32        // by local: how often the walk has set it
	operands []known
	again    func()                               // called when a walk begins: what was found before is void
	found    func(s crossingStore, address known) // called for each live wide store that may cross a page
}

// entrance is what the locals have at the beginning of an open construct and at the edges to its end.
type entrance struct {
	start  int
	before []uint8 // of an if
	behind []uint8 // nil if no edge has been met
}

// perInstruction bounds what following the locals costs, in locals copied for each instruction of a body.
const perInstruction = 256

func (a *alignment) walker(function int) *aligner {
	params, body := len(a.Types[a.Functions[function]].Params), a.Codes[function].Body
	locals, edges := uint64(params)+a.Codes[function].DeclaredLocals(), uint64(1)
	for i := range body {
		edges += uint64(len(body[i].Labels()))
		if body[i].Op.Opens() {
			edges++
		}
	}
	w := &aligner{alignment: a, function: function, changes: make([]uint32, locals), headers: map[int][]uint8{}}
	if locals*edges <= perInstruction*uint64(len(body)) {
		w.locals = make([]uint8, locals)
	}
	return w
}

// settle walks until what the locals have at loop headers is known. The last walk has found what there is.
func (w *aligner) settle() {
	for range mostRounds {
		w.walk()
		if !w.lower {
			return
		}
	}
	w.locals = nil
	w.walk()
}

// walk follows the operands and locals of the body.
func (w *aligner) walk() {
	body, sig := w.Codes[w.function].Body, &w.Types[w.Functions[w.function]]
	clear(w.changes)
	if w.again != nil {
		w.again()
	}
	for i := range w.locals {
		w.locals[i] = wordZeros // a zero
		if i < len(sig.Params) {
			w.locals[i] = 0
		}
	}
	w.operands, w.lower = w.operands[:0], false
	w.states = append(w.states[:0], entrance{start: -1})
	w.flow = newFlowFinder(w.space, sig, len(body))
	for i, in := range w.flow.nest.Over(body) {
		live := w.flow.alive
		result := w.follow(i, in, live)
		if w.flow.step(i, in) != nil {
			return // findFlow has refused it
		}
		if len(w.locals) > 0 {
			w.edges(i, in, live)
		}
		w.move(in, result)
	}
}

// edges follows what the locals have along the edges of an instruction, which has been met by live code or not.
func (w *aligner) edges(i int, in *wasm.Instruction, live bool) {
	top := &w.states[len(w.states)-1]
	switch in.Op {
	case wasm.OpBlock:
		w.states = append(w.states, entrance{start: -1})
	case wasm.OpIf:
		w.states = append(w.states, entrance{start: -1, before: slices.Clone(w.locals)})
	case wasm.OpLoop:
		header := w.headers[i]
		if header == nil {
			header = slices.Clone(w.locals)
			w.headers[i] = header
		}
		lowered(header, w.locals)
		copy(w.locals, header)
		w.states = append(w.states, entrance{start: i})
	case wasm.OpElse:
		if live {
			top.join(w.locals)
		}
		copy(w.locals, top.before)
		top.before = nil
	case wasm.OpEnd:
		if top.before != nil {
			top.join(top.before) // no second arm
		}
		if !live && top.behind != nil {
			copy(w.locals, top.behind)
		} else if top.behind != nil {
			lowered(w.locals, top.behind)
		}
		w.states = w.states[:len(w.states)-1]
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		for _, label := range in.Labels() {
			if to := &w.states[len(w.states)-1-int(label)]; live && to.start < 0 {
				to.join(w.locals)
			} else if live && lowered(w.headers[to.start], w.locals) {
				w.lower = true
			}
		}
	}
}

// join joins what the locals have on an edge to the construct's end.
func (e *entrance) join(locals []uint8) {
	if e.behind == nil {
		e.behind = slices.Clone(locals)
	} else {
		lowered(e.behind, locals)
	}
}

// move makes as many operands as there are behind an instruction.
func (w *aligner) move(in *wasm.Instruction, result known) {
	pushes, depth := 0, w.flow.depth
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpElse:
		pushes = w.flow.nest.Top().Data.params
	case wasm.OpEnd:
		pushes = w.flow.nest.Top().Data.results
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable, wasm.OpReturn, wasm.OpUnreachable:
	default:
		_, pushes, _, _ = w.effect(in)
	}
	for len(w.operands) < depth {
		w.operands = append(w.operands, known{})
	}
	w.operands = w.operands[:depth]
	clear(w.operands[depth-pushes:])
	if pushes == 1 {
		w.operands[depth-1] = result
	}
}

// operand returns an operand, 0 the topmost.
func (w *aligner) operand(n int) known {
	if n >= len(w.operands) {
		return known{}
	}
	return w.operands[len(w.operands)-1-n]
}

// follow returns what an instruction leaves on top of the operands, and notes what it sets and stores.
func (w *aligner) follow(i int, in *wasm.Instruction, live bool) known {
	b, a := w.operand(0), w.operand(1)
	switch in.Op {
	case wasm.OpI32Const, wasm.OpI64Const:
		return known{zeros: zerosOf(in.X), kind: nowhere, offset: uint32(in.X)}
	case wasm.OpLocalGet:
		return w.get(in.X)
	case wasm.OpLocalSet, wasm.OpLocalTee:
		return w.setLocal(in.X, b)
	case wasm.OpGlobalGet:
		if in.X < uint64(len(w.globals)) {
			return known{zeros: w.globals[in.X]}
		}
	case wasm.OpGlobalSet:
		if live && in.X < uint64(len(w.set)) {
			w.set[in.X] = min(w.set[in.X], b.zeros)
		}
	case wasm.OpSelect, wasm.OpSelectTyped:
		return known{zeros: min(a.zeros, w.operand(2).zeros)}
	case wasm.OpI32WrapI64, wasm.OpI64ExtendI32S, wasm.OpI64ExtendI32U:
		return known{zeros: b.zeros}
	}
	if bytes, value := wideStore(in.Op); bytes != 0 && live {
		s := crossingStore{at: i, offset: uint32(in.Y), bytes: bytes, value: value}
		if w.found != nil && !s.fits(a) {
			w.found(s, a)
		}
	}
	return computed(in.Op, a, b)
}

// setLocal notes what a local is set to, and returns what local.tee leaves.
func (w *aligner) setLocal(local uint64, to known) known {
	if local < uint64(len(w.locals)) {
		w.locals[local] = to.zeros
	}
	if local < uint64(len(w.changes)) {
		w.changes[local]++
	}
	if to.kind == gap {
		return to
	}
	return w.get(local)
}

// get returns what a local holds.
func (w *aligner) get(local uint64) known {
	if local >= uint64(len(w.changes)) {
		return known{}
	}
	of := known{kind: fromLocal, local: uint32(local), change: w.changes[local]}
	if local < uint64(len(w.locals)) {
		of.zeros = w.locals[local]
	}
	return of
}
