package wasm

// layout keeps what a module's bytes say beyond its values, so that an unmodified module encodes to its original bytes:
// LEB128 numbers longer than they need be, and sections without items. The canonical spelling has neither, and its
// layout is the zero value.
//
// A layout cannot make an encoding invalid: Encode uses a width only if it holds the number and the format allows it,
// even in a module changed after decoding. A rewriter starts from Clone or calls Canonical, and gets the shortest
// encoding.
type layout struct {
	empty  uint16 // bit n: section n is there though it holds nothing
	padded map[scope][]padding
}

// scope is a stretch of the binary that has a size in front and counts its numbers for itself: a custom section by its
// place among them, any other section with item 0, or a function body with section 10 and item 1 on.
type scope struct {
	section byte
	item    uint32
}

// padding is a number longer than needed: the ordinal in its scope (the scope's own size is 0) and its bytes.
type padding struct {
	ordinal uint32
	width   uint8
}

// Canonical forgets how the module was spelled, in place: Encode then writes the shortest numbers and no empty section.
func (m *Module) Canonical() { m.layout = layout{} }

// The bits that a LEB128 number of the format holds, and the most bytes it may take.
const (
	bits32, width32 = 32, 5 // u32 and s32
	bits33, width33 = 33, 5 // block types
	bits64, width64 = 64, 10
)

// unsignedWidth is the fewest bytes that hold v.
func unsignedWidth(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

// signedWidth is the fewest bytes that hold v.
func signedWidth(v int64) int {
	n := 1
	for ; v < -0x40 || v > 0x3f; v >>= 7 {
		n++
	}
	return n
}
