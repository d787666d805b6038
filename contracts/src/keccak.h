// Keccak-256 as Ethereum uses it: the original padding (0x01), not SHA-3's. The 25 lanes of a permutation live in
// locals; only the 24 rounds are a loop.
#ifndef KECCAK_H
#define KECCAK_H

#include <stdint.h>

enum { KECCAK_RATE = 136, KECCAK_LANES = 25 };

// A running hash: the sponge, and how many bytes of its rate are filled.
typedef struct {
	uint64_t lane[KECCAK_LANES];
	uint32_t filled;
} keccak;

static const uint64_t keccak_round_constant[24] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
	0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
	0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
	0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define KECCAK_ROTATE(x, n) ((x) << (n) | (x) >> (64 - (n)))

// One step of rho and pi: the lane in hand goes to `to`, turned by n bits, and the lane that was there comes into
// hand.
#define KECCAK_MOVE(to, n)              \
	do {                                \
		uint64_t next = a[to];          \
		a[to] = KECCAK_ROTATE(hand, n); \
		hand = next;                    \
	} while (0)

static __attribute__((noinline)) void keccak_permute(uint64_t lane[KECCAK_LANES]) {
	uint64_t a[KECCAK_LANES], column[5];
#pragma unroll
	for (int i = 0; i < KECCAK_LANES; i++) a[i] = lane[i];
	for (int round = 0; round < 24; round++) {
		// theta
#pragma unroll
		for (int x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma unroll
		for (int x = 0; x < 5; x++) {
			uint64_t turn = column[(x + 4) % 5] ^ KECCAK_ROTATE(column[(x + 1) % 5], 1);
#pragma unroll
			for (int y = 0; y < KECCAK_LANES; y += 5) a[x + y] ^= turn;
		}
		// rho and pi
		uint64_t hand = a[1];
		KECCAK_MOVE(10, 1);
		KECCAK_MOVE(7, 3);
		KECCAK_MOVE(11, 6);
		KECCAK_MOVE(17, 10);
		KECCAK_MOVE(18, 15);
		KECCAK_MOVE(3, 21);
		KECCAK_MOVE(5, 28);
		KECCAK_MOVE(16, 36);
		KECCAK_MOVE(8, 45);
		KECCAK_MOVE(21, 55);
		KECCAK_MOVE(24, 2);
		KECCAK_MOVE(4, 14);
		KECCAK_MOVE(15, 27);
		KECCAK_MOVE(23, 41);
		KECCAK_MOVE(19, 56);
		KECCAK_MOVE(13, 8);
		KECCAK_MOVE(12, 25);
		KECCAK_MOVE(2, 43);
		KECCAK_MOVE(20, 62);
		KECCAK_MOVE(14, 18);
		KECCAK_MOVE(22, 39);
		KECCAK_MOVE(9, 61);
		KECCAK_MOVE(6, 20);
		KECCAK_MOVE(1, 44);
		// chi
#pragma unroll
		for (int y = 0; y < KECCAK_LANES; y += 5) {
#pragma unroll
			for (int x = 0; x < 5; x++) column[x] = a[y + x];
#pragma unroll
			for (int x = 0; x < 5; x++) a[y + x] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
		}
		// iota
		a[0] ^= keccak_round_constant[round];
	}
#pragma unroll
	for (int i = 0; i < KECCAK_LANES; i++) lane[i] = a[i];
}

// Starts a hash of nothing.
static inline void keccak_init(keccak *h) {
	for (int i = 0; i < KECCAK_LANES; i++) h->lane[i] = 0;
	h->filled = 0;
}

// Adds length bytes to the hash.
static __attribute__((noinline)) void keccak_update(keccak *h, const void *data, uint32_t length) {
	const uint8_t *in = data;
	uint8_t *sponge = (uint8_t *)h->lane; // lanes are little-endian, and so is wasm
	for (uint32_t i = 0; i < length; i++) {
		sponge[h->filled++] ^= in[i];
		if (h->filled == KECCAK_RATE) {
			keccak_permute(h->lane);
			h->filled = 0;
		}
	}
}

// Ends the hash; the digest is the first 32 bytes of h->lane.
static inline void keccak_final(keccak *h) {
	uint8_t *sponge = (uint8_t *)h->lane;
	sponge[h->filled] ^= 0x01;
	sponge[KECCAK_RATE - 1] ^= 0x80;
	keccak_permute(h->lane);
}

#endif
