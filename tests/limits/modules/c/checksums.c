#include "base.h"
static u32 adler(const u8 *p, size n) {
	u32 a = 1, b = 0;
	for (; n >= 16; n -= 16, p += 16) {
		UNROLL for (int i = 0; i < 16; i++) a += p[i], b += a;
		a %= 65521, b %= 65521;
	}
	while (n--) a = (a + *p++) % 65521, b = (b + a) % 65521;
	return b << 16 | a;
}
static u32 fnv(const u8 *p) {
	u32 h = 2166136261;
	UNROLL for (int i = 0; i < 32; i++) h = (h ^ p[i]) * 16777619;
	return h;
}
static u32 murmur(const u32 *p, size n, u32 h) {
	for (size i = 0; i < n; i++) h = rol(h ^ rol(p[i] * 0xcc9e2d51, 15) * 0x1b873593, 13) * 5 + 0xe6546b64;
	h ^= h >> 16, h *= 0x85ebca6b, h ^= h >> 13, h *= 0xc2b2ae35;
	return h ^ h >> 16;
}
EXPORT u32 run(const u8 *p, size n) { return adler(p, n) ^ fnv(p) ^ murmur((const u32 *)p, n / 4, 7); }
