// The arithmetic of module bignum on 256-bit numbers, which are 32 bytes each, big-endian.
#ifndef HESTIA_BIGNUM_H
#define HESTIA_BIGNUM_H

#include "leaves.h"

// The first operands point to the numbers, the last to the result, which may overlap them. Division by zero gives zero.
hestia_leaf hestia_add, hestia_sub, hestia_mul, hestia_div, hestia_mod, hestia_addmod, hestia_mulmod, hestia_exp;

#endif
