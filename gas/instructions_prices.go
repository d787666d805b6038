package gas

// row prices the opcodes first to last, both included, in particles each; 1 ns is 100 particles.
type row struct {
	first, last uint16
	price       uint32
}

// integerRows price what every schedule that meters instructions sells. The times are in docs/prices.md; a cycle is 33
// particles. An instruction takes longer if the next one waits for its result (a dependent chain) than if a core
// executes three or four at once (independent chains). Compiled contracts wait little, so a price stands between both
// times, nearer to the independent one: whole programs then cost about the time that they take.
var integerRows = []row{
	{0x00, 0x00, 30},   // unreachable: whatever it costs, it burns the rest
	{0x01, 0x03, 0},    // nop, block, loop: no machine code
	{0x04, 0x04, 30},   // if: test and branch; 7 predicted, 300 at random
	{0x05, 0x05, 10},   // else: the jump over the other arm
	{0x0B, 0x0B, 0},    // end: no machine code
	{0x0C, 0x0C, 10},   // br: a jump
	{0x0D, 0x0D, 30},   // br_if: as if
	{0x0E, 0x0E, 100},  // br_table: bound, load, indirect jump; 65 predicted, 400 to 1,000 at random
	{0x0F, 0x0F, 10},   // return: a jump to the epilogue
	{0x10, 0x10, 350},  // call: 200 to enter and leave, the rest for parameters, stack bound and saved registers
	{0x11, 0x11, 450},  // call_indirect: as call; bound and signature are predicted, a random target is not: 740
	{0x1A, 0x1A, 0},    // drop: no machine code
	{0x1B, 0x1C, 35},   // select: test and conditional move, 17 to 63
	{0x20, 0x22, 2},    // local.get, local.set, local.tee: renamed away; a load or store if registers run out
	{0x23, 0x24, 25},   // global.get, global.set: a load or store at a fixed place
	{0x25, 0x26, 90},   // table.get, table.set: bound, load, lazy initialisation check
	{0x28, 0x29, 30},   // i32.load, i64.load: 17, or 5 cycles if the next waits; far memory takes 100 times that: Far
	{0x2C, 0x35, 30},   // the narrow loads: extension is free or a cycle
	{0x36, 0x37, 15},   // i32.store, i64.store: 7, or 45 if a load waits
	{0x3A, 0x3E, 15},   // the narrow stores
	{0x3F, 0x3F, 10},   // memory.size: a load and a shift
	{0x40, 0x40, 3500}, // memory.grow: a call into the runtime; pages are apart
	{0x41, 0x42, 1},    // i32.const, i64.const: mostly part of another instruction
	{0x45, 0x5A, 45},   // integer comparisons: 33 to 70, 3 cycles if the next waits; often they decide a branch
	{0x67, 0x69, 15},   // i32.clz, ctz, popcnt: a cycle here, up to three elsewhere
	{0x6A, 0x6B, 10},   // i32.add, sub: 8, or a cycle if the next waits
	{0x6C, 0x6C, 40},   // i32.mul: 28, or 3 cycles if the next waits
	{0x6D, 0x70, 450},  // i32.div, rem: 170, or 13 cycles if the next waits
	{0x71, 0x73, 10},   // i32.and, or, xor: as add
	{0x74, 0x78, 10},   // i32 shifts and rotations: as add
	{0x79, 0x7B, 15},   // i64.clz, ctz, popcnt
	{0x7C, 0x7D, 10},   // i64.add, sub
	{0x7E, 0x7E, 40},   // i64.mul
	{0x7F, 0x82, 700},  // i64.div, rem: 270, or 16 cycles if the next waits; 40 on machines before 2020
	{0x83, 0x85, 10},   // i64.and, or, xor
	{0x86, 0x8A, 10},   // i64 shifts and rotations
	{0xA7, 0xA7, 5},    // i32.wrap_i64: at most a move
	{0xAC, 0xAC, 10},   // i64.extend_i32_s: as add
	{0xAD, 0xAD, 5},    // i64.extend_i32_u: at most a move
	{0xC0, 0xC4, 10},   // sign extensions: as add
	{0xD0, 0xD0, 10},   // ref.null: an immediate
	{0xD1, 0xD1, 45},   // ref.is_null: a comparison
	{0xD2, 0xD2, 3500}, // ref.func: a call into the runtime

	{0xFC08, 0xFC08, 1500}, // memory.init: a call into the runtime; bytes are apart
	{0xFC09, 0xFC09, 700},  // data.drop: a call into the runtime
	{0xFC0A, 0xFC0B, 1300}, // memory.copy, memory.fill: a call into the runtime; bytes are apart
	{0xFC0C, 0xFC0C, 3500}, // table.init: a call into the runtime; entries are apart
	{0xFC0D, 0xFC0D, 700},  // elem.drop: a call into the runtime
	{0xFC0E, 0xFC0E, 2000}, // table.copy: a call into the runtime; entries are apart
	{0xFC0F, 0xFC0F, 2500}, // table.grow: a call into the runtime; entries are apart
	{0xFC10, 0xFC10, 30},   // table.size: a load
	{0xFC11, 0xFC11, 1000}, // table.fill: a call into the runtime; entries are apart
}

// guard is what replacing a NaN costs, before an instruction that shows its bits: 20 to 25, a conditional move
// (docs/adr/0024).
const guard = 30

// floatRows price the rest, which schedules sell to programs. The times are of the same kind as above: an addition
// takes 24 particles, or 99 if the next waits for it.
var floatRows = []row{
	{0x2A, 0x2B, 25},         // f32.load, f64.load: 9, or 5 cycles and more if the next waits
	{0x38, 0x39, 15 + guard}, // f32.store, f64.store: as those of integers
	{0x43, 0x44, 5},          // f32.const, f64.const: a load from beside the code, or none in a loop
	{0x5B, 0x66, 65},         // comparisons: 29 to 43, and mostly they decide a branch, which then waits for 5 cycles
	{0x8B, 0x8C, 35},         // f32.abs, neg: 35, a mask and its constant
	{0x8D, 0x90, 35},         // f32.ceil, floor, trunc, nearest: 25, or 3 cycles if the next waits
	{0x91, 0x91, 200},        // f32.sqrt: 140, or 14 cycles if the next waits
	{0x92, 0x94, 30},         // f32.add, sub, mul: 24, or 3 cycles if the next waits
	{0x95, 0x95, 150},        // f32.div: 97, or 11 cycles if the next waits
	{0x96, 0x97, 60},         // f32.min, max: 50, or 3 cycles if the next waits, and branches for zeros and NaNs
	{0x98, 0x98, 35 + guard}, // f32.copysign: 55 in all, or 2 cycles if the next waits
	{0x99, 0x9A, 35},         // f64.abs, neg
	{0x9B, 0x9E, 35},         // f64.ceil, floor, trunc, nearest
	{0x9F, 0x9F, 350},        // f64.sqrt: 270, or 20 cycles if the next waits
	{0xA0, 0xA2, 30},         // f64.add, sub, mul
	{0xA3, 0xA3, 190},        // f64.div: 124, or 13 cycles if the next waits
	{0xA4, 0xA5, 60},         // f64.min, max
	{0xA6, 0xA6, 35 + guard}, // f64.copysign
	{0xA8, 0xAB, 60},         // i32.trunc: 30 signed, 58 unsigned
	{0xAE, 0xB1, 70},         // i64.trunc: 27 to 77
	{0xB2, 0xB5, 45},         // f32.convert: 37 to 41
	{0xB6, 0xB6, 35},         // f32.demote_f64: 28, or 3 cycles if the next waits
	{0xB7, 0xBA, 45},         // f64.convert: 37 to 40
	{0xBB, 0xBB, 35},         // f64.promote_f32: as demote
	{0xBC, 0xBD, 10 + guard}, // i32.reinterpret_f32, i64.reinterpret_f64: 29 in all
	{0xBE, 0xBF, 30},         // f32.reinterpret_i32, f64.reinterpret_i64: 29, a move between register files
	{0xFC00, 0xFC07, 70},     // non-trapping conversions: 24 to 78
}

// defaultInstructions prices integer code by its time on the reference machine; floats stay unpriced.
func defaultInstructions() Instructions {
	p := unpriced()
	p.fill(integerRows)
	p.Far = 3_500            // dependent random loads over 32 MiB then pay a tenth of their time
	p.FarStore = 300         // random stores over 32 MiB: 800, and 4,300 in two pages, which pay Crossing too
	p.Crossing = 400         // 900 in the nearest cache, 2,900 over 4 MiB; a store within a page takes 7
	p.Iteration = 40         // 70: two cycles for a jump that is taken; with a branch in the loop that pays for it
	p.Local = 15             // one store of a zero, if the compiler cannot do without
	p.BrTarget = 1           // 0.1 in the time of a jump at random, and four bytes of jump table to have in cache
	p.Byte = 6               // 15 MiB copied, further than caches reach; 1.3 within the nearest
	p.Entry = 5_500          // a function reference made when first used; 20 to 300 if there is one already
	p.MemoryPage = 3_000_000 // 16 page faults of 1.9 us on a virtual machine, zeroing and giving back included
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

// FloatInstructions returns base with the floating-point instructions priced too. Schedules that sell them to programs
// do this, and the metering tool, which is asked for modules that are no contracts.
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
