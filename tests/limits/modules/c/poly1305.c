#include "base.h"
EXPORT void run(u32 mac[4], const u8 *in, size n, const u32 key[8]) {
	u32 h[5] = {0},
		r[5] = {key[0] & 0x3ffffff, (key[0] >> 26 | key[1] << 6) & 0x3ffff03, (key[1] >> 20 | key[2] << 12) & 0x3ffc0ff,
	            (key[2] >> 14 | key[3] << 18) & 0x3f03fff, key[3] >> 8 & 0xfffff};
	while (n) {
		u8 block[17] = {0};
		size some = n < 16 ? n : 16;
		for (size i = 0; i < some; i++) block[i] = in[i];
		block[some] = 1;
		UNROLL for (int i = 0; i < 5; i++) {
			u64 bits = 0;
			UNROLL for (int k = 0; k < 5; k++) if (26 * i / 8 + k < 17) bits |= (u64)block[26 * i / 8 + k] << 8 * k;
			h[i] += (u32)(bits >> 26 * i % 8) & 0x3ffffff;
		}
		u64 d[5];
		UNROLL for (int i = 0; i < 5; i++) {
			d[i] = 0;
			UNROLL for (int j = 0; j < 5; j++) d[i] += (u64)h[j] * (j > i ? 5 * r[i - j + 5] : r[i - j]);
		}
		u64 carry = 0;
		UNROLL for (int i = 0; i < 5; i++) d[i] += carry, h[i] = (u32)d[i] & 0x3ffffff, carry = d[i] >> 26;
		h[0] += (u32)carry * 5;
		in += some, n -= some;
	}
	u64 f = 0;
	UNROLL for (int i = 0; i < 4; i++) f = (f >> 32) + (h[i] >> 6 * i | h[i + 1] << (26 - 6 * i)) + (u64)key[4 + i],
									   mac[i] = (u32)f;
}
