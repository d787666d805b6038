// The imports of contracts: host functions, leaves and the meter's halt (linker.c).
#ifndef HESTIA_LINKER_H
#define HESTIA_LINKER_H

#include "leaves/leaves.h"
#include "types.h"

// hestia_linker_new returns a linker for an engine with the meter's halt in it, NULL if wasmtime refuses.
wasmtime_linker_t *hestia_linker_new(wasm_engine_t *engine, const char *halt_module, const char *halt_name);

void hestia_linker_delete(wasmtime_linker_t *linker);

// hestia_signature is the number of a host function and its type.
typedef struct {
	uint32_t row;
	uint32_t params;
	uint32_t wide; // bit i is set if parameter i is an i64
	uint32_t results;
	uint32_t wide_result; // 1 if the result is an i64
} hestia_signature;

// hestia_linker_add adds a host function under a name. A lent one has more parameters, the particles left (i64) and
// the pages of memory (i32), and one more result, the particles then left. It returns 0 if wasmtime refuses.
int hestia_linker_add(wasmtime_linker_t *linker, const char *module, const char *name, hestia_signature type, int lent);

// hestia_linker_add_leaf adds a host function whose work a leaf can do. It has one more parameter, an i32, which is
// not 0 if the contract has paid and the windows of the operands lie within its memory. It returns 0 if wasmtime
// refuses.
int hestia_linker_add_leaf(wasmtime_linker_t *linker, const char *module, const char *name, hestia_signature type,
                           hestia_leaf *leaf);

// hestia_linker_add_end does the same for a host function that ends the run, with an output of at most HESTIA_OUTPUT
// bytes.
int hestia_linker_add_end(wasmtime_linker_t *linker, const char *module, const char *name, hestia_signature type,
                          uint32_t end);

// hestia_link returns a module with its imports resolved, or NULL and why not.
wasmtime_instance_pre_t *hestia_link(const wasmtime_linker_t *linker, const wasmtime_module_t *module, char *why,
                                     size_t why_bytes);

void hestia_unlink(wasmtime_instance_pre_t *instance_pre);

#endif
