#include "base.h"
#define ROUND                                                                                                   \
	a += b, b = rol64(b, 13) ^ a, a = rol64(a, 32), c += d, d = rol64(d, 16) ^ c, a += d, d = rol64(d, 21) ^ a, \
			c += b, b = rol64(b, 17) ^ c, c = rol64(c, 32)
EXPORT u64 run(const u8 *in, size n, u64 k0, u64 k1) {
	u64 a = k0 ^ 0x736f6d6570736575, b = k1 ^ 0x646f72616e646f6d, c = k0 ^ 0x6c7967656e657261,
		d = k1 ^ 0x7465646279746573;
	size i = 0;
	for (; i + 8 <= n; i += 8) {
		u64 m;
		__builtin_memcpy(&m, in + i, 8);
		d ^= m;
		UNROLL for (int r = 0; r < 2; r++) ROUND;
		a ^= m;
	}
	u64 last = (u64)n << 56;
	for (int s = 0; i < n; i++, s += 8) last |= (u64)in[i] << s;
	d ^= last;
	UNROLL for (int r = 0; r < 2; r++) ROUND;
	a ^= last, c ^= 0xff;
	UNROLL for (int r = 0; r < 4; r++) ROUND;
	return a ^ b ^ c ^ d;
}
