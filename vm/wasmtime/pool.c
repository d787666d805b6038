// What only wasmtime's C API can configure: the layout of memories, and the pool.
#include "pool.h"

#include <sys/mman.h>

#include "capi.h"

typedef struct wasmtime_pooling_allocation_config_t wasmtime_pooling_allocation_config_t;

void wasmtime_config_memory_reservation_set(wasm_config_t *, uint64_t);
void wasmtime_config_memory_guard_size_set(wasm_config_t *, uint64_t);
wasmtime_pooling_allocation_config_t *wasmtime_pooling_allocation_config_new(void);
void wasmtime_pooling_allocation_config_delete(wasmtime_pooling_allocation_config_t *);
void wasmtime_pooling_allocation_strategy_set(wasm_config_t *, const wasmtime_pooling_allocation_config_t *);

#define SETTER(name, type) \
	void wasmtime_pooling_allocation_config_##name##_set(wasmtime_pooling_allocation_config_t *, type)
SETTER(total_core_instances, uint32_t);
SETTER(total_memories, uint32_t);
SETTER(total_tables, uint32_t);
SETTER(max_tables_per_module, uint32_t);
SETTER(table_elements, size_t);
SETTER(linear_memory_keep_resident, size_t);
SETTER(table_keep_resident, size_t);
SETTER(max_memory_size, size_t);

void hestia_config_memory(wasm_config_t *config, uint64_t reservation, uint64_t guard) {
	wasmtime_config_memory_reservation_set(config, reservation);
	wasmtime_config_memory_guard_size_set(config, guard);
}

void hestia_config_pool(wasm_config_t *config, const hestia_pool *pool) {
	wasmtime_pooling_allocation_config_t *p = wasmtime_pooling_allocation_config_new();
	wasmtime_pooling_allocation_config_total_core_instances_set(p, pool->slots);
	wasmtime_pooling_allocation_config_total_memories_set(p, pool->slots);
	wasmtime_pooling_allocation_config_total_tables_set(p, pool->slots * pool->tables);
	wasmtime_pooling_allocation_config_max_tables_per_module_set(p, pool->tables);
	wasmtime_pooling_allocation_config_table_elements_set(p, pool->table_entries);
	wasmtime_pooling_allocation_config_max_memory_size_set(p, pool->memory);
	wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(p, pool->memory_resident);
	wasmtime_pooling_allocation_config_table_keep_resident_set(p, pool->table_resident);
	wasmtime_pooling_allocation_strategy_set(config, p);
	wasmtime_pooling_allocation_config_delete(p);
}

int hestia_has_room(size_t bytes) {
	void *room = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return room != MAP_FAILED && munmap(room, bytes) == 0;
}
