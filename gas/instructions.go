package gas

// Instructions prices wasm instructions in particles, indexed by the opcodes of the binary format: one byte, or what
// follows the prefix 0xFC. Unpriced instructions are refused.
type Instructions struct {
	Plain    [256]uint32
	Prefixed [18]uint32

	Crossing   uint32 // added to each integer store into two pages of 4 KiB
	Far        uint32 // added to each load of a module whose memory may become larger than Limits.PagesNear
	FarStore   uint32 // added to each store of such a module
	Iteration  uint32 // what a br pays at least, with the code since the loop that it repeats, if that has no branch
	Local      uint32 // for each local zeroed at a function's entry
	BrTarget   uint32 // for each target of a br_table
	Byte       uint32 // for each byte of memory.copy, memory.fill and memory.init
	Entry      uint32 // for each entry of table.copy, table.fill, table.init and table.grow
	MemoryPage uint32 // for each page of 64 KiB, initial or grown
}

// InstructionsFor returns the prices for a module with an initial memory of that many pages of 64 KiB.
func (s *Schedule) InstructionsFor(pages uint32) *Instructions {
	if pages <= s.Limits.PagesNear {
		return &s.Instructions
	}
	const firstLoad, firstStore, lastStore = 0x28, 0x36, 0x3E
	p := s.Instructions
	for op := firstLoad; op <= lastStore; op++ {
		switch {
		case p.Plain[op] == Unpriced:
		case op < firstStore:
			p.Plain[op] += p.Far
		default:
			p.Plain[op] += p.FarStore
		}
	}
	return &p
}

// Unpriced marks an instruction that a schedule does not sell.
const Unpriced = ^uint32(0)

// prefix is the first opcode of two bytes: 0xFC00 plus what follows the prefix byte.
const prefix = 0xFC00

// Of returns the price of an opcode in particles, or false if it has none. 0xFC00|n names a prefixed opcode.
func (p *Instructions) Of(opcode uint16) (uint32, bool) {
	price := Unpriced
	switch {
	case int(opcode) < len(p.Plain):
		price = p.Plain[opcode]
	case opcode >= prefix && int(opcode-prefix) < len(p.Prefixed):
		price = p.Prefixed[opcode-prefix]
	}
	return price, price != Unpriced
}
