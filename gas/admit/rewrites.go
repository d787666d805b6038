package admit

import (
	"math"

	"hestia/internal/wasm"
)

// This file foretells how long an optimizer rewrites arithmetic. An optimizer on an e-graph (Cranelift's) keeps several
// forms of each value, such as a + (b + c) beside (a + b) + c, and tries its rules on every combination of the forms of
// an instruction's operands. Usually there are few. There are many if both operands are results of the same operation,
// theirs are too, and so on: then an instruction takes fifty times as long.
//
// One forward walk estimates for each value how many forms it has. Values pass through locals, globals and the last
// store to memory, as the optimizer sees through these. It is an upper bound at joins: a local may have any value that
// it had since the construct began.

// value is what is known of an operand, local or global.
type value struct {
	forms  uint16 // how many forms it has, of most that are tried
	family family // of the operation that made it
	low    uint16 // of a constant: its value within a page
	fixed  bool   // it is a constant
	number uint32 // equal values of one body have equal numbers, if the walk can see that they are equal
	key    uint32 // of what computes it: the same for the same operations on the same values, and rarely for others
	pair   uint32 // key of both operands of an operation on bits or a sum
	merged uint16 // how many forms it has with another of the same pair
}

// named returns the key of a value.
func (v value) named() uint32 {
	if v.key == 0 {
		return v.number
	}
	return v.key
}

// paired returns the key of two operands in either order.
func paired(a, b value) uint32 {
	x, y := a.named(), b.named()
	return min(x, y)*2654435761 + max(x, y)*2246822519
}

// merge looks for rules such as (x | y) + (x & y) = x + y: they make of two operations on the same operands a third
// one, with as many forms as the operands give it.
func (v *value) merge(op wasm.Opcode, a, b value) {
	v.key = paired(a, b) + uint32(op)*3266489917
	switch v.family {
	case sums, conjunctions, disjunctions, parities:
		v.pair = paired(a, b)
		v.merged = uint16(min((int(a.forms)+int(b.forms))*74/100+40, mostForms))
	}
	if (v.family == sums || v.family == parities) && a.pair == b.pair && a.pair != 0 {
		v.forms = max(v.forms, a.merged, b.merged)
	}
}

// The numbers of constants: those that leave an operand as it is, or replace it, and all others together. Values that
// are no constants begin behind them.
const (
	unknown uint32 = iota
	zero
	one
	ones
	literal
	firstNumber
)

// constant reports whether a value is known to be a constant.
func (v value) constant() bool { return v.number > unknown && v.number < firstNumber }

// mostForms stands for as many forms as an optimizer tries.
const mostForms = 1024

// family is a set of operations that are rewritten into each other.
type family uint8

const (
	other family = iota
	sums
	products
	conjunctions
	disjunctions
	parities
	rotations
)

// familyOf returns the family of an opcode. i32 and i64 are not apart, as no value has both types.
func familyOf(op wasm.Opcode) family {
	switch op {
	case wasm.OpI32Add, wasm.OpI64Add, wasm.OpI32Sub, wasm.OpI64Sub:
		return sums
	case wasm.OpI32Mul, wasm.OpI64Mul:
		return products
	case wasm.OpI32And, wasm.OpI64And:
		return conjunctions
	case wasm.OpI32Or, wasm.OpI64Or:
		return disjunctions
	case wasm.OpI32Xor, wasm.OpI64Xor:
		return parities
	case wasm.OpI32Rotl, wasm.OpI64Rotl, wasm.OpI32Rotr, wasm.OpI64Rotr:
		return rotations
	}
	return other
}

// usualForms are what short chains have, which most code consists of. Counts.Instructions pays for them.
const usualForms = 60

// sides returns how many of 100 forms of the left and of the right operand are tried: more rules for sums look into
// their left operand, more for parities into their right one.
func (f family) sides() (left, right int) {
	switch f {
	case sums:
		return 84, 80
	case parities:
		return 72, 86
	}
	return 84, 84
}

// both returns how many of 100 forms are tried in all if both operands have some.
func (f family) both() int {
	if f == parities {
		return 165
	}
	return 147
}

// rewritten returns the result of an operation of a family. The factors are fitted to chains of one operation and of
// two, to straight-line code at random, and to unrolled hashes.
func (f family) rewritten(a, b value) value {
	within := func(v value) int {
		if v.family == f || f == sums && v.family == rotations { // two rotations are one by a sum
			return int(v.forms)
		}
		if f == parities && v.family == disjunctions || f == disjunctions && v.family == parities {
			return int(v.forms) * 90 / 100 // (x | y) ^ y = x & ~y, (x ^ y) | y = x | y
		}
		return 0
	}
	x, y := within(a), within(b)
	left, right := f.sides()
	n := (x*left + y*right) / 100
	switch {
	case f == rotations && b.constant(): // of a rotation: they fold into one
		n = x * 90 / 100
	case f == rotations:
		n = x * 125 / 100
	case x > 0 && y > 0:
		n = n * f.both() / (left + right)
	case a.constant() || b.constant(): // they fold into one
		n = (x + y) * 60 / 100
	}
	if f == disjunctions { // few rules are about them
		n = n * 72 / 100
	}
	return value{forms: uint16(min(n+40, mostForms)), family: f}
}

// beyondUsual returns how many forms an instruction of a family has to be tried with that few others have.
func (v value) beyondUsual() uint64 { return uint64(max(v.forms, usualForms) - usualForms) }

// identity returns what an operation is equal to without computing anything, if the walk can see that.
func identity(op wasm.Opcode, a, b value) (value, bool) {
	same := a.number == b.number && a.number != unknown && a.number != literal
	switch f := familyOf(op); {
	case b.number == zero && f != products && f != conjunctions:
		return a, f != other || shifts(op)
	case a.number == zero && (op == wasm.OpI32Add || op == wasm.OpI64Add || f == disjunctions || f == parities):
		return b, true
	case f == products && b.number == one, f == conjunctions && (b.number == ones || same), f == disjunctions && same:
		return a, true
	case f == products && a.number == one, f == conjunctions && a.number == ones:
		return b, true
	case (f == products || f == conjunctions) && (a.number == zero || b.number == zero),
		same && (f == parities || op == wasm.OpI32Sub || op == wasm.OpI64Sub):
		return value{number: zero}, true
	}
	return value{}, false
}

// shifts reports whether an opcode shifts.
func shifts(op wasm.Opcode) bool {
	return op >= wasm.OpI32Shl && op <= wasm.OpI32ShrU || op >= wasm.OpI64Shl && op <= wasm.OpI64ShrU
}

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
	f := familyOf(op)
	if f != other || shifts(op) {
		if result, ok := identity(op, v.operand(1), v.operand(0)); ok {
			return result
		}
	}
	v.numbers++
	switch fresh := (value{number: v.numbers}); {
	case f != other:
		result := f.rewritten(v.operand(1), v.operand(0))
		result.number = v.numbers
		result.merge(op, v.operand(1), v.operand(0))
		return result
	case op == wasm.OpI32Const, op == wasm.OpI64Const:
		return constantOf(in.X)
	case op == wasm.OpLocalGet, op == wasm.OpGlobalGet:
		if n := v.variable(in); n != none {
			return v.get(n)
		}
	case op == wasm.OpLocalSet, op == wasm.OpLocalTee, op == wasm.OpGlobalSet:
		v.set(v.variable(in), v.operand(0), mark)
		return v.operand(0)
	case op >= wasm.OpI32Store && op <= wasm.OpI64Store32:
		v.stored = stored{}
		if op == wasm.OpI32Store || op == wasm.OpI64Store { // a value that is cut is not handed on
			v.stored = stored{v.operand(0), in.Y, op == wasm.OpI64Store}
		}
	case op >= wasm.OpI32Load && op <= wasm.OpI64Load32U:
		whole := op == wasm.OpI32Load || op == wasm.OpI64Load
		if whole && in.Y == v.stored.offset && v.stored.whole == (op == wasm.OpI64Load) {
			fresh.forms, fresh.family = v.stored.forms, v.stored.family // perhaps: the address is not known
		}
		return fresh
	case op == wasm.OpCall, op == wasm.OpCallIndirect:
		v.stored = stored{}
		v.called = v.numbers
	}
	return value{}
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
	return *held
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
