// The host functions that C does by itself.
#include "leaves.h"
#include "shim.h"

#include <string.h>

// leaf_keccak256 may be at it for long, and nobody looks at the hash of a run that is to end.
static void leaf_keccak256(uint8_t *memory, const uint32_t *o) {
	hestia_frame *f = hestia_innermost();
	hestia_keccak256(memory + o[0], o[1], memory + o[2], f ? &f->interrupted : NULL);
}

static const struct {
	const char *module, *name;
	hestia_leaf *leaf;
} leaves[] = {
	{"ethereum", "keccak256", leaf_keccak256}, {"bignum", "add", hestia_add}, {"bignum", "sub", hestia_sub},
	{"bignum", "mul", hestia_mul}, {"bignum", "div", hestia_div}, {"bignum", "mod", hestia_mod},
	{"bignum", "addmod", hestia_addmod}, {"bignum", "mulmod", hestia_mulmod}, {"bignum", "exp", hestia_exp},
};

hestia_leaf *hestia_leaf_of(const char *module, const char *name) {
	for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++)
		if (strcmp(leaves[i].module, module) == 0 && strcmp(leaves[i].name, name) == 0) return leaves[i].leaf;
	return NULL;
}

int hestia_leaf_run(const char *module, const char *name, uint8_t *memory, const uint32_t *operands) {
	hestia_leaf *leaf = hestia_leaf_of(module, name);
	if (leaf) leaf(memory, operands);
	return leaf != NULL;
}
