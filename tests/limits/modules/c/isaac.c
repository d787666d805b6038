#include "base.h"
static u32 m[256], a, b, c;
EXPORT void run(u32 out[256]) {
	b += ++c;
	for (int i = 0; i < 256; i += 8)
		for (int j = 0; j < 8; j++) {
			int k = i + j;
			u32 x = m[k], y;
			a = (j % 4 == 0   ? a ^ a << 13
			     : j % 4 == 1 ? a ^ a >> 6
			     : j % 4 == 2 ? a ^ a << 2
			                  : a ^ a >> 16) +
			    m[(k + 128) & 255];
			m[k] = y = m[x >> 2 & 255] + a + b;
			out[k] = b = m[y >> 10 & 255] + x;
		}
}
