#include "base.h"
static inline u32 f(int round, u32 x, u32 y, u32 z) {
	switch (round) {
		case 0: return x ^ y ^ z;
		case 1: return (x & y) | (~x & z);
		case 2: return (x | ~y) ^ z;
		case 3: return (x & z) | (y & ~z);
		default: return x ^ (y | ~z);
	}
}
static inline void line(u32 v[5], const u32 m[16], int right) {
	UNROLL for (int i = 0; i < 80; i++) {
		int round = i / 16;
		u32 k = word((right ? 4 - round : round) + 9), at = ((right ? 9 : 7) * i + round * 5) & 15;
		u32 t = rol(v[0] + f(right ? 4 - round : round, v[1], v[2], v[3]) + m[at] + k, 5 + (i * 7 + right) % 11) + v[4];
		v[0] = v[4], v[4] = v[3], v[3] = rol(v[2], 10), v[2] = v[1], v[1] = t;
	}
}
EXPORT void run(u32 h[5], const u32 m[16]) {
	u32 a[5], b[5];
	UNROLL for (int i = 0; i < 5; i++) a[i] = b[i] = h[i];
	line(a, m, 0);
	line(b, m, 1);
	u32 t = h[1] + a[2] + b[3];
	h[1] = h[2] + a[3] + b[4], h[2] = h[3] + a[4] + b[0], h[3] = h[4] + a[0] + b[1], h[4] = h[0] + a[1] + b[2],
	h[0] = t;
}
