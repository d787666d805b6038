// The layout of memories and the pool of instances, as wasmtime is configured (pool.c).
#ifndef HESTIA_POOL_H
#define HESTIA_POOL_H

#include "types.h"

// hestia_config_memory lays out linear memories: address space for each, and inaccessible bytes after it.
void hestia_config_memory(wasm_config_t *config, uint64_t reservation, uint64_t guard);

// hestia_pool is how large a pool of instances is.
typedef struct {
	uint32_t slots;         // instances alive at once
	uint32_t tables;        // of one instance
	size_t table_entries;   // of one table, at most
	size_t memory;          // bytes of one memory, at most
	size_t memory_resident; // bytes of a memory that are cleared in place, not given back
	size_t table_resident;  // the same for a table
} hestia_pool;

void hestia_config_pool(wasm_config_t *config, const hestia_pool *pool);

// hestia_has_room reports whether the process can reserve so much address space.
int hestia_has_room(size_t bytes);

#endif
