#include "base.h"
EXPORT void run(u32 state[8], const u32 block[16]) {
	u32 w[16], v[8];
	UNROLL for (int i = 0; i < 16; i++) w[i] = __builtin_bswap32(block[i]);
	UNROLL for (int i = 0; i < 8; i++) v[i] = state[i];
	UNROLL for (int i = 0; i < 64; i++) {
		if (i >= 16) {
			u32 x = w[(i - 15) & 15], y = w[(i - 2) & 15];
			w[i & 15] += (ror(x, 7) ^ ror(x, 18) ^ x >> 3) + w[(i - 7) & 15] + (ror(y, 17) ^ ror(y, 19) ^ y >> 10);
		}
		u32 a = v[0], e = v[4];
		u32 t = v[7] + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + word(i) + w[i & 15];
		u32 s = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
		v[7] = v[6], v[6] = v[5], v[5] = e, v[4] = v[3] + t, v[3] = v[2], v[2] = v[1], v[1] = a, v[0] = t + s;
	}
	UNROLL for (int i = 0; i < 8; i++) state[i] += v[i];
}
