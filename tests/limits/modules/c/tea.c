#include "base.h"
EXPORT void run(u32 v[2], const u32 k[4]) {
	u32 a = v[0], b = v[1], sum = 0;
	UNROLL for (int i = 0; i < 32; i++) {
		sum += 0x9e3779b9;
		a += ((b << 4) + k[0]) ^ (b + sum) ^ ((b >> 5) + k[1]);
		b += ((a << 4) + k[2]) ^ (a + sum) ^ ((a >> 5) + k[3]);
	}
	v[0] = a, v[1] = b;
}
