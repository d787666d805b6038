package meter

import (
	"math/bits"
	"slices"

	"hestia/internal/wasm"
)

// This file finds the stores that may be in two pages, which pay for that if they are, and groups those of a basic
// block whose addresses are offsets from one local.

// crossing is what stores of one basic block pay, each that is not within one page of the machine, before the first.
type crossing struct {
	at     int // index of the first store
	price  uint32
	local  uint32 // that the addresses are computed from
	single bool   // there is one store, and its address is its operand
	first  uint32 // the least offset
	mask   uint64 // of stores of one width, by how many of it they are behind the first
	stores []crossingStore
}

// crossingStore is a store of a crossing.
type crossingStore struct {
	at     int    // its index
	offset uint32 // added to the operand or local; only what is within a page counts
	bytes  uint32 // that it writes: 2, 4 or 8
	value  wasm.ValueType
}

// machinePage is what a machine maps at a time. A store into two of them takes it tens of nanoseconds.
const machinePage = 4096

// maskBits is how many places there are for stores that are asked for together.
const maskBits = 64

// wideStore returns how many bytes a store of more than one writes, and of what type; 0 for anything else.
func wideStore(op wasm.Opcode) (uint32, wasm.ValueType) {
	switch op {
	case wasm.OpI32Store:
		return 4, wasm.I32
	case wasm.OpI32Store16:
		return 2, wasm.I32
	case wasm.OpI64Store:
		return 8, wasm.I64
	case wasm.OpI64Store16:
		return 2, wasm.I64
	case wasm.OpI64Store32:
		return 4, wasm.I64
	case wasm.OpF32Store:
		return 4, wasm.F32
	case wasm.OpF64Store:
		return 8, wasm.F64
	}
	return 0, 0
}

// crosses reports whether a store of some bytes at an address is in two pages.
func crosses(address, bytes uint32) bool { return address%machinePage > machinePage-bytes }

// fits reports whether a store at an address is known to be in one page.
func (s *crossingStore) fits(at known) bool {
	if at.kind == nowhere {
		return !crosses(at.offset+s.offset, s.bytes)
	}
	return min(at.zeros, zerosOf(uint64(s.offset))) >= zerosOf(uint64(s.bytes))
}

// crossings finds what the stores of a defined function pay, in the order of the first of each.
func (a *alignment) crossings(function int, owner []int, price uint32) []crossing {
	stores := func(in wasm.Instruction) bool { bytes, _ := wideStore(in.Op); return bytes != 0 }
	if !slices.ContainsFunc(a.Codes[function].Body, stores) {
		return nil
	}
	type key struct {
		block          int
		local, change  uint32
		bytes, residue uint32
	}
	var found []crossing
	open := map[key]int{} // index in found
	w := a.walker(function)
	w.again = func() {
		found = found[:0]
		clear(open)
	}
	w.found = func(s crossingStore, address known) {
		c := crossing{at: s.at, price: price, single: true}
		if address.kind != fromLocal || address.change != w.changes[address.local] {
			c.add(s)
			found = append(found, c)
			return
		}
		s.offset += address.offset
		k := key{owner[s.at], address.local, address.change, s.bytes, s.offset % s.bytes}
		if at, ok := open[k]; ok && found[at].add(s) {
			return
		}
		c.single, c.local = false, address.local
		c.add(s)
		open[k] = len(found)
		found = append(found, c)
	}
	w.settle()
	return found
}

// add adds a store, unless it is too far from the others or writes what one of them does.
func (c *crossing) add(s crossingStore) bool {
	if len(c.stores) == 0 {
		c.first = s.offset
	}
	width := int64(s.bytes)
	begin := min(0, int64(int32(s.offset-c.first))/width)
	place := int64(int32(s.offset-c.first))/width - begin
	mask := c.mask << -begin
	if begin <= -maskBits || mask>>-begin != c.mask || place >= maskBits || mask>>place&1 != 0 {
		return false
	}
	c.first += uint32(begin * width)
	c.mask = mask | 1<<place
	c.stores = append(c.stores, s)
	return true
}

// span is how many bytes there are from the first store to the end of the last.
func (c *crossing) span() uint32 { return uint32(bits.Len64(c.mask)) * c.stores[0].bytes }
