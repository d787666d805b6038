package wasm

// Construct is a block, loop or if that is open, or the function body itself, with what a pass knows of it.
type Construct[T any] struct {
	Op    Opcode // OpBlock, OpLoop, OpIf, or OpElse from the second arm on; OpBlock for the body itself
	Loops int32  // loops open there, itself included
	Start int    // index of the instruction that opens it; -1 for the body itself
	Data  T      // the pass's own; the zero value when the construct opens, Nest.Root for the body itself
}

// usualDepth is how deep compilers nest constructs in most functions.
const usualDepth = 8

// Nest walks instructions and follows which constructs are open: the control stack of the validation algorithm in the
// specification's appendix. Every pass over a body that depends on nesting uses it, with its own Data.
//
// An instruction that opens a construct is yielded after the construct is pushed, and an end before it is popped, so
// that Top is the construct concerned in both cases. The zero value is ready, and can be used again after a walk.
// Pointers to constructs are good until the walk goes on.
type Nest[T any] struct {
	Root T // what the Data of the body itself is when Over begins

	open   []Construct[T]
	opened bool // by the instruction at hand
}

// Over yields the instructions of a body with their indices, up to the end that closes the body. A list that begins
// inside a construct is walked up to the end of that construct, which then counts as the body.
func (n *Nest[T]) Over(body []Instruction) func(yield func(int, *Instruction) bool) {
	return func(yield func(int, *Instruction) bool) {
		n.clear()
		n.open = append(n.open, Construct[T]{Op: OpBlock, Start: -1, Data: n.Root})
		for i := range body {
			in := &body[i]
			structured := in.Op <= OpEnd // few are; what opens and closes is among them
			if structured {
				n.enter(i, in.Op)
			}
			if !yield(i, in) || structured && n.leave(in.Op) {
				return
			}
		}
	}
}

// Backward yields the instructions of a body from the last to the first. Here an end pushes its construct and the
// instruction that opens the construct pops it, so that Op and Start are those of the end.
func (n *Nest[T]) Backward(body []Instruction) func(yield func(int, *Instruction) bool) {
	return func(yield func(int, *Instruction) bool) {
		n.clear()
		for i := len(body) - 1; i >= 0; i-- {
			in := &body[i]
			if in.Op == OpEnd {
				n.open = append(n.open, Construct[T]{Op: OpEnd, Start: i})
			}
			if !yield(i, in) {
				return
			}
			if in.Op.Opens() {
				n.open = n.open[:len(n.open)-1]
			}
		}
	}
}

// Top returns the construct that the instruction at hand opens or closes, or else the innermost one around it.
func (n *Nest[T]) Top() *Construct[T] { return &n.open[len(n.open)-1] }

// Around returns the innermost construct around the instruction at hand: not the one that the instruction opens.
func (n *Nest[T]) Around() *Construct[T] { return &n.open[n.Depth()] }

// Target returns the construct that a label of the instruction at hand names, or nil if so many are not open. Label 0
// is Top.
func (n *Nest[T]) Target(label uint32) *Construct[T] {
	if uint64(label) >= uint64(len(n.open)) {
		return nil
	}
	return &n.open[len(n.open)-1-int(label)]
}

// Depth returns how many constructs stand around the instruction at hand, the body itself and one that the instruction
// opens not counted.
func (n *Nest[T]) Depth() int {
	if n.opened {
		return len(n.open) - 2
	}
	return len(n.open) - 1
}

// Unclosed returns how many constructs are open, the body included: 0 after a walk that found the body's end.
func (n *Nest[T]) Unclosed() int { return len(n.open) }

// clear forgets the constructs of an earlier walk.
func (n *Nest[T]) clear() {
	if n.open == nil {
		n.open = make([]Construct[T], 0, usualDepth)
	}
	n.open, n.opened = n.open[:0], false
}

// enter pushes the construct that an instruction opens.
func (n *Nest[T]) enter(i int, op Opcode) {
	if n.opened = op.Opens(); !n.opened {
		return
	}
	loops := n.open[len(n.open)-1].Loops
	if op == OpLoop {
		loops++
	}
	n.open = append(n.open, Construct[T]{Op: op, Start: i, Loops: loops})
}

// leave turns to the second arm at an else, pops at an end, and reports whether that closed the body.
func (n *Nest[T]) leave(op Opcode) bool {
	n.opened = false
	switch op {
	case OpElse:
		n.Top().Op = OpElse
	case OpEnd:
		n.open = n.open[:len(n.open)-1]
	}
	return len(n.open) == 0
}
