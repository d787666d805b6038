#include "base.h"
EXPORT void run(u32 state[4], const u32 m[16]) {
	static const u8 turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
	u32 a = state[0], b = state[1], c = state[2], d = state[3];
	UNROLL for (int i = 0; i < 64; i++) {
		u32 f, g;
		if (i < 16) f = d ^ (b & (c ^ d)), g = i;
		else if (i < 32) f = c ^ (d & (b ^ c)), g = (5 * i + 1) & 15;
		else if (i < 48) f = b ^ c ^ d, g = (3 * i + 5) & 15;
		else f = c ^ (b | ~d), g = (7 * i) & 15;
		u32 t = a + f + word(i) + m[g];
		a = d, d = c, c = b, b += rol(t, turns[i / 16][i % 4]);
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}
