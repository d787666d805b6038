// An ERC-20 token: the runtime. It behaves as the plain Solidity contract with the layout in token.h would; an
// allowance of 2^256-1 is never used up.
#include "token.h"

enum {
	NAME = 0x06fdde03,          // name()
	SYMBOL = 0x95d89b41,        // symbol()
	DECIMALS = 0x313ce567,      // decimals()
	TOTAL_SUPPLY = 0x18160ddd,  // totalSupply()
	BALANCE_OF = 0x70a08231,    // balanceOf(address)
	ALLOWANCE = 0xdd62ed3e,     // allowance(address,address)
	TRANSFER = 0xa9059cbb,      // transfer(address,uint256)
	APPROVE = 0x095ea7b3,       // approve(address,uint256)
	TRANSFER_FROM = 0x23b872dd, // transferFrom(address,address,uint256)
};

// keccak256("Approval(address,address,uint256)")
static const uint8_t approval_event[WORD_SIZE] = "\x8c\x5b\xe1\xe5\xeb\xec\x7d\x5b\xd1\x4f\x71\x42\x7d\x1e\x84\xf3"
												 "\xdd\x03\x14\xc0\xf7\xb2\x29\x1e\x5b\x20\x0a\xc8\xc7\xc3\xb9\x25";

static _Noreturn void return_stored(word slot) {
	word value = load(&slot);
	return_word(&value);
}

// Moves amount from one account to another. The sum cannot overflow: all balances together are the supply.
static __attribute__((noinline)) void move(const word *from, const word *to, const word *amount) {
	word slot = balance_slot(from), balance = load(&slot);
	if (word_sub(&balance, amount)) REVERT("insufficient balance");
	eei_storage_store(&slot, &balance);

	// Read only now: sending to oneself must see what was just stored.
	slot = balance_slot(to);
	balance = load(&slot);
	word_add(&balance, amount);
	eei_storage_store(&slot, &balance);
	emit_transfer(from, to, amount);
}

static _Noreturn void transfer(const word *to, const word *amount) {
	require_address(to);
	word from = caller_word();
	move(&from, to, amount);
	return_true();
}

static _Noreturn void approve(const word *spender, const word *amount) {
	require_address(spender);
	word owner = caller_word();
	word slot = allowance_slot(&owner, spender);
	eei_storage_store(&slot, amount);
	eei_log(amount, WORD_SIZE, 3, approval_event, &owner, spender, 0);
	return_true();
}

static _Noreturn void transfer_from(const word *from, const word *to, const word *amount) {
	require_address(from);
	require_address(to);
	word spender = caller_word();
	word slot = allowance_slot(from, &spender), allowed = load(&slot);
	if (!word_is_max(&allowed)) {
		if (word_sub(&allowed, amount)) REVERT("insufficient allowance");
		eei_storage_store(&slot, &allowed);
	}
	move(from, to, amount);
	return_true();
}

CONTRACT_MAIN void token_main(void) {
	refuse_value();
	switch (calldata_selector()) {
		case NAME: RETURN_STRING("Hestia Token");
		case SYMBOL: RETURN_STRING("HST");
		case DECIMALS: argument[0] = word_of(18); return_word(&argument[0]);
		case TOTAL_SUPPLY: return_stored(supply_slot);
		case BALANCE_OF:
			read_arguments(1);
			require_address(&argument[0]);
			return_stored(balance_slot(&argument[0]));
		case ALLOWANCE:
			read_arguments(2);
			require_address(&argument[0]);
			require_address(&argument[1]);
			return_stored(allowance_slot(&argument[0], &argument[1]));
		case TRANSFER: read_arguments(2); transfer(&argument[0], &argument[1]);
		case APPROVE: read_arguments(2); approve(&argument[0], &argument[1]);
		case TRANSFER_FROM: read_arguments(3); transfer_from(&argument[0], &argument[1], &argument[2]);
		default: REVERT("unknown selector");
	}
}
