#include "base.h"
// Integer transforms: an 8 x 8 cosine transform, a number-theoretic transform, a product of 4 x 4 matrices.
static void dct(i32 b[64]) {
	for (int pass = 0; pass < 2; pass++) UNROLL for (int r = 0; r < 8; r++) {
			i32 *p = pass ? b + r : b + 8 * r, s = pass ? 8 : 1;
			i32 a0 = p[0] + p[7 * s], a7 = p[0] - p[7 * s], a1 = p[s] + p[6 * s], a6 = p[s] - p[6 * s];
			i32 a2 = p[2 * s] + p[5 * s], a5 = p[2 * s] - p[5 * s], a3 = p[3 * s] + p[4 * s], a4 = p[3 * s] - p[4 * s];
			i32 c0 = a0 + a3, c3 = a0 - a3, c1 = a1 + a2, c2 = a1 - a2;
			p[0] = c0 + c1, p[4 * s] = c0 - c1;
			p[2 * s] = (c2 * 4433 + c3 * 10703 + 4096) >> 13, p[6 * s] = (c3 * 4433 - c2 * 10703 + 4096) >> 13;
			i32 z = (a4 + a6 + a5 + a7) * 9633 >> 13;
			p[7 * s] = ((a4 * 2446 - (a4 + a7) * 7373) >> 13) + z,
				  p[5 * s] = ((a5 * 16819 - (a5 + a6) * 20995) >> 13) + z;
			p[3 * s] = ((a6 * 25172 - (a5 + a6) * 16069) >> 13) + z, p[s] = ((a7 * 12299 - (a4 + a7) * 3196) >> 13) + z;
		}
}
static u32 times(u32 a, u32 b) { return (u32)((u64)a * b % 998244353); }
static void transform(u32 *a, u32 n, u32 root) {
	for (u32 i = 1, j = 0; i < n; i++) {
		u32 bit = n >> 1;
		for (; j & bit; bit >>= 1) j ^= bit;
		j ^= bit;
		if (i < j) {
			u32 t = a[i];
			a[i] = a[j], a[j] = t;
		}
	}
	for (u32 len = 2; len <= n; len <<= 1) {
		u32 w = root;
		for (u32 i = len; i < n; i <<= 1) w = times(w, w);
		for (u32 i = 0; i < n; i += len)
			for (u32 k = 0, f = 1; k < len / 2; k++, f = times(f, w)) {
				u32 x = a[i + k], y = times(a[i + k + len / 2], f);
				a[i + k] = x + y < 998244353 ? x + y : x + y - 998244353;
				a[i + k + len / 2] = x >= y ? x - y : x + 998244353 - y;
			}
	}
}
EXPORT void run(i32 *a, u32 n, const i32 *b, i64 *c) {
	dct(a);
	transform((u32 *)a, n, 3);
	UNROLL for (int i = 0; i < 4; i++) UNROLL for (int j = 0; j < 4; j++) {
		i64 s = 0;
		UNROLL for (int k = 0; k < 4; k++) s += (i64)a[4 * i + k] * b[4 * k + j];
		c[4 * i + j] = s;
	}
}
