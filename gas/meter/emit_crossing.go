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
	w.address(local, c.first)
	w.add(wasm.OpI32Const, machinePage-1)
	w.add(wasm.OpI32And, 0)
	w.add(wasm.OpI32Const, uint64(machinePage-c.span()))
	w.add(wasm.OpI32GtU, 0)
	w.add(wasm.OpIf, negative(wasm.EmptyBlock))
	w.depth++
	switch {
	case len(c.stores) == 1:
		w.chargeFixed(uint64(c.price))
	case w.inside:
		w.payOne(c)
	default:
		w.address(local, c.first)
		w.add(wasm.OpI64Const, c.mask)
		w.add(wasm.OpI32Const, uint64(zerosOf(uint64(c.stores[0].bytes))))
		w.add(wasm.OpCall, uint64(w.payer))
		w.crossingPrice = c.price
	}
	w.depth--
	w.add(wasm.OpEnd, 0)
	if c.single {
		w.add(wasm.OpLocalGet, local)
		w.add(wasm.OpLocalGet, value)
	}
}

// payOne pays if one of several stores crosses a page, as the added function does. Code that calls nothing does without
// a call here too, as that would take registers from all around it.
func (w *bodyWriter) payOne(c *crossing) {
	bytes := c.stores[0].bytes
	w.add(wasm.OpI32Const, machinePage)
	w.address(uint64(c.local), c.first)
	w.add(wasm.OpI32Const, machinePage-1)
	w.add(wasm.OpI32And, 0)
	w.add(wasm.OpI32Sub, 0)
	w.add(wasm.OpLocalTee, w.length)
	w.add(wasm.OpI32Const, uint64(bytes-1))
	w.add(wasm.OpI32And, 0)
	w.add(wasm.OpI32Eqz, 0)
	w.add(wasm.OpI64Const, c.mask)
	w.add(wasm.OpLocalGet, w.length)
	w.add(wasm.OpI32Const, uint64(zerosOf(uint64(bytes))))
	w.add(wasm.OpI32ShrU, 0)
	w.add(wasm.OpI64ExtendI32U, 0)
	w.add(wasm.OpI64ShrU, 0)
	w.add(wasm.OpI32WrapI64, 0)
	w.add(wasm.OpI32Const, 1)
	w.add(wasm.OpI32And, 0)
	w.add(wasm.OpI32LtU, 0) // the end is not a store's, and a store is there
	w.add(wasm.OpIf, negative(wasm.EmptyBlock))
	w.depth++
	w.chargeFixed(uint64(c.price))
	w.depth--
	w.add(wasm.OpEnd, 0)
}

// address adds an offset to a local, as far as it counts within a page.
func (w *bodyWriter) address(local uint64, offset uint32) {
	w.add(wasm.OpLocalGet, local)
	if offset %= machinePage; offset != 0 {
		w.add(wasm.OpI32Const, uint64(offset))
		w.add(wasm.OpI32Add, 0)
	}
}

// addPayer adds the function that pays the price if one of some stores crosses a page: those of a mask, from an address
// on, by the logarithm of how many bytes each writes. It finds how many bytes there are up to the page's end. A store
// crosses it if it stands there and the end is none of its own.
func (r *rewriter) addPayer(price uint32) {
	r.out.Types = append(
		slices.Clip(r.out.Types), wasm.FuncType{Params: []wasm.ValueType{wasm.I32, wasm.I64, wasm.I32}},
	)
	r.out.Functions = append(slices.Clip(r.out.Functions), uint32(len(r.out.Types)-1))
	const address, mask, shift = 0, 1, 2
	r.out.Codes = append(r.out.Codes, wasm.Code{Body: []wasm.Instruction{
		{Op: wasm.OpI32Const, X: machinePage},
		{Op: wasm.OpLocalGet, X: address},
		{Op: wasm.OpI32Const, X: machinePage - 1},
		{Op: wasm.OpI32And},
		{Op: wasm.OpI32Sub},
		{Op: wasm.OpLocalTee, X: address}, // bytes up to the end
		{Op: wasm.OpI32Const, X: ^uint64(0)},
		{Op: wasm.OpLocalGet, X: shift},
		{Op: wasm.OpI32Shl},
		{Op: wasm.OpI32Const, X: ^uint64(0)},
		{Op: wasm.OpI32Xor},
		{Op: wasm.OpI32And}, // how far into a store that is
		{Op: wasm.OpI32Eqz},
		{Op: wasm.OpLocalGet, X: mask},
		{Op: wasm.OpLocalGet, X: address},
		{Op: wasm.OpLocalGet, X: shift},
		{Op: wasm.OpI32ShrU},
		{Op: wasm.OpI64ExtendI32U},
		{Op: wasm.OpI64ShrU},
		{Op: wasm.OpI32WrapI64},
		{Op: wasm.OpI32Const, X: 1},
		{Op: wasm.OpI32And},
		{Op: wasm.OpI32GeU}, // the end is a store's, or no store is there
		{Op: wasm.OpIf, X: negative(wasm.EmptyBlock)},
		{Op: wasm.OpReturn},
		{Op: wasm.OpEnd},
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
	}})
}
