#include "base.h"
// Multiplication modulo 2^255 - 19 in ten limbs.
EXPORT void run(u64 h[10], const u64 f[10], const u64 g[10]) {
	u64 t[10];
	UNROLL for (int i = 0; i < 10; i++) {
		u64 sum = 0;
		UNROLL for (int j = 0; j < 10; j++) {
			u64 x = f[j] * g[(i - j + 10) % 10] * (j > i ? 19 : 1);
			sum += (j & 1) && ((i - j + 10) % 10 & 1) ? 2 * x : x;
		}
		t[i] = sum;
	}
	UNROLL for (int k = 0; k < 2; k++) UNROLL for (int i = 0; i < 10; i++) {
		int bits = i & 1 ? 25 : 26;
		u64 carry = t[i] >> bits;
		t[i] -= carry << bits;
		t[(i + 1) % 10] += i == 9 ? 19 * carry : carry;
	}
	UNROLL for (int i = 0; i < 10; i++) h[i] = t[i];
}
