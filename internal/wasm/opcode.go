package wasm

import "strings"

// Opcode names an instruction: the single byte of the binary, or 0xFC00 plus the number after the prefix 0xFC.
type Opcode uint16

// prefixFC opens the two-part opcodes.
const prefixFC = 0xfc

// prefixedFC is the first opcode behind prefixFC, prefixedCount how many follow it without a gap.
const (
	prefixedFC    = Opcode(prefixFC) << 8
	prefixedCount = 18
)

// Immediate says what follows an opcode in the binary, and so what an Instruction's X, Y and Targets hold.
type Immediate byte

// The kinds of immediates. Every index is a u32 in LEB128 unless said otherwise.
const (
	ImmNone         Immediate = iota
	ImmBlock                  // block type
	ImmLabel                  // label
	ImmLabels                 // labels, then the default label
	ImmFunction               // function index
	ImmTypeTable              // type index, table index
	ImmValueTypes             // value types
	ImmLocal                  // local index
	ImmGlobal                 // global index
	ImmTable                  // table index
	ImmTables                 // destination and source table index
	ImmElement                // element segment index
	ImmElementTable           // element segment index, table index
	ImmData                   // data segment index
	ImmDataMemory             // data segment index, memory index
	ImmMemory                 // memory index, a single zero byte
	ImmMemories               // destination and source memory index, each a single zero byte
	ImmMemArg                 // alignment exponent, offset
	ImmI32                    // s32
	ImmI64                    // s64
	ImmF32                    // four bytes, little-endian
	ImmF64                    // eight bytes, little-endian
	ImmRefType                // reference type
)

// String is the opcode in the text format, or its number if it is not known.
func (op Opcode) String() string {
	if !op.Known() {
		return op.hex()
	}
	return opcodes[op.slot()].name
}

// Known reports whether this package accepts the opcode.
func (op Opcode) Known() bool { return opcodes[op.slot()].name != "" }

// Immediate is the kind of the opcode's immediates, ImmNone if the opcode is not known.
func (op Opcode) Immediate() Immediate { return opcodes[op.slot()].immediate }

// Arity returns how many operands the opcode pops and pushes. The third result is false if that depends on more than
// the opcode (constructs, branches, return, calls; Module has what helps there), or if the opcode is not known.
func (op Opcode) Arity() (pops, pushes int, fixed bool) {
	row := &opcodes[op.slot()]
	if row.name == "" || row.pops == varies {
		return 0, 0, false
	}
	return int(row.pops), int(row.pushes), true
}

// Opens reports whether the opcode opens a construct that an end closes: block, loop or if.
func (op Opcode) Opens() bool { return op-OpBlock <= OpIf-OpBlock }

// Float reports whether the opcode takes or makes an f32 or f64, as loads, stores, constants and conversions do. An
// opcode that moves operands of any type (drop, select, local.get) does not count: their types are declared elsewhere.
func (op Opcode) Float() bool { return floats[op.slot()] }

// Prefixed reports whether the opcode is spelled with the prefix 0xFC.
func (op Opcode) Prefixed() bool { return op >= prefixedFC && op < prefixedFC+prefixedCount }

// noSlot is an opcode slot that is never filled: 0xFC is a prefix, not an opcode.
const noSlot = prefixFC

// slot is the opcode's row in opcodes.
func (op Opcode) slot() int {
	switch {
	case op <= 0xff:
		return int(op)
	case op.Prefixed():
		return 0x100 + int(op-prefixedFC)
	}
	return noSlot
}

// floats holds Float for every slot; the text format names the operand types of every opcode it concerns.
var floats = func() (touched [len(opcodes)]bool) {
	for i, row := range opcodes {
		touched[i] = strings.Contains(row.name, "f32") || strings.Contains(row.name, "f64")
	}
	return touched
}()

// The accepted opcodes.
const (
	// Control.
	OpUnreachable  Opcode = 0x00
	OpNop          Opcode = 0x01
	OpBlock        Opcode = 0x02
	OpLoop         Opcode = 0x03
	OpIf           Opcode = 0x04
	OpElse         Opcode = 0x05
	OpEnd          Opcode = 0x0b
	OpBr           Opcode = 0x0c
	OpBrIf         Opcode = 0x0d
	OpBrTable      Opcode = 0x0e
	OpReturn       Opcode = 0x0f
	OpCall         Opcode = 0x10
	OpCallIndirect Opcode = 0x11

	// Parametric.
	OpDrop        Opcode = 0x1a
	OpSelect      Opcode = 0x1b
	OpSelectTyped Opcode = 0x1c

	// Variables and tables.
	OpLocalGet  Opcode = 0x20
	OpLocalSet  Opcode = 0x21
	OpLocalTee  Opcode = 0x22
	OpGlobalGet Opcode = 0x23
	OpGlobalSet Opcode = 0x24
	OpTableGet  Opcode = 0x25
	OpTableSet  Opcode = 0x26

	// Memory.
	OpI32Load    Opcode = 0x28
	OpI64Load    Opcode = 0x29
	OpF32Load    Opcode = 0x2a
	OpF64Load    Opcode = 0x2b
	OpI32Load8S  Opcode = 0x2c
	OpI32Load8U  Opcode = 0x2d
	OpI32Load16S Opcode = 0x2e
	OpI32Load16U Opcode = 0x2f
	OpI64Load8S  Opcode = 0x30
	OpI64Load8U  Opcode = 0x31
	OpI64Load16S Opcode = 0x32
	OpI64Load16U Opcode = 0x33
	OpI64Load32S Opcode = 0x34
	OpI64Load32U Opcode = 0x35
	OpI32Store   Opcode = 0x36
	OpI64Store   Opcode = 0x37
	OpF32Store   Opcode = 0x38
	OpF64Store   Opcode = 0x39
	OpI32Store8  Opcode = 0x3a
	OpI32Store16 Opcode = 0x3b
	OpI64Store8  Opcode = 0x3c
	OpI64Store16 Opcode = 0x3d
	OpI64Store32 Opcode = 0x3e
	OpMemorySize Opcode = 0x3f
	OpMemoryGrow Opcode = 0x40

	// Constants.
	OpI32Const Opcode = 0x41
	OpI64Const Opcode = 0x42
	OpF32Const Opcode = 0x43
	OpF64Const Opcode = 0x44

	// Comparisons.
	OpI32Eqz Opcode = 0x45
	OpI32Eq  Opcode = 0x46
	OpI32Ne  Opcode = 0x47
	OpI32LtS Opcode = 0x48
	OpI32LtU Opcode = 0x49
	OpI32GtS Opcode = 0x4a
	OpI32GtU Opcode = 0x4b
	OpI32LeS Opcode = 0x4c
	OpI32LeU Opcode = 0x4d
	OpI32GeS Opcode = 0x4e
	OpI32GeU Opcode = 0x4f
	OpI64Eqz Opcode = 0x50
	OpI64Eq  Opcode = 0x51
	OpI64Ne  Opcode = 0x52
	OpI64LtS Opcode = 0x53
	OpI64LtU Opcode = 0x54
	OpI64GtS Opcode = 0x55
	OpI64GtU Opcode = 0x56
	OpI64LeS Opcode = 0x57
	OpI64LeU Opcode = 0x58
	OpI64GeS Opcode = 0x59
	OpI64GeU Opcode = 0x5a
	OpF32Eq  Opcode = 0x5b
	OpF32Ne  Opcode = 0x5c
	OpF32Lt  Opcode = 0x5d
	OpF32Gt  Opcode = 0x5e
	OpF32Le  Opcode = 0x5f
	OpF32Ge  Opcode = 0x60
	OpF64Eq  Opcode = 0x61
	OpF64Ne  Opcode = 0x62
	OpF64Lt  Opcode = 0x63
	OpF64Gt  Opcode = 0x64
	OpF64Le  Opcode = 0x65
	OpF64Ge  Opcode = 0x66

	// Arithmetic.
	OpI32Clz      Opcode = 0x67
	OpI32Ctz      Opcode = 0x68
	OpI32Popcnt   Opcode = 0x69
	OpI32Add      Opcode = 0x6a
	OpI32Sub      Opcode = 0x6b
	OpI32Mul      Opcode = 0x6c
	OpI32DivS     Opcode = 0x6d
	OpI32DivU     Opcode = 0x6e
	OpI32RemS     Opcode = 0x6f
	OpI32RemU     Opcode = 0x70
	OpI32And      Opcode = 0x71
	OpI32Or       Opcode = 0x72
	OpI32Xor      Opcode = 0x73
	OpI32Shl      Opcode = 0x74
	OpI32ShrS     Opcode = 0x75
	OpI32ShrU     Opcode = 0x76
	OpI32Rotl     Opcode = 0x77
	OpI32Rotr     Opcode = 0x78
	OpI64Clz      Opcode = 0x79
	OpI64Ctz      Opcode = 0x7a
	OpI64Popcnt   Opcode = 0x7b
	OpI64Add      Opcode = 0x7c
	OpI64Sub      Opcode = 0x7d
	OpI64Mul      Opcode = 0x7e
	OpI64DivS     Opcode = 0x7f
	OpI64DivU     Opcode = 0x80
	OpI64RemS     Opcode = 0x81
	OpI64RemU     Opcode = 0x82
	OpI64And      Opcode = 0x83
	OpI64Or       Opcode = 0x84
	OpI64Xor      Opcode = 0x85
	OpI64Shl      Opcode = 0x86
	OpI64ShrS     Opcode = 0x87
	OpI64ShrU     Opcode = 0x88
	OpI64Rotl     Opcode = 0x89
	OpI64Rotr     Opcode = 0x8a
	OpF32Abs      Opcode = 0x8b
	OpF32Neg      Opcode = 0x8c
	OpF32Ceil     Opcode = 0x8d
	OpF32Floor    Opcode = 0x8e
	OpF32Trunc    Opcode = 0x8f
	OpF32Nearest  Opcode = 0x90
	OpF32Sqrt     Opcode = 0x91
	OpF32Add      Opcode = 0x92
	OpF32Sub      Opcode = 0x93
	OpF32Mul      Opcode = 0x94
	OpF32Div      Opcode = 0x95
	OpF32Min      Opcode = 0x96
	OpF32Max      Opcode = 0x97
	OpF32Copysign Opcode = 0x98
	OpF64Abs      Opcode = 0x99
	OpF64Neg      Opcode = 0x9a
	OpF64Ceil     Opcode = 0x9b
	OpF64Floor    Opcode = 0x9c
	OpF64Trunc    Opcode = 0x9d
	OpF64Nearest  Opcode = 0x9e
	OpF64Sqrt     Opcode = 0x9f
	OpF64Add      Opcode = 0xa0
	OpF64Sub      Opcode = 0xa1
	OpF64Mul      Opcode = 0xa2
	OpF64Div      Opcode = 0xa3
	OpF64Min      Opcode = 0xa4
	OpF64Max      Opcode = 0xa5
	OpF64Copysign Opcode = 0xa6

	// Conversions and sign extension.
	OpI32WrapI64        Opcode = 0xa7
	OpI32TruncF32S      Opcode = 0xa8
	OpI32TruncF32U      Opcode = 0xa9
	OpI32TruncF64S      Opcode = 0xaa
	OpI32TruncF64U      Opcode = 0xab
	OpI64ExtendI32S     Opcode = 0xac
	OpI64ExtendI32U     Opcode = 0xad
	OpI64TruncF32S      Opcode = 0xae
	OpI64TruncF32U      Opcode = 0xaf
	OpI64TruncF64S      Opcode = 0xb0
	OpI64TruncF64U      Opcode = 0xb1
	OpF32ConvertI32S    Opcode = 0xb2
	OpF32ConvertI32U    Opcode = 0xb3
	OpF32ConvertI64S    Opcode = 0xb4
	OpF32ConvertI64U    Opcode = 0xb5
	OpF32DemoteF64      Opcode = 0xb6
	OpF64ConvertI32S    Opcode = 0xb7
	OpF64ConvertI32U    Opcode = 0xb8
	OpF64ConvertI64S    Opcode = 0xb9
	OpF64ConvertI64U    Opcode = 0xba
	OpF64PromoteF32     Opcode = 0xbb
	OpI32ReinterpretF32 Opcode = 0xbc
	OpI64ReinterpretF64 Opcode = 0xbd
	OpF32ReinterpretI32 Opcode = 0xbe
	OpF64ReinterpretI64 Opcode = 0xbf
	OpI32Extend8S       Opcode = 0xc0
	OpI32Extend16S      Opcode = 0xc1
	OpI64Extend8S       Opcode = 0xc2
	OpI64Extend16S      Opcode = 0xc3
	OpI64Extend32S      Opcode = 0xc4

	// References.
	OpRefNull   Opcode = 0xd0
	OpRefIsNull Opcode = 0xd1
	OpRefFunc   Opcode = 0xd2

	// Non-trapping conversions.
	OpI32TruncSatF32S Opcode = 0xfc00
	OpI32TruncSatF32U Opcode = 0xfc01
	OpI32TruncSatF64S Opcode = 0xfc02
	OpI32TruncSatF64U Opcode = 0xfc03
	OpI64TruncSatF32S Opcode = 0xfc04
	OpI64TruncSatF32U Opcode = 0xfc05
	OpI64TruncSatF64S Opcode = 0xfc06
	OpI64TruncSatF64U Opcode = 0xfc07

	// Bulk memory and tables.
	OpMemoryInit Opcode = 0xfc08
	OpDataDrop   Opcode = 0xfc09
	OpMemoryCopy Opcode = 0xfc0a
	OpMemoryFill Opcode = 0xfc0b
	OpTableInit  Opcode = 0xfc0c
	OpElemDrop   Opcode = 0xfc0d
	OpTableCopy  Opcode = 0xfc0e
	OpTableGrow  Opcode = 0xfc0f
	OpTableSize  Opcode = 0xfc10
	OpTableFill  Opcode = 0xfc11
)
