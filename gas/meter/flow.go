package meter

import (
	"fmt"

	"hestia/internal/wasm"
)

// flow is what the structure of one body says: which instructions can be reached, which ends are branched to, and how
// high the operands stack.
type flow struct {
	live   []bool // by instruction: some path comes to it
	joined []bool // by instruction: a branch to this end's label is live, or the false edge of its if
	height int    // most operands at once where code is live
	values uint64 // that live code computes, counted wherever it computes them
}

// frame is an open construct of a body.
type frame struct {
	op              wasm.Opcode
	base            int // operands below it
	params, results int
	live, joined    bool // whether it was entered live; whether its end is branched to
}

// flower follows one body.
type flower struct {
	*flow
	sp     *space
	frames []frame
	depth  int // operands
	alive  bool
}

// follow computes the flow of a body whose function has the signature sig.
func follow(sp *space, sig *wasm.FuncType, body []wasm.Instruction) (*flow, error) {
	f := &flower{
		flow: &flow{
			live: make([]bool, len(body)), joined: make([]bool, len(body)),
		},
		sp:     sp,
		frames: []frame{{op: wasm.OpBlock, results: len(sig.Results), live: true}},
		alive:  true,
	}
	for i := range body {
		if len(f.frames) == 0 {
			return nil, at(&body[i], fmt.Errorf("code after the last end: %w", ErrInvalid))
		}
		f.live[i] = f.alive
		if err := f.step(i, &body[i]); err != nil {
			return nil, at(&body[i], err)
		}
	}
	if len(f.frames) != 0 {
		return nil, fmt.Errorf("%d constructs without end: %w", len(f.frames), ErrInvalid)
	}
	return f.flow, nil
}

// at adds the place of an instruction to an error about it.
func at(in *wasm.Instruction, err error) error {
	return fmt.Errorf("offset %#x: %s: %w", in.Offset, in.Op, err)
}

func (f *flower) step(i int, in *wasm.Instruction) error {
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
	}
	return f.move(pops, pushes)
}

// move pops and pushes operands. Dead code has as many operands as it asks for.
func (f *flower) move(pops, pushes int) error {
	base := f.top().base
	if f.depth-pops < base {
		if f.alive {
			return fmt.Errorf("%d operands where %d are taken: %w", f.depth-base, pops, ErrInvalid)
		}
		f.depth = base + pops
	}
	f.depth += pushes - pops
	if f.alive {
		f.height = max(f.height, f.depth)
	}
	return nil
}

func (f *flower) top() *frame { return &f.frames[len(f.frames)-1] }

func (f *flower) dies() {
	f.alive = false
	f.depth = f.top().base
}

func (f *flower) open(in *wasm.Instruction) error {
	params, results, err := f.sp.blockType(in.X)
	if err != nil {
		return err
	}
	pops := params
	if in.Op == wasm.OpIf {
		pops++
	}
	if in.Op == wasm.OpLoop && f.alive {
		f.values += roundValues
	}
	if err := f.move(pops, params); err != nil {
		return err
	}
	f.frames = append(f.frames, frame{
		op: in.Op, base: f.depth - params, params: params, results: results, live: f.alive,
	})
	return nil
}

// otherwise ends the first arm of an if and begins the second.
func (f *flower) otherwise() error {
	fr := f.top()
	if fr.op != wasm.OpIf {
		return fmt.Errorf("else without if: %w", ErrInvalid)
	}
	fr.op = wasm.OpElse
	fr.joined = fr.joined || f.alive
	f.alive = fr.live
	f.depth = fr.base + fr.params
	return nil
}

func (f *flower) end(i int) {
	fr := f.top()
	fr.joined = fr.joined || fr.op == wasm.OpIf && fr.live // no second arm: the false edge comes here
	f.joined[i] = fr.joined
	f.alive = f.alive || fr.joined
	f.depth = fr.base + fr.results
	if f.alive {
		f.height = max(f.height, f.depth)
	}
	f.frames = f.frames[:len(f.frames)-1]
}

func (f *flower) branch(in *wasm.Instruction) error {
	condition := 0
	if in.Op != wasm.OpBr {
		condition = 1
	}
	if err := f.move(condition, 0); err != nil {
		return err
	}
	for _, label := range labels(in) {
		if uint64(label) >= uint64(len(f.frames)) {
			return fmt.Errorf("label %d: %w", label, ErrInvalid)
		}
		target := &f.frames[len(f.frames)-1-int(label)]
		target.joined = target.joined || f.alive && target.op != wasm.OpLoop
	}
	if in.Op != wasm.OpBrIf {
		f.dies()
	}
	return nil
}

// labels returns where a branch may go.
func labels(in *wasm.Instruction) []uint32 {
	if in.Op == wasm.OpBrTable {
		return in.Targets
	}
	return []uint32{uint32(min(in.X, 1<<32-1))}
}
