// The compute kernels that engines are compared by, one for each number in the calldata's only argument. Kernels.sol
// does the same, step by step; tests/compare holds the two to the same results.
#include "eei.h"
#include "solidity.h"

__attribute__((import_module("bignum"), import_name("mulmod"))) void bignum_mulmod(const void *x, const void *y,
                                                                                   const void *modulus, void *result);

enum { HASHES, PRODUCTS, XORSHIFT, FIB, SIEVE, SORT, MATRIX, SHA, PRODUCTS_IN_C };
enum { ROUNDS = 1000000, LIMIT = 200000, ITEMS = 1000, SIDE = 60, DIGESTS = 200 };

static _Noreturn void return_number(uint64_t n) {
	word w = word_of(0);
	w.limb[3] = __builtin_bswap64(n);
	return_word(&w);
}

static _Noreturn void hashes(void) {
	word h = word_of(0);
	for (uint32_t i = 0; i < ROUNDS; i++) eei_keccak256(&h, WORD_SIZE, &h);
	return_word(&h);
}

static _Noreturn void products(void) {
	static uint8_t x[32] = "\x79\xbe\x66\x7e\xf9\xdc\xbb\xac\x55\xa0\x62\x95\xce\x87\x0b\x07"
						   "\x02\x9b\xfc\xdb\x2d\xce\x28\xd9\x59\xf2\x81\x5b\x16\xf8\x17\x98";
	static const uint8_t y[32] = "\x48\x3a\xda\x77\x26\xa3\xc4\x65\x5d\xa4\xfb\xfc\x0e\x11\x08\xa8"
								 "\xfd\x17\xb4\x48\xa6\x85\x54\x19\x9c\x47\xd0\x8f\xfb\x10\xd4\xb8";
	static const uint8_t p[32] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
								 "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xfc\x2f";
	for (uint32_t i = 0; i < ROUNDS; i++) bignum_mulmod(x, y, p, x);
	eei_finish(x, sizeof x);
}

// x times y modulo 2^256 - 2^32 - 977, in limbs of 32 bits, the least significant first: the product, then twice what
// lies above 2^256 times what 2^256 leaves.
static void multiply(uint32_t x[8], const uint32_t y[8]) {
	uint32_t product[17] = {0};
#pragma unroll
	for (int i = 0; i < 8; i++) {
		uint64_t carry = 0;
#pragma unroll
		for (int j = 0; j < 8; j++) {
			carry += (uint64_t)x[i] * y[j] + product[i + j];
			product[i + j] = (uint32_t)carry;
			carry >>= 32;
		}
		product[i + 8] = (uint32_t)carry;
	}
	uint64_t carry = 0, above = 0;
#pragma unroll
	for (int i = 0; i < 8; i++) {
		carry += (uint64_t)product[8 + i] * 977 + product[i] + above;
		above = product[8 + i];
		x[i] = (uint32_t)carry;
		carry >>= 32;
	}
	uint64_t rest = carry + above; // less than 2^34
	do {
		carry = (rest & 0xffffffff) * 977 + x[0];
		x[0] = (uint32_t)carry;
		carry = (carry >> 32) + (rest >> 32) * 977 + (rest & 0xffffffff) + x[1];
		x[1] = (uint32_t)carry;
		carry = (carry >> 32) + (rest >> 32) + x[2];
		x[2] = (uint32_t)carry;
		carry >>= 32;
		for (int i = 3; i < 8; i++) {
			carry += x[i];
			x[i] = (uint32_t)carry;
			carry >>= 32;
		}
		rest = carry;
	} while (rest);
}

// The residue may still be the modulus or more, which is so only if all limbs but two are full.
static void reduce(uint32_t x[8]) {
	for (int i = 2; i < 8; i++)
		if (x[i] != 0xffffffff) return;
	if (x[1] < 0xfffffffe || (x[1] == 0xfffffffe && x[0] < 0xfffffc2f)) return;
	uint64_t low = ((uint64_t)x[1] << 32 | x[0]) - 0xfffffffefffffc2f;
	x[0] = (uint32_t)low;
	x[1] = (uint32_t)(low >> 32);
	for (int i = 2; i < 8; i++) x[i] = 0;
}

static _Noreturn void products_in_c(void) {
	uint32_t x[8] = {0x16f81798, 0x59f2815b, 0x2dce28d9, 0x029bfcdb, 0xce870b07, 0x55a06295, 0xf9dcbbac, 0x79be667e};
	static const uint32_t y[8] = {0xfb10d4b8, 0x9c47d08f, 0xa6855419, 0xfd17b448,
	                              0x0e1108a8, 0x5da4fbfc, 0x26a3c465, 0x483ada77};
	for (uint32_t i = 0; i < ROUNDS; i++) multiply(x, y);
	reduce(x);
	uint32_t out[8];
	for (int i = 0; i < 8; i++) out[i] = __builtin_bswap32(x[7 - i]);
	eei_finish(out, sizeof out);
}

static uint64_t xorshift(void) {
	uint64_t x = 88172645463325252;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x;
}

static __attribute__((noinline)) uint64_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static uint64_t sieve(void) {
	static uint8_t composite[LIMIT];
	uint32_t primes = 0;
	for (uint32_t i = 2; i < LIMIT; i++) {
		if (composite[i]) continue;
		primes++;
		for (uint64_t j = (uint64_t)i * i; j < LIMIT; j += i) composite[j] = 1;
	}
	return primes;
}

static uint64_t sort(void) {
	static uint32_t a[ITEMS];
	uint32_t x = 1;
	for (uint32_t i = 0; i < ITEMS; i++) a[i] = x = (x * 1103515245 + 12345) & 0x7fffffff;
	for (uint32_t i = 1; i < ITEMS; i++) {
		uint32_t v = a[i], j = i;
		while (j > 0 && a[j - 1] > v) {
			a[j] = a[j - 1];
			j--;
		}
		a[j] = v;
	}
	uint64_t sum = 0;
	for (uint32_t i = 0; i < ITEMS; i++) sum += (uint64_t)a[i] * (i + 1);
	return sum;
}

static uint64_t matrix(void) {
	static uint64_t a[SIDE * SIDE], b[SIDE * SIDE], c[SIDE * SIDE];
	for (uint32_t i = 0; i < SIDE * SIDE; i++) {
		a[i] = i % 7 + 1;
		b[i] = i % 11 + 2;
	}
	for (uint32_t i = 0; i < SIDE; i++)
		for (uint32_t j = 0; j < SIDE; j++) {
			uint64_t s = 0;
			for (uint32_t k = 0; k < SIDE; k++) s += a[i * SIDE + k] * b[k * SIDE + j];
			c[i * SIDE + j] = s;
		}
	uint64_t sum = 0;
	for (uint32_t i = 0; i < SIDE * SIDE; i++) sum += c[i] * (i % 13 + 1);
	return sum;
}

static const uint32_t sha_constant[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define TURN(x, n) ((x) >> (n) | (x) << (32 - (n)))

// SHA-256 of its own 32 bytes, 200 times over.
static _Noreturn void sha(void) {
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	static uint32_t w[64], out[8];
	for (uint32_t n = 0; n < DIGESTS; n++) {
		for (int i = 0; i < 8; i++) w[i] = out[i];
		w[8] = 0x80000000;
		for (int i = 9; i < 15; i++) w[i] = 0;
		w[15] = 256;
		for (int i = 16; i < 64; i++) {
			uint32_t x = w[i - 15], y = w[i - 2];
			w[i] = w[i - 16] + w[i - 7] + (TURN(x, 7) ^ TURN(x, 18) ^ x >> 3) + (TURN(y, 17) ^ TURN(y, 19) ^ y >> 10);
		}
		uint32_t s[8];
		for (int i = 0; i < 8; i++) s[i] = start[i];
		for (int i = 0; i < 64; i++) {
			uint32_t a = s[0], e = s[4];
			uint32_t t =
				s[7] + (TURN(e, 6) ^ TURN(e, 11) ^ TURN(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + sha_constant[i] + w[i];
			uint32_t u = (TURN(a, 2) ^ TURN(a, 13) ^ TURN(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
			s[7] = s[6];
			s[6] = s[5];
			s[5] = e;
			s[4] = s[3] + t;
			s[3] = s[2];
			s[2] = s[1];
			s[1] = a;
			s[0] = t + u;
		}
		for (int i = 0; i < 8; i++) out[i] = start[i] + s[i];
	}
	for (int i = 0; i < 8; i++) out[i] = __builtin_bswap32(out[i]);
	eei_finish(out, sizeof out);
}

CONTRACT_MAIN void kernels_main(void) {
	uint8_t which;
	eei_call_data_copy(&which, SELECTOR_SIZE + WORD_SIZE - 1, 1);
	switch (which) {
		case HASHES: hashes();
		case PRODUCTS: products();
		case XORSHIFT: return_number(xorshift());
		case FIB: return_number(fib(24));
		case SIEVE: return_number(sieve());
		case SORT: return_number(sort());
		case MATRIX: return_number(matrix());
		case SHA: sha();
		case PRODUCTS_IN_C: products_in_c();
		default: REVERT("unknown kernel");
	}
}
