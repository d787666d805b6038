package wasm

import "bytes"

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
