// The host functions whose work is done in C, by number. A leaf knows no engine and no frame, and cannot fail.
#ifndef HESTIA_LEAVES_H
#define HESTIA_LEAVES_H

#include <stdint.h>

// hestia_leaf does the work of a host function. Its operands are those of the function; the windows that they name
// lie in memory. It may leave the work undone if stop, which may be NULL, is not 0 before it is finished.
typedef void hestia_leaf(uint8_t *memory, const uint32_t *operands, const volatile int32_t *stop);

// The numbers of leaves.
enum {
	HESTIA_NO_LEAF,
	HESTIA_LEAF_KECCAK256,
	HESTIA_LEAF_ADD,
	HESTIA_LEAF_SUB,
	HESTIA_LEAF_MUL,
	HESTIA_LEAF_DIV,
	HESTIA_LEAF_MOD,
	HESTIA_LEAF_ADDMOD,
	HESTIA_LEAF_MULMOD,
	HESTIA_LEAF_EXP,
	HESTIA_LEAVES // how many numbers there are
};

// hestia_leaf_of returns a leaf by its number, NULL if there is none.
hestia_leaf *hestia_leaf_of(uint32_t number);

// hestia_leaf_run runs a leaf by its number. It returns 0 if there is none.
int hestia_leaf_run(uint32_t number, uint8_t *memory, const uint32_t *operands);

#endif
