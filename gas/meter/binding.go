package meter

import "hestia/internal/wasm"

// binding is a place where a checked function changes the stack counter: a call, before which it takes its weight, or a
// return, before which it gives that back.
type binding struct {
	at   int // index of the instruction
	give bool
}

// bound says on which ways to an instruction the weight has been taken.
type bound struct{ never, ever bool } // on some way it has not; on some way it has

func (b bound) or(c bound) bound { return bound{b.never || c.never, b.ever || c.ever} }

// juncture is an open construct with what is known where it opens and where its end is branched to.
type juncture struct {
	op           wasm.Opcode
	opening, end bound
}

// binder walks the body of a checked function. Its callees rely on the counter only in part; where the function calls none
// that does it leaves the counter alone.
type binder struct {
	relies func(*wasm.Instruction) bool // a call relies on the counter
	binds  bool                         // some call does

	open  []juncture
	now   bound
	mixed bool // at some call or return it is not known whether the weight has been taken
	list  []binding
}

// findBindings says where a checked function changes the counter, and whether it has taken its weight when the body ends.
// If that cannot be known everywhere, early is true, and the weight is taken where the function begins.
func findBindings(body []wasm.Instruction, f *flow, relies func(*wasm.Instruction) bool) (list []binding, atEnd, early bool) {
	b := &binder{relies: relies}
	for i := range body {
		b.binds = b.binds || f.live[i] && relies(&body[i])
	}
	if !b.binds {
		return nil, false, false
	}
	if b.walk(body, f, bound{never: true}); b.mixed {
		early = true
		b.walk(body, f, bound{ever: true})
	}
	return b.list, b.now.ever, early
}

func (b *binder) walk(body []wasm.Instruction, f *flow, entry bound) {
	b.open, b.list, b.mixed = []juncture{{op: wasm.OpBlock}}, nil, false
	b.now = entry
	for i := range body {
		b.step(i, &body[i], f.live[i])
	}
	b.mixed = b.mixed || b.now == bound{true, true}
}

func (b *binder) step(i int, in *wasm.Instruction, live bool) {
	top := &b.open[len(b.open)-1]
	switch in.Op {
	case wasm.OpBlock, wasm.OpIf:
		b.open = append(b.open, juncture{op: in.Op, opening: b.now})
	case wasm.OpLoop:
		b.open = append(b.open, juncture{op: in.Op})
		b.now = b.now.or(bound{ever: true}) // a round before may have taken it
	case wasm.OpElse:
		if live {
			top.end = top.end.or(b.now)
		}
		top.op = in.Op
		b.now = top.opening
	case wasm.OpEnd:
		b.join(live)
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		if live {
			for _, label := range labels(in) {
				target := &b.open[len(b.open)-1-int(label)]
				target.end = target.end.or(b.now)
			}
		}
	default:
		if live {
			b.changes(i, in)
		}
	}
}

// join ends a construct.
func (b *binder) join(live bool) {
	last := len(b.open) - 1
	j := b.open[last]
	b.open = b.open[:last]
	if !live {
		b.now = bound{}
	}
	if j.op == wasm.OpIf { // the false edge
		b.now = b.now.or(j.opening)
	}
	if j.op != wasm.OpLoop {
		b.now = b.now.or(j.end)
	}
}

// changes notes what is done before a call or return.
func (b *binder) changes(i int, in *wasm.Instruction) {
	calls := b.relies(in)
	if !calls && in.Op != wasm.OpReturn {
		return
	}
	b.mixed = b.mixed || b.now == bound{true, true}
	if calls != b.now.ever {
		b.list = append(b.list, binding{at: i, give: !calls})
	}
	if calls {
		b.now = bound{ever: true}
	}
}
