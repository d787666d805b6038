// Keccak-256 with Ethereum's padding. One text of the permutation serves every processor: over 64-bit words, over the
// same with BMI instructions, and over vector registers of one lane each with AVX-512VL, which rotates a lane in one
// instruction and mixes three lanes in one (docs/adr/0014).
#include "keccak.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { RATE = 136, LANES = 25, ROUNDS = 24, DIGEST = 32 };

static const uint64_t round_constant[ROUNDS] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
	0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
	0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
	0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

// ROW is chi on one row, whose lanes pi has moved there.
#define ROW(to0, to1, to2, to3, to4, from0, from1, from2, from3, from4)      \
	do {                                                                     \
		LANE b0 = from0, b1 = from1, b2 = from2, b3 = from3, b4 = from4;     \
		to0 = CHI(b0, b1, b2), to1 = CHI(b1, b2, b3), to2 = CHI(b2, b3, b4); \
		to3 = CHI(b3, b4, b0), to4 = CHI(b4, b0, b1);                        \
	} while (0)

#define WORD_STORE(to, a) (*(to) = (a))
#define WORD_XOR3(a, b, c) ((a) ^ (b) ^ (c))
#define WORD_TURN(a, n) ((a) << (n) | (a) >> (64 - (n)))
#define WORD_CHI(a, b, c) ((a) ^ (~(b) & (c)))

#define PERMUTE permute
#define LANE uint64_t
#define LOAD(from) *(from)
#define STORE WORD_STORE
#define CONSTANT(round) round_constant[round]
#define XOR(a, b) ((a) ^ (b))
#define XOR3 WORD_XOR3
#define TURN WORD_TURN
#define CHI WORD_CHI
#include "permutation.h"

#if defined(__x86_64__)
#define PERMUTE __attribute__((target("bmi,bmi2"))) permute_bmi
#include "permutation.h"

#undef LANE
#undef LOAD
#undef STORE
#undef CONSTANT
#undef XOR
#undef XOR3
#undef TURN
#undef CHI

#define PERMUTE __attribute__((target("avx512vl"))) permute_avx512
#define LANE __m128i
#define LOAD(from) _mm_loadl_epi64((const __m128i *)(from))
#define STORE(to, a) _mm_storel_epi64((__m128i *)(to), a)
#define CONSTANT(round) _mm_loadl_epi64((const __m128i *)(round_constant + (round)))
#define XOR _mm_xor_si128
#define XOR3(a, b, c) _mm_ternarylogic_epi64(a, b, c, 0x96)
#define TURN _mm_rol_epi64
#define CHI(a, b, c) _mm_ternarylogic_epi64(a, b, c, 0xd2)
#include "permutation.h"
#endif

typedef void permutation(uint64_t state[LANES]);

// permutation_of returns the permutation of a way, slower ones first. It is NULL if the processor lacks the
// instructions.
static permutation *permutation_of(uint32_t way) {
	switch (way) {
		case 0: return permute;
#if defined(__x86_64__)
		case 1: return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") ? permute_bmi : NULL;
		case 2: return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") ? permute_avx512 : NULL;
#endif
	}
	return NULL;
}

// absorb adds one block to the sponge. Lanes are little-endian, and so is every processor that this is compiled for.
static void absorb(uint64_t state[LANES], const uint8_t block[RATE], permutation *mix) {
	for (int i = 0; i < RATE / 8; i++) {
		uint64_t lane;
		memcpy(&lane, block + 8 * i, sizeof lane);
		state[i] ^= lane;
	}
	mix(state);
}

static void keccak256(permutation *mix, const uint8_t *data, size_t length, uint8_t *result,
                      const volatile int32_t *stop) {
	uint64_t state[LANES] = {0};
	uint8_t last[RATE] = {0};
	for (; length >= RATE; data += RATE, length -= RATE) {
		if (stop && *stop) return;
		absorb(state, data, mix);
	}
	memcpy(last, data, length);
	last[length] = 0x01;
	last[RATE - 1] |= 0x80;
	absorb(state, last, mix);
	memcpy(result, state, DIGEST);
}

int hestia_keccak256_by(uint32_t way, const uint8_t *data, size_t length, uint8_t *result) {
	permutation *mix = permutation_of(way);
	if (mix) keccak256(mix, data, length, result, NULL);
	return mix != NULL;
}

static permutation *best = permute;

__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
	__builtin_cpu_init();
#endif
	for (uint32_t way = 0; way < HESTIA_KECCAK_WAYS; way++)
		if (permutation_of(way)) best = permutation_of(way);
}

void hestia_keccak256(const uint8_t *data, size_t length, uint8_t *result, const volatile int32_t *stop) {
	keccak256(best, data, length, result, stop);
}
