#include "base.h"
EXPORT void run(u64 a[25]) {
	for (int round = 0; round < 24; round++) {
		u64 c[5], b[25];
		UNROLL for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
		UNROLL for (int x = 0; x < 5; x++) {
			u64 d = c[(x + 4) % 5] ^ rol64(c[(x + 1) % 5], 1);
			UNROLL for (int y = 0; y < 25; y += 5) a[y + x] ^= d;
		}
		UNROLL for (int i = 0; i < 25; i++) b[(i * 10 + (i / 5) * 3) % 25] = rol64(a[i], 1 + (i * 11) % 63);
		UNROLL for (int i = 0; i < 25; i++) a[i] = b[i] ^ (~b[i / 5 * 5 + (i + 1) % 5] & b[i / 5 * 5 + (i + 2) % 5]);
		a[0] ^= word64(round);
	}
}
