#include "base.h"
#define QUARTER(a, b, c, d) \
	a += b, d = rol(d ^ a, 16), c += d, b = rol(b ^ c, 12), a += b, d = rol(d ^ a, 8), c += d, b = rol(b ^ c, 7)
EXPORT void run(const u32 in[16], u32 out[16]) {
	u32 v[16];
	UNROLL for (int i = 0; i < 16; i++) v[i] = in[i];
	UNROLL for (int r = 0; r < 10; r++) {
		UNROLL for (int i = 0; i < 4; i++) QUARTER(v[i], v[i + 4], v[i + 8], v[i + 12]);
		UNROLL for (int i = 0; i < 4; i++) QUARTER(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4]);
	}
	UNROLL for (int i = 0; i < 16; i++) out[i] = v[i] + in[i];
}
