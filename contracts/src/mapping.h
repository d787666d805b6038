// Where Solidity keeps the values of a mapping in storage.
#ifndef MAPPING_H
#define MAPPING_H

#include "keccak.h"
#include "word.h"

// The key of mapping[key] for the mapping declared at slot.
static __attribute__((noinline)) word mapping_slot(const word *key, const word *slot) {
  static keccak hash;
  keccak_init(&hash);
  keccak_update(&hash, key, sizeof(word));
  keccak_update(&hash, slot, sizeof(word));
  keccak_final(&hash);
  return (word){{hash.lane[0], hash.lane[1], hash.lane[2], hash.lane[3]}};
}

#endif
