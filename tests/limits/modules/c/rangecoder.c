#include "base.h"
// LZMA's range coder: bits by adaptive probabilities, bytes by trees of them.
static u16 literal[8][256], lengths[2][16];
static u32 range, code;
static const u8 *in;
static int bit(u16 *p) {
	if (range < 1u << 24) range <<= 8, code = code << 8 | *in++;
	u32 bound = (range >> 11) * *p;
	if (code < bound) {
		range = bound, *p += (2048 - *p) >> 5;
		return 0;
	}
	range -= bound, code -= bound, *p -= *p >> 5;
	return 1;
}
static u32 tree(u16 *p, int bits) {
	u32 m = 1;
	for (int i = 0; i < bits; i++) m = m << 1 | (u32)bit(p + m);
	return m - (1u << bits);
}
static u32 direct(int bits) {
	u32 r = 0;
	while (bits--) {
		if (range < 1u << 24) range <<= 8, code = code << 8 | *in++;
		range >>= 1;
		u32 t = (code - range) >> 31;
		code -= range & (t - 1), r = r << 1 | (1 - t);
	}
	return r;
}
EXPORT u32 run(const u8 *from, u8 *out, u32 n) {
	u16 match = 1024;
	u32 done = 0, rep = 1;
	u8 last = 0;
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 256; k++) literal[i][k] = 1024;
	for (int i = 0; i < 16; i++) lengths[0][i] = lengths[1][i] = 1024;
	range = ~0u, code = 0, in = from;
	for (int i = 0; i < 5; i++) code = code << 8 | *in++;
	while (done < n) {
		if (!bit(&match)) {
			out[done++] = last = (u8)tree(literal[last >> 5], 8);
			continue;
		}
		u32 length = 2 + tree(lengths[0], 3);
		if (bit(lengths[1])) rep = 1 + direct((int)tree(lengths[1], 3) * 2);
		if (rep > done) return 0;
		for (; length-- && done < n; done++) out[done] = last = out[done - rep];
	}
	return done;
}
