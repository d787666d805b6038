#include "base.h"
static void heap(u32 *a, size n) {
	for (size i = n / 2; i-- > 0;)
		for (size k = i, c; (c = 2 * k + 1) < n; k = c) {
			if (c + 1 < n && a[c + 1] > a[c]) c++;
			if (a[k] >= a[c]) break;
			u32 t = a[k];
			a[k] = a[c], a[c] = t;
		}
	while (n-- > 1) {
		u32 t = a[0];
		a[0] = a[n], a[n] = t;
		for (size k = 0, c; (c = 2 * k + 1) < n; k = c) {
			if (c + 1 < n && a[c + 1] > a[c]) c++;
			if (a[k] >= a[c]) break;
			t = a[k];
			a[k] = a[c], a[c] = t;
		}
	}
}
static void quick(u32 *a, i32 low, i32 high) {
	while (low < high) {
		u32 p = a[(low + high) / 2];
		i32 i = low, j = high;
		while (i <= j) {
			while (a[i] < p) i++;
			while (a[j] > p) j--;
			if (i <= j) {
				u32 t = a[i];
				a[i++] = a[j], a[j--] = t;
			}
		}
		if (j - low < high - i) quick(a, low, j), low = i;
		else quick(a, i, high), high = j;
	}
}
static void merge(u32 *a, u32 *b, size n) {
	for (size w = 1; w < n; w *= 2) {
		for (size i = 0; i < n; i += 2 * w) {
			size m = i + w < n ? i + w : n, e = i + 2 * w < n ? i + 2 * w : n, x = i, y = m;
			for (size k = i; k < e; k++) b[k] = x < m && (y >= e || a[x] <= a[y]) ? a[x++] : a[y++];
		}
		for (size i = 0; i < n; i++) a[i] = b[i];
	}
}
static void radix(u32 *a, u32 *b, size n) {
	for (int s = 0; s < 32; s += 8) {
		u32 count[257] = {0};
		for (size i = 0; i < n; i++) count[(a[i] >> s & 255) + 1]++;
		for (int i = 0; i < 256; i++) count[i + 1] += count[i];
		for (size i = 0; i < n; i++) b[count[a[i] >> s & 255]++] = a[i];
		u32 *t = a;
		a = b, b = t;
	}
}
static inline void swap(u32 *x, u32 *y) {
	u32 a = *x, b = *y;
	*x = a < b ? a : b, *y = a < b ? b : a;
}
static void network(u32 a[16]) {
	UNROLL for (int k = 2; k <= 16; k *= 2) UNROLL for (int j = k / 2; j > 0; j /= 2)
		UNROLL for (int i = 0; i < 16; i++) if ((i ^ j) > i) {
		if (i & k) swap(a + (i ^ j), a + i);
		else swap(a + i, a + (i ^ j));
	}
}
EXPORT void run(u32 *a, u32 *b, size n, int how) {
	switch (how) {
		case 0: heap(a, n); break;
		case 1: quick(a, 0, (i32)n - 1); break;
		case 2: merge(a, b, n); break;
		case 3: radix(a, b, n); break;
		default: network(a);
	}
}
