package wasm

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// EmptyBlock is the block type of a block that takes and leaves nothing, as the X of an instruction holds it once
// signed.
const EmptyBlock = -64

// String is the instruction in the text format, flat, its types by index. Memories are left out, as there is only one.
func (in *Instruction) String() string {
	name := in.Op.String()
	switch in.Op.Immediate() {
	case ImmBlock:
		return name + blockType(int64(in.X))
	case ImmLabel, ImmFunction, ImmLocal, ImmGlobal, ImmTable, ImmElement, ImmData, ImmDataMemory:
		return fmt.Sprint(name, " ", in.X)
	case ImmLabels:
		return name + " " + strings.Trim(fmt.Sprint(in.Targets), "[]")
	case ImmTypeTable:
		return fmt.Sprintf("%s %d (type %d)", name, in.Y, in.X)
	case ImmTables:
		return fmt.Sprint(name, " ", in.X, " ", in.Y)
	case ImmElementTable:
		return fmt.Sprint(name, " ", in.Y, " ", in.X)
	case ImmValueTypes:
		for _, t := range in.Targets {
			name += fmt.Sprintf(" (result %s)", ValueType(t))
		}
	case ImmI32, ImmI64:
		return fmt.Sprint(name, " ", int64(in.X))
	case ImmF32:
		return name + " " + float(float64(math.Float32frombits(uint32(in.X))), 32, in.X&(1<<23-1))
	case ImmF64:
		return name + " " + float(math.Float64frombits(in.X), 64, in.X&(1<<52-1))
	case ImmRefType:
		return name + " " + map[uint64]string{uint64(FuncRef): "func", uint64(ExternRef): "extern"}[in.X]
	case ImmMemArg:
		return fmt.Sprintf("%s offset=%d align=%d", name, in.Y, uint64(1)<<in.X)
	}
	return name
}

// Labels returns the labels that a branch may go to, of a br_table the default last; nothing for other instructions. A
// label beyond 32 bits, which only a module made in memory has, becomes the largest one.
func (in *Instruction) Labels() []uint32 {
	switch in.Op {
	case OpBr, OpBrIf:
		return []uint32{uint32(min(in.X, math.MaxUint32))}
	case OpBrTable:
		return in.Targets
	}
	return nil
}

func blockType(t int64) string {
	switch {
	case t == EmptyBlock:
		return ""
	case t < 0:
		return fmt.Sprintf(" (result %s)", ValueType(0x80+t)) // value types are the one-byte negative numbers
	}
	return fmt.Sprintf(" (type %d)", t)
}

// float spells a number of 32 or 64 bits such that reading it gives the same bits; payload is what a NaN carries.
func float(x float64, bits int, payload uint64) string {
	sign := ""
	if math.Signbit(x) {
		sign = "-"
	}
	switch {
	case math.IsNaN(x):
		return fmt.Sprintf("%snan:%#x", sign, payload)
	case math.IsInf(x, 0):
		return sign + "inf"
	}
	return strconv.FormatFloat(x, 'g', -1, bits)
}
