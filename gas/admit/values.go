package admit

import (
	"math"

	"hestia/internal/wasm"
)

// This file follows values in one forward walk. They pass through locals, globals and the last store to memory, as the
// optimizer sees through these. What is known is an upper bound at joins: a local may have any value that it had since
// the construct began.

// constantOf returns the value of a constant.
func constantOf(x uint64) value {
	v := value{number: literal, low: uint16(x % page), fixed: true}
	switch x {
	case 0:
		v.number = zero
	case 1:
		v.number = one
	case math.MaxUint64:
		v.number = ones
	}
	return v
}

// richer returns the value with more forms.
func richer(a, b value) value {
	if b.forms > a.forms {
		return b
	}
	return a
}

// values follows the values of one body.
type values struct {
	operands []value
	held     []value // by variable: locals, then globals
	stored   stored
	changes  []change // of variables, since the constructs around began
	place    []int32  // by variable: its last change, or none
	locals   uint64
	numbers  uint32   // given out
	since    []uint32 // by variable: how many numbers had been given out when it was set
	looped   uint32   // how many had been at the innermost loop's header, which joins variables
	called   uint32   // how many had been at the last call, which may set globals
}

// stored is what the last store to memory stored, and what of its address can be seen.
type stored struct {
	value
	offset uint64
	whole  bool // 8 bytes
}

// change says that a variable was set in a construct: the innermost around the change that the walk is still in.
type change struct {
	variable int32
	before   int32 // the variable's change in a construct around that one, or none
	most     value // the richest value it had in the construct before its present one
}

// begin forgets another body.
func (v *values) begin(locals, globals int) {
	n := locals + globals
	v.operands, v.changes, v.stored, v.locals = v.operands[:0], v.changes[:0], stored{}, uint64(locals)
	v.held = append(v.held[:0], make([]value, n)...)
	v.since = append(v.since[:0], make([]uint32, n)...)
	v.place, v.numbers, v.looped, v.called = v.place[:0], firstNumber, 0, 0
	for range n {
		v.place = append(v.place, none)
	}
}

// forget takes what equals the topmost n operands for unknown, as a join has merged them with others.
func (v *values) forget(n int) {
	for i := max(0, len(v.operands)-n); i < len(v.operands); i++ {
		v.operands[i].number, v.operands[i].fixed = unknown, false
	}
}

// operand returns an operand, 0 the topmost.
func (v *values) operand(n int) value {
	if n >= len(v.operands) {
		return value{}
	}
	return v.operands[len(v.operands)-1-n]
}

// resize makes as many operands as there are.
func (v *values) resize(depth int) {
	for len(v.operands) < depth {
		v.operands = append(v.operands, value{})
	}
	v.operands = v.operands[:depth]
}

// variable returns the place of a local or global in held, or none.
func (v *values) variable(in *wasm.Instruction) int {
	n := in.X
	if in.Op == wasm.OpGlobalGet || in.Op == wasm.OpGlobalSet {
		n += v.locals
	} else if n >= v.locals {
		return none
	}
	if n >= uint64(len(v.held)) {
		return none
	}
	return int(n)
}

// follow returns what an instruction that has no label leaves on top of the operands. mark is where the changes of the
// innermost construct begin.
func (v *values) follow(in *wasm.Instruction, mark int) value {
	op := in.Op
	if rewritable(op) {
		result := v.compute(op, v.operand(1), v.operand(0))
		result.link(v.operand(1), v.operand(0))
		return result
	}
	v.numbers++
	switch fresh := (value{number: v.numbers}); {
	case op == wasm.OpI32Const, op == wasm.OpI64Const:
		return constantOf(in.X)
	case op == wasm.OpLocalGet, op == wasm.OpGlobalGet:
		if n := v.variable(in); n != none {
			return v.get(n)
		}
	case op == wasm.OpLocalSet, op == wasm.OpLocalTee, op == wasm.OpGlobalSet:
		v.set(v.variable(in), v.operand(0), mark)
		result := v.operand(0)
		result.several = true
		return result
	case op >= wasm.OpI32Store && op <= wasm.OpI64Store32:
		v.stored = stored{}
		if op == wasm.OpI32Store || op == wasm.OpI64Store { // a value that is cut is not handed on
			v.stored = stored{v.operand(0), in.Y, op == wasm.OpI64Store}
		}
	case op >= wasm.OpI32Load && op <= wasm.OpI64Load32U:
		whole := op == wasm.OpI32Load || op == wasm.OpI64Load
		if whole && in.Y == v.stored.offset && v.stored.whole == (op == wasm.OpI64Load) {
			fresh.forms, fresh.family = v.stored.forms, v.stored.family // perhaps: the address is not known
			fresh.chain, fresh.several = v.stored.chain, true
		}
		return fresh
	case converts(op):
		return value{chain: v.operand(0).chain, several: v.operand(0).several}
	case op == wasm.OpCall, op == wasm.OpCallIndirect:
		v.stored = stored{}
		v.called = v.numbers
	}
	return value{}
}

// compute returns the result of an operation. A constant that is computed may be hidden from the optimizer, as metering
// hides results of long chains. Then it is a value as any other, and so is what depends on it: take the most of both.
func (v *values) compute(op wasm.Opcode, a, b value) value {
	same, ok := identity(op, a, b)
	if ok && !same.constant() && a.guess == unknown && b.guess == unknown {
		return same
	}
	v.numbers++
	result, f := same, familyOf(op)
	if f != other {
		result = f.rewritten(a, b)
		result.merge(op, a, b)
	}
	if same.forms > result.forms {
		result.forms, result.family = same.forms, same.family
	}
	result.number, result.guess = v.numbers, unknown
	if same.constant() {
		result.guess = same.number
	}
	return result
}

// get returns a variable's value.
func (v *values) get(variable int) value {
	held := &v.held[variable]
	after := v.looped
	if uint64(variable) >= v.locals {
		after = max(after, v.called)
	}
	if held.number == unknown || v.since[variable] < after {
		held.fixed = held.fixed && v.since[variable] >= after
		held.number, v.since[variable] = v.numbers, v.numbers
	}
	result := *held
	result.several = true
	return result
}

// loop notes the header of a loop.
func (v *values) loop() {
	v.numbers++
	v.looped = v.numbers
}

// set sets a variable.
func (v *values) set(variable int, to value, mark int) {
	if variable == none {
		return // invalid
	}
	if at := v.place[variable]; int(at) < mark {
		v.changes = append(v.changes, change{int32(variable), at, v.held[variable]})
		v.place[variable] = int32(len(v.changes) - 1)
	} else {
		v.changes[at].most = richer(v.changes[at].most, v.held[variable])
	}
	v.held[variable], v.since[variable] = to, v.numbers
}

// join joins the variables that were set in a construct. If control may come from any place in it, each may have any
// value that it had there.
func (v *values) join(mark int, anywhere bool) {
	for _, c := range v.changes[mark:] {
		held := &v.held[c.variable]
		if anywhere {
			*held = richer(*held, c.most)
		}
		held.number, held.fixed = unknown, false
	}
}

// leave hands the changes of a construct that ends to the one around it, whose changes begin at outer.
func (v *values) leave(mark, outer int) {
	kept := v.changes[:mark]
	for _, c := range v.changes[mark:] {
		if int(c.before) >= outer && c.before != none {
			v.changes[c.before].most = richer(v.changes[c.before].most, c.most)
			v.place[c.variable] = c.before
			continue
		}
		v.place[c.variable] = int32(len(kept))
		kept = append(kept, c)
	}
	v.changes = kept
}
