#include "base.h"
static const u32 first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static u32 padded[16];

// Hashes a block, or pads and hashes the last one.
EXPORT void run(u32 state[8], const u32 block[16], u32 last, u64 bytes) {
	if (!bytes)
		for (int i = 0; i < 8; i++) state[i] = first[i];
	if (last < 56) {
		memset(padded, 0, sizeof padded);
		memcpy(padded, block, last);
		((u8 *)padded)[last] = 0x80;
		padded[14] = __builtin_bswap32((u32)(bytes >> 29)), padded[15] = __builtin_bswap32((u32)(bytes << 3));
		block = padded;
	}
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
