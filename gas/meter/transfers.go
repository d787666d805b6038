package meter

import "hestia/internal/wasm"

// transfer is what moves between a function's locals and the counters at a call or return.
type transfer struct {
	at    int  // index of the call or return
	spill bool // the gas counter is brought up to date before it
	fetch bool // the gas counter may have changed after it
	bind  bool // the stack counter is set to what the function leaves to its callees before it
	give  give // how the stack counter is set back for the caller before it
}

// give says how a function gives back the weight that it took.
type give byte

const (
	nothing  give = iota // it has not set the counter
	addition             // it has, and every callee left it so: the weight is added
	anew                 // perhaps: what it was is computed from what the function left to its callees
)

// unsynced says in what the counters differ from what others rely on. Every function leaves the stack counter as it was.
type unsynced struct {
	gas     bool // the gas counter is behind what the function knows to be left
	unbound bool // the stack counter may still be what it was when the function was called
	bound   bool // it may have been set for a callee
}

func (u unsynced) or(v unsynced) unsynced {
	return unsynced{u.gas || v.gas, u.unbound || v.unbound, u.bound || v.bound}
}

// callee is what a call asks of the counters, and does to them.
type callee struct {
	gas   bool // it may look at the gas counter or change it
	stack bool // it relies on the stack counter
}

// juncture is an open construct with what is unsynced where it opens and where its end is branched to.
type juncture struct {
	op           wasm.Opcode
	opening, end unsynced
}

// transferFinder walks one body.
type transferFinder struct {
	of      func(*wasm.Instruction) callee
	checked bool     // the function takes its weight from the stack counter
	pays    bool     // it charges
	looping unsynced // what a round of any loop of the function may leave unsynced

	open []juncture
	now  unsynced
	list []transfer
}

// find says what is moved around each call and return of a body, and what is unsynced at its end.
func (t *transferFinder) find(body []wasm.Instruction, f *flow, charges []charge) unsynced {
	t.pays = len(charges) > 0
	t.looping = unsynced{gas: t.pays, bound: t.binds(body, f)}
	t.open = []juncture{{op: wasm.OpBlock}}
	t.now = unsynced{unbound: true}
	for i := range body {
		if len(charges) > 0 && charges[0].at == i {
			t.now.gas = true
			charges = charges[1:]
		}
		t.step(i, &body[i], f.live[i])
	}
	return t.now
}

// binds tells whether the function sets the stack counter for any callee.
func (t *transferFinder) binds(body []wasm.Instruction, f *flow) bool {
	for i := range body {
		in := &body[i]
		if f.live[i] && (in.Op == wasm.OpCall || in.Op == wasm.OpCallIndirect) && t.of(in).stack {
			return t.checked
		}
	}
	return false
}

func (t *transferFinder) step(i int, in *wasm.Instruction, live bool) {
	top := &t.open[len(t.open)-1]
	switch in.Op {
	case wasm.OpBlock, wasm.OpIf:
		t.open = append(t.open, juncture{op: in.Op, opening: t.now})
	case wasm.OpLoop:
		t.open = append(t.open, juncture{op: in.Op})
		t.now = t.now.or(t.looping)
	case wasm.OpElse:
		if live {
			top.end = top.end.or(t.now)
		}
		top.op = in.Op
		t.now = top.opening
	case wasm.OpEnd:
		t.join(live)
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		if live {
			for _, label := range labels(in) {
				target := &t.open[len(t.open)-1-int(label)]
				target.end = target.end.or(t.now)
			}
		}
	case wasm.OpReturn:
		if live {
			t.append(transfer{at: i, spill: t.now.gas, give: t.now.give()})
		}
	case wasm.OpCall, wasm.OpCallIndirect:
		if live {
			t.call(i, t.of(in))
		}
	}
}

// join ends a construct: what any way here leaves unsynced is.
func (t *transferFinder) join(live bool) {
	last := len(t.open) - 1
	j := t.open[last]
	t.open = t.open[:last]
	if !live {
		t.now = unsynced{}
	}
	if j.op == wasm.OpIf { // the false edge
		t.now = t.now.or(j.opening)
	}
	if j.op != wasm.OpLoop {
		t.now = t.now.or(j.end)
	}
}

func (t *transferFinder) call(i int, c callee) {
	c.stack = c.stack && t.checked
	t.append(transfer{at: i, spill: c.gas && t.now.gas, bind: c.stack && t.now.unbound, fetch: c.gas && t.pays})
	if c.gas {
		t.now.gas = false
	}
	if c.stack {
		t.now.unbound, t.now.bound = false, true
	}
}

func (u unsynced) give() give {
	switch {
	case !u.bound:
		return nothing
	case u.unbound:
		return anew
	}
	return addition
}

func (t *transferFinder) append(move transfer) {
	if move != (transfer{at: move.at}) {
		t.list = append(t.list, move)
	}
}
