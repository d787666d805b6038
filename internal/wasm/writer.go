package wasm

import "slices"

// writer puts a module together. It counts the numbers of each scope in the order in which reader met them, to find the
// widths in the layout.
type writer struct {
	b []byte
	m *Module
	span
	offsets [][]uint32 // of the instructions of each function body
}

// span is the scope being written: the start of its bytes behind its size, and the numbers written in it.
type span struct {
	from    int
	size    int    // the bytes its size takes at least
	ordinal uint32 // of the next number
	padded  []padding
}

// open starts a scope and returns the one around it, for close.
func (w *writer) open(s scope) span {
	outer := w.span
	w.span = span{padded: w.m.layout.padded[s]}
	w.size = w.width(1, width32)
	w.b = append(w.b, make([]byte, width32)...)
	w.from = len(w.b)
	return outer
}

// close writes the size of a scope in front of it.
func (w *writer) close(outer span) {
	size := uint64(len(w.b) - w.from)
	header := w.from - width32
	width := max(w.size, unsignedWidth(size))
	putUnsigned(w.b[header:header+width], size)
	copy(w.b[header+width:], w.b[w.from:])
	w.b = w.b[:header+width+int(size)]
	w.span = outer
}

// width is the bytes of the next number: at least what it needs, more if the layout says so and the format allows it.
func (w *writer) width(least, most int) int {
	ordinal := w.ordinal
	w.ordinal++
	if len(w.padded) == 0 || w.padded[0].ordinal != ordinal {
		return least
	}
	recorded := int(w.padded[0].width)
	w.padded = w.padded[1:]
	return max(least, min(recorded, most))
}

// byte writes one byte.
func (w *writer) byte(c byte) { w.b = append(w.b, c) }

// u32 writes an unsigned number.
func (w *writer) u32(v uint32) {
	if v < 0x80 && len(w.padded) == 0 {
		w.ordinal++
		w.b = append(w.b, byte(v))
		return
	}
	n := w.width(unsignedWidth(uint64(v)), width32)
	at := len(w.b)
	w.b = append(w.b, make([]byte, n)...)
	putUnsigned(w.b[at:], uint64(v))
}

// signed writes a signed number of at most the given width.
func (w *writer) signed(v int64, most int) {
	n := w.width(signedWidth(v), most)
	at := len(w.b)
	w.b = append(w.b, make([]byte, n)...)
	for i := range w.b[at:] {
		w.b[at+i] = byte(v)&0x7f | 0x80
		v >>= 7
	}
	w.b[len(w.b)-1] &= 0x7f
}

// putUnsigned spells v in the whole of b.
func putUnsigned(b []byte, v uint64) {
	for i := range b {
		b[i] = byte(v)&0x7f | 0x80
		v >>= 7
	}
	b[len(b)-1] &= 0x7f
}

// count writes the length of a list.
func (w *writer) count(n int) { w.u32(uint32(n)) }

// name writes a string.
func (w *writer) name(s string) {
	w.count(len(s))
	w.b = append(w.b, s...)
}

// Offsets returns, for each function body and each of its instructions, the offset that Encode gives its first byte.
func (m *Module) Offsets() [][]uint32 {
	w := &writer{m: m, offsets: make([][]uint32, 0, len(m.Codes))}
	w.module()
	return w.offsets
}

// Encode writes the module. A module that Decode made and nothing changed comes back byte for byte. For a module that
// Canonical, Clone or a literal made, numbers take the fewest bytes and sections without items are left out. An element
// or data segment is spelled as its Flag says. A custom section follows the section in its After, or all of them if
// After is no section. The caller answers for consistency: as many Codes as Functions, DataCount equal to the data
// segments.
func (m *Module) Encode() []byte {
	w := &writer{m: m, b: make([]byte, 0, m.estimate())}
	w.module()
	return slices.Clip(w.b)
}

func (w *writer) module() {
	w.b = append(w.b, magic+version...)
	w.customs(func(after byte) bool { return after == customSection })
	for _, id := range sectionOrder {
		w.section(id)
		w.customs(func(after byte) bool { return after == id })
	}
	w.customs(func(after byte) bool { return after > dataCountSection })
}

// section writes a section if it has items, or had none when it was read.
func (w *writer) section(id byte) {
	s := &sections[id]
	if w.m.items(id) == 0 && w.m.layout.empty&(1<<id) == 0 {
		return
	}
	w.byte(id)
	outer := w.open(scope{section: id})
	s.write(w)
	content := uint32(len(w.b) - w.from)
	w.close(outer)
	if id == codeSection {
		w.shift(w.offsets, uint32(len(w.b))-content)
	}
}

// shift adds to offsets.
func (w *writer) shift(lists [][]uint32, by uint32) {
	for _, list := range lists {
		for i := range list {
			list[i] += by
		}
	}
}

// estimate is about how many bytes the module takes; an instruction takes two or three.
func (m *Module) estimate() int {
	n := 1024
	for i := range m.Codes {
		n += 3*len(m.Codes[i].Body) + 8
	}
	for i := range m.Data {
		n += len(m.Data[i].Init) + 16
	}
	for i := range m.Customs {
		n += len(m.Customs[i].Data) + 16
	}
	return n + 8*len(m.Functions)
}
