// A counter: one number in storage, that anybody may raise.
#include "solidity.h"

enum {
	INCREMENT = 0xd09de08a, // increment()
	ADD = 0x1003e2d2,       // add(uint256)
	COUNT = 0x06661abd,     // count()
};

// The count lies in storage slot 0.
static const word count_slot;

// keccak256("Incremented(uint256)")
static const uint8_t incremented[WORD_SIZE] = "\x20\xd8\xa6\xf5\xa6\x93\xf9\xd1\xd6\x27\xa5\x98\xe8\x82\x0f\x7a"
											  "\x55\xee\x74\xc1\x83\xaa\x8f\x1a\x30\xe8\xd4\xe8\xdd\x9a\x8d\x84";

static void add(const word *amount) {
	word count = load(&count_slot);
	if (word_add(&count, amount)) REVERT("overflow");
	eei_storage_store(&count_slot, &count);
	eei_log(&count, WORD_SIZE, 1, incremented, 0, 0, 0);
}

CONTRACT_MAIN void counter_main(void) {
	refuse_value();
	switch (calldata_selector()) {
		case INCREMENT:
			argument[0] = word_of(1);
			add(&argument[0]);
			return;
		case ADD:
			read_arguments(1);
			add(&argument[0]);
			return;
		case COUNT: argument[0] = load(&count_slot); return_word(&argument[0]);
		default: REVERT("unknown selector");
	}
}
