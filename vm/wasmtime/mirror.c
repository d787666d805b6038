// The memory of contracts' mirrors, one shared memory for all instances of an engine. An ordinary memory of
// wasmtime's belongs to one store, and to make one for each instance would cost as much as the instance.
#include "mirror.h"

#include <string.h>

#include "capi.h"

void wasmtime_config_wasm_multi_memory_set(wasm_config_t *, bool);
void wasmtime_config_wasm_threads_set(wasm_config_t *, bool);
wasmtime_error_t *wasmtime_memorytype_new(uint64_t, bool, uint64_t, bool, bool, uint8_t, wasm_memorytype_t **);
void wasm_memorytype_delete(wasm_memorytype_t *);
wasmtime_error_t *wasmtime_sharedmemory_new(const wasm_engine_t *, const wasm_memorytype_t *,
                                            wasmtime_sharedmemory_t **);
void wasmtime_sharedmemory_delete(wasmtime_sharedmemory_t *);
uint8_t *wasmtime_sharedmemory_data(const wasmtime_sharedmemory_t *);
wasmtime_error_t *wasmtime_sharedmemory_grow(const wasmtime_sharedmemory_t *, uint64_t, uint64_t *);
wasmtime_error_t *wasmtime_linker_define(wasmtime_linker_t *, wasmtime_context_t *, const char *, size_t, const char *,
                                         size_t, const wasmtime_extern_t *);

void hestia_config_mirror(wasm_config_t *config) {
	wasmtime_config_wasm_multi_memory_set(config, true);
	wasmtime_config_wasm_threads_set(config, true);
}

static int succeeded(wasmtime_error_t *error) {
	if (error) wasmtime_error_delete(error);
	return !error;
}

wasmtime_sharedmemory_t *hestia_mirror_new(wasm_engine_t *engine, wasmtime_linker_t *linker, const char *module,
                                           const char *name, uint64_t most_pages) {
	enum { PAGE_BITS = 16 };
	wasm_memorytype_t *type;
	wasmtime_sharedmemory_t *mirror = NULL;
	if (!succeeded(wasmtime_memorytype_new(1, true, most_pages, false, true, PAGE_BITS, &type))) return NULL;
	int made = succeeded(wasmtime_sharedmemory_new(engine, type, &mirror));
	wasm_memorytype_delete(type);
	if (!made) return NULL;
	wasmtime_extern_t item = {.kind = WASMTIME_EXTERN_SHAREDMEMORY, .of.shared = mirror};
	wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
	int defined = succeeded(wasmtime_linker_define(linker, wasmtime_store_context(store), module, strlen(module), name,
	                                               strlen(name), &item));
	wasmtime_store_delete(store);
	if (defined) return mirror;
	wasmtime_sharedmemory_delete(mirror);
	return NULL;
}

int hestia_mirror_grow(const wasmtime_sharedmemory_t *mirror, uint64_t pages) {
	uint64_t before;
	return succeeded(wasmtime_sharedmemory_grow(mirror, pages, &before));
}

uint8_t *hestia_mirror_data(const wasmtime_sharedmemory_t *mirror) { return wasmtime_sharedmemory_data(mirror); }

void hestia_mirror_delete(wasmtime_sharedmemory_t *mirror) { wasmtime_sharedmemory_delete(mirror); }
