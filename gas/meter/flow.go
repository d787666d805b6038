package meter

import (
	"fmt"

	"hestia/internal/wasm"
)

// This file finds reachable code and the height of the operand stack. It is abstract interpretation in one walk over
// structured control, the validation algorithm of the specification's appendix with counts instead of types.

// flow is what the structure of one body says of its instructions.
type flow struct {
	live   []bool // by instruction: some path reaches it
	joined []bool // by instruction: an edge reaches this end from a live branch, or from an if without a second arm
	loops  bool   // the body has a loop
	height int    // most operands at once in live code
	values uint64 // that live code computes, counted at each instruction that computes some
	floats bool   // live code makes floats
}

// frame is what is known of an open construct.
type frame struct {
	base            int // operands below it
	params, results int
	live, joined    bool // it was entered by live code; an edge leads to its end
}

// flowFinder walks one body.
type flowFinder struct {
	*flow
	sp    *space
	nest  wasm.Nest[frame]
	depth int // operands
	alive bool
}

func newFlowFinder(sp *space, sig *wasm.FuncType, instructions int) *flowFinder {
	return &flowFinder{
		flow:  &flow{live: make([]bool, instructions), joined: make([]bool, instructions)},
		sp:    sp,
		nest:  wasm.Nest[frame]{Root: frame{results: len(sig.Results), live: true}},
		alive: true,
	}
}

// findFlow computes the flow of a body whose function has the signature sig.
func findFlow(sp *space, sig *wasm.FuncType, body []wasm.Instruction) (*flow, error) {
	f := newFlowFinder(sp, sig, len(body))
	last := 0
	for i, in := range f.nest.Over(body) {
		f.live[i], last = f.alive, i
		if err := f.step(i, in); err != nil {
			return nil, at(in, err)
		}
	}
	if n := f.nest.Unclosed(); n != 0 {
		return nil, fmt.Errorf("%d constructs without end: %w", n, ErrInvalid)
	}
	if last+1 < len(body) {
		return nil, at(&body[last+1], fmt.Errorf("code after the last end: %w", ErrInvalid))
	}
	return f.flow, nil
}

// at adds the place of an instruction to an error about it.
func at(in *wasm.Instruction, err error) error {
	return fmt.Errorf("offset %#x: %s: %w", in.Offset, in.Op, err)
}

func (f *flowFinder) step(i int, in *wasm.Instruction) error {
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		return f.open(in)
	case wasm.OpElse:
		return f.otherwise()
	case wasm.OpEnd:
		f.end(i)
		return nil
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		return f.branch(in)
	case wasm.OpReturn, wasm.OpUnreachable:
		f.dies()
		return nil
	}
	pops, pushes, values, err := f.sp.effect(in)
	if err != nil {
		return err
	}
	if f.alive {
		f.values += uint64(values)
		f.floats = f.floats || f.sp.makesFloat(in)
	}
	return f.move(pops, pushes)
}

// move pops and pushes operands. Dead code has as many operands as it asks for.
func (f *flowFinder) move(pops, pushes int) error {
	base := f.nest.Around().Data.base
	if f.depth-pops < base {
		if f.alive {
			return fmt.Errorf("%d operands, but %d are popped: %w", f.depth-base, pops, ErrInvalid)
		}
		f.depth = base + pops
	}
	f.depth += pushes - pops
	if f.alive {
		f.height = max(f.height, f.depth)
	}
	return nil
}

// dies makes the code from here to the next join dead.
func (f *flowFinder) dies() {
	f.alive = false
	f.depth = f.nest.Top().Data.base
}

func (f *flowFinder) open(in *wasm.Instruction) error {
	params, results, known := f.sp.BlockArity(in.X)
	if !known {
		return fmt.Errorf("block type %d: %w", int64(in.X), ErrInvalid)
	}
	pops := params
	if in.Op == wasm.OpIf {
		pops++
	}
	if in.Op == wasm.OpLoop {
		f.loops = true
		if f.alive {
			f.values += tripValues
		}
	}
	if err := f.move(pops, params); err != nil {
		return err
	}
	f.nest.Top().Data = frame{base: f.depth - params, params: params, results: results, live: f.alive}
	return nil
}

// otherwise ends the first arm of an if and begins the second.
func (f *flowFinder) otherwise() error {
	top := f.nest.Top()
	if top.Op != wasm.OpIf {
		return fmt.Errorf("else without if: %w", ErrInvalid)
	}
	top.Data.joined = top.Data.joined || f.alive
	f.alive = top.Data.live
	f.depth = top.Data.base + top.Data.params
	return nil
}

func (f *flowFinder) end(i int) {
	top := f.nest.Top()
	fr := &top.Data
	fr.joined = fr.joined || top.Op == wasm.OpIf && fr.live // no second arm: the false edge leads here
	f.joined[i] = fr.joined
	f.alive = f.alive || fr.joined
	f.depth = fr.base + fr.results
	if f.alive {
		f.height = max(f.height, f.depth)
	}
}

func (f *flowFinder) branch(in *wasm.Instruction) error {
	condition := 0
	if in.Op != wasm.OpBr {
		condition = 1
	}
	if err := f.move(condition, 0); err != nil {
		return err
	}
	for _, label := range in.Labels() {
		target := f.nest.Target(label)
		if target == nil {
			return fmt.Errorf("label %d: %w", label, ErrInvalid)
		}
		target.Data.joined = target.Data.joined || f.alive && target.Op != wasm.OpLoop
	}
	if in.Op != wasm.OpBrIf {
		f.dies()
	}
	return nil
}
