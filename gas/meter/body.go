package meter

import (
	"math"
	"slices"

	"hestia/internal/wasm"
)

// bodyWriter writes one instrumented body. Its methods append code, one wasm instruction a call.
type bodyWriter struct {
	*rewriter
	code   []wasm.Instruction
	depth  uint64 // constructs open, the function's own block included
	length uint64 // scratch local i32, where the plan has scaled charges
	cost   uint64 // scratch local i64, likewise
}

// code returns the instrumented body of the defined function i:
//
//	take the frame's weight from the stack counter, or halt
//	block
//	  the body, with its charges; a return is a branch to the block's end
//	end
//	give the weight back
//
// The block stands where the body's own label stood, so that branches keep their depths.
func (r *rewriter) code(i int, p *plan) wasm.Code {
	code := &r.Codes[i]
	w := &bodyWriter{rewriter: r, code: make([]wasm.Instruction, 0, len(code.Body)+12*len(p.charges)+16)}
	out := wasm.Code{Locals: w.scratch(i, p)}
	w.enter(p.weight)
	w.add(wasm.OpBlock, r.resultsOf(r.Functions[i]))
	w.depth = 1
	charges := p.charges
	for at := range code.Body {
		if len(charges) > 0 && charges[0].at == at {
			w.charge(&charges[0])
			charges = charges[1:]
		}
		w.original(code.Body[at])
	}
	w.leave(p.weight)
	w.add(wasm.OpEnd, 0)
	out.Body = w.code
	return out
}

// scratch returns the locals of a body with those its charges need.
func (w *bodyWriter) scratch(i int, p *plan) []wasm.Locals {
	code := &w.Codes[i]
	if !slices.ContainsFunc(p.charges, func(c charge) bool { return c.scaled != 0 }) {
		return code.Locals
	}
	w.length = uint64(len(w.Types[w.Functions[i]].Params)) + locals(code)
	w.cost = w.length + 1
	return append(slices.Clip(code.Locals), wasm.Locals{Count: 1, Type: wasm.I32}, wasm.Locals{Count: 1, Type: wasm.I64})
}

func (w *bodyWriter) add(op wasm.Opcode, x uint64) {
	w.code = append(w.code, wasm.Instruction{Op: op, X: x})
}

// original copies an instruction.
func (w *bodyWriter) original(in wasm.Instruction) {
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		w.depth++
	case wasm.OpEnd:
		w.depth--
	case wasm.OpReturn:
		in = wasm.Instruction{Op: wasm.OpBr, X: w.depth - 1}
	}
	in.Offset = 0
	w.code = append(w.code, w.instruction(in))
}

// enter takes weight from the stack counter. The counter is not negative, so it cannot wrap.
func (w *bodyWriter) enter(weight int32) {
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, uint64(weight))
	w.add(wasm.OpI32Sub, 0)
	w.add(wasm.OpGlobalSet, uint64(w.stack))
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, 0)
	w.add(wasm.OpI32LtS, 0)
	w.haltIf(HaltStackOverflow)
}

// leave gives weight back to the stack counter.
func (w *bodyWriter) leave(weight int32) {
	w.add(wasm.OpGlobalGet, uint64(w.stack))
	w.add(wasm.OpI32Const, uint64(weight))
	w.add(wasm.OpI32Add, 0)
	w.add(wasm.OpGlobalSet, uint64(w.stack))
}

func (w *bodyWriter) charge(c *charge) {
	if c.fixed != 0 {
		w.chargeFixed(c.fixed)
	}
	if c.scaled != 0 {
		w.chargeScaled(c.scaled)
	}
}

// chargeFixed takes n from the gas counter. The counter is not negative and n fits an int64, so it cannot wrap.
func (w *bodyWriter) chargeFixed(n uint64) {
	w.add(wasm.OpGlobalGet, uint64(w.gas))
	w.add(wasm.OpI64Const, min(n, math.MaxInt64))
	w.add(wasm.OpI64Sub, 0)
	w.add(wasm.OpGlobalSet, uint64(w.gas))
	w.add(wasm.OpGlobalGet, uint64(w.gas))
	w.add(wasm.OpI64Const, 0)
	w.add(wasm.OpI64LtS, 0)
	w.haltIf(HaltOutOfGas)
}

// chargeScaled takes price for each unit of the topmost operand. Both are below 2^32, so that the product fits 64 bits
// unsigned; it is compared so with the counter, which is not negative, before it is taken.
func (w *bodyWriter) chargeScaled(price uint32) {
	w.add(wasm.OpLocalTee, w.length)
	w.add(wasm.OpI64ExtendI32U, 0)
	w.add(wasm.OpI64Const, uint64(price))
	w.add(wasm.OpI64Mul, 0)
	w.add(wasm.OpLocalTee, w.cost)
	w.add(wasm.OpGlobalGet, uint64(w.gas))
	w.add(wasm.OpI64GtU, 0)
	w.haltIf(HaltOutOfGas)
	w.add(wasm.OpGlobalGet, uint64(w.gas))
	w.add(wasm.OpLocalGet, w.cost)
	w.add(wasm.OpI64Sub, 0)
	w.add(wasm.OpGlobalSet, uint64(w.gas))
	w.add(wasm.OpLocalGet, w.length)
}

// haltIf leaves the module for reason if the topmost operand is not zero.
func (w *bodyWriter) haltIf(reason uint64) {
	w.add(wasm.OpIf, negative(emptyBlock))
	w.add(wasm.OpI32Const, reason)
	w.add(wasm.OpCall, uint64(w.halt))
	w.add(wasm.OpUnreachable, 0)
	w.add(wasm.OpEnd, 0)
}
