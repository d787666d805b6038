package wasm

import (
	"fmt"
	"unicode/utf8"
)

// reader takes a module apart. The first failure stays in err and every later read yields zero, so a section's reader
// checks err in loops only.
type reader struct {
	b  []byte
	at int
	extent
	m   *Module
	err *DecodeError

	section byte // being read, or noSection
	item    int  // of the section, -1 before the first

	slab    []Instruction // the unused capacity receives the next expression
	control []Opcode      // the blocks open in the expression being read
}

// extent is the scope being read, its end, and the numbers read in it.
type extent struct {
	scope   scope
	end     int
	ordinal uint32 // of the next number
	padded  []padding
}

// noSection marks the module's own bytes, outside of sections.
const noSection = dataCountSection + 1

// fail keeps the first failure.
func (r *reader) fail(at int, format string, args ...any) {
	if r.err != nil {
		return
	}
	r.err = &DecodeError{Offset: uint32(at), Place: r.place(), Reason: fmt.Sprintf(format, args...)}
}

// place names what is being read.
func (r *reader) place() string {
	if r.section == noSection {
		return "module"
	}
	s := &sections[r.section]
	if r.item < 0 || s.item == "" {
		return s.name + " section"
	}
	return fmt.Sprintf("%s section: %s %d", s.name, s.item, r.item)
}

// left is how many bytes the scope still has.
func (r *reader) left() int { return r.end - r.at }

// open enters a scope by its size and returns the one around it, for close.
func (r *reader) open(s scope) extent {
	outer := r.extent
	r.extent = extent{scope: s, end: outer.end}
	at := r.at
	size := r.u32()
	if uint64(size) > uint64(r.left()) {
		r.fail(at, "size %d exceeds the %d bytes left", size, r.left())
		return outer
	}
	r.end = r.at + int(size)
	return outer
}

// close leaves a scope, which must be used up.
func (r *reader) close(outer extent) {
	if r.at != r.end {
		r.fail(r.at, "%d bytes left over", r.left())
	}
	if len(r.padded) > 0 {
		if r.m.layout.padded == nil {
			r.m.layout.padded = make(map[scope][]padding)
		}
		r.m.layout.padded[r.scope] = r.padded
	}
	r.extent = outer
}

// byte reads one byte.
func (r *reader) byte() byte {
	if r.at >= r.end || r.err != nil {
		r.fail(r.at, "unexpected end")
		return 0
	}
	c := r.b[r.at]
	r.at++
	return c
}

// zero reads the byte that stands for the only memory.
func (r *reader) zero() uint64 {
	if c := r.byte(); c != 0 {
		r.fail(r.at-1, "memory index byte 0x%02x, want 0x00 (multiple memories)", c)
	}
	return 0
}

// bytes reads n bytes of the input, not copied.
func (r *reader) bytes(n uint32) []byte {
	if uint64(n) > uint64(r.left()) {
		r.fail(r.at, "length %d exceeds the %d bytes left", n, r.left())
	}
	if r.err != nil {
		return nil
	}
	s := r.b[r.at : r.at+int(n)]
	r.at += int(n)
	return s
}

// name reads a string.
func (r *reader) name() string {
	n := r.u32()
	at := r.at
	s := r.bytes(n)
	if !utf8.Valid(s) {
		r.fail(at, "name is not UTF-8")
	}
	return string(s)
}

// count reads the length of a list whose items take at least the given number of bytes each.
func (r *reader) count(least int) int {
	at := r.at
	n := r.u32()
	if uint64(n)*uint64(least) > uint64(r.left()) {
		r.fail(at, "count %d exceeds the %d bytes left", n, r.left())
		return 0
	}
	return int(n)
}

// list reads a counted list of items of at least the given size; it is nil if the count is 0.
func list[T any](r *reader, least int, item func(*reader) T) []T {
	n := r.count(least)
	if n == 0 || r.err != nil {
		return nil
	}
	all := make([]T, n)
	for i := range all {
		if all[i] = item(r); r.err != nil {
			return nil
		}
	}
	return all
}

// items reads a section's list and keeps the item's number for errors.
func items[T any](r *reader, least int, item func(*reader) T) []T {
	return list(r, least, func(r *reader) T {
		r.item++
		return item(r)
	})
}

// u32 reads an unsigned number.
func (r *reader) u32() uint32 {
	if r.at < r.end && r.b[r.at] < 0x80 && r.err == nil {
		r.ordinal++
		r.at++
		return uint32(r.b[r.at-1])
	}
	start, v := r.at, uint64(0)
	for shift := 0; ; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if r.at-start == width32 && v>>bits32|uint64(c&0x80) != 0 {
			r.fail(start, "number longer than %d bits", bits32)
		}
		if r.err != nil {
			return 0
		}
		if c < 0x80 {
			r.spelled(r.at-start, unsignedWidth(v))
			return uint32(v)
		}
	}
}

// signed reads a signed number of the given bits.
func (r *reader) signed(bits int) int64 {
	if r.at < r.end && r.b[r.at] < 0x80 && r.err == nil {
		r.ordinal++
		r.at++
		return int64(r.b[r.at-1]) << 57 >> 57
	}
	start, v, most := r.at, int64(0), (bits+6)/7
	for shift := 0; ; shift += 7 {
		c := r.byte()
		v |= int64(c&0x7f) << shift
		if r.at-start == most {
			// The bits beyond the type must repeat its sign.
			unused := int64(c) << 57 >> 57 >> (bits - shift - 1)
			if c >= 0x80 || unused != 0 && unused != -1 {
				r.fail(start, "number longer than %d bits", bits)
			}
		}
		if r.err != nil {
			return 0
		}
		if c < 0x80 {
			if c&0x40 != 0 && shift+7 < 64 {
				v |= -1 << (shift + 7)
			}
			r.spelled(r.at-start, signedWidth(v))
			return v
		}
	}
}

// spelled counts a number and remembers a width beyond the least.
func (r *reader) spelled(width, least int) {
	if width > least {
		r.padded = append(r.padded, padding{r.ordinal, uint8(width)})
	}
	r.ordinal++
}
