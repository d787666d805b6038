package meter

import "hestia/internal/wasm"

// This file decides at which places a checked function takes its weight from the stack counter and gives it back. Doing
// that work of a prologue only on paths to a call that needs it is called shrink wrapping. The pass is a forward
// dataflow analysis whose fact is whether the weight has been taken; one walk suffices, since a loop is assumed to have
// taken it.

// binding is an instruction before which a checked function changes the stack counter: a call that relies on it, before
// which it takes its weight, or a return, before which it gives that back.
type binding struct {
	at   int // index of the instruction
	give bool
	edge bool // with give: only if the br_if is taken
}

// taken is the dataflow fact: on some path the weight has not been taken, on some path it has.
type taken struct{ never, ever bool }

// or joins the facts of two edges.
func (t taken) or(u taken) taken { return taken{t.never || u.never, t.ever || u.ever} }

// label is what is known of an open construct: the fact at its opening, and the fact at its end on branches there.
type label struct{ opening, end taken }

// binder walks the body of a checked function. Only some of its callees rely on the counter; if none does, the function
// leaves the counter alone.
type binder struct {
	relies func(*wasm.Instruction) bool // a call relies on the counter
	recurs func(*wasm.Instruction) bool // a call leads back to the function
	plain  func(start int) bool         // the label of the construct that begins there takes no operands

	nest  wasm.Nest[label]
	now   taken
	saved bool // the counter is written from a local
	mixed bool // at some call or return the weight has been taken on one path and not on another
	list  []binding
}

// find returns the instructions before which a checked function changes the counter, and whether it has taken its
// weight when the body ends. If that differs between paths to one place, the weight is taken around a part of the body
// instead; if there is no such part, atEntry is true, and the function takes the weight at its entry.
func (b *binder) find(body []wasm.Instruction, f *flow) (list []binding, atEnd, atEntry bool) {
	binds := false
	for i := range body {
		binds = binds || f.live[i] && b.relies(&body[i])
	}
	if !binds {
		return nil, false, false
	}
	if b.walk(body, f, taken{never: true}); b.mixed {
		if list, ok := b.around(body, f, b.part(body, f)); ok {
			return list, false, false
		}
		atEntry = true
		b.walk(body, f, taken{ever: true})
	}
	return b.list, b.now.ever, atEntry
}

func (b *binder) walk(body []wasm.Instruction, f *flow, entry taken) {
	b.list, b.mixed, b.now = nil, false, entry
	for i, in := range b.nest.Over(body) {
		b.step(i, in, f.live[i])
	}
	b.mixed = b.mixed || b.now == taken{true, true}
}

func (b *binder) step(i int, in *wasm.Instruction, live bool) {
	top := b.nest.Top()
	switch in.Op {
	case wasm.OpBlock, wasm.OpIf:
		top.Data.opening = b.now
	case wasm.OpLoop:
		b.now = b.now.or(taken{ever: true}) // the iteration before may have taken it
	case wasm.OpElse:
		if live {
			top.Data.end = top.Data.end.or(b.now)
		}
		b.now = top.Data.opening
	case wasm.OpEnd:
		b.join(top, live)
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		if live {
			for _, label := range in.Labels() {
				target := &b.nest.Target(label).Data
				target.end = target.end.or(b.now)
			}
		}
	default:
		if live {
			b.changes(i, in)
		}
	}
}

// join joins the facts at the end of a construct.
func (b *binder) join(top *wasm.Construct[label], live bool) {
	if !live {
		b.now = taken{}
	}
	if top.Op == wasm.OpIf { // the false edge
		b.now = b.now.or(top.Data.opening)
	}
	if top.Op != wasm.OpLoop {
		b.now = b.now.or(top.Data.end)
	}
}

// changes lists what is done before a call or return.
func (b *binder) changes(i int, in *wasm.Instruction) {
	calls := b.relies(in)
	if !calls && in.Op != wasm.OpReturn {
		return
	}
	b.mixed = b.mixed || b.now == taken{true, true}
	if calls != b.now.ever {
		b.list = append(b.list, binding{at: i, give: !calls})
	}
	if calls {
		b.now = taken{ever: true}
	}
}
