#include "base.h"
static u32 s[624], at = 624;
EXPORT u32 run(u32 seed) {
	if (seed) {
		s[0] = seed;
		for (u32 i = 1; i < 624; i++) s[i] = 1812433253 * (s[i - 1] ^ s[i - 1] >> 30) + i;
	}
	if (at >= 624) {
		for (int i = 0; i < 624; i++) {
			u32 y = (s[i] & 0x80000000) | (s[(i + 1) % 624] & 0x7fffffff);
			s[i] = s[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0df : 0);
		}
		at = 0;
	}
	u32 y = s[at++];
	y ^= y >> 11, y ^= y << 7 & 0x9d2c5680, y ^= y << 15 & 0xefc60000;
	return y ^ y >> 18;
}
