#include "base.h"
EXPORT void run(u64 block[2], const u64 key[2]) {
	u64 y = block[0], x = block[1], b = key[0], a = key[1];
	UNROLL for (int i = 0; i < 32; i++) {
		x = (ror64(x, 8) + y) ^ b, y = rol64(y, 3) ^ x;
		a = (ror64(a, 8) + b) ^ i, b = rol64(b, 3) ^ a;
	}
	block[0] = y, block[1] = x;
}
