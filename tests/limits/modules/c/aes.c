#include "base.h"
static u8 box[256], back[256];
static u8 times(u8 a, u8 b) {
	u8 r = 0;
	for (; b; b >>= 1, a = (u8)(a << 1 ^ (a & 0x80 ? 0x1b : 0)))
		if (b & 1) r ^= a;
	return r;
}
static void tables(void) {
	u8 p = 1, q = 1;
	do {
		p = (u8)(p ^ p << 1 ^ (p & 0x80 ? 0x1b : 0));
		q ^= q << 1, q ^= q << 2, q ^= q << 4;
		if (q & 0x80) q ^= 9;
		u8 x = (u8)(q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4) ^ 0x63);
		box[p] = x, back[x] = p;
	} while (p != 1);
	box[0] = 0x63, back[0x63] = 0;
}
static void encrypt(u8 s[16], const u8 keys[176]) {
	UNROLL for (int i = 0; i < 16; i++) s[i] ^= keys[i];
	for (int round = 1; round <= 10; round++) {
		u8 t[16];
		UNROLL for (int i = 0; i < 16; i++) t[i] = box[s[(i * 5) % 16]];
		UNROLL for (int c = 0; c < 16; c += 4) UNROLL for (int i = 0; i < 4; i++) {
			u8 a = t[c + i], b = t[c + (i + 1) % 4], d = (u8)(a ^ b);
			u8 all = t[c] ^ t[c + 1] ^ t[c + 2] ^ t[c + 3];
			s[c + i] = (u8)((round == 10 ? a : a ^ all ^ (d << 1) ^ (d & 0x80 ? 0x1b : 0)) ^ keys[16 * round + c + i]);
		}
	}
}
static void decrypt(u8 s[16], const u8 keys[176]) {
	for (int round = 10; round > 0; round--) {
		u8 t[16];
		for (int i = 0; i < 16; i++) t[(i * 5) % 16] = back[s[i] ^ keys[16 * round + i]];
		for (int c = 0; c < 16; c += 4)
			for (int i = 0; i < 4; i++)
				s[c + i] = (u8)(times(t[c + i], 14) ^ times(t[c + (i + 1) % 4], 11) ^ times(t[c + (i + 2) % 4], 13) ^
				                times(t[c + (i + 3) % 4], 9));
	}
	for (int i = 0; i < 16; i++) s[i] ^= keys[i];
}
EXPORT void run(u8 s[16], const u8 key[16], int back_again) {
	u8 keys[176], r = 1;
	tables();
	for (int i = 0; i < 16; i++) keys[i] = key[i];
	for (int i = 16; i < 176; i += 4) {
		u8 t[4] = {keys[i - 4], keys[i - 3], keys[i - 2], keys[i - 1]};
		if (i % 16 == 0) {
			u8 first = t[0];
			t[0] = box[t[1]] ^ r, t[1] = box[t[2]], t[2] = box[t[3]], t[3] = box[first];
			r = times(r, 2);
		}
		for (int k = 0; k < 4; k++) keys[i + k] = keys[i - 16 + k] ^ t[k];
	}
	if (back_again) decrypt(s, keys);
	else encrypt(s, keys);
}
