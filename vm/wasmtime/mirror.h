// The memory of contracts' mirrors (mirror.c).
#ifndef HESTIA_MIRROR_H
#define HESTIA_MIRROR_H

#include "types.h"

// hestia_config_mirror lets an engine compile what the mirror adds to contracts.
void hestia_config_mirror(wasm_config_t *config);

// hestia_mirror_new returns a memory of one page that all instances of an engine share, and adds it to a linker. It
// is NULL if wasmtime refuses.
wasmtime_sharedmemory_t *hestia_mirror_new(wasm_engine_t *engine, wasmtime_linker_t *linker, const char *module,
                                           const char *name, uint64_t most_pages);

// hestia_mirror_grow makes a mirror larger without moving it. It returns 0 if it cannot.
int hestia_mirror_grow(const wasmtime_sharedmemory_t *mirror, uint64_t pages);

uint8_t *hestia_mirror_data(const wasmtime_sharedmemory_t *mirror);

void hestia_mirror_delete(wasmtime_sharedmemory_t *mirror);

#endif
