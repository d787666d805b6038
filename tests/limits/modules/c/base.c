#include "base.h"

void *memcpy(void *to, const void *from, size n) {
	u8 *a = to;
	const u8 *b = from;
	while (n--) *a++ = *b++;
	return to;
}

void *memset(void *to, int c, size n) {
	u8 *a = to;
	while (n--) *a++ = (u8)c;
	return to;
}
