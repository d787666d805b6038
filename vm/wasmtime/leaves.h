// What C computes for contracts without Go: hashing and arithmetic on operands that stand in their memory. None of it can fail.
#ifndef HESTIA_LEAVES_H
#define HESTIA_LEAVES_H

#include <stddef.h>
#include <stdint.h>

// hestia_keccak256 writes the 32 bytes of the Keccak-256 of length bytes at data, which may overlap; nothing where stop, which
// may be NULL, is not 0 before it is done.
void hestia_keccak256(const uint8_t *data, size_t length, uint8_t *result, const volatile int32_t *stop);

// hestia_keccak256_by is that in one of the ways there are, from 0 up to HESTIA_KECCAK_WAYS, which all give the same. It returns
// 0, with nothing written, where this processor has not what the way needs. hestia_keccak256 takes the last that it has.
enum { HESTIA_KECCAK_WAYS = 3 };
int hestia_keccak256_by(uint32_t way, const uint8_t *data, size_t length, uint8_t *result);

// hestia_leaf does the work of a host function: its operands are what contracts call that with, and windows that they name lie
// in memory.
typedef void hestia_leaf(uint8_t *memory, const uint32_t *operands);

// Module bignum.
hestia_leaf hestia_add, hestia_sub, hestia_mul, hestia_div, hestia_mod, hestia_addmod, hestia_mulmod, hestia_exp;

// hestia_leaf_of returns what stands for a host function, NULL where nothing does.
hestia_leaf *hestia_leaf_of(const char *module, const char *name);

// hestia_leaf_run does what stands for a host function; 0 where nothing does.
int hestia_leaf_run(const char *module, const char *name, uint8_t *memory, const uint32_t *operands);

#endif
