package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file emits what stores pay that may cross a page. It is asked first whether the bytes from the first store's to
// the last's do, which few do. What follows is rare and stands in a function, so that code grows little.

// chargeCrossing takes what some stores cost if they cross pages.
func (w *bodyWriter) chargeCrossing(c *crossing) {
	local, value := uint64(c.local), uint64(0)
	if c.single {
		local, value = w.length, w.scratch(c.stores[0].value)
		w.add(wasm.OpLocalSet, value)
		w.add(wasm.OpLocalSet, local)
	}
	w.crosses(local, c.first, c.bytes)
	w.add(wasm.OpIf, negative(wasm.EmptyBlock))
	w.writeBack(false)
	if len(c.stores) == 1 {
		w.add(wasm.OpI32Const, 1)
	} else {
		for i, s := range c.stores {
			w.crosses(local, s.offset, s.bytes)
			if i > 0 {
				w.add(wasm.OpI32Add, 0)
			}
		}
	}
	w.add(wasm.OpCall, uint64(w.payer))
	if w.inside {
		w.load()
	}
	w.add(wasm.OpEnd, 0)
	if c.single {
		w.add(wasm.OpLocalGet, local)
		w.add(wasm.OpLocalGet, value)
	}
}

// crosses computes whether some bytes are in two pages, from the local that their address is an offset from.
func (w *bodyWriter) crosses(local uint64, offset, bytes uint32) {
	w.add(wasm.OpLocalGet, local)
	if offset %= machinePage; offset != 0 {
		w.add(wasm.OpI32Const, uint64(offset))
		w.add(wasm.OpI32Add, 0)
	}
	w.add(wasm.OpI32Const, machinePage-1)
	w.add(wasm.OpI32And, 0)
	w.add(wasm.OpI32Const, uint64(machinePage-bytes))
	w.add(wasm.OpI32GtU, 0)
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

// addPayer adds the function that pays a price as often as its operand says.
func (r *rewriter) addPayer(price uint32) {
	r.out.Functions = append(slices.Clip(r.out.Functions), r.halting)
	r.out.Codes = append(r.out.Codes, wasm.Code{Body: []wasm.Instruction{
		{Op: wasm.OpGlobalGet, X: uint64(r.gas)},
		{Op: wasm.OpLocalGet},
		{Op: wasm.OpI64ExtendI32U},
		{Op: wasm.OpI64Const, X: uint64(price)},
		{Op: wasm.OpI64Mul},
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
	}})
}
