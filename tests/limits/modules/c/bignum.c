#include "base.h"
// Schoolbook multiplication, Knuth's division, and powers modulo an odd number by Montgomery's reduction.
static void mul(u32 *r, const u32 *a, size n, const u32 *b, size m) {
	for (size i = 0; i < n + m; i++) r[i] = 0;
	for (size i = 0; i < n; i++) {
		u64 carry = 0;
		for (size j = 0; j < m; j++) carry += (u64)a[i] * b[j] + r[i + j], r[i + j] = (u32)carry, carry >>= 32;
		r[i + m] = (u32)carry;
	}
}
static void divide(u32 *q, u32 *u, size n, const u32 *v, size m) {
	for (size j = n - m + 1; j-- > 0;) {
		u64 top = (u64)u[j + m] << 32 | u[j + m - 1], guess = top / v[m - 1], rest = top % v[m - 1];
		while (guess >> 32 || (m > 1 && guess * v[m - 2] > (rest << 32 | u[j + m - 2]))) {
			guess--, rest += v[m - 1];
			if (rest >> 32) break;
		}
		i64 borrow = 0;
		u64 carry = 0;
		for (size i = 0; i < m; i++) {
			carry += guess * v[i];
			borrow += (i64)u[i + j] - (u32)carry;
			u[i + j] = (u32)borrow, borrow >>= 32, carry >>= 32;
		}
		borrow += (i64)u[j + m] - (i64)carry;
		u[j + m] = (u32)borrow;
		if (borrow < 0) {
			guess--, carry = 0;
			for (size i = 0; i < m; i++) carry += (u64)u[i + j] + v[i], u[i + j] = (u32)carry, carry >>= 32;
			u[j + m] += (u32)carry;
		}
		q[j] = (u32)guess;
	}
}
static void montgomery(u32 r[8], const u32 a[8], const u32 b[8], const u32 m[8], u32 inverse) {
	u32 t[10] = {0};
	for (int i = 0; i < 8; i++) {
		u64 carry = 0;
		UNROLL for (int j = 0; j < 8; j++) carry += (u64)a[j] * b[i] + t[j], t[j] = (u32)carry, carry >>= 32;
		carry += t[8], t[8] = (u32)carry, t[9] = (u32)(carry >> 32);
		u32 k = t[0] * inverse;
		carry = ((u64)k * m[0] + t[0]) >> 32;
		UNROLL for (int j = 1; j < 8; j++) carry += (u64)k * m[j] + t[j], t[j - 1] = (u32)carry, carry >>= 32;
		carry += t[8], t[7] = (u32)carry, t[8] = t[9] + (u32)(carry >> 32);
	}
	for (int i = 0; i < 8; i++) r[i] = t[i];
}
EXPORT void run(u32 *r, u32 *a, size n, const u32 *b, size m, u32 e) {
	mul(r, a, n, b, m);
	divide(r, a, n, b, m);
	for (; e; e >>= 1) {
		if (e & 1) montgomery(r, r, a, b, 0x12345679);
		montgomery(a, a, a, b, 0x12345679);
	}
}
