// The conventions of Solidity, so that the tools people have see an ordinary contract: selectors, argument words,
// results and reasons.
#ifndef SOLIDITY_H
#define SOLIDITY_H

#include "eei.h"
#include "word.h"

enum { SELECTOR_SIZE = 4, WORD_SIZE = 32 };

// Ends with Error(string), for a literal of at most 32 bytes.
#define REVERT(reason)                                                             \
	do {                                                                           \
		_Static_assert(sizeof(reason) - 1 <= WORD_SIZE, "a reason fits one word"); \
		revert_with(reason, sizeof(reason) - 1);                                   \
	} while (0)

// Ends with a string result, for a literal of at most 32 bytes.
#define RETURN_STRING(text)                                                      \
	do {                                                                         \
		_Static_assert(sizeof(text) - 1 <= WORD_SIZE, "a string fits one word"); \
		encode_string(encoded_string, text, sizeof(text) - 1);                   \
		eei_finish(encoded_string, sizeof encoded_string);                       \
	} while (0)

// The ABI form of one string: its offset, its length, its bytes.
static word encoded_string[3];

static __attribute__((noinline)) void encode_string(word out[3], const char *text, uint32_t length) {
	out[0] = word_of(WORD_SIZE);
	out[1] = word_of(length);
	for (uint32_t i = 0; i < length; i++) ((char *)&out[2])[i] = text[i];
}

static _Noreturn __attribute__((noinline)) void revert_with(const char *reason, uint32_t length) {
	// The selector of Error(string) ends where the words begin.
	static struct {
		uint32_t pad, selector;
		word text[3];
	} out;
	out.selector = __builtin_bswap32(0x08c379a0);
	encode_string(out.text, reason, length);
	eei_revert(&out.selector, SELECTOR_SIZE + sizeof out.text);
}

// Refuses wei, as a function not marked payable does.
static inline void refuse_value(void) {
	uint64_t value[2];
	eei_call_value(value);
	if (value[0] | value[1]) REVERT("not payable");
}

// The selector of the call, first byte most significant.
static inline uint32_t calldata_selector(void) {
	if (eei_call_data_size() < SELECTOR_SIZE) REVERT("unknown selector");
	uint32_t selector;
	eei_call_data_copy(&selector, 0, SELECTOR_SIZE);
	return __builtin_bswap32(selector);
}

// The argument words of a call. More than three are not needed here.
static word argument[3];

// Reads the first `count` arguments; missing ones are refused, more are left.
static __attribute__((noinline)) void read_arguments(uint32_t count) {
	if (eei_call_data_size() < SELECTOR_SIZE + count * WORD_SIZE) REVERT("missing argument");
	eei_call_data_copy(argument, SELECTOR_SIZE, count * WORD_SIZE);
}

// Refuses an argument that is not an address padded with zeros.
static inline void require_address(const word *w) {
	if (w->limb[0] || (uint32_t)w->limb[1]) REVERT("malformed address");
}

// The caller, as a word.
static inline word caller_word(void) {
	word w = word_of(0);
	eei_caller(word_address(&w));
	return w;
}

static _Noreturn __attribute__((noinline)) void return_word(const word *w) { eei_finish(w, WORD_SIZE); }

static _Noreturn inline void return_true(void) {
	word one = word_of(1);
	return_word(&one);
}

// The word stored under key.
static inline word load(const word *key) {
	word value;
	eei_storage_load(key, &value);
	return value;
}

#endif
