// The 256-bit word of Ethereum, kept in memory as it crosses the interface: 32 bytes, most significant first.
// Arithmetic turns each of the four limbs round, which wasm does in registers.
#ifndef WORD_H
#define WORD_H

#include <stdbool.h>
#include <stdint.h>

// limb[0] is the most significant; the bytes of each are big-endian.
typedef struct {
	uint64_t limb[4];
} word;

// A limb turned round: between memory's order of bytes and a number. wasm has no instruction for it, so it is one
// small function and not thirty places.
static __attribute__((noinline)) uint64_t turn(uint64_t limb) { return __builtin_bswap64(limb); }

// A small number as a word.
static inline word word_of(uint32_t n) { return (word){{0, 0, 0, __builtin_bswap64(n)}}; }

// Where the 20 bytes of an address lie within a word.
static inline uint8_t *word_address(word *w) { return (uint8_t *)w + 12; }

static inline bool word_is_zero(const word *w) { return (w->limb[0] | w->limb[1] | w->limb[2] | w->limb[3]) == 0; }

// Whether every bit is set.
static inline bool word_is_max(const word *w) {
	return (w->limb[0] & w->limb[1] & w->limb[2] & w->limb[3]) == UINT64_MAX;
}

// Adds b to *a and reports whether the sum has more than 256 bits.
static __attribute__((noinline)) bool word_add(word *a, const word *b) {
	bool carry = false;
	for (int i = 3; i >= 0; i--) {
		uint64_t x = turn(a->limb[i]), sum = x + turn(b->limb[i]);
		bool over = sum < x;
		sum += carry;
		over |= sum < carry;
		a->limb[i] = turn(sum);
		carry = over;
	}
	return carry;
}

// Subtracts b from *a and reports whether b was larger.
static __attribute__((noinline)) bool word_sub(word *a, const word *b) {
	bool borrow = false;
	for (int i = 3; i >= 0; i--) {
		uint64_t x = turn(a->limb[i]), y = turn(b->limb[i]);
		bool under = x < y || (x == y && borrow);
		a->limb[i] = turn(x - y - borrow);
		borrow = under;
	}
	return borrow;
}

#endif
