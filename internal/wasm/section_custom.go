package wasm

import (
	"bytes"
	"slices"
)

// custom reads a custom section, of which there may be any number anywhere.
//
//	customsec = name byte*
func (r *reader) custom() {
	name := r.name()
	data := bytes.Clone(r.bytes(uint32(r.left())))
	r.m.Customs = append(r.m.Customs, Custom{Name: name, Data: data})
}

// customs writes the custom sections whose place is chosen, in their order.
func (w *writer) customs(here func(after byte) bool) {
	for i, c := range w.m.Customs {
		if !here(c.After) {
			continue
		}
		w.byte(customSection)
		outer := w.open(scope{item: uint32(i)})
		w.name(c.Name)
		w.b = append(w.b, c.Data...)
		w.close(outer)
	}
}

// Span is a custom section and its place in a binary: its identifier is at Start, and End is behind its last byte.
type Span struct {
	Name       string
	Data       []byte // shares the memory of the binary
	Start, End int
}

// FindCustom returns the first custom section of a binary whose name is one of names. It reads the sections from the
// start and looks into custom ones only. Nothing behind the section that it returns is read. It finds none if a section
// before is unknown, has a malformed size or name, or ends behind the binary.
func FindCustom(b []byte, names []string) (Span, bool) {
	r := reader{b: b, m: new(Module), section: noSection, item: -1}
	r.end = len(b)
	r.constant(magic, "magic number")
	r.constant(version, "version")
	for r.err == nil && r.at < r.end {
		start := r.at
		id := r.byte()
		content := r.bytes(r.u32())
		if r.err != nil || id > dataCountSection {
			break
		}
		if id != customSection {
			continue
		}
		inside := reader{b: content, m: r.m, section: customSection, item: -1}
		inside.end = len(content)
		name := inside.name()
		if inside.err != nil {
			break
		}
		if slices.Contains(names, name) {
			return Span{Name: name, Data: content[inside.at:], Start: start, End: r.at}, true
		}
	}
	return Span{}, false
}
