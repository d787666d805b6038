// What the token's runtime and its constructor share: the storage layout of
//
//   uint256 totalSupply;                                      // slot 0
//   mapping(address => uint256) balanceOf;                    // slot 1
//   mapping(address => mapping(address => uint256)) allowance; // slot 2
//
// and the Transfer event.
#ifndef TOKEN_H
#define TOKEN_H

#include "mapping.h"
#include "solidity.h"

static const word supply_slot;

static inline word balance_slot(const word *owner) {
	word slot = word_of(1);
	return mapping_slot(owner, &slot);
}

static inline word allowance_slot(const word *owner, const word *spender) {
	word slot = word_of(2);
	slot = mapping_slot(owner, &slot);
	return mapping_slot(spender, &slot);
}

// keccak256("Transfer(address,address,uint256)")
static const uint8_t transfer_event[WORD_SIZE] = "\xdd\xf2\x52\xad\x1b\xe2\xc8\x9b\x69\xc2\xb0\x68\xfc\x37\x8d\xaa"
												 "\x95\x2b\xa7\xf1\x63\xc4\xa1\x16\x28\xf5\x5a\x4d\xf5\x23\xb3\xef";

static inline void emit_transfer(const word *from, const word *to, const word *amount) {
	eei_log(amount, WORD_SIZE, 3, transfer_event, from, to, 0);
}

#endif
