// Where Solidity keeps the values of a mapping in storage.
#ifndef MAPPING_H
#define MAPPING_H

#include "eei.h"
#include "word.h"

// The key of mapping[key] for the mapping declared at slot.
static __attribute__((noinline)) word mapping_slot(const word *key, const word *slot) {
	word pair[2] = {*key, *slot};
	eei_keccak256(pair, sizeof pair, pair);
	return pair[0];
}

#endif
