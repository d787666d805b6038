package wasm

// Module is a decoded binary. Index spaces follow the specification: imports first, then definitions.
type Module struct {
	Types     []FuncType
	Imports   []Import
	Functions []uint32 // type index of each defined function
	Tables    []Table
	Memories  []Limits
	Globals   []Global
	Exports   []Export
	Start     *uint32 // function index, nil if the section is absent
	Elements  []Element
	DataCount *uint32 // nil if the section is absent
	Codes     []Code  // one for each of Functions
	Data      []Data
	Customs   []Custom

	layout layout // the spelling of the bytes, if it is not canonical; zero for a module made in memory
}

// ValueType is the type of an operand, local or global, in its binary spelling.
type ValueType byte

// The value types of the accepted features.
const (
	I32       ValueType = 0x7f
	I64       ValueType = 0x7e
	F32       ValueType = 0x7d
	F64       ValueType = 0x7c
	FuncRef   ValueType = 0x70
	ExternRef ValueType = 0x6f
)

// FuncType is a function signature.
type FuncType struct {
	Params, Results []ValueType
}

// Limits bound a memory (in pages of 64 KiB) or a table (in entries).
type Limits struct {
	Min    uint32
	Max    uint32 // meaningful only with HasMax
	HasMax bool
	Shared bool // a memory that instances share, which has a Max; written, never read: no accepted module has one
}

// TableType is the element type and size of a table.
type TableType struct {
	Element ValueType // FuncRef or ExternRef
	Limits  Limits
}

// Table is a defined table.
type Table = TableType

// GlobalType is the type of a global and whether it may be set.
type GlobalType struct {
	Type    ValueType
	Mutable bool
}

// Global is a defined global; Init is its constant expression, the closing end included.
type Global struct {
	Type GlobalType
	Init []Instruction
}

// ExternalKind says what an import or export is.
type ExternalKind byte

// The kinds of imports and exports.
const (
	ExternalFunction ExternalKind = iota
	ExternalTable
	ExternalMemory
	ExternalGlobal
)

// Import is one imported item; the field that Kind names is meaningful.
type Import struct {
	Module, Name string
	Kind         ExternalKind
	Function     uint32 // type index
	Table        TableType
	Memory       Limits
	Global       GlobalType
	Offset       uint32 // of the item's first byte in the module
}

// Export is one exported item.
type Export struct {
	Name   string
	Kind   ExternalKind
	Index  uint32
	Offset uint32 // of the item's first byte in the module
}

// SegmentMode says when an element or data segment is used.
type SegmentMode byte

// The modes of segments.
const (
	Active SegmentMode = iota
	Passive
	Declarative // elements only
)

// Element is an element segment. Flag is its binary spelling (0 to 7); Mode follows from it. Segments of flag 0 to 3
// list Functions, the others Expressions (each with its closing end).
type Element struct {
	Flag        uint32
	Mode        SegmentMode
	Table       uint32
	Offset      []Instruction // active only, the closing end included
	Type        ValueType     // FuncRef unless an expression segment says otherwise
	Functions   []uint32
	Expressions [][]Instruction
}

// Data is a data segment. Flag is its binary spelling (0 to 2).
type Data struct {
	Flag   uint32
	Mode   SegmentMode
	Memory uint32
	Offset []Instruction // active only, the closing end included
	Init   []byte
}

// Code is the body of a defined function.
type Code struct {
	Locals []Locals
	Body   []Instruction // the closing end included
	Offset uint32        // of the body's first byte (its locals) in the module
}

// Locals is one run of equally typed locals.
type Locals struct {
	Count uint32
	Type  ValueType
}

// Custom is a custom section; After is the id of the section it follows (0 before all).
type Custom struct {
	Name  string
	Data  []byte
	After byte
}

// Instruction is one instruction with its immediates. What X and Y hold depends on the opcode:
//
//	block, loop, if            X = block type, the s33 of the binary sign-extended to 64 bits: -64 empty,
//	                           -1 i32, -2 i64, -3 f32, -4 f64, -16 funcref, -17 externref, else a type index
//	br, br_if                  X = label
//	br_table                   Targets = labels, the default last
//	call, ref.func             X = function index
//	call_indirect              X = type index, Y = table index
//	local.*, global.*          X = index
//	table.get/set/size/grow/fill, elem.drop, data.drop   X = index
//	table.init                 X = element index, Y = table index
//	table.copy                 X = destination table, Y = source table
//	memory.init                X = data index, Y = memory index
//	memory.copy                X = destination memory, Y = source memory
//	memory.size/grow/fill      X = memory index
//	loads and stores           X = alignment exponent, Y = offset; bits 32 on of X = memory index, if written
//	i32.const, i64.const       X = the value, sign-extended to 64 bits
//	f32.const, f64.const       X = the bits
//	ref.null                   X = reference type
//	select (typed)             Targets = value types
type Instruction struct {
	Op      Opcode
	Offset  uint32 // of the opcode's first byte in the module; 0 for one made in memory
	X, Y    uint64
	Targets []uint32
}
