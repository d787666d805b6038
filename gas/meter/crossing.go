package meter

import "hestia/internal/wasm"

// This file emits what stores pay that may cross a page. Few are not aligned, so that is asked first.

// chargeCrossing takes what some stores cost if they cross pages.
func (w *bodyWriter) chargeCrossing(c *crossing) {
	local, value := uint64(c.local), uint64(0)
	if c.single {
		local, value = w.length, w.scratch(c.stores[0].value)
		w.add(wasm.OpLocalSet, value)
		w.add(wasm.OpLocalTee, local)
	} else {
		w.add(wasm.OpLocalGet, local)
	}
	w.unaligned(c.stores, local)
	w.add(wasm.OpIf, negative(wasm.EmptyBlock))
	w.depth++
	for i, s := range c.stores {
		w.crosses(local, s)
		if i > 0 {
			w.add(wasm.OpI32Add, 0)
		}
	}
	w.add(wasm.OpI64ExtendI32U, 0)
	w.add(wasm.OpI64Const, uint64(c.price))
	w.add(wasm.OpI64Mul, 0)
	w.chargeTop(wasm.OpI64GtS)
	w.depth--
	w.add(wasm.OpEnd, 0)
	if c.single {
		w.add(wasm.OpLocalGet, local)
		w.add(wasm.OpLocalGet, value)
	}
}

// unaligned makes the topmost operand, an address that is in a local too, into what is not zero if one of some stores
// at offsets from it is not aligned.
func (w *bodyWriter) unaligned(stores []crossingStore, local uint64) {
	first := true
	for _, s := range distinct(stores) {
		if !first {
			w.add(wasm.OpLocalGet, local)
		}
		if s.offset != 0 {
			w.add(wasm.OpI32Const, uint64(s.offset))
			w.add(wasm.OpI32Add, 0)
		}
		w.add(wasm.OpI32Const, uint64(s.bytes-1))
		w.add(wasm.OpI32And, 0)
		if !first {
			w.add(wasm.OpI32Or, 0)
		}
		first = false
	}
}

// distinct returns for each remainder of an offset the widest stores that have it.
func distinct(stores []crossingStore) []crossingStore {
	var list []crossingStore
next:
	for _, s := range stores {
		s.offset %= s.bytes
		for i := range list {
			l := &list[i]
			switch {
			case l.bytes >= s.bytes && l.offset%s.bytes == s.offset:
				continue next
			case l.bytes < s.bytes && s.offset%l.bytes == l.offset:
				*l = s
				continue next
			}
		}
		list = append(list, s)
	}
	return list
}

// crosses computes whether a store crosses a page, from the local that its address is an offset from.
func (w *bodyWriter) crosses(local uint64, s crossingStore) {
	w.add(wasm.OpLocalGet, local)
	if offset := s.offset % machinePage; offset != 0 {
		w.add(wasm.OpI32Const, uint64(offset))
		w.add(wasm.OpI32Add, 0)
	}
	w.add(wasm.OpI32Const, machinePage-1)
	w.add(wasm.OpI32And, 0)
	w.add(wasm.OpI32Const, uint64(machinePage-s.bytes))
	w.add(wasm.OpI32GtU, 0)
}
