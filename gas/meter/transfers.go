package meter

import "hestia/internal/wasm"

// transfer is what moves between a function's locals and the counters around a call.
type transfer struct {
	at    int  // index of the call
	spill bool // the gas counter is brought up to date before it
	bound bool // the stack counter is set before it
	fetch bool // the gas counter may have changed after it
}

// unsynced says what the locals know and the counters do not.
type unsynced struct {
	gas   bool // the gas counter is behind
	stack bool // the stack counter may not be what this function leaves to its callees
}

func (u unsynced) or(v unsynced) unsynced { return unsynced{u.gas || v.gas, u.stack || v.stack} }

// callee is what a call asks of the counters.
type callee struct{ gas, stack, spoils bool }

// juncture is an open construct with what is unsynced where it opens and where its end is branched to.
type juncture struct {
	op           wasm.Opcode
	opening, end unsynced
}

// transferFinder walks one body.
type transferFinder struct {
	open      []juncture
	now       unsynced
	transfers []transfer
}

// findTransfers says what is moved around each call of a body, and whether the gas counter is behind when it returns.
// What a loop may leave unsynced for its next round is taken to be so where it begins.
func findTransfers(body []wasm.Instruction, f *flow, charges []charge, of func(*wasm.Instruction) callee) ([]transfer, bool) {
	t := &transferFinder{open: []juncture{{op: wasm.OpBlock}}, now: unsynced{stack: true}}
	pays := len(charges) > 0
	for i := range body {
		if len(charges) > 0 && charges[0].at == i {
			t.now.gas = true
			charges = charges[1:]
		}
		t.step(i, &body[i], f, pays, of)
	}
	return t.transfers, t.now.gas
}

func (t *transferFinder) step(i int, in *wasm.Instruction, f *flow, pays bool, of func(*wasm.Instruction) callee) {
	top := &t.open[len(t.open)-1]
	switch in.Op {
	case wasm.OpBlock, wasm.OpIf:
		t.open = append(t.open, juncture{op: in.Op, opening: t.now})
	case wasm.OpLoop:
		t.open = append(t.open, juncture{op: in.Op})
		t.now = t.now.or(unsynced{gas: pays, stack: true})
	case wasm.OpElse:
		if f.live[i] {
			top.end = top.end.or(t.now)
		}
		top.op = in.Op
		t.now = top.opening
	case wasm.OpEnd:
		t.join(f.live[i])
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		if f.live[i] {
			for _, label := range labels(in) {
				target := &t.open[len(t.open)-1-int(label)]
				target.end = target.end.or(t.now)
			}
		}
	case wasm.OpReturn:
		if f.live[i] {
			t.open[0].end = t.open[0].end.or(t.now)
		}
	case wasm.OpCall, wasm.OpCallIndirect:
		if f.live[i] {
			t.call(i, pays, of(in))
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

func (t *transferFinder) call(i int, pays bool, c callee) {
	move := transfer{at: i, spill: c.gas && t.now.gas, bound: c.stack && t.now.stack, fetch: c.gas && pays}
	if move != (transfer{at: i}) {
		t.transfers = append(t.transfers, move)
	}
	if c.gas {
		t.now.gas = false
	}
	if c.stack {
		t.now.stack = c.spoils
	}
}
