#include "base.h"
EXPORT void run(u32 state[5], const u32 block[16]) {
	u32 w[16], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
	UNROLL for (int i = 0; i < 16; i++) w[i] = __builtin_bswap32(block[i]);
	UNROLL for (int i = 0; i < 80; i++) {
		if (i >= 16) w[i & 15] = rol(w[(i - 3) & 15] ^ w[(i - 8) & 15] ^ w[(i - 14) & 15] ^ w[i & 15], 1);
		u32 f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
		u32 k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
		u32 t = rol(a, 5) + f + e + k + w[i & 15];
		e = d, d = c, c = rol(b, 30), b = a, a = t;
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}
