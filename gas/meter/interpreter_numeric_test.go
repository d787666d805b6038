package meter

import (
	"math"
	"math/bits"

	"hestia/internal/wasm"
)

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// signExtend extends the sign of the lowest bits of v to 32 or 64 bits, or leaves v alone for 0.
func signExtend(v uint64, from, to int) uint64 {
	switch to {
	case 64:
		return uint64(int64(v<<(64-from)) >> (64 - from))
	case 32:
		return uint64(uint32(int32(uint32(v)<<(32-from)) >> (32 - from)))
	}
	return v
}

// numeric executes an instruction on integers.
func (in *interpreter) numeric(op wasm.Opcode) {
	switch {
	case op == wasm.OpI32Eqz:
		in.push(truth(uint32(in.pop()) == 0))
	case op == wasm.OpI64Eqz:
		in.push(truth(in.pop() == 0))
	case op >= wasm.OpI32Eq && op <= wasm.OpI32GeU:
		b, a := in.pop(), in.pop()
		in.push(truth(compare(op-wasm.OpI32Eq, signExtend(a, 32, 64), signExtend(b, 32, 64))))
	case op >= wasm.OpI64Eq && op <= wasm.OpI64GeU:
		b, a := in.pop(), in.pop()
		in.push(truth(compare(op-wasm.OpI64Eq, a, b)))
	case op >= wasm.OpI32Add && op <= wasm.OpI32Rotr:
		b, a := uint32(in.pop()), uint32(in.pop())
		in.push(uint64(in.binary32(op, a, b)))
	case op >= wasm.OpI64Add && op <= wasm.OpI64Rotr:
		b, a := in.pop(), in.pop()
		in.push(in.binary64(op, a, b))
	default:
		in.push(unary(op, in.pop()))
	}
}

// compare does the comparisons in the order of the opcodes. 32-bit operands come sign-extended, which keeps the
// unsigned order too.
func compare(which wasm.Opcode, a, b uint64) bool {
	switch which {
	case 0:
		return a == b
	case 1:
		return a != b
	case 2:
		return int64(a) < int64(b)
	case 3:
		return a < b
	case 4:
		return int64(a) > int64(b)
	case 5:
		return a > b
	case 6:
		return int64(a) <= int64(b)
	case 7:
		return a <= b
	case 8:
		return int64(a) >= int64(b)
	}
	return a >= b
}

func unary(op wasm.Opcode, v uint64) uint64 {
	switch op {
	case wasm.OpI32Clz:
		return uint64(bits.LeadingZeros32(uint32(v)))
	case wasm.OpI32Ctz:
		return uint64(bits.TrailingZeros32(uint32(v)))
	case wasm.OpI32Popcnt:
		return uint64(bits.OnesCount32(uint32(v)))
	case wasm.OpI64Clz:
		return uint64(bits.LeadingZeros64(v))
	case wasm.OpI64Ctz:
		return uint64(bits.TrailingZeros64(v))
	case wasm.OpI64Popcnt:
		return uint64(bits.OnesCount64(v))
	case wasm.OpI32WrapI64, wasm.OpI64ExtendI32U:
		return uint64(uint32(v))
	case wasm.OpI64ExtendI32S, wasm.OpI64Extend32S:
		return signExtend(v, 32, 64)
	case wasm.OpI32Extend8S:
		return signExtend(v, 8, 32)
	case wasm.OpI32Extend16S:
		return signExtend(v, 16, 32)
	case wasm.OpI64Extend8S:
		return signExtend(v, 8, 64)
	case wasm.OpI64Extend16S:
		return signExtend(v, 16, 64)
	}
	panic("not an integer instruction: " + op.String())
}

func (in *interpreter) binary32(op wasm.Opcode, a, b uint32) uint32 {
	switch op {
	case wasm.OpI32Add:
		return a + b
	case wasm.OpI32Sub:
		return a - b
	case wasm.OpI32Mul:
		return a * b
	case wasm.OpI32DivS:
		in.require(b != 0 && !(int32(a) == math.MinInt32 && int32(b) == -1))
		return uint32(int32(a) / int32(b))
	case wasm.OpI32DivU:
		in.require(b != 0)
		return a / b
	case wasm.OpI32RemS:
		in.require(b != 0)
		if int32(b) == -1 {
			return 0
		}
		return uint32(int32(a) % int32(b))
	case wasm.OpI32RemU:
		in.require(b != 0)
		return a % b
	case wasm.OpI32And:
		return a & b
	case wasm.OpI32Or:
		return a | b
	case wasm.OpI32Xor:
		return a ^ b
	case wasm.OpI32Shl:
		return a << (b % 32)
	case wasm.OpI32ShrS:
		return uint32(int32(a) >> (b % 32))
	case wasm.OpI32ShrU:
		return a >> (b % 32)
	case wasm.OpI32Rotl:
		return bits.RotateLeft32(a, int(b%32))
	}
	return bits.RotateLeft32(a, -int(b%32))
}

func (in *interpreter) binary64(op wasm.Opcode, a, b uint64) uint64 {
	switch op {
	case wasm.OpI64Add:
		return a + b
	case wasm.OpI64Sub:
		return a - b
	case wasm.OpI64Mul:
		return a * b
	case wasm.OpI64DivS:
		in.require(b != 0 && !(int64(a) == math.MinInt64 && int64(b) == -1))
		return uint64(int64(a) / int64(b))
	case wasm.OpI64DivU:
		in.require(b != 0)
		return a / b
	case wasm.OpI64RemS:
		in.require(b != 0)
		if int64(b) == -1 {
			return 0
		}
		return uint64(int64(a) % int64(b))
	case wasm.OpI64RemU:
		in.require(b != 0)
		return a % b
	case wasm.OpI64And:
		return a & b
	case wasm.OpI64Or:
		return a | b
	case wasm.OpI64Xor:
		return a ^ b
	case wasm.OpI64Shl:
		return a << (b % 64)
	case wasm.OpI64ShrS:
		return uint64(int64(a) >> (b % 64))
	case wasm.OpI64ShrU:
		return a >> (b % 64)
	case wasm.OpI64Rotl:
		return bits.RotateLeft64(a, int(b%64))
	}
	return bits.RotateLeft64(a, -int(b%64))
}
