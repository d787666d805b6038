package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file emits one instrumented body: its frame, and the original instructions with what the plan adds between them.
// What a charge becomes is in emit.go.

// bodyWriter writes one instrumented body. Its methods append code, one wasm instruction a call of add.
type bodyWriter struct {
	*rewriter
	*plan
	code  []wasm.Instruction
	depth uint64 // constructs open, from the innermost block that instrumented adds

	// Locals.
	next   uint64                    // index of the next one to be added
	runs   []wasm.Locals             // the original's with those added
	inside bool                      // the gas counter is in the local
	left   uint64                    // i64, the gas counter while the function keeps it
	length uint64                    // i32, scratch of charges that depend on operands or stand on edges
	cost   uint64                    // i64, scratch of the same charges
	before uint64                    // i32, the stack counter at the function's entry
	values map[wasm.ValueType]uint64 // scratch of stores that may cross a page
}

// instrumented returns the instrumented body of the defined function i:
//
//	block
//	  block
//	    take the frame's weight from the stack counter, or branch to the end of this block
//	    block
//	      the body with its charges, which branch to the end of the outermost block if gas runs out; this block takes
//	      the place of the body's own label
//	    end
//	    give back the weight
//	    return
//	  end
//	  halt: stack overflow
//	end
//	halt: out of gas
//
// What a function does not need is left out.
func (r *rewriter) instrumented(i int, p *plan) wasm.Code {
	code := &r.Codes[i]
	w := &bodyWriter{rewriter: r, plan: p}
	w.code = make([]wasm.Instruction, 0, len(code.Body)+w.added())
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
	if w.giveBack {
		w.stackCounter(wasm.OpI32Add)
	}
	w.writeBack(p.testEnd)
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

// added estimates how many instructions the plan adds.
func (w *bodyWriter) added() int {
	n := 32 + 9*len(w.charges) + 12*len(w.edges) + 6*(len(w.bindings)+len(w.regions))
	for i := range w.charges {
		if w.charges[i].loop != nil {
			n += 32
		}
	}
	return n
}

// locals adds the locals that the plan needs.
func (w *bodyWriter) locals(i int) {
	w.runs = slices.Clone(w.Codes[i].Locals)
	w.next = uint64(len(w.Types[w.Functions[i]].Params)) + w.Codes[i].DeclaredLocals()
	if w.kept || len(w.regions) > 0 {
		w.left = w.local(wasm.I64)
	}
	if w.saved {
		w.before = w.local(wasm.I32)
	}
	if len(w.edges) > 0 || slices.ContainsFunc(w.charges, charge.byOperands) {
		w.cost = w.local(wasm.I64)
		w.length = w.local(wasm.I32)
	}
}

// scratch returns the local that holds the value of a store while its address is looked at.
func (w *bodyWriter) scratch(t wasm.ValueType) uint64 {
	if _, ok := w.values[t]; !ok {
		if w.values == nil {
			w.values = map[wasm.ValueType]uint64{}
		}
		w.values[t] = w.local(t)
	}
	return w.values[t]
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
	if w.saved {
		w.add(wasm.OpLocalTee, w.before)
	}
	w.add(wasm.OpI32Const, uint64(w.weight))
	w.add(wasm.OpI32LtS, 0)
	w.add(wasm.OpBrIf, 0)
	if w.atEntry {
		w.stackCounter(wasm.OpI32Sub)
	}
}

// stackCounter adds the weight to the stack counter or subtracts it.
func (w *bodyWriter) stackCounter(op wasm.Opcode) {
	if w.saved {
		w.add(wasm.OpLocalGet, w.before)
		if op == wasm.OpI32Sub {
			w.add(wasm.OpI32Const, uint64(w.weight))
			w.add(op, 0)
		}
		w.add(wasm.OpGlobalSet, uint64(w.stack))
		return
	}
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, uint64(w.weight))
	w.add(op, 0)
	w.add(wasm.OpGlobalSet, uint64(w.stack))
}

// queue hands out the entries of a table in the order of the instructions.
type queue[T any] struct {
	left []T
	at   func(*T) int // the instruction of an entry
}

// next returns the next entry if it is one of the instruction at an index, else nil.
func (q *queue[T]) next(at int) *T {
	if len(q.left) == 0 || q.at(&q.left[0]) != at {
		return nil
	}
	entry := &q.left[0]
	q.left = q.left[1:]
	return entry
}

// body copies the original with what the plan adds.
func (w *bodyWriter) body(body []wasm.Instruction) {
	charges := queue[charge]{w.charges, func(c *charge) int { return c.at }}
	bindings := queue[binding]{w.bindings, func(b *binding) int { return b.at }}
	tests := queue[int]{w.tests, func(at *int) int { return *at }}
	starts := queue[region]{w.regions, func(r *region) int { return r.start }}
	ends := queue[region]{w.regions, func(r *region) int { return r.end }}
	exits := queue[exit]{w.exits, func(e *exit) int { return e.at }}
	edges, hidden := w.edges, queue[int]{w.hidden, func(at *int) int { return *at }}
	var nest wasm.Nest[struct{}]
	for at, in := range nest.Over(body) {
		w.depth = 1 + uint64(nest.Depth())
		if starts.next(at) != nil {
			w.load()
		}
		if c := charges.next(at); c != nil {
			w.charge(c)
		}
		give := false // on the edge of a br_if
		for b := bindings.next(at); b != nil; b = bindings.next(at) {
			if give = b.edge; !give {
				w.bind(b)
			}
		}
		if in.Op == wasm.OpReturn || w.inside && diverges(body, at) {
			w.writeBack(tests.next(at) != nil)
		}
		n := 0
		for n < len(edges) && edges[n].at == at {
			n++
		}
		switch out := exits.next(at); {
		case out != nil && in.Op == wasm.OpBr:
			w.writeBack(out.tested)
			w.code = append(w.code, *in)
		case out != nil || give:
			w.leaveBy(in.X, out, give)
		case n == 0:
			w.code = append(w.code, w.instruction(*in))
		default:
			w.branch(*in, edges[:n])
		}
		edges = edges[n:]
		if hidden.next(at) != nil {
			w.hide(in.Op)
		}
		if r := ends.next(at); r != nil {
			w.depth-- // behind the end
			w.writeBack(r.tested)
			w.inside = false
		}
	}
	w.depth = 0 // behind the body's end
}

// bind takes the weight from the stack counter or gives it back.
func (w *bodyWriter) bind(b *binding) {
	if b.give {
		w.stackCounter(wasm.OpI32Add)
	} else {
		w.stackCounter(wasm.OpI32Sub)
	}
}

// leaveBy copies a br_if that does something if it is taken: leave a region, which out is not nil for, or give the
// weight back.
func (w *bodyWriter) leaveBy(label uint64, out *exit, give bool) {
	w.add(wasm.OpIf, negative(wasm.EmptyBlock))
	w.depth++
	if out != nil {
		w.writeBack(out.tested)
	}
	if give {
		w.stackCounter(wasm.OpI32Add)
	}
	w.add(wasm.OpBr, label+1)
	w.depth--
	w.add(wasm.OpEnd, 0)
}

// load reads the gas counter into its local.
func (w *bodyWriter) load() {
	w.add(wasm.OpGlobalGet, uint64(w.gas))
	w.add(wasm.OpLocalSet, w.left)
	w.inside = true
}

// branch copies a branch some of whose edges are paid for: each leads out of a block of its own, to its charge and then
// to its label.
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
	if in.Op == wasm.OpBr {
		w.payAndGo(edges[0], in.X)
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
	if !e.tested {
		w.add(wasm.OpBr, label)
		return
	}
	w.read()
	w.add(wasm.OpI64Const, 0)
	w.add(wasm.OpI64GeS, 0)
	w.add(wasm.OpBrIf, label)
	w.outOfGas(wasm.OpBr)
}

// writeBack tests the gas counter, if that is asked for, and writes it to its global, if it is in the local.
func (w *bodyWriter) writeBack(tested bool) {
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
