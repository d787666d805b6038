// Instances and their exports.
#include "exports.h"

#include <string.h>

#include "trap.h"

int hestia_find_exports(hestia_frame *f, wasmtime_context_t *context) {
	wasmtime_instance_t instance;
	wasmtime_extern_t memory, gas;
	hestia_exports *e = &f->exports;
	const char *name = f->input.gas_name;
	memcpy(&instance, &e->instance, sizeof instance);
	if (!wasmtime_instance_export_get(context, &instance, "memory", 6, &memory) ||
	    memory.kind != WASMTIME_EXTERN_MEMORY)
		return 0;
	memcpy(&e->memory_item, &memory.of.memory, sizeof memory.of.memory);
	if (!wasmtime_instance_export_get(context, &instance, name, strlen(name), &gas) ||
	    gas.kind != WASMTIME_EXTERN_GLOBAL)
		return 0;
	memcpy(&e->gas_global, &gas.of.global, sizeof gas.of.global);
	e->memory = wasmtime_memory_data(context, &memory.of.memory);
	return e->known = 1;
}

uint32_t hestia_instantiate(hestia_frame *f, wasmtime_context_t *context) {
	wasmtime_instance_t instance;
	wasmtime_extern_t entry;
	wasm_trap_t *trap = NULL;
	const char *name = f->input.enter_name;
	wasmtime_error_t *error = wasmtime_instance_pre_instantiate(f->input.instance_pre, context, &instance, &trap);
	if (error) {
		hestia_explain(error, f->outcome.message, sizeof f->outcome.message);
		return HESTIA_NO_INSTANCE;
	}
	if (trap) return hestia_trapped(f, trap);

	f->exports.known = 0;
	memcpy(&f->exports.instance, &instance, sizeof instance);
	if (!wasmtime_instance_export_get(context, &instance, name, strlen(name), &entry) ||
	    entry.kind != WASMTIME_EXTERN_FUNC)
		return hestia_missing(f, "no way in to the instance");
	memcpy(&f->exports.enter, &entry.of.func, sizeof entry.of.func);
	return HESTIA_RETURNED;
}
