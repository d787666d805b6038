package gas

// row prices the opcodes first to last, both included, in particles each; 1 ns is 100 particles.
type row struct {
	first, last uint16
	price       uint32
}

// integerRows price what every schedule that meters instructions sells. They are first estimates for Cranelift's output
// on a 3 GHz x86-64, one cycle being 33 particles, each of an instruction in a dependent chain.
var integerRows = []row{
	{0x00, 0x00, 30},     // unreachable: whatever it costs, it burns the rest
	{0x01, 0x03, 0},      // nop, block, loop: no machine code
	{0x04, 0x04, 50},     // if: test and branch, some of them mispredicted
	{0x05, 0x05, 30},     // else: the jump over the other arm
	{0x0B, 0x0B, 0},      // end: no machine code
	{0x0C, 0x0C, 30},     // br: a jump
	{0x0D, 0x0D, 50},     // br_if: test and branch, some of them mispredicted
	{0x0E, 0x0E, 200},    // br_table: bound, load, indirect jump, often mispredicted
	{0x0F, 0x0F, 30},     // return: a jump to the epilogue
	{0x10, 0x10, 200},    // call: prologue, epilogue, stack bound, saved registers
	{0x11, 0x11, 600},    // call_indirect: bound, signature check, two dependent loads
	{0x1A, 0x1A, 10},     // drop: no machine code, but it keeps a chain's length honest
	{0x1B, 0x1C, 50},     // select: test and conditional move
	{0x20, 0x22, 10},     // local.get, local.set, local.tee: renamed away unless spilled
	{0x23, 0x24, 60},     // global.get, global.set: a load or store at a fixed place
	{0x25, 0x26, 200},    // table.get, table.set: bound, load, lazy initialisation check
	{0x28, 0x29, 100},    // i32.load, i64.load: 4 to 5 cycles from the first cache, address addition included
	{0x2C, 0x35, 100},    // the narrow loads: extension is free
	{0x36, 0x37, 70},     // i32.store, i64.store: one a cycle, and the lines they dirty
	{0x3A, 0x3E, 70},     // the narrow stores
	{0x3F, 0x3F, 60},     // memory.size: a load and a shift
	{0x40, 0x40, 100000}, // memory.grow: a call into the runtime and one system call
	{0x41, 0x42, 10},     // i32.const, i64.const: an immediate
	{0x45, 0x5A, 50},     // integer comparisons: compare and set
	{0x67, 0x69, 100},    // i32.clz, ctz, popcnt: 3 cycles
	{0x6A, 0x6B, 30},     // i32.add, sub: one cycle
	{0x6C, 0x6C, 90},     // i32.mul: 3 cycles
	{0x6D, 0x70, 700},    // i32.div, rem: up to 20 cycles and the checks before them
	{0x71, 0x73, 30},     // i32.and, or, xor: one cycle
	{0x74, 0x78, 50},     // i32 shifts and rotations: the count moves to its register
	{0x79, 0x7B, 100},    // i64.clz, ctz, popcnt
	{0x7C, 0x7D, 30},     // i64.add, sub
	{0x7E, 0x7E, 90},     // i64.mul
	{0x7F, 0x82, 1200},   // i64.div, rem: up to 36 cycles and the checks before them
	{0x83, 0x85, 30},     // i64.and, or, xor
	{0x86, 0x8A, 50},     // i64 shifts and rotations
	{0xA7, 0xA7, 30},     // i32.wrap_i64: a move
	{0xAC, 0xAD, 30},     // i64.extend_i32: a move with extension
	{0xC0, 0xC4, 30},     // sign extensions
	{0xD0, 0xD0, 10},     // ref.null: an immediate
	{0xD1, 0xD1, 50},     // ref.is_null: compare and set
	{0xD2, 0xD2, 2000},   // ref.func: a call into the runtime

	{0xFC08, 0xFC08, 3000}, // memory.init: a call into the runtime; bytes are apart
	{0xFC09, 0xFC09, 3000}, // data.drop: a call into the runtime
	{0xFC0A, 0xFC0B, 2000}, // memory.copy, memory.fill: a call into the runtime; bytes are apart
	{0xFC0C, 0xFC0C, 5000}, // table.init: a call into the runtime; entries are apart
	{0xFC0D, 0xFC0D, 3000}, // elem.drop: a call into the runtime
	{0xFC0E, 0xFC0E, 5000}, // table.copy: a call into the runtime; entries are apart
	{0xFC0F, 0xFC0F, 5000}, // table.grow: a call into the runtime; entries are apart
	{0xFC10, 0xFC10, 60},   // table.size: a load
	{0xFC11, 0xFC11, 5000}, // table.fill: a call into the runtime; entries are apart
}

// floatRows price the rest, which contracts are refused and only the metering tool sells.
var floatRows = []row{
	{0x2A, 0x2B, 100},     // f32.load, f64.load
	{0x38, 0x39, 70},      // f32.store, f64.store
	{0x43, 0x44, 20},      // f32.const, f64.const: through an integer register
	{0x5B, 0x66, 130},     // comparisons: compare, two flags, set
	{0x8B, 0x8C, 60},      // f32.abs, neg: a mask
	{0x8D, 0x90, 270},     // f32.ceil, floor, trunc, nearest: 8 cycles
	{0x91, 0x91, 600},     // f32.sqrt: up to 18 cycles
	{0x92, 0x94, 140},     // f32.add, sub, mul: 4 cycles
	{0x95, 0x95, 400},     // f32.div: up to 12 cycles
	{0x96, 0x97, 300},     // f32.min, max: branches for zero and NaN
	{0x98, 0x98, 100},     // f32.copysign: three masks
	{0x99, 0x9A, 60},      // f64.abs, neg
	{0x9B, 0x9E, 270},     // f64.ceil, floor, trunc, nearest
	{0x9F, 0x9F, 800},     // f64.sqrt: up to 24 cycles
	{0xA0, 0xA2, 140},     // f64.add, sub, mul
	{0xA3, 0xA3, 500},     // f64.div: up to 15 cycles
	{0xA4, 0xA5, 300},     // f64.min, max
	{0xA6, 0xA6, 100},     // f64.copysign
	{0xA8, 0xAB, 400},     // i32.trunc: conversion and range checks
	{0xAE, 0xB1, 400},     // i64.trunc
	{0xB2, 0xBB, 250},     // conversions between floats and from integers; u64 takes branches
	{0xBC, 0xBF, 60},      // reinterpretations: a move between register files
	{0xFC00, 0xFC07, 400}, // non-trapping conversions: conversion and clamps
}

// defaultInstructions prices integer code by its time on the reference machine; floats stay unpriced.
func defaultInstructions() Instructions {
	p := unpriced()
	p.fill(integerRows)
	p.Local = 20             // one store, zeroed a cache line at a time
	p.BrTarget = 2           // no time when it runs; four bytes of jump table to have in cache
	p.Byte = 3               // 30 GB/s and better within the caches
	p.Entry = 100            // one function reference made and stored
	p.MemoryPage = 1_000_000 // 64 KiB first touched: 16 page faults and their zeroing, 10 us
	return p
}

// freeInstructions prices every integer instruction and everything counted by length at zero; floats stay unpriced.
func freeInstructions() Instructions {
	p := unpriced()
	for _, r := range integerRows {
		p.fill([]row{{r.first, r.last, 0}})
	}
	return p
}

// FloatInstructions returns base with the floating-point instructions priced too. No schedule of a chain does this: what
// NaN a float instruction makes differs between machines.
func FloatInstructions(base Instructions) Instructions {
	base.fill(floatRows)
	return base
}

func unpriced() (p Instructions) {
	for i := range p.Plain {
		p.Plain[i] = Unpriced
	}
	for i := range p.Prefixed {
		p.Prefixed[i] = Unpriced
	}
	return p
}

func (p *Instructions) fill(rows []row) {
	for _, r := range rows {
		for op := int(r.first); op <= int(r.last); op++ {
			if op < len(p.Plain) {
				p.Plain[op] = r.price
			} else {
				p.Prefixed[op-prefix] = r.price
			}
		}
	}
}
