// Keccak-256 with Ethereum's padding.
#ifndef HESTIA_KECCAK_H
#define HESTIA_KECCAK_H

#include <stddef.h>
#include <stdint.h>

// hestia_keccak256 writes the 32 bytes of the Keccak-256 of length bytes at data. The result may overlap the data. It
// writes nothing if stop, which may be NULL, is not 0 before all of the data is hashed.
void hestia_keccak256(const uint8_t *data, size_t length, uint8_t *result, const volatile int32_t *stop);

// hestia_keccak256 has HESTIA_KECCAK_WAYS implementations with the same result, the fastest last.
enum { HESTIA_KECCAK_WAYS = 3 };

// hestia_keccak256_by hashes with one of them. It returns 0 and writes nothing if this processor lacks the
// instructions.
int hestia_keccak256_by(uint32_t way, const uint8_t *data, size_t length, uint8_t *result);

#endif
