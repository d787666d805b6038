#include "base.h"
// printf without floats.
static char *put;
static void text(const char *s, int width, int left) {
	int n = 0;
	while (s[n]) n++;
	for (; !left && width > n; width--) *put++ = ' ';
	for (int i = 0; i < n; i++) *put++ = s[i];
	for (; left && width > n; width--) *put++ = ' ';
}
static void number(u64 v, u32 base, int negative, int width, char pad, int upper) {
	char digits[72], *d = digits + 71;
	*d = 0;
	do {
		u32 r = (u32)(v % base);
		*--d = (char)(r < 10 ? '0' + r : (upper ? 'A' : 'a') + r - 10);
	} while (v /= base);
	if (negative && pad == '0') *put++ = '-', width--;
	else if (negative) *--d = '-';
	int n = (int)(digits + 71 - d);
	for (; width > n; width--) *put++ = pad;
	text(d, 0, 0);
}
EXPORT int run(char *out, const char *f, const u64 *args) {
	put = out;
	for (; *f; f++) {
		if (*f != '%') {
			*put++ = *f;
			continue;
		}
		int width = 0, left = 0;
		char pad = ' ';
		for (f++;; f++) {
			if (*f == '0') pad = '0';
			else if (*f == '-') left = 1;
			else break;
		}
		for (; *f >= '0' && *f <= '9'; f++) width = width * 10 + *f - '0';
		switch (*f) {
			case 'd': {
				i64 v = (i64)*args++;
				number(v < 0 ? -(u64)v : (u64)v, 10, v < 0, width, pad, 0);
				break;
			}
			case 'u': number(*args++, 10, 0, width, pad, 0); break;
			case 'x': number(*args++, 16, 0, width, pad, 0); break;
			case 'X': number(*args++, 16, 0, width, pad, 1); break;
			case 'o': number(*args++, 8, 0, width, pad, 0); break;
			case 'b': number(*args++, 2, 0, width, pad, 0); break;
			case 'c': *put++ = (char)*args++; break;
			case 's': text((const char *)(size)*args++, width, left); break;
			case '%': *put++ = '%'; break;
			default: return -1;
		}
	}
	*put = 0;
	return (int)(put - out);
}
