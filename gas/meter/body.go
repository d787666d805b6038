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

	// Locals.
	next   uint64        // index of the next one to be added
	runs   []wasm.Locals // the original's with those added
	inside bool          // the gas counter is in the local
	left   uint64        // i64, the gas counter where the function keeps it
	length uint64        // i32, scratch of charges that depend on operands or stand on edges
	cost   uint64        // i64, likewise
}

// instrumented returns the instrumented body of the defined function i:
//
//	block
//	  block
//	    take the frame's weight from the stack counter, or branch to the end of this block
//	    block
//	      the body with its charges, which branch to the end of the outermost block where gas runs out; this block
//	      stands where the body's own label stood
//	    end
//	    give back the weight
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
	if p.pays() {
		w.add(wasm.OpBlock, negative(wasm.EmptyBlock))
	}
	if p.checked {
		w.add(wasm.OpBlock, negative(wasm.EmptyBlock))
		w.check()
	}
	if p.kept {
		w.load()
	}
	w.add(wasm.OpBlock, r.resultsOf(r.Functions[i]))
	w.body(code.Body)
	if w.give {
		w.stackCounter(wasm.OpI32Add)
	}
	w.settle(p.testEnd)
	if p.checked || p.pays() {
		w.add(wasm.OpReturn, 0)
	}
	if p.checked {
		w.halt(HaltStackOverflow)
	}
	if p.pays() {
		w.halt(HaltOutOfGas)
	}
	w.add(wasm.OpEnd, 0)
	return wasm.Code{Locals: w.runs, Body: w.code}
}

// locals adds the locals that the plan needs.
func (w *bodyWriter) locals(i int) {
	w.runs = slices.Clone(w.Codes[i].Locals)
	w.next = uint64(len(w.Types[w.Functions[i]].Params)) + locals(&w.Codes[i])
	if w.kept || len(w.regions) > 0 {
		w.left = w.local(wasm.I64)
	}
	if len(w.edges) > 0 || slices.ContainsFunc(w.charges, func(c charge) bool { return c.scaled != 0 || c.rounds != nil }) {
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

// check branches to the end of the block if the stack counter is less than the weight. The counter is not negative, so
// taking a weight from it cannot wrap.
func (w *bodyWriter) check() {
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, uint64(w.weight))
	w.add(wasm.OpI32LtS, 0)
	w.add(wasm.OpBrIf, 0)
	if w.early {
		w.stackCounter(wasm.OpI32Sub)
	}
}

// stackCounter adds the weight to the stack counter or subtracts it.
func (w *bodyWriter) stackCounter(op wasm.Opcode) {
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, uint64(w.weight))
	w.add(op, 0)
	w.add(wasm.OpGlobalSet, uint64(w.stack))
}

// body copies the original with its charges and bindings.
func (w *bodyWriter) body(body []wasm.Instruction) {
	w.depth = 1
	charges, edges, bindings, regions, tests := w.charges, w.edges, w.bindings, w.regions, w.tests
	for at := range body {
		if len(regions) > 0 && regions[0].start == at {
			w.load()
		}
		if len(charges) > 0 && charges[0].at == at {
			w.charge(&charges[0])
			charges = charges[1:]
		}
		if len(bindings) > 0 && bindings[0].at == at {
			op := wasm.OpI32Sub
			if bindings[0].give {
				op = wasm.OpI32Add
			}
			w.stackCounter(op)
			bindings = bindings[1:]
		}
		if body[at].Op == wasm.OpReturn {
			tested := len(tests) > 0 && tests[0] == at
			if tested {
				tests = tests[1:]
			}
			w.settle(tested)
		}
		n := 0
		for n < len(edges) && edges[n].at == at {
			n++
		}
		if n > 0 {
			w.branch(body[at], edges[:n])
			edges = edges[n:]
		} else {
			w.original(body[at])
		}
		if len(regions) > 0 && regions[0].end == at {
			w.settle(regions[0].tested)
			w.inside = false
			regions = regions[1:]
		}
	}
}

// load takes the gas counter into its local.
func (w *bodyWriter) load() {
	w.add(wasm.OpGlobalGet, uint64(w.gas))
	w.add(wasm.OpLocalSet, w.left)
	w.inside = true
}

// branch copies a branch of which some edges are paid for: each leads out of a block of its own, to its charge and on.
func (w *bodyWriter) branch(in wasm.Instruction, edges []edgeCharge) {
	if in.Op == wasm.OpBrIf {
		w.add(wasm.OpI32Eqz, 0)
		w.add(wasm.OpLocalSet, w.length)
		w.add(wasm.OpBlock, negative(wasm.EmptyBlock))
		w.add(wasm.OpLocalGet, w.length)
		w.add(wasm.OpBrIf, 0)
		w.depth++
		w.payAndGo(edges[0], uint64(edges[0].label)+1)
		w.add(wasm.OpEnd, 0)
		w.depth--
		return
	}
	targets := make([]uint32, len(in.Targets))
	for i, label := range in.Targets {
		targets[i] = label + uint32(len(edges))
		if k := slices.IndexFunc(edges, func(e edgeCharge) bool { return e.label == label }); k >= 0 {
			targets[i] = uint32(k)
		}
	}
	in.Targets = targets
	w.add(wasm.OpLocalSet, w.length)
	for range edges {
		w.add(wasm.OpBlock, negative(wasm.EmptyBlock))
	}
	w.depth += uint64(len(edges))
	w.add(wasm.OpLocalGet, w.length)
	w.code = append(w.code, in)
	for k, e := range edges {
		w.add(wasm.OpEnd, 0)
		w.depth--
		w.payAndGo(e, uint64(e.label)+uint64(len(edges)-1-k))
	}
}

// payAndGo takes what an edge costs from the gas counter and branches to a label, or to the end of the outermost block.
func (w *bodyWriter) payAndGo(e edgeCharge, label uint64) {
	w.take(e.fixed)
	if e.tested {
		w.outOfGasIfNegative()
	}
	w.add(wasm.OpBr, label)
}

// settle brings the gas counter up to date where it is in the local, and tests it.
func (w *bodyWriter) settle(tested bool) {
	if !w.inside {
		return
	}
	if tested {
		w.testLocal(0)
	}
	w.add(wasm.OpLocalGet, w.left)
	w.add(wasm.OpGlobalSet, uint64(w.gas))
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
	w.code = append(w.code, w.instruction(in))
}

func (w *bodyWriter) charge(c *charge) {
	switch {
	case c.tested:
		w.chargeFixed(c.fixed)
	case c.fixed != 0:
		w.take(c.fixed)
	}
	if c.scaled != 0 {
		w.chargeScaled(c.scaled)
	}
	if c.rounds != nil {
		w.chargeRounds(c.rounds)
	}
}

// counter reads or writes the gas counter.
func (w *bodyWriter) counter(local, global wasm.Opcode) {
	if w.inside {
		w.add(local, w.left)
	} else {
		w.add(global, uint64(w.gas))
	}
}

func (w *bodyWriter) read()  { w.counter(wasm.OpLocalGet, wasm.OpGlobalGet) }
func (w *bodyWriter) write() { w.counter(wasm.OpLocalSet, wasm.OpGlobalSet) }

// take takes n from the gas counter, which may come to be negative. What is taken between two tests does not wrap.
func (w *bodyWriter) take(n uint64) {
	w.read()
	w.add(wasm.OpI64Const, n)
	w.add(wasm.OpI64Sub, 0)
	w.write()
}

// testLocal halts if the gas counter, in its local, is less than n.
func (w *bodyWriter) testLocal(n uint64) {
	w.add(wasm.OpLocalGet, w.left)
	w.add(wasm.OpI64Const, n)
	w.add(wasm.OpI64LtS, 0)
	w.add(wasm.OpIf, negative(wasm.EmptyBlock))
	w.depth++
	w.outOfGas(wasm.OpBr)
	w.depth--
	w.add(wasm.OpEnd, 0)
}

// chargeFixed takes n from the gas counter and halts if less was left. A local is compared before it is changed: what is
// compared afterwards Cranelift computes twice.
func (w *bodyWriter) chargeFixed(n uint64) {
	if n == 0 {
		w.outOfGasIfNegative()
		return
	}
	if w.inside {
		w.testLocal(n)
		w.take(n)
		return
	}
	w.take(n)
	w.outOfGasIfNegative()
}

// outOfGasIfNegative branches to the end of the outermost block if more has been taken from the gas counter than there was.
func (w *bodyWriter) outOfGasIfNegative() {
	w.read()
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
	w.chargeTop(wasm.OpI64GtU)
	w.add(wasm.OpLocalGet, w.length)
}

// chargeTop takes the topmost operand from the gas counter, unless it is greater: unsigned where the counter has been tested
// and is not negative, signed where the operand is not.
func (w *bodyWriter) chargeTop(greater wasm.Opcode) {
	w.add(wasm.OpLocalTee, w.cost)
	w.read()
	w.add(greater, 0)
	w.outOfGasIf()
	w.read()
	w.add(wasm.OpLocalGet, w.cost)
	w.add(wasm.OpI64Sub, 0)
	w.write()
}

// outOfGasIf branches to the end of the outermost block if the topmost operand is not zero.
func (w *bodyWriter) outOfGasIf() { w.outOfGas(wasm.OpBrIf) }

func (w *bodyWriter) outOfGas(branch wasm.Opcode) {
	outermost := w.depth
	if w.checked {
		outermost++
	}
	w.add(branch, outermost)
}
