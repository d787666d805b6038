#include "base.h"
static const u64 first[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                             0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static u64 padded[16];

// Hashes a block, or pads and hashes the last one.
EXPORT void run(u64 state[8], const u64 block[16], u32 last, u64 bytes) {
	if (!bytes)
		for (int i = 0; i < 8; i++) state[i] = first[i];
	if (last < 112) {
		memset(padded, 0, sizeof padded);
		memcpy(padded, block, last);
		((u8 *)padded)[last] = 0x80;
		padded[14] = __builtin_bswap64(bytes >> 61), padded[15] = __builtin_bswap64(bytes << 3);
		block = padded;
	}
	u64 w[16], v[8];
	UNROLL for (int i = 0; i < 16; i++) w[i] = __builtin_bswap64(block[i]);
	UNROLL for (int i = 0; i < 8; i++) v[i] = state[i];
	UNROLL for (int i = 0; i < 80; i++) {
		if (i >= 16) {
			u64 x = w[(i - 15) & 15], y = w[(i - 2) & 15];
			w[i & 15] +=
				(ror64(x, 1) ^ ror64(x, 8) ^ x >> 7) + w[(i - 7) & 15] + (ror64(y, 19) ^ ror64(y, 61) ^ y >> 6);
		}
		u64 a = v[0], e = v[4];
		u64 t =
			v[7] + (ror64(e, 14) ^ ror64(e, 18) ^ ror64(e, 41)) + (v[6] ^ (e & (v[5] ^ v[6]))) + word64(i) + w[i & 15];
		u64 s = (ror64(a, 28) ^ ror64(a, 34) ^ ror64(a, 39)) + ((a & v[1]) | (v[2] & (a | v[1])));
		v[7] = v[6], v[6] = v[5], v[5] = e, v[4] = v[3] + t, v[3] = v[2], v[2] = v[1], v[1] = a, v[0] = t + s;
	}
	UNROLL for (int i = 0; i < 8; i++) state[i] += v[i];
}
