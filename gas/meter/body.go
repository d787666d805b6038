package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// bodyWriter writes one instrumented body. Its methods append code, one wasm instruction a call.
type bodyWriter struct {
	*rewriter
	*plan
	code  []wasm.Instruction
	depth uint64 // constructs open within those of the instrumentation
	stale bool   // the gas counter has changed since left was read

	// Locals.
	next   uint64        // index of the next one to be added
	runs   []wasm.Locals // the original's with those added
	left   uint64        // i64, gas; where the function charges
	room   uint64        // i32, stack; where the function checks it
	length uint64        // i32, scratch of scaled charges
	cost   uint64        // i64, likewise
}

// instrumented returns the instrumented body of the defined function i:
//
//	block
//	  block
//	    read the counters; take the frame's weight, or branch to the end of this block
//	    block
//	      the body with its charges, which branch to the end of the outermost block where gas runs out; this block
//	      stands where the body's own label stood; before a call or return the counters are written
//	    end
//	    write the counters
//	    return
//	  end
//	  halt: stack overflow
//	end
//	halt: out of gas
//
// What a function has no use for is left out.
func (r *rewriter) instrumented(i int, p *plan) wasm.Code {
	code := &r.Codes[i]
	w := &bodyWriter{rewriter: r, plan: p, code: make([]wasm.Instruction, 0, len(code.Body)+9*len(p.charges)+32)}
	w.locals(i)
	if p.charges != nil {
		w.add(wasm.OpBlock, negative(emptyBlock))
	}
	if p.checked {
		w.add(wasm.OpBlock, negative(emptyBlock))
	}
	w.enter()
	w.add(wasm.OpBlock, r.resultsOf(r.Functions[i]))
	w.body(code.Body)
	w.leave()
	if p.checked {
		w.halt(HaltStackOverflow)
	}
	if p.charges != nil {
		w.halt(HaltOutOfGas)
	}
	w.add(wasm.OpEnd, 0)
	return wasm.Code{Locals: w.runs, Body: w.code}
}

// locals adds the locals that the plan needs.
func (w *bodyWriter) locals(i int) {
	w.runs = slices.Clone(w.Codes[i].Locals)
	w.next = uint64(len(w.Types[w.Functions[i]].Params)) + locals(&w.Codes[i])
	if w.charges != nil {
		w.left = w.local(wasm.I64)
	}
	if w.checked {
		w.room = w.local(wasm.I32)
	}
	if slices.ContainsFunc(w.charges, func(c charge) bool { return c.scaled != 0 || c.rounds != nil }) {
		w.cost = w.local(wasm.I64)
		w.length = w.local(wasm.I32)
	}
}

func (w *bodyWriter) local(t wasm.ValueType) uint64 {
	w.next++
	if last := len(w.runs) - 1; last >= 0 && w.runs[last].Type == t {
		w.runs[last].Count++
	} else {
		w.runs = append(w.runs, wasm.Locals{Count: 1, Type: t})
	}
	return w.next - 1
}

func (w *bodyWriter) add(op wasm.Opcode, x uint64) {
	w.code = append(w.code, wasm.Instruction{Op: op, X: x})
}

// enter reads the counters. The stack counter is not negative, so taking a weight from it cannot wrap.
func (w *bodyWriter) enter() {
	w.stale = w.charges != nil
	if !w.checked {
		return
	}
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, uint64(w.weight))
	w.add(wasm.OpI32Sub, 0)
	w.add(wasm.OpLocalTee, w.room)
	w.add(wasm.OpI32Const, 0)
	w.add(wasm.OpI32LtS, 0)
	w.add(wasm.OpBrIf, 0)
}

// body copies the original with its charges and transfers.
func (w *bodyWriter) body(body []wasm.Instruction) {
	w.depth = 1
	charges, transfers := w.charges, w.transfers
	for at := range body {
		if len(charges) > 0 && charges[0].at == at {
			w.charge(&charges[0])
			charges = charges[1:]
		}
		w.fetch()
		var t transfer
		if len(transfers) > 0 && transfers[0].at == at {
			t = transfers[0]
			transfers = transfers[1:]
		}
		w.before(&t)
		w.original(body[at])
		w.stale = t.fetch
	}
}

// leave writes the counters and returns.
func (w *bodyWriter) leave() {
	w.before(&transfer{spill: w.spill, give: w.give})
	if w.checked || w.charges != nil {
		w.add(wasm.OpReturn, 0)
	}
}

// halt ends a block and leaves the module for a reason.
func (w *bodyWriter) halt(reason uint64) {
	w.add(wasm.OpEnd, 0)
	w.add(wasm.OpI32Const, reason)
	w.add(wasm.OpCall, uint64(w.halts))
	w.add(wasm.OpUnreachable, 0)
}

// original copies an instruction.
func (w *bodyWriter) original(in wasm.Instruction) {
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		w.depth++
	case wasm.OpEnd:
		w.depth--
	}
	in.Offset = 0
	w.code = append(w.code, w.instruction(in))
}

// before writes the counters that a callee or caller reads.
func (w *bodyWriter) before(t *transfer) {
	if t.spill {
		w.add(wasm.OpLocalGet, w.left)
		w.add(wasm.OpGlobalSet, uint64(w.gas))
	}
	if t.bind {
		w.add(wasm.OpLocalGet, w.room)
		w.add(wasm.OpGlobalSet, uint64(w.stack))
	}
	switch t.give {
	case addition:
		w.giveBack(wasm.OpGlobalGet, uint64(w.stack))
	case anew:
		w.giveBack(wasm.OpLocalGet, w.room)
	}
}

// giveBack sets the stack counter to what an instruction reads and the function's weight.
func (w *bodyWriter) giveBack(read wasm.Opcode, from uint64) {
	w.add(read, from)
	w.add(wasm.OpI32Const, uint64(w.weight))
	w.add(wasm.OpI32Add, 0)
	w.add(wasm.OpGlobalSet, uint64(w.stack))
}

// fetch reads the gas counter if it has changed.
func (w *bodyWriter) fetch() {
	if w.stale {
		w.add(wasm.OpGlobalGet, uint64(w.gas))
		w.add(wasm.OpLocalSet, w.left)
		w.stale = false
	}
}

func (w *bodyWriter) charge(c *charge) {
	if c.fixed != 0 {
		w.chargeFixed(c.fixed)
	}
	if c.scaled != 0 {
		w.fetch()
		w.chargeScaled(c.scaled)
	}
	if c.rounds != nil {
		w.fetch()
		w.chargeRounds(c.rounds)
	}
}

// chargeFixed takes n from what is left. That is not negative and n fits an int64, so it cannot wrap.
func (w *bodyWriter) chargeFixed(n uint64) {
	if w.stale {
		w.add(wasm.OpGlobalGet, uint64(w.gas))
		w.stale = false
	} else {
		w.add(wasm.OpLocalGet, w.left)
	}
	w.add(wasm.OpI64Const, n)
	w.add(wasm.OpI64Sub, 0)
	w.add(wasm.OpLocalTee, w.left)
	w.add(wasm.OpI64Const, 0)
	w.add(wasm.OpI64LtS, 0)
	w.outOfGasIf()
}

// chargeScaled takes price for each unit of the topmost operand. Both are below 2^32, so that the product fits 64 bits.
func (w *bodyWriter) chargeScaled(price uint32) {
	w.add(wasm.OpLocalTee, w.length)
	w.add(wasm.OpI64ExtendI32U, 0)
	w.add(wasm.OpI64Const, uint64(price))
	w.add(wasm.OpI64Mul, 0)
	w.chargeTop()
	w.add(wasm.OpLocalGet, w.length)
}

// chargeTop takes the topmost operand from what is left. It is compared unsigned with that, which is not negative, before
// it is taken.
func (w *bodyWriter) chargeTop() {
	w.add(wasm.OpLocalTee, w.cost)
	w.add(wasm.OpLocalGet, w.left)
	w.add(wasm.OpI64GtU, 0)
	w.outOfGasIf()
	w.add(wasm.OpLocalGet, w.left)
	w.add(wasm.OpLocalGet, w.cost)
	w.add(wasm.OpI64Sub, 0)
	w.add(wasm.OpLocalSet, w.left)
}

// outOfGasIf branches to the end of the outermost block if the topmost operand is not zero.
func (w *bodyWriter) outOfGasIf() {
	outermost := w.depth
	if w.checked {
		outermost++
	}
	w.add(wasm.OpBrIf, outermost)
}
