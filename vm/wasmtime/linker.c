// The functions that contracts import. Most come back to Go through hestiaDispatch; leaves and the ends of a run are
// done here.
#include "linker.h"

#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"
#include "capi.h"
#include "exports.h"
#include "trap.h"

// A row is the number and type of a host function, packed into the word that wasmtime carries for it.
#define ROW(e) ((uint32_t)((e)&0xff))
#define PARAMS(e) ((uint32_t)((e) >> 8 & 0xff))
#define WIDE(e) ((uint32_t)((e) >> 16 & 0xff))
#define RESULTS(e) ((uint32_t)((e) >> 24 & 1))
#define WIDE_RESULT(e) ((uint32_t)((e) >> 25 & 1))

static int packable(const hestia_signature *t) {
	return t->row <= 0xff && t->params <= HESTIA_ARGS && t->wide <= 0xff && t->results <= 1;
}

static uintptr_t packed(const hestia_signature *t) {
	return t->row | t->params << 8 | t->wide << 16 | t->results << 24 | t->wide_result << 25;
}

// leaf_row is a host function whose work is done in C.
typedef struct {
	uintptr_t row;
	hestia_leaf *leaf; // NULL if the function ends the run
	uint32_t end;      // how it does
} leaf_row;

// stop unwinds a run. If nothing will ask for its place, the trap is one that has unwound a run before: it has its
// backtrace already, and wasmtime does not make another, which would be most of the work. Only a trap with a code
// comes back as one.
static wasm_trap_t *stop(hestia_frame *f, uint32_t why) {
	hestia_slot *slot = f->input.slot;
	f->outcome.unwinding = why;
	if (!hestia_ended_normally(f, why)) return wasmtime_trap_new("", 0);
	wasm_trap_t *used = slot ? slot->unwinder : NULL;
	if (!used) return wasmtime_trap_new_code(0);
	slot->unwinder = NULL;
	return used;
}

static wasm_trap_t *without_exports(hestia_frame *f) {
	return stop(f, hestia_missing(f, "no memory or gas counter in the instance"));
}

// operands takes those of a host function.
static void operands(hestia_frame *f, uintptr_t row, const wasmtime_val_raw_t *values) {
	for (uint32_t i = 0; i < PARAMS(row); i++)
		f->host.args[i] = WIDE(row) >> i & 1 ? (uint64_t)values[i].i64 : (uint32_t)values[i].i32;
}

// answer gives the result of a host function, if it has one.
static void answer(const hestia_frame *f, uintptr_t row, wasmtime_val_raw_t *values) {
	if (!RESULTS(row)) return;
	if (WIDE_RESULT(row)) values[0].i64 = (int64_t)f->host.args[0];
	else values[0].i32 = (int32_t)f->host.args[0];
}

// host calls a host function for a contract as it is.
static wasm_trap_t *host(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	uintptr_t row = (uintptr_t)env;
	wasmtime_context_t *context = wasmtime_caller_context(caller);
	hestia_frame *f = wasmtime_context_get_data(context);
	wasmtime_global_t *gas = (wasmtime_global_t *)&f->exports.gas_global;
	(void)count;
	if (!f->exports.known && !hestia_find_exports(f, context)) return without_exports(f);

	wasmtime_val_t left;
	wasmtime_global_get(context, gas, &left);
	f->gas = left.of.i64;
	f->host.memory = f->exports.memory;
	f->host.memory_bytes = wasmtime_memory_data_size(context, (wasmtime_memory_t *)&f->exports.memory_item);
	operands(f, row, values);
	if (!hestiaDispatch(f->input.number, ROW(row))) return stop(f, HESTIA_STOPPED);
	left = (wasmtime_val_t){.kind = WASMTIME_I64, .of.i64 = f->gas};
	wasmtime_error_t *error = wasmtime_global_set(context, gas, &left);
	if (error) return stop(f, hestia_failed(f, error));
	answer(f, row, values);
	return NULL;
}

// lent calls a host function for a contract whose mirror passes the gas left and the size of the memory.
static wasm_trap_t *lent(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	enum { PAGE = 64 << 10 };
	uintptr_t row = (uintptr_t)env;
	wasmtime_context_t *context = wasmtime_caller_context(caller);
	hestia_frame *f = wasmtime_context_get_data(context);
	(void)count;
	if (!f->exports.known && !hestia_find_exports(f, context)) return without_exports(f);
	f->gas = values[PARAMS(row)].i64;
	f->host.memory = f->exports.memory;
	f->host.memory_bytes = (size_t)(uint32_t)values[PARAMS(row) + 1].i32 * PAGE;
	operands(f, row, values);
	if (!hestiaDispatch(f->input.number, ROW(row))) return stop(f, HESTIA_STOPPED);
	answer(f, row, values);
	values[RESULTS(row)].i64 = f->gas;
	return NULL;
}

// end_with ends a run with an output, for which there is room. If main will return at once, nothing need be unwound.
static wasm_trap_t *end_with(hestia_frame *f, wasmtime_context_t *context, const uint32_t *output, uint32_t end,
                             int returns) {
	f->outcome.output_bytes = output[1];
	memcpy(f->outcome.output, f->exports.memory + output[0], output[1]);
	f->outcome.ended = end;
	if (returns) return NULL;
	wasmtime_val_t left;
	wasmtime_global_get(context, (wasmtime_global_t *)&f->exports.gas_global, &left);
	f->gas = left.of.i64;
	return stop(f, end);
}

// leaf does the work of a host function here, if the contract's mirror asks for that by the operand after the last.
static wasm_trap_t *leaf(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	const leaf_row *l = env;
	uint32_t o[HESTIA_ARGS], params = PARAMS(l->row);
	if (values[params].i32 == 0) return host((void *)l->row, caller, values, count);
	wasmtime_context_t *context = wasmtime_caller_context(caller);
	hestia_frame *f = wasmtime_context_get_data(context);
	if (!f->exports.known && !hestia_find_exports(f, context)) return without_exports(f);
	for (uint32_t i = 0; i < params; i++) o[i] = (uint32_t)values[i].i32;
	if (!l->leaf) return end_with(f, context, o, l->end, values[params].i32 == 2);
	l->leaf(f->exports.memory, o, &f->interrupt.asked);
	return NULL;
}

// halt is what a metered module calls with the meter's reason.
static wasm_trap_t *halt(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	(void)env, (void)count;
	hestia_frame *f = wasmtime_context_get_data(wasmtime_caller_context(caller));
	f->host.args[0] = (uint32_t)values[0].i32;
	return stop(f, HESTIA_HALTED);
}

// type_of makes the type of a host function, with more parameters and results: i for an i32, l for an i64.
static wasm_functype_t *type_of(uintptr_t row, const char *params, const char *results) {
	wasm_valtype_t *types[HESTIA_ARGS + 2];
	wasm_valtype_vec_t taken, given;
	uint32_t count = 0;
	for (; count < PARAMS(row); count++) types[count] = wasm_valtype_new(WIDE(row) >> count & 1 ? WASM_I64 : WASM_I32);
	for (; *params; params++) types[count++] = wasm_valtype_new(*params == 'l' ? WASM_I64 : WASM_I32);
	wasm_valtype_vec_new(&taken, count, types);
	count = 0;
	if (RESULTS(row)) types[count++] = wasm_valtype_new(WIDE_RESULT(row) ? WASM_I64 : WASM_I32);
	for (; *results; results++) types[count++] = wasm_valtype_new(*results == 'l' ? WASM_I64 : WASM_I32);
	wasm_valtype_vec_new(&given, count, types);
	return wasm_functype_new(&taken, &given);
}

// callback is what a contract's import runs, with what wasmtime carries for it.
typedef struct {
	wasmtime_func_unchecked_callback_t run;
	void *env;
	void (*release)(void *); // frees env; NULL if it is not to be freed
} callback;

// define adds an import. It takes over the type and the callback's env.
static int define(wasmtime_linker_t *linker, const char *module, const char *name, wasm_functype_t *type, callback c) {
	wasmtime_error_t *error = wasmtime_linker_define_func_unchecked(linker, module, strlen(module), name, strlen(name),
	                                                                type, c.run, c.env, c.release);
	wasm_functype_delete(type);
	if (error) wasmtime_error_delete(error);
	return !error;
}

wasmtime_linker_t *hestia_linker_new(wasm_engine_t *engine, const char *halt_module, const char *halt_name) {
	wasmtime_linker_t *linker = wasmtime_linker_new(engine);
	hestia_signature type = {.params = 1};
	if (define(linker, halt_module, halt_name, type_of(packed(&type), "", ""), (callback){.run = halt})) return linker;
	wasmtime_linker_delete(linker);
	return NULL;
}

int hestia_linker_add(wasmtime_linker_t *linker, const char *module, const char *name, hestia_signature type,
                      int is_lent) {
	uintptr_t row = packed(&type);
	if (!packable(&type)) return 0;
	if (is_lent) return define(linker, module, name, type_of(row, "li", "l"), (callback){lent, (void *)row, NULL});
	return define(linker, module, name, type_of(row, "", ""), (callback){host, (void *)row, NULL});
}

static int add_leaf(wasmtime_linker_t *linker, const char *module, const char *name, leaf_row row) {
	leaf_row *l = malloc(sizeof *l);
	if (!l) return 0;
	*l = row;
	return define(linker, module, name, type_of(l->row, "i", ""), (callback){leaf, l, free});
}

int hestia_linker_add_leaf(wasmtime_linker_t *linker, const char *module, const char *name, hestia_signature type,
                           hestia_leaf *work) {
	return work && packable(&type) && add_leaf(linker, module, name, (leaf_row){.row = packed(&type), .leaf = work});
}

int hestia_linker_add_end(wasmtime_linker_t *linker, const char *module, const char *name, hestia_signature type,
                          uint32_t end) {
	return packable(&type) && add_leaf(linker, module, name, (leaf_row){.row = packed(&type), .end = end});
}

void hestia_linker_delete(wasmtime_linker_t *linker) { wasmtime_linker_delete(linker); }

wasmtime_instance_pre_t *hestia_link(const wasmtime_linker_t *linker, const wasmtime_module_t *module, char *why,
                                     size_t why_bytes) {
	wasmtime_instance_pre_t *instance_pre = NULL;
	wasmtime_error_t *error = wasmtime_linker_instantiate_pre(linker, module, &instance_pre);
	if (!error) return instance_pre;
	hestia_explain(error, why, why_bytes);
	return NULL;
}

void hestia_unlink(wasmtime_instance_pre_t *instance_pre) { wasmtime_instance_pre_delete(instance_pre); }
