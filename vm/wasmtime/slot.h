// A slot of the pool: where one instance at a time stands, and what it keeps between two calls (run.c).
#ifndef HESTIA_SLOT_H
#define HESTIA_SLOT_H

#include "pages.h"
#include "types.h"

// hestia_birth is the memory that instances of a contract are born with. All of it but data is 0.
typedef struct {
	size_t bytes;    // of memory
	size_t from, to; // where data stands in it
	uint8_t data[];
} hestia_birth;

// hestia_contract is what all threads share about the instances of a contract that can be kept.
typedef struct {
	hestia_birth *birth; // set by the first run that needs it, NULL until then
	uint32_t calls;      // since the last instance that was watched
	uint32_t patience;   // how many calls there are until the next one is
} hestia_contract;

// hestia_exports is what C uses of an instance. The words are wasmtime's own structs.
typedef struct {
	int known; // whether the last three are
	struct {
		uint64_t words[2];
	} instance, enter;
	struct {
		uint64_t words[3];
	} gas_global, memory_item;
	uint8_t *memory; // where it begins, which never moves
} hestia_exports;

// hestia_slot holds one instance at a time. It keeps the last one for the next call of its contract.
typedef struct {
	wasmtime_store_t *store; // NULL if the slot is empty
	const wasmtime_instance_pre_t *tenant;
	hestia_exports exports;
	int64_t memory_limit, table_limit; // of the store
	hestia_watch watch;
	uint64_t reused, restored; // how often an instance ran again; of these, with only its written pages restored
	wasm_trap_t *unwinder;     // a trap that has unwound a run here; NULL if there is none
} hestia_slot;

// hestia_vacate empties a slot.
void hestia_vacate(hestia_slot *slot);

// hestia_slot_delete frees a slot, which was allocated as zeros.
void hestia_slot_delete(hestia_slot *slot);

#endif
