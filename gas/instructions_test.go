package gas

import "testing"

// rowsOf returns how often each opcode is named by the tables.
func rowsOf(tables ...[]row) map[uint16]int {
	named := map[uint16]int{}
	for _, rows := range tables {
		for _, r := range rows {
			for op := r.first; op <= r.last; op++ {
				named[op]++
			}
		}
	}
	return named
}

func TestNoOpcodeIsPricedTwice(t *testing.T) {
	for op, n := range rowsOf(integerRows, floatRows) {
		if n != 1 {
			t.Errorf("opcode %#x stands in %d rows", op, n)
		}
	}
}

func TestOnlyTheFloatTableSellsFloats(t *testing.T) {
	integers := defaultInstructions()
	free := freeInstructions()
	all := FloatInstructions(integers)
	for op := range rowsOf(floatRows) {
		if _, sold := integers.Of(op); sold {
			t.Errorf("the default table sells float opcode %#x", op)
		}
		if _, sold := free.Of(op); sold {
			t.Errorf("the free table sells float opcode %#x", op)
		}
		if _, sold := all.Of(op); !sold {
			t.Errorf("FloatInstructions leaves opcode %#x unpriced", op)
		}
	}
	if got, _ := integers.Of(0x92); got != 0 && got != Unpriced {
		t.Errorf("FloatInstructions changed its argument: %d", got)
	}
}

func TestUnknownOpcodesHaveNoPrice(t *testing.T) {
	all := FloatInstructions(defaultInstructions())
	for _, op := range []uint16{0x06, 0x12, 0x1D, 0x27, 0xC5, 0xD3, 0xFF, 0x100, 0xFBFF, 0xFC12, 0xFFFF} {
		if price, sold := all.Of(op); sold {
			t.Errorf("opcode %#x is sold for %d", op, price)
		}
	}
}

func TestFreeInstructionsCostNothing(t *testing.T) {
	free := freeInstructions()
	for op := range rowsOf(integerRows) {
		if price, sold := free.Of(op); !sold || price != 0 {
			t.Errorf("opcode %#x: price %d, sold %v", op, price, sold)
		}
	}
	if free.Local|free.BrTarget|free.Byte|free.Entry|free.MemoryPage != 0 {
		t.Error("something counted by length has a price")
	}
}

func TestLoopsThatDoNothingStillPay(t *testing.T) {
	p := defaultInstructions()
	for _, op := range []uint16{0x0C, 0x0D, 0x0E, 0x10, 0x11} { // what can go back: branches and calls
		if price, _ := p.Of(op); price == 0 {
			t.Errorf("opcode %#x is free: code could run for ever", op)
		}
	}
}

func TestLoadsAndStoresThatMayReachFarCostMore(t *testing.T) {
	s := Default()
	near, far := s.InstructionsFor(s.Limits.PagesNear), s.InstructionsFor(s.Limits.PagesNear+1)
	for op := range near.Plain {
		want := near.Plain[op]
		load, store := op >= 0x28 && op <= 0x35, op >= 0x36 && op <= 0x3E
		switch {
		case want == Unpriced:
		case load:
			want += s.Instructions.Far
		case store:
			want += s.Instructions.FarStore
		}
		if far.Plain[op] != want {
			t.Errorf("opcode %#x: %d far, want %d", op, far.Plain[op], want)
		}
	}
	if near != &s.Instructions || near.Prefixed != far.Prefixed || s.Instructions.Far == 0 ||
		s.Instructions.FarStore == 0 {
		t.Error("more than loads and stores differs, or nothing")
	}
	for pages, want := range map[uint32]uint32{0: 64, 1: 64, 64: 64, 65: 512, 512: 512} {
		if got := s.Limits.Reach(pages); got != want {
			t.Errorf("%d pages grow to %d, want %d", pages, got, want)
		}
	}
	if b := Byzantium(); b.Limits.Reach(0) != 512 || b.InstructionsFor(512) != &b.Instructions {
		t.Error("byzantium knows a distance")
	}
}
