// Answers keccak256 of its calldata, of any length, a block at a time.
#include "eei.h"
#include "keccak.h"

CONTRACT_MAIN void keccak_main(void) {
	static keccak hash;
	static uint8_t block[KECCAK_RATE];
	uint32_t size = eei_call_data_size();
	keccak_init(&hash);
	for (uint32_t offset = 0; offset < size;) {
		uint32_t length = size - offset < KECCAK_RATE ? size - offset : KECCAK_RATE;
		eei_call_data_copy(block, offset, length);
		keccak_update(&hash, block, length);
		offset += length;
	}
	keccak_final(&hash);
	eei_finish(hash.lane, 32);
}
