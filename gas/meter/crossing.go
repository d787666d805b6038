package meter

import (
	"slices"

	"hestia/internal/wasm"
)

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
	w.writeBack(false)
	for _, s := range c.stores {
		w.add(wasm.OpLocalGet, local)
		if s.offset != 0 {
			w.add(wasm.OpI32Const, uint64(s.offset))
			w.add(wasm.OpI32Add, 0)
		}
		w.add(wasm.OpCall, uint64(w.crossers+uint32(zerosOf(uint64(s.bytes)))-1))
	}
	if w.inside {
		w.load()
	}
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

// crossingPrice returns what a store into two pages costs, 0 if no store of some plans may be one.
func crossingPrice(plans []plan) uint32 {
	for i := range plans {
		for k := range plans[i].charges {
			if c := plans[i].charges[k].crosses; c != nil {
				return c.price
			}
		}
	}
	return 0
}

// addCrossers adds three functions that pay for a store of 2, 4 and 8 bytes at an address, if it crosses a page.
func (r *rewriter) addCrossers(price uint32) {
	for bytes := uint64(2); bytes <= 8; bytes *= 2 {
		r.out.Functions = append(slices.Clip(r.out.Functions), r.halting)
		r.out.Codes = append(r.out.Codes, wasm.Code{Body: []wasm.Instruction{
			{Op: wasm.OpLocalGet},
			{Op: wasm.OpI32Const, X: machinePage - 1},
			{Op: wasm.OpI32And},
			{Op: wasm.OpI32Const, X: machinePage - bytes},
			{Op: wasm.OpI32GtU},
			{Op: wasm.OpIf, X: negative(wasm.EmptyBlock)},
			{Op: wasm.OpGlobalGet, X: uint64(r.gas)},
			{Op: wasm.OpI64Const, X: uint64(price)},
			{Op: wasm.OpI64Sub},
			{Op: wasm.OpGlobalSet, X: uint64(r.gas)},
			{Op: wasm.OpGlobalGet, X: uint64(r.gas)},
			{Op: wasm.OpI64Const},
			{Op: wasm.OpI64LtS},
			{Op: wasm.OpIf, X: negative(wasm.EmptyBlock)},
			{Op: wasm.OpI32Const, X: HaltOutOfGas},
			{Op: wasm.OpCall, X: uint64(r.halts)},
			{Op: wasm.OpUnreachable},
			{Op: wasm.OpEnd},
			{Op: wasm.OpEnd},
			{Op: wasm.OpEnd},
		}})
	}
}
