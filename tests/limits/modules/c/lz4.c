#include "base.h"
static u32 heads[4096];
static u32 read(const u8 *p) {
	u32 x;
	__builtin_memcpy(&x, p, 4);
	return x;
}
static u8 *length(u8 *out, size n) {
	for (; n >= 255; n -= 255) *out++ = 255;
	*out++ = (u8)n;
	return out;
}
static size pack(const u8 *in, size n, u8 *out) {
	u8 *start = out;
	size anchor = 0, i = 0;
	while (i + 12 < n) {
		u32 h = read(in + i) * 2654435761u >> 20;
		size match = heads[h];
		heads[h] = i;
		if (match >= i || i - match > 65535 || read(in + match) != read(in + i)) {
			i++;
			continue;
		}
		size same = 4, literals = i - anchor;
		while (i + same < n - 5 && in[match + same] == in[i + same]) same++;
		*out++ = (u8)((literals < 15 ? literals : 15) << 4 | (same - 4 < 15 ? same - 4 : 15));
		if (literals >= 15) out = length(out, literals - 15);
		for (size k = 0; k < literals; k++) *out++ = in[anchor + k];
		*out++ = (u8)(i - match), *out++ = (u8)((i - match) >> 8);
		if (same - 4 >= 15) out = length(out, same - 19);
		anchor = i += same;
	}
	size literals = n - anchor;
	*out++ = (u8)((literals < 15 ? literals : 15) << 4);
	if (literals >= 15) out = length(out, literals - 15);
	for (size k = 0; k < literals; k++) *out++ = in[anchor + k];
	return (size)(out - start);
}
static int unpack(const u8 *in, const u8 *end, u8 *out) {
	u8 *start = out;
	while (in < end) {
		u8 token = *in++;
		size n = token >> 4;
		if (n == 15) do
				n += *in;
			while (*in++ == 255 && in < end);
		while (n-- && in < end) *out++ = *in++;
		if (in + 2 > end) break;
		size back = in[0] | in[1] << 8;
		in += 2, n = token & 15;
		if (n == 15) do
				n += *in;
			while (*in++ == 255 && in < end);
		if ((size)(out - start) < back || !back) return -1;
		for (n += 4; n--; out++) *out = out[-(i32)back];
	}
	return (int)(out - start);
}
EXPORT int run(const u8 *in, size n, u8 *out, int back) {
	return back ? unpack(in, in + n, out) : (int)pack(in, n, out);
}
