#include "base.h"
// An interpreter of registers whose instructions are functions in a table.
typedef struct machine machine;
typedef void handler(machine *m, u32 a, u32 b, u32 c);
struct machine {
	u64 r[16];
	u8 *memory;
	u32 pc, halted;
};
#define BINARY(name, expression)                        \
	static void name(machine *m, u32 a, u32 b, u32 c) { \
		u64 x = m->r[b], y = m->r[c];                   \
		m->r[a] = expression;                           \
	}
BINARY(add, x + y)
BINARY(sub, x - y) BINARY(mul, x *y) BINARY(and, x &y) BINARY(or, x | y) BINARY(xor, x ^ y) BINARY(shl, x << (y & 63))
	BINARY(shr, x >> (y & 63)) BINARY(lt, x < y) BINARY(eq, x == y) BINARY(rot, rol64(x, (int)y & 63))
		BINARY(divide, y ? x / y : 0) BINARY(rem, y ? x % y : 0) static void load(machine *m, u32 a, u32 b, u32 c) {
	m->r[a] = *(u64 *)(m->memory + (m->r[b] + c) % 65528);
}
static void store(machine *m, u32 a, u32 b, u32 c) { *(u64 *)(m->memory + (m->r[b] + c) % 65528) = m->r[a]; }
static void immediate(machine *m, u32 a, u32 b, u32 c) { m->r[a] = b << 4 | c; }
static void jump(machine *m, u32 a, u32 b, u32 c) {
	if (m->r[a]) m->pc = b << 4 | c;
}
static void halt(machine *m, u32 a, u32 b, u32 c) { m->halted = a | b | c | 1; }
static handler *const handlers[] = {add, sub, mul,    and, or,   xor,   shl,       shr,  lt,
                                    eq,  rot, divide, rem, load, store, immediate, jump, halt};
EXPORT u64 run(const u16 *code, u32 n, u8 *memory) {
	machine m = {{0}, memory, 0, 0};
	while (!m.halted && m.pc < n) {
		u32 op = code[m.pc] % 18, x = code[m.pc + 1];
		m.pc += 2;
		handlers[op](&m, x >> 12, x >> 4 & 15, x & 15);
	}
	return m.r[0];
}
