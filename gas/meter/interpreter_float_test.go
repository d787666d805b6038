package meter

import (
	"math"
	"testing"

	"hestia/ewasm/nan"
	"hestia/internal/wasm"
)

// The interpreter holds floats as their bits. Arithmetic is Go's, which is that of IEEE 754 for single operations.

func single(v uint64) float32     { return math.Float32frombits(uint32(v)) }
func double(v uint64) float64     { return math.Float64frombits(v) }
func singleBits(x float32) uint64 { return uint64(math.Float32bits(x)) }
func doubleBits(x float64) uint64 { return math.Float64bits(x) }

// shown is what can be seen of a float: of a NaN, that it is one.
func shown(v uint64, t wasm.ValueType) uint64 {
	switch {
	case t == wasm.F32 && single(v) != single(v):
		return nan.Canonical32
	case t == wasm.F64 && double(v) != double(v):
		return nan.Canonical64
	}
	return v
}

// seen is what can be seen of arguments.
func seen(args []uint64, sig *wasm.FuncType) []uint64 {
	out := make([]uint64, len(args))
	for i, v := range args {
		out[i] = shown(v, sig.Params[i])
	}
	return out
}

// float executes an instruction on floats that moves nothing in memory.
func (in *interpreter) float(op wasm.Opcode) {
	switch {
	case op >= wasm.OpF32Eq && op <= wasm.OpF32Ge:
		b, a := single(in.pop()), single(in.pop())
		in.push(truth(compareFloats(op-wasm.OpF32Eq, float64(a), float64(b))))
	case op >= wasm.OpF64Eq && op <= wasm.OpF64Ge:
		b, a := double(in.pop()), double(in.pop())
		in.push(truth(compareFloats(op-wasm.OpF64Eq, a, b)))
	case op >= wasm.OpF32Abs && op <= wasm.OpF32Sqrt:
		in.push(unaryFloat(op-wasm.OpF32Abs, in.pop(), true))
	case op >= wasm.OpF64Abs && op <= wasm.OpF64Sqrt:
		in.push(unaryFloat(op-wasm.OpF64Abs, in.pop(), false))
	case op >= wasm.OpF32Add && op <= wasm.OpF32Copysign:
		b, a := in.pop(), in.pop()
		in.push(binarySingle(op, a, b))
	case op >= wasm.OpF64Add && op <= wasm.OpF64Copysign:
		b, a := in.pop(), in.pop()
		in.push(binaryDouble(op, a, b))
	case op >= wasm.OpI32TruncF32S && op <= wasm.OpI32TruncF64U:
		in.push(in.truncate(op-wasm.OpI32TruncF32S, 32, false))
	case op >= wasm.OpI64TruncF32S && op <= wasm.OpI64TruncF64U:
		in.push(in.truncate(op-wasm.OpI64TruncF32S, 64, false))
	case op >= wasm.OpI32TruncSatF32S && op <= wasm.OpI32TruncSatF64U:
		in.push(in.truncate(op-wasm.OpI32TruncSatF32S, 32, true))
	case op >= wasm.OpI64TruncSatF32S && op <= wasm.OpI64TruncSatF64U:
		in.push(in.truncate(op-wasm.OpI64TruncSatF32S, 64, true))
	default:
		in.push(converted(op, in.pop()))
	}
}

func compareFloats(which wasm.Opcode, a, b float64) bool {
	return []bool{a == b, a != b, a < b, a > b, a <= b, a >= b}[which]
}

// unaryFloat does the operations of one float, in the order of the opcodes. Each is exact in double precision, or a
// root, whose rounding to double first changes nothing.
func unaryFloat(which wasm.Opcode, v uint64, isSingle bool) uint64 {
	sign, x := uint64(1)<<63, double(v)
	if isSingle {
		sign, x = 1<<31, float64(single(v))
	}
	switch which {
	case 0:
		return v &^ sign
	case 1:
		return v ^ sign
	}
	x = []func(float64) float64{math.Ceil, math.Floor, math.Trunc, math.RoundToEven, math.Sqrt}[which-2](x)
	if isSingle {
		return singleBits(float32(x))
	}
	return doubleBits(x)
}

func binarySingle(op wasm.Opcode, a, b uint64) uint64 {
	x, y := single(a), single(b)
	switch op {
	case wasm.OpF32Add:
		return singleBits(x + y)
	case wasm.OpF32Sub:
		return singleBits(x - y)
	case wasm.OpF32Mul:
		return singleBits(x * y)
	case wasm.OpF32Div:
		return singleBits(x / y)
	case wasm.OpF32Min:
		return singleBits(float32(least(float64(x), float64(y))))
	case wasm.OpF32Max:
		return singleBits(float32(-least(-float64(x), -float64(y))))
	}
	return a&^(1<<31) | shown(b, wasm.F32)&(1<<31)
}

func binaryDouble(op wasm.Opcode, a, b uint64) uint64 {
	x, y := double(a), double(b)
	switch op {
	case wasm.OpF64Add:
		return doubleBits(x + y)
	case wasm.OpF64Sub:
		return doubleBits(x - y)
	case wasm.OpF64Mul:
		return doubleBits(x * y)
	case wasm.OpF64Div:
		return doubleBits(x / y)
	case wasm.OpF64Min:
		return doubleBits(least(x, y))
	case wasm.OpF64Max:
		return doubleBits(-least(-x, -y))
	}
	return a&^(1<<63) | shown(b, wasm.F64)&(1<<63)
}

// least is the lesser of two numbers. Go's is not used: a NaN beats its infinity only in WebAssembly.
func least(x, y float64) float64 {
	if x != x || y != y {
		return math.NaN()
	}
	return math.Min(x, y)
}

// truncate makes an integer of a float. The opcodes are from f32 signed to f64 unsigned.
func (in *interpreter) truncate(which wasm.Opcode, bits int, saturate bool) uint64 {
	v := in.pop()
	x := double(v)
	if which < 2 {
		x = float64(single(v))
	}
	signed := which%2 == 0
	low, high := 0.0, math.Ldexp(1, bits) // the first that does not fit
	if signed {
		low, high = -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1)
	}
	whole := math.Trunc(x)
	switch {
	case x != x:
		in.require(saturate)
		return 0
	case whole < low:
		in.require(saturate)
		whole = low
	case whole >= high:
		in.require(saturate)
		if signed {
			return 1<<(bits-1) - 1
		}
		return math.MaxUint64 >> (64 - bits)
	}
	if signed {
		return uint64(int64(whole)) & (math.MaxUint64 >> (64 - bits))
	}
	return uint64(whole)
}

func converted(op wasm.Opcode, v uint64) uint64 {
	switch op {
	case wasm.OpF32ConvertI32S:
		return singleBits(float32(int32(v)))
	case wasm.OpF32ConvertI32U:
		return singleBits(float32(uint32(v)))
	case wasm.OpF32ConvertI64S:
		return singleBits(float32(int64(v)))
	case wasm.OpF32ConvertI64U:
		return singleBits(float32(v))
	case wasm.OpF32DemoteF64:
		return singleBits(float32(double(v)))
	case wasm.OpF64ConvertI32S:
		return doubleBits(float64(int32(v)))
	case wasm.OpF64ConvertI32U:
		return doubleBits(float64(uint32(v)))
	case wasm.OpF64ConvertI64S:
		return doubleBits(float64(int64(v)))
	case wasm.OpF64ConvertI64U:
		return doubleBits(float64(v))
	case wasm.OpF64PromoteF32:
		return doubleBits(float64(single(v)))
	case wasm.OpI32ReinterpretF32:
		return shown(v, wasm.F32)
	case wasm.OpI64ReinterpretF64:
		return shown(v, wasm.F64)
	case wasm.OpF32ReinterpretI32, wasm.OpF64ReinterpretI64:
		return v
	}
	panic("not an instruction on floats: " + op.String())
}

func TestInterpreterKnowsEveryFloatInstruction(t *testing.T) {
	for op := wasm.Opcode(0); op < 0xFD00; op++ {
		if !op.Known() || !op.Float() || op < wasm.OpF32Eq {
			continue // the others have cases of their own, which the compiler checks
		}
		in := &interpreter{stack: []uint64{7, 3}}
		in.float(op)
	}
}
