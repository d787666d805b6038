// The Ethereum Environment Interface for contracts in C: every function, its operands and types. This file is printed
// from ewasm/table.go (make golden); docs/eei.md says more, with traps and prices.
//
// Data crosses by pointer into the contract's memory, in these shapes:
//   address   20 bytes, as printed
//   bytes32   32 bytes, as printed: storage keys and values, hashes, topics, numbers of module bignum
//   u128      16 bytes, LITTLE-endian: amounts of wei
//   u256      32 bytes, LITTLE-endian: the difficulty only
// A window that leaves memory traps, and a trap burns all gas.
//
// clang-format off
#ifndef EEI_H
#define EEI_H

#include <stdint.h>

// EEI imports a function.
#define EEI(module, name) __attribute__((import_module(module), import_name(name)))

// EEI_END imports a function that ends the call and does not return.
#define EEI_END(module, name) EEI(module, name) __attribute__((noreturn))

// What a call or a creation answers.
enum { EEI_OK = 0, EEI_FAILED = 1, EEI_REVERTED = 2 };
