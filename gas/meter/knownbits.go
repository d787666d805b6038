package meter

import "hestia/internal/wasm"

// This file says what is known of the result of an operation: the transfer functions of alignment.go.

// computed returns what an operation on two operands results in.
func computed(op wasm.Opcode, a, b known) known {
	switch op {
	case wasm.OpI32Add, wasm.OpI64Add:
		return sumOf(a, b)
	case wasm.OpI32Sub, wasm.OpI64Sub:
		if a.kind == nowhere && a.zeros == wordZeros && b.kind == fromLocal && b.offset == 0 {
			b.kind = negated
			return b
		}
		return a.plus(b, -b.offset)
	case wasm.OpI32Mul, wasm.OpI64Mul:
		return known{zeros: min(a.zeros+b.zeros, wordZeros)}
	case wasm.OpI32And, wasm.OpI64And:
		if a.kind == negated && b.kind == nowhere && b.offset < 1<<wordZeros && b.offset&(b.offset+1) == 0 {
			return known{zeros: a.zeros, kind: gap, local: a.local, change: a.change, offset: b.offset}
		}
		return known{zeros: max(a.zeros, b.zeros)}
	case wasm.OpI32Or, wasm.OpI64Or, wasm.OpI32Xor, wasm.OpI64Xor:
		return known{zeros: min(a.zeros, b.zeros)}
	case wasm.OpI32Shl, wasm.OpI64Shl:
		by := uint32(0) // at least
		if b.kind == nowhere {
			by = b.offset % 32
		}
		return known{zeros: uint8(min(uint32(a.zeros)+by, wordZeros))}
	}
	return known{}
}

// sumOf adds two operands.
func sumOf(a, b known) known {
	if a.kind == nowhere || a.kind == gap {
		a, b = b, a
	}
	if b.kind == gap && a.is(b) {
		return known{zeros: max(a.zeros, zerosOf(uint64(b.offset)+1))}
	}
	return a.plus(b, b.offset)
}

// is reports whether an operand is the local that another is computed from.
func (p known) is(of known) bool {
	return p.kind == fromLocal && p.offset == 0 && p.local == of.local && p.change == of.change
}

// plus adds a place, which may be a constant.
func (p known) plus(b known, constant uint32) known {
	zeros := min(p.zeros, b.zeros)
	if b.kind != nowhere {
		return known{zeros: zeros}
	}
	if p.kind == negated || p.kind == gap {
		return known{zeros: zeros}
	}
	p.offset += constant
	p.zeros = zeros
	if p.kind == nowhere {
		p.zeros = zerosOf(uint64(p.offset))
	}
	return p
}
