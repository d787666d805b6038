// An ERC-20 token: the constructor. It gives the whole supply to the account that deploys it: the uint256 in its
// calldata, or 1,000,000 tokens if there is none. The section runtime, which the linker puts last, holds the code to
// deploy; what follows it is the calldata.
#include "token.h"

__asm__(".section .custom_section.runtime,\"\",@\n"
        ".incbin \"token.wasm\"\n");

// 1,000,000 tokens of 18 decimals: 0xd3c21bcecceda1000000.
static const uint8_t initial_supply[WORD_SIZE] __attribute__((aligned(8))) = {
	[22] = 0xd3, 0xc2, 0x1b, 0xce, 0xcc, 0xed, 0xa1, 0x00, 0x00, 0x00,
};

CONTRACT_MAIN void token_deploy_main(void) {
	refuse_value();
	const word *supply = (const word *)initial_supply;
	if (eei_call_data_size() != 0) {
		if (eei_call_data_size() < WORD_SIZE) REVERT("missing argument");
		eei_call_data_copy(argument, 0, WORD_SIZE);
		supply = argument;
	}
	word nobody = word_of(0), deployer = caller_word();
	word slot = balance_slot(&deployer);
	eei_storage_store(&supply_slot, supply);
	eei_storage_store(&slot, supply);
	emit_transfer(&nobody, &deployer, supply);
}
