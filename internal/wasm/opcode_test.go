package wasm

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/internal/wat"
)

// knownOpcodes are all the opcodes of the table.
func knownOpcodes() []Opcode {
	var all []Opcode
	for op := range Opcode(0x100) {
		if op.Known() {
			all = append(all, op)
		}
	}
	for op := prefixedFC; op < prefixedFC+prefixedCount; op++ {
		all = append(all, op)
	}
	return all
}

// sample is an opcode in the text format with immediates, and the instruction it makes.
func sample(op Opcode) (string, Instruction) {
	i := Instruction{Op: op}
	switch op {
	case OpBlock, OpLoop:
		i.X = 1<<64 - 1
		return fmt.Sprintf("%s (result i32) end", op), i
	case OpIf:
		i.X = 1<<64 - 64
		return "if else end", i
	case OpEnd, OpElse:
		return "", i
	case OpSelectTyped:
		i.Targets = []uint32{uint32(I64)}
		return "select (result i64)", i
	}
	text := op.String()
	switch op.Immediate() {
	case ImmNone, ImmMemory, ImmMemories:
		return text, i
	case ImmLabels:
		i.Targets = []uint32{3, 2, 1}
		return text + " 3 2 1", i
	case ImmTypeTable:
		i.X, i.Y = 2, 1
		return text + " 1 (type 2)", i
	case ImmElementTable:
		i.X, i.Y = 2, 1
		return text + " 1 2", i
	case ImmTables:
		i.X, i.Y = 1, 2
		return text + " 1 2", i
	case ImmMemArg:
		i.X, i.Y = 0, 1000
		return text + " offset=1000 align=1", i
	case ImmI32:
		i.X = 1<<64 - 1<<31
		return text + " -2147483648", i
	case ImmI64:
		i.X = 1 << 63
		return text + " -9223372036854775808", i
	case ImmF32:
		i.X = 0x7fa00000
		return text + " nan:0x200000", i
	case ImmF64:
		i.X = 0x8000000000000000
		return text + " -0.0", i
	case ImmRefType:
		i.X = uint64(ExternRef)
		return text + " extern", i
	}
	i.X = 2
	return text + " 2", i
}

func TestEveryOpcodeDecodesAsTheAssemblerSpellsIt(t *testing.T) {
	const around = `(module (type (func)) (type (func)) (type (func)) (memory 1)
		(table 1 funcref) (table 1 funcref) (table 1 funcref)
		(elem func) (elem func) (elem func) (data "") (data "") (data "") (func) (func) (func %s))`
	for _, op := range knownOpcodes() {
		text, want := sample(op)
		if text == "" {
			continue
		}
		m := requireRoundTrip(t, wat.Assemble(t, fmt.Sprintf(around, text)))
		got := m.Codes[2].Body[0]
		if !same(&got, &want) {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

// same reports whether two instructions are the same at whatever offset.
func same(a, b *Instruction) bool {
	return a.Op == b.Op && a.X == b.X && a.Y == b.Y && slices.Equal(a.Targets, b.Targets)
}

// candidates are immediates of which one suits any opcode in the module of acceptedByOracle.
var candidates = [][]byte{
	{}, {0}, {0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0}, {byte(FuncRef)}, {1, byte(I32)}, {0x40, byte(OpEnd)},
}

// acceptedByOracle reports whether an opcode makes a valid module with any of the candidate immediates. What it takes
// comes from an unreachable before it, what it leaves is dropped by one behind.
func acceptedByOracle(engine *wasmtime.Engine, opcode []byte) bool {
	return slices.ContainsFunc(candidates, func(immediates []byte) bool {
		return validCode(engine, []byte{byte(OpUnreachable)}, opcode, immediates, []byte{byte(OpUnreachable)})
	})
}

// validCode reports whether a module is valid whose only function has the code and an end.
func validCode(engine *wasmtime.Engine, code ...[]byte) bool {
	one := uint32(1)
	end := Instruction{Op: OpEnd}
	zero := []Instruction{{Op: OpI32Const}, end}
	m := &Module{
		Types: []FuncType{{}}, Functions: []uint32{0}, Memories: []Limits{{}}, DataCount: &one,
		Tables:   []Table{{Element: FuncRef}},
		Globals:  []Global{{GlobalType{I32, true}, zero}},
		Elements: []Element{{Offset: zero, Functions: []uint32{0}}},
		Codes:    []Code{{Locals: []Locals{{1, I32}}, Body: []Instruction{{Op: OpUnreachable}, end}}},
		Data:     []Data{{Flag: dataPassive}},
	}
	body := append(slices.Concat(code...), byte(OpEnd))
	return wasmtime.ModuleValidate(engine, withBody(m, body)) == nil
}

// withBody is the module's encoding with its last body's instructions replaced by bytes.
func withBody(m *Module, body []byte) []byte {
	last := &m.Codes[len(m.Codes)-1]
	last.Body = nil
	for _, c := range body {
		last.Body = append(last.Body, Instruction{Op: rawByte | Opcode(c)})
	}
	return m.Encode()
}

// rawByte marks an unknown opcode, of which Encode writes the low byte.
const rawByte = 0xaa00

func TestKnownOpcodesAreJustThoseTheEngineAccepts(t *testing.T) {
	engine := oracle()
	for code := range 0x100 {
		op := Opcode(code)
		if op == OpElse || op == OpEnd || code == prefixFC {
			continue // not instructions by themselves
		}
		if got, want := op.Known(), acceptedByOracle(engine, []byte{byte(code)}); got != want {
			t.Errorf("opcode 0x%02x: known %v, accepted %v", code, got, want)
		}
	}
	for sub := range 0x80 {
		op := prefixedFC | Opcode(sub)
		if got, want := op.Known(), acceptedByOracle(engine, []byte{prefixFC, byte(sub)}); got != want {
			t.Errorf("opcode 0xfc %d: known %v, accepted %v", sub, got, want)
		}
	}
}

func TestFloatIsEveryOpcodeThatTouchesAFloat(t *testing.T) {
	ranges := [][2]Opcode{
		{OpF32Load, OpF64Load},
		{OpF32Store, OpF64Store},
		{OpF32Const, OpF64Const},
		{0x5b, 0x66}, // comparisons
		{0x8b, 0xa6}, // arithmetic
		{0xa8, 0xab}, // f32, f64 to i32
		{0xae, 0xbf}, // f32, f64 to i64; everything to f32, f64; reinterpretations
		{0xfc00, 0xfc07},
	}
	want := make(map[Opcode]bool)
	for _, r := range ranges {
		for op := r[0]; op <= r[1]; op++ {
			want[op] = true
		}
	}
	for _, op := range knownOpcodes() {
		if op.Float() != want[op] {
			t.Errorf("%s: float %v, want %v", op, op.Float(), want[op])
		}
	}
}

func TestOpcodeNamesAreDistinct(t *testing.T) {
	seen := make(map[string]Opcode)
	for _, op := range knownOpcodes() {
		if other, twice := seen[op.String()]; twice {
			t.Errorf("%q names 0x%02x and 0x%02x", op, uint16(other), uint16(op))
		}
		seen[op.String()] = op
	}
	if len(seen) != 172+5+3+prefixedCount+3 { // MVP, sign extension, references, 0xFC, typed select and table.get/set
		t.Errorf("%d opcodes", len(seen))
	}
}

func TestUnknownOpcodeShowsItsNumber(t *testing.T) {
	for op, want := range map[Opcode]string{0xfd: "0xfd", 0xfc: "0xfc", 0xfc12: "0xfc12", 0x1000: "0x1000"} {
		if op.Known() || op.Float() || op.Immediate() != ImmNone || op.String() != want {
			t.Errorf("%s: known %v, want unknown %s", op, op.Known(), want)
		}
	}
}

// Float constants print with all their bits: assembling what is printed gives the instruction again.
func TestInstructionsPrintAsTheAssemblerReadsThem(t *testing.T) {
	const around = `(module (type (func)) (type (func)) (type (func (param i32) (result i64))) (memory 1)
		(table 1 funcref) (table 1 funcref) (table 1 funcref)
		(elem func) (elem func) (elem func) (data "") (data "") (data "") (func) (func) (func %s %s))`
	texts := []string{
		"f32.const 0x1.fffffep+127", "f32.const -0x1p-149", "f32.const -inf", "f32.const -nan:0x1", "f32.const 0.1",
		"f64.const 0x1.fffffffffffffp+1023", "f64.const 0x1p-1074", "f64.const inf",
		"f64.const nan:0x8000000000000", "f64.const 1e100",
		"block (type 2) end", "loop (result f64) end", "if (result funcref) else end", "select (result externref)",
	}
	for _, op := range knownOpcodes() {
		if text, _ := sample(op); text != "" {
			texts = append(texts, text)
		}
	}
	for _, text := range texts {
		want := requireRoundTrip(t, wat.Assemble(t, fmt.Sprintf(around, text, ""))).Codes[2].Body[0]
		rest := ""
		for _, construct := range []string{" else", " end"} {
			if strings.Contains(text, construct) {
				rest += construct
			}
		}
		got := requireRoundTrip(t, wat.Assemble(t, fmt.Sprintf(around, want.String(), rest))).Codes[2].Body[0]
		if !same(&got, &want) {
			t.Errorf("%s: printed as %s: got %+v, want %+v", text, &want, got, want)
		}
	}
}

// spelling is how the binary spells an opcode.
func spelling(op Opcode) []byte {
	if op.Prefixed() {
		return []byte{prefixFC, byte(op - prefixedFC)}
	}
	return []byte{byte(op)}
}

// zeros is how the binary spells immediates that are zero or the first of their kind.
func zeros(op Opcode) []byte {
	switch op.Immediate() {
	case ImmNone:
		return nil
	case ImmTables, ImmElementTable, ImmDataMemory, ImmMemories, ImmMemArg:
		return make([]byte, 2)
	case ImmF32:
		return make([]byte, 4)
	case ImmF64:
		return make([]byte, 8)
	case ImmRefType:
		return []byte{byte(FuncRef)}
	case ImmValueTypes:
		return []byte{1, byte(I32)}
	}
	return []byte{0}
}

// operands are instructions that leave a value, one for each type.
var operands = [][]byte{
	{byte(OpI32Const), 0},
	{byte(OpI64Const), 0},
	{byte(OpF32Const), 0, 0, 0, 0},
	{byte(OpF64Const), 0, 0, 0, 0, 0, 0, 0, 0},
	{byte(OpRefNull), byte(FuncRef)},
}

// takes reports whether a function is valid that puts n operands of some types before code.
func takes(engine *wasmtime.Engine, n int, code []byte) bool {
	if n == 0 {
		return validCode(engine, code)
	}
	return slices.ContainsFunc(operands, func(operand []byte) bool {
		return takes(engine, n-1, append(slices.Clone(operand), code...))
	})
}

// The engine decides. Behind an unreachable an opcode finds any operands, so the fewest drops that a function needs
// which returns nothing are what the opcode pushes. Behind instructions that leave operands, none may be missing or too
// many.
func TestAritiesAreThoseOfTheEngine(t *testing.T) {
	engine := oracle()
	for _, op := range knownOpcodes() {
		pops, pushes, fixed := op.Arity()
		if !fixed {
			continue
		}
		code, left := append(spelling(op), zeros(op)...), 0
		drops := func() []byte { return slices.Repeat([]byte{byte(OpDrop)}, left) }
		for left < 9 && !validCode(engine, []byte{byte(OpUnreachable)}, code, drops()) {
			left++
		}
		if left != pushes {
			t.Errorf("%s pushes %d, in the engine %d", op, pushes, left)
		}
		if !takes(engine, pops, append(code, drops()...)) {
			t.Errorf("%s does not pop %d in the engine", op, pops)
		}
	}
}
