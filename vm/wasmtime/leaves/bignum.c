// Arithmetic on 256-bit numbers in words of 64 bits. Division is Knuth's algorithm D. The digits of the quotient come
// from reciprocals, after Möller and Granlund, "Improved division by invariant integers" (2011), whose variable names
// are kept. The loops run over few words and must be unrolled, with the words in registers: at -O2 this takes two to
// five times as long.
#include "bignum.h"

#include <string.h>

enum { WORDS = 4, WIDE_WORDS = 2 * WORDS };

typedef unsigned __int128 wide;

#define HIGH(x) ((uint64_t)((x) >> 64))
#define WIDE(high, low) ((wide)(high) << 64 | (low))

// INLINED functions are compiled once for every length of operands that they are called with.
#define INLINED static inline __attribute__((always_inline))

typedef struct {
	uint64_t word[WORDS];
} number; // the lowest first

static const number zero;

// add_to adds n words of y to x and returns the carry.
INLINED uint64_t add_to(uint64_t *x, const uint64_t *y, int n) {
	uint64_t carry = 0;
	for (int i = 0; i < n; i++) {
		wide sum = (wide)x[i] + y[i] + carry;
		x[i] = (uint64_t)sum;
		carry = HIGH(sum);
	}
	return carry;
}

// sub_product subtracts y times q from x, n words each, and returns the borrow.
INLINED uint64_t sub_product(uint64_t *x, const uint64_t *y, int n, uint64_t q) {
	uint64_t borrow = 0;
	for (int i = 0; i < n; i++) {
		wide product = (wide)y[i] * q + borrow;
		borrow = HIGH(product) + (x[i] < (uint64_t)product);
		x[i] -= (uint64_t)product;
	}
	return borrow;
}

// reciprocal_word is (2^128-1) / d - 2^64 of a d whose highest bit is set.
static uint64_t reciprocal_word(uint64_t d) {
#if defined(__x86_64__)
	uint64_t quotient, left;
	__asm__("divq %4" : "=a"(quotient), "=d"(left) : "0"(~(uint64_t)0), "1"(~d), "r"(d) : "cc");
	return quotient;
#else
	return (uint64_t)(WIDE(~d, ~(uint64_t)0) / d);
#endif
}

// reciprocal_3by2 is (2^192-1) / d - 2^64 of two words whose highest bit is set.
static uint64_t reciprocal_3by2(uint64_t d1, uint64_t d0) {
	uint64_t v = reciprocal_word(d1), p = d1 * v + d0;
	if (p < d0) {
		v--;
		if (p >= d1) v--, p -= d1;
		p -= d1;
	}
	wide t = (wide)v * d0;
	p += HIGH(t);
	if (p < HIGH(t)) {
		v--;
		if (WIDE(p, (uint64_t)t) >= WIDE(d1, d0)) v--;
	}
	return v;
}

// divide_2by1 divides two words, the higher below d, by d, whose reciprocal is v.
INLINED uint64_t divide_2by1(uint64_t u1, uint64_t u0, uint64_t d, uint64_t v, uint64_t *r) {
	wide q = (wide)v * u1 + WIDE(u1, u0);
	uint64_t q1 = HIGH(q) + 1;
	*r = u0 - q1 * d;
	if (*r > (uint64_t)q) q1--, *r += d;
	if (*r >= d) q1++, *r -= d;
	return q1;
}

// divide_3by2 divides three words, the two higher below d, by d, whose reciprocal is v.
INLINED uint64_t divide_3by2(wide u21, uint64_t u0, wide d, uint64_t v, wide *r) {
	wide q = (wide)v * HIGH(u21) + u21;
	uint64_t q1 = HIGH(q), r1 = (uint64_t)u21 - q1 * HIGH(d);
	*r = WIDE(r1, u0) - (wide)(uint64_t)d * q1 - d;
	q1++;
	if (HIGH(*r) >= (uint64_t)q) q1--, *r += d;
	if (*r >= d) q1++, *r -= d;
	return q1;
}

// knuth divides m+n words u by n words d, n at least 3, with the highest bit of d set. The highest n words of u must
// be below d. The remainder is left in the lowest n words of u.
INLINED void knuth(uint64_t *q, uint64_t *u, int m, const uint64_t *d, int n) {
	wide top = WIDE(d[n - 1], d[n - 2]);
	uint64_t v = reciprocal_3by2(d[n - 1], d[n - 2]);
	for (int j = m - 1; j >= 0; j--) {
		uint64_t *at = u + j;
		wide u21 = WIDE(at[n], at[n - 1]), r;
		if (u21 == top) { // then the digit is 2^64 - 1, whatever the lower words are
			q[j] = ~(uint64_t)0;
			sub_product(at, d, n, q[j]);
			continue;
		}
		q[j] = divide_3by2(u21, at[n - 2], top, v, &r);
		uint64_t borrow = sub_product(at, d, n - 2, q[j]);
		at[n - 2] = (uint64_t)r - borrow;
		borrow = (uint64_t)r < borrow;
		at[n - 1] = HIGH(r) - borrow;
		if (HIGH(r) < borrow) {
			q[j]--;
			at[n - 1] += d[n - 1] + add_to(at, d, n - 1);
		}
	}
}

static int length_of(const uint64_t *x, int n) {
	while (n > 0 && x[n - 1] == 0) n--;
	return n;
}

// divide divides words of x by a number that is not 0. q takes as many words as x has.
INLINED number divide(uint64_t *q, const uint64_t *x, int words, const number *by) {
	uint64_t u[WIDE_WORDS + 1] = {0}, d[WORDS] = {0};
	int m = length_of(x, words), n = length_of(by->word, WORDS), shift = __builtin_clzll(by->word[n - 1]);
	number r = zero;
	if (m < n) {
		memcpy(r.word, x, m * sizeof *x);
		return r;
	}
	// Normalize: shift both until the divisor's highest bit is set. Shifts are in two steps, because none may be by 64.
	for (int i = 0; i < m; i++) {
		u[i] |= x[i] << shift;
		u[i + 1] = x[i] >> 1 >> (63 - shift);
	}
	for (int i = 0; i < n; i++) d[i] = by->word[i] << shift | (i > 0 ? by->word[i - 1] >> 1 >> (63 - shift) : 0);
	if (u[m] == 0 && m > n && u[m - 1] < d[n - 1]) q[m - n] = 0, m--; // the first digit is 0
	if (n == 1) {
		uint64_t v = reciprocal_word(d[0]), left = u[m];
		for (int j = m - 1; j >= 0; j--) q[j] = divide_2by1(left, u[j], d[0], v, &left);
		u[0] = left;
	} else if (n == 2) {
		wide left = WIDE(u[m], u[m - 1]);
		uint64_t v = reciprocal_3by2(d[1], d[0]);
		for (int j = m - 2; j >= 0; j--) q[j] = divide_3by2(left, u[j], WIDE(d[1], d[0]), v, &left);
		u[0] = (uint64_t)left, u[1] = HIGH(left);
	} else if (n == 3) {
		knuth(q, u, m - n + 1, d, 3);
	} else {
		knuth(q, u, m - n + 1, d, 4);
	}
	for (int i = 0; i < n; i++) r.word[i] = u[i] >> shift | (i + 1 < n ? u[i + 1] << 1 << (63 - shift) : 0);
	return r;
}

static int is_zero(const number *a) { return length_of(a->word, WORDS) == 0; }

INLINED number reduce(const uint64_t *x, int words, const number *by) {
	uint64_t q[WIDE_WORDS + 1];
	return is_zero(by) ? zero : divide(q, x, words, by);
}

INLINED number sum_of(number a, number b) {
	add_to(a.word, b.word, WORDS);
	return a;
}

INLINED number difference_of(number a, number b) {
	uint64_t borrow = 0;
	for (int i = 0; i < WORDS; i++) {
		wide difference = (wide)a.word[i] - b.word[i] - borrow;
		a.word[i] = (uint64_t)difference;
		borrow = HIGH(difference) & 1;
	}
	return a;
}

// multiply writes the lowest words of a product.
INLINED void multiply(uint64_t *product, int words, const number *a, const number *b) {
	memset(product, 0, words * sizeof *product);
	for (int i = 0; i < WORDS; i++) {
		uint64_t carry = 0;
		int most = words - i < WORDS ? words - i : WORDS;
		for (int j = 0; j < most; j++) {
			wide sum = (wide)a->word[i] * b->word[j] + product[i + j] + carry;
			product[i + j] = (uint64_t)sum;
			carry = HIGH(sum);
		}
		if (i + most < words) product[i + most] = carry;
	}
}

INLINED number product_of(number a, number b) {
	number product;
	multiply(product.word, WORDS, &a, &b);
	return product;
}

INLINED number quotient_of(number a, number b) {
	uint64_t q[WIDE_WORDS + 1] = {0};
	number quotient;
	if (is_zero(&b)) return zero;
	divide(q, a.word, WORDS, &b);
	memcpy(quotient.word, q, sizeof quotient.word);
	return quotient;
}

INLINED number remainder_of(number a, number b) { return reduce(a.word, WORDS, &b); }

INLINED number sum_modulo_of(number a, number b, number m) {
	uint64_t sum[WORDS + 1];
	memcpy(sum, a.word, sizeof a.word);
	sum[WORDS] = add_to(sum, b.word, WORDS);
	return reduce(sum, WORDS + 1, &m);
}

INLINED number product_modulo_of(number a, number b, number m) {
	uint64_t product[WIDE_WORDS];
	multiply(product, WIDE_WORDS, &a, &b);
	return reduce(product, WIDE_WORDS, &m);
}

INLINED number power_of(number a, number b) {
	number power = {{1}};
	int n = length_of(b.word, WORDS);
	for (int i = 0; i < n; i++) {
		uint64_t bits = b.word[i];
		int count = i + 1 < n ? 64 : 64 - __builtin_clzll(bits);
		for (int bit = 0; bit < count; bit++, bits >>= 1) {
			if (bits & 1) power = product_of(power, a);
			a = product_of(a, a);
		}
	}
	return power;
}

// Numbers stand in memory big-endian.
INLINED number load(const uint8_t *at) {
	number n;
	for (int i = 0; i < WORDS; i++) {
		uint64_t word;
		memcpy(&word, at + 24 - 8 * i, sizeof word);
		n.word[i] = __builtin_bswap64(word);
	}
	return n;
}

INLINED void store(uint8_t *at, number n) {
	for (int i = 0; i < WORDS; i++) {
		uint64_t word = __builtin_bswap64(n.word[i]);
		memcpy(at + 24 - 8 * i, &word, sizeof word);
	}
}

#define OF_TWO(name, work)                                                                 \
	void hestia_##name(uint8_t *memory, const uint32_t *o, const volatile int32_t *stop) { \
		(void)stop;                                                                        \
		store(memory + o[2], work(load(memory + o[0]), load(memory + o[1])));              \
	}

#define OF_THREE(name, work)                                                                       \
	void hestia_##name(uint8_t *memory, const uint32_t *o, const volatile int32_t *stop) {         \
		(void)stop;                                                                                \
		store(memory + o[3], work(load(memory + o[0]), load(memory + o[1]), load(memory + o[2]))); \
	}

OF_TWO(add, sum_of)
OF_TWO(sub, difference_of)
OF_TWO(mul, product_of)
OF_TWO(div, quotient_of)
OF_TWO(mod, remainder_of)
OF_THREE(addmod, sum_modulo_of)
OF_THREE(mulmod, product_modulo_of)
OF_TWO(exp, power_of)
