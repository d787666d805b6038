package wasm

import "math"

// Decode reads a module. The error is a *DecodeError. The module shares no memory with b, and takes no more memory than
// a small multiple of b's length, whatever b holds.
func Decode(b []byte) (*Module, error) {
	r := &reader{b: b, m: new(Module), section: noSection, item: -1}
	r.end = len(b)
	if uint64(len(b)) > math.MaxUint32 {
		r.fail(0, "longer than 4 GiB")
		return nil, r.err
	}
	r.module()
	if r.err != nil {
		return nil, r.err
	}
	return r.m, nil
}

// module reads everything.
func (r *reader) module() {
	r.constant(magic, "magic number")
	r.constant(version, "version")
	var last byte // section that is not custom
	for r.err == nil && r.at < r.end {
		at := r.at
		id := r.byte()
		switch {
		case id > dataCountSection:
			r.unknownSection(at, id)
		case id == customSection:
			r.enter(id, scope{item: uint32(len(r.m.Customs))})
			if n := len(r.m.Customs); r.err == nil {
				r.m.Customs[n-1].After = last
			}
		case rank(id) == rank(last):
			r.fail(at, "second %s section", sections[id].name)
		case rank(id) < rank(last):
			r.fail(at, "%s section after the %s section", sections[id].name, sections[last].name)
		default:
			r.enter(id, scope{section: id})
			last = id
		}
	}
	r.agree()
}

// constant reads fixed bytes.
func (r *reader) constant(want, what string) {
	at := r.at
	if r.left() < len(want) || string(r.b[at:at+len(want)]) != want {
		r.fail(at, "no %s", what)
		return
	}
	r.at += len(want)
}

// enter reads one section after its identifier.
func (r *reader) enter(id byte, s scope) {
	r.section, r.item = id, -1
	outer := r.open(s)
	if r.err == nil {
		sections[id].read(r)
		r.close(outer)
	}
	if id != customSection && r.err == nil && r.m.items(id) == 0 {
		r.m.layout.empty |= 1 << id
	}
	r.section, r.item = noSection, -1
}

// rank is the place of a section in the order of the binary, -1 for none.
func rank(id byte) int {
	for i, s := range sectionOrder {
		if s == id {
			return i
		}
	}
	return -1
}

func (r *reader) unknownSection(at int, id byte) {
	if id == 13 {
		r.fail(at, "unknown section 13 (exceptions)")
		return
	}
	r.fail(at, "unknown section %d", id)
}

// agree checks the counts that two sections give for one thing.
func (r *reader) agree() {
	if functions, bodies := len(r.m.Functions), len(r.m.Codes); functions != bodies {
		r.fail(r.at, "%d functions but %d bodies", functions, bodies)
	}
	if n := r.m.DataCount; n != nil && uint64(*n) != uint64(len(r.m.Data)) {
		r.fail(r.at, "data count %d but %d data segments", *n, len(r.m.Data))
	}
}
