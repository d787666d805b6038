#include "base.h"
EXPORT u32 run(const u8 in[64]) {
	u32 c = ~0u;
	for (int i = 0; i < 64; i++) {
		c ^= in[i];
		UNROLL for (int k = 0; k < 8; k++) c = c >> 1 ^ (0xedb88320 & -(c & 1));
	}
	return ~c;
}
