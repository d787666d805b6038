package meter

import "hestia/internal/wasm"

// dead marks an instruction that no region pays for.
const dead = -1

// regions says which instructions are paid together.
type regions struct {
	payer []int  // by instruction: the index before which it is paid, or dead
	arms  []arms // inner constructs before outer ones
}

// arms are the two ways that an if with an else goes: coming to parent's instructions means coming to one of the two next.
type arms struct{ parent, first, second int } // indices that pay

// enclosure is an open construct.
type enclosure struct {
	op     wasm.Opcode
	opened int
	second int // index after its else, 0 for none
	payer  int // what pays where it opens
	// escape is the place among the open constructs of the outermost one that a branch from inside goes to, nowhere if the
	// outside may look at the count from inside. A construct that nothing escapes, once entered, comes to its end unless
	// it traps or runs for ever.
	escape int
}

const nowhere = -1

// regionFinder walks one body.
type regionFinder struct {
	regions
	open    []enclosure
	current int // what pays for the next instruction
}

// findRegions divides the live code of a body. Whoever comes to the instruction that pays comes to all that it pays for,
// unless one of them traps or a loop between them never ends; and in between nobody outside looks at the count. observed
// tells whether an instruction lets the outside look.
//
// The code after a construct that nothing escapes is therefore paid by whoever paid before it.
func findRegions(body []wasm.Instruction, f *flow, observed func(*wasm.Instruction) bool) *regions {
	r := &regionFinder{
		regions: regions{payer: make([]int, len(body))},
		open:    []enclosure{{op: wasm.OpBlock, escape: 0}},
	}
	for i := range body {
		r.payer[i] = dead
		if f.live[i] {
			r.payer[i] = r.current
		}
		r.step(i, &body[i], f, observed)
	}
	return &r.regions
}

func (r *regionFinder) step(i int, in *wasm.Instruction, f *flow, observed func(*wasm.Instruction) bool) {
	switch in.Op {
	case wasm.OpBlock:
		r.enter(i, in.Op)
	case wasm.OpLoop, wasm.OpIf:
		r.enter(i, in.Op)
		r.current = i + 1
	case wasm.OpElse:
		r.open[len(r.open)-1].second = i + 1
		r.current = i + 1
	case wasm.OpEnd:
		r.leave(i, f)
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		if f.live[i] {
			for _, label := range labels(in) {
				r.escapes(len(r.open) - 1 - int(label))
			}
			r.current = i + 1
		}
	case wasm.OpReturn:
		if f.live[i] {
			r.escapes(0)
		}
	default:
		if f.live[i] && observed(in) {
			r.escapes(nowhere)
			r.current = i + 1
		}
	}
}

func (r *regionFinder) enter(i int, op wasm.Opcode) {
	r.open = append(r.open, enclosure{op: op, opened: i, payer: r.current, escape: len(r.open)})
}

// escapes notes that control may leave the innermost construct for the one at a place, or nowhere.
func (r *regionFinder) escapes(place int) {
	inner := &r.open[len(r.open)-1]
	inner.escape = min(inner.escape, place)
}

func (r *regionFinder) leave(i int, f *flow) {
	place := len(r.open) - 1
	e := r.open[place]
	r.open = r.open[:place]
	if place == 0 {
		return
	}
	r.escapes(e.escape)
	switch {
	case e.escape == place:
		r.current = e.payer
	case f.joined[i]:
		r.current = i + 1
	}
	if e.second != 0 && f.live[e.opened] {
		r.arms = append(r.arms, arms{parent: e.payer, first: e.opened + 1, second: e.second})
	}
}
