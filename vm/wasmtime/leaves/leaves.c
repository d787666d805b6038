// The table of leaves.
#include "leaves.h"

#include <stddef.h>

#include "bignum.h"
#include "keccak.h"

static void keccak256(uint8_t *memory, const uint32_t *o, const volatile int32_t *stop) {
	hestia_keccak256(memory + o[0], o[1], memory + o[2], stop);
}

static hestia_leaf *const leaves[HESTIA_LEAVES] = {
	[HESTIA_LEAF_KECCAK256] = keccak256,  [HESTIA_LEAF_ADD] = hestia_add,       [HESTIA_LEAF_SUB] = hestia_sub,
	[HESTIA_LEAF_MUL] = hestia_mul,       [HESTIA_LEAF_DIV] = hestia_div,       [HESTIA_LEAF_MOD] = hestia_mod,
	[HESTIA_LEAF_ADDMOD] = hestia_addmod, [HESTIA_LEAF_MULMOD] = hestia_mulmod, [HESTIA_LEAF_EXP] = hestia_exp,
};

hestia_leaf *hestia_leaf_of(uint32_t number) { return number < HESTIA_LEAVES ? leaves[number] : NULL; }

int hestia_leaf_run(uint32_t number, uint8_t *memory, const uint32_t *operands) {
	hestia_leaf *leaf = hestia_leaf_of(number);
	if (leaf) leaf(memory, operands, NULL);
	return leaf != NULL;
}
