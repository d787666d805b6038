#include "base.h"
EXPORT void run(u32 b[16]) {
	u32 x[16];
	UNROLL for (int i = 0; i < 16; i++) x[i] = b[i];
	UNROLL for (int r = 0; r < 8; r++) UNROLL for (int i = 0; i < 4; i++) {
		int p = r & 1 ? 1 : 4, o = 5 * i;
		x[(o + p) & 15] ^= rol(x[o] + x[(o + 16 - p) & 15], 7);
		x[(o + 2 * p) & 15] ^= rol(x[(o + p) & 15] + x[o], 9);
		x[(o + 3 * p) & 15] ^= rol(x[(o + 2 * p) & 15] + x[(o + p) & 15], 13);
		x[o] ^= rol(x[(o + 3 * p) & 15] + x[(o + 2 * p) & 15], 18);
	}
	UNROLL for (int i = 0; i < 16; i++) b[i] += x[i];
}
