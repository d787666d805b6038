package admit

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// This file foretells how long an optimizer rewrites arithmetic. An optimizer on an e-graph (Cranelift's) keeps several
// forms of each value, such as a + (b + c) beside (a + b) + c, and tries its rules on every combination of the forms of
// an instruction's operands. Usually there are few. There are many if both operands are results of the same operation,
// theirs are too, and so on: then an instruction takes fifty times as long.
//
// One forward walk (values.go) estimates for each value how many forms it has.

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
	guess  uint32 // number of the constant that it is if the optimizer sees what computes it, or unknown

	chain   uint8 // how many operations lead to it, each but the last with a result of several uses; 0 for none
	several bool  // it may have several uses: a variable had it
}

// hidden is the length of chain whose last result metering hides from the optimizer.
const hidden = gas.LongChain + 1

// hiding is what it costs to hide a result: as much as so many instructions.
const hiding = 5

// link makes a result of an operation on two operands the next of their chain.
func (v *value) link(a, b value) {
	v.chain, v.several = 1, false
	for _, of := range [...]value{a, b} {
		if of.several && of.chain < hidden {
			v.chain = max(v.chain, of.chain+1)
		}
	}
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
	for _, v := range []*value{&a, &b} {
		if v.guess != unknown {
			v.number = v.guess
		}
	}
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

// rewritable reports whether an optimizer has rules for an opcode that is used on results of others.
func rewritable(op wasm.Opcode) bool { return familyOf(op) != other || shifts(op) }

// converts reports whether an opcode changes how many bits an integer has, which leaves its chain as it is.
func converts(op wasm.Opcode) bool {
	return op == wasm.OpI32WrapI64 || op == wasm.OpI64ExtendI32S || op == wasm.OpI64ExtendI32U ||
		op >= wasm.OpI32Extend8S && op <= wasm.OpI64Extend32S
}
