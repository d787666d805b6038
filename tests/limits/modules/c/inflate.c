#include "base.h"
// RFC 1951. Returns how many bytes came out, or -1.
typedef struct {
	const u8 *in, *end;
	u8 *out, *from;
	u32 bits, held;
} stream;
typedef struct {
	u16 count[16], symbol[288];
} code;
static int take(stream *s, u32 n) {
	while (s->held < n) {
		if (s->in == s->end) return -1;
		s->bits |= (u32)*s->in++ << s->held, s->held += 8;
	}
	u32 v = s->bits & ((1u << n) - 1);
	s->bits >>= n, s->held -= n;
	return (int)v;
}
static int symbol(stream *s, const code *c) {
	int at = 0, first = 0, index = 0;
	for (int n = 1; n < 16; n++) {
		int bit = take(s, 1);
		if (bit < 0) return -1;
		at |= bit;
		int count = c->count[n];
		if (at - count < first) return c->symbol[index + at - first];
		index += count, first = (first + count) << 1, at <<= 1;
	}
	return -1;
}
static void build(code *c, const u8 *lengths, int n) {
	u16 offset[16] = {0};
	for (int i = 0; i < 16; i++) c->count[i] = 0;
	for (int i = 0; i < n; i++) c->count[lengths[i]]++;
	c->count[0] = 0;
	for (int i = 1; i < 15; i++) offset[i + 1] = offset[i] + c->count[i];
	for (int i = 0; i < n; i++)
		if (lengths[i]) c->symbol[offset[lengths[i]]++] = (u16)i;
}
static const u16 base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                             31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const u8 extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static int codes(stream *s, const code *literals, const code *distances) {
	for (;;) {
		int c = symbol(s, literals);
		if (c < 0) return -1;
		if (c == 256) return 0;
		if (c < 256) {
			*s->out++ = (u8)c;
			continue;
		}
		if ((c -= 257) >= 29) return -1;
		int more = take(s, extra[c]), n = base[c] + more, d = symbol(s, distances);
		if (more < 0 || d < 0 || d > 29) return -1;
		int power = d < 2 ? 0 : d / 2 - 1, low = take(s, (u32)power);
		int back = d < 2 ? d + 1 : ((2 + (d & 1)) << power) + 1 + low;
		if (low < 0 || s->out - s->from < back) return -1;
		while (n--) *s->out = s->out[-back], s->out++;
	}
}
static int dynamic(stream *s) {
	static const u8 order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	int nl = take(s, 5) + 257, nd = take(s, 5) + 1, nc = take(s, 4) + 4;
	u8 lengths[320] = {0};
	if (nl > 286 || nd > 30) return -1;
	for (int i = 0; i < nc; i++) lengths[order[i]] = (u8)take(s, 3);
	code all, distances;
	build(&all, lengths, 19);
	for (int i = 0; i < nl + nd;) {
		int c = symbol(s, &all);
		if (c < 0) return -1;
		if (c < 16) lengths[i++] = (u8)c;
		else {
			u8 last = c == 16 && i ? lengths[i - 1] : 0;
			int n = c == 16 ? 3 + take(s, 2) : c == 17 ? 3 + take(s, 3) : 11 + take(s, 7);
			if (i + n > nl + nd) return -1;
			while (n--) lengths[i++] = last;
		}
	}
	build(&all, lengths, nl);
	build(&distances, lengths + nl, nd);
	return codes(s, &all, &distances);
}
EXPORT int run(const u8 *in, size n, u8 *out) {
	stream s = {in, in + n, out, out, 0, 0};
	int last, kind;
	do {
		last = take(&s, 1), kind = take(&s, 2);
		if (kind == 0) {
			s.bits = s.held = 0;
			if (s.end - s.in < 4) return -1;
			u32 length = s.in[0] | s.in[1] << 8;
			s.in += 4;
			while (length-- && s.in < s.end) *s.out++ = *s.in++;
		} else if (kind == 1) {
			u8 lengths[288];
			code literals, distances;
			for (int i = 0; i < 288; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
			build(&literals, lengths, 288);
			for (int i = 0; i < 30; i++) lengths[i] = 5;
			build(&distances, lengths, 30);
			if (codes(&s, &literals, &distances)) return -1;
		} else if (kind != 2 || dynamic(&s)) return -1;
	} while (!last);
	return (int)(s.out - out);
}
