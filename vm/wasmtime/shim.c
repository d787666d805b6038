// A contract call in one call of C: store and instance, new or kept, gas, main, and both kept or gone again. Host functions come back through
// hestiaDispatch in Go; everything that can be decided without it is decided here.
#include "capi.h"

#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"
#include "leaves.h"

// text copies a message of wasmtime's, which it takes over.
static void text(wasm_byte_vec_t *from, char *to, size_t room) {
	size_t length = from->size < room - 1 ? from->size : room - 1;
	memcpy(to, from->data, length);
	to[length] = 0;
	wasm_byte_vec_delete(from);
}

static void explain(wasmtime_error_t *error, char *to, size_t room) {
	wasm_byte_vec_t message;
	wasmtime_error_message(error, &message);
	wasmtime_error_delete(error);
	text(&message, to, room);
}

// locate notes the innermost of the contract's own functions in a trace, which it takes over.
static void locate(wasm_frame_vec_t *trace, uint32_t functions, int64_t *function, size_t *offset) {
	for (size_t i = 0; i < trace->size; i++) {
		if (wasm_frame_func_index(trace->data[i]) >= functions) continue;
		*function = wasm_frame_func_index(trace->data[i]);
		*offset = wasm_frame_module_offset(trace->data[i]);
		break;
	}
	wasm_frame_vec_delete(trace);
}

void hestia_locate(const wasmtime_error_t *error, uint32_t functions, int64_t *function, size_t *offset) {
	wasm_frame_vec_t trace;
	wasmtime_error_wasm_trace(error, &trace);
	locate(&trace, functions, function, offset);
}

// willing tells of a run that is about to end whether the contract wanted it to: nothing has gone wrong, and nobody will ask where.
static int willing(const hestia_frame *f, uint32_t end) {
	return end == HESTIA_RETURNED || end == HESTIA_FINISHED || end == HESTIA_REVERTED || (end == HESTIA_STOPPED && !f->locating);
}

// failed is the end of a run whose error is the engine's, unless the error is how a host function or halt unwound.
static uint32_t failed(hestia_frame *f, wasmtime_error_t *error) {
	if (f->unwinding != HESTIA_RETURNED) {
		if (f->unwinding == HESTIA_HALTED || f->locating) hestia_locate(error, f->functions, &f->function, &f->offset);
		wasmtime_error_delete(error);
		return f->unwinding;
	}
	explain(error, f->message, sizeof f->message);
	return HESTIA_FAILED;
}

// trapped is the end of a run that code of the contract ended.
static uint32_t trapped(hestia_frame *f, wasm_trap_t *trap) {
	uint8_t code = 0;
	uint32_t end = f->unwinding != HESTIA_RETURNED ? f->unwinding : wasmtime_trap_code(trap, &code) ? HESTIA_TRAPPED : HESTIA_FAILED;
	if (end == HESTIA_TRAPPED) {
		wasm_frame_vec_t trace;
		wasm_trap_trace(trap, &trace);
		locate(&trace, f->functions, &f->function, &f->offset);
		f->trap = code;
	}
	if (end == HESTIA_TRAPPED || end == HESTIA_FAILED) {
		wasm_byte_vec_t message;
		wasm_trap_message(trap, &message);
		text(&message, f->message, sizeof f->message);
	}
	if (willing(f, end) && f->place && !f->place->unwinder) f->place->unwinder = trap;
	else wasm_trap_delete(trap);
	return end;
}

static uint32_t missing(hestia_frame *f, const char *what) {
	strncpy(f->message, what, sizeof f->message - 1);
	return HESTIA_FAILED;
}

// look_around finds the instance's memory and gas counter when they are first needed.
static int look_around(hestia_frame *f, wasmtime_context_t *context) {
	wasmtime_instance_t instance;
	wasmtime_extern_t memory, gas;
	hestia_exports *e = &f->exports;
	memcpy(&instance, &e->instance, sizeof instance);
	if (!wasmtime_instance_export_get(context, &instance, "memory", 6, &memory) || memory.kind != WASMTIME_EXTERN_MEMORY)
		return 0;
	memcpy(&e->memory_item, &memory.of.memory, sizeof memory.of.memory);
	if (!wasmtime_instance_export_get(context, &instance, f->gas_name, strlen(f->gas_name), &gas) ||
	    gas.kind != WASMTIME_EXTERN_GLOBAL)
		return 0;
	memcpy(&e->gas_global, &gas.of.global, sizeof gas.of.global);
	e->memory = wasmtime_memory_data(context, &memory.of.memory);
	return e->known = 1;
}

static uint32_t instantiate(hestia_frame *f, wasmtime_context_t *context) {
	wasmtime_instance_t instance;
	wasmtime_extern_t entry;
	wasm_trap_t *trap = NULL;
	wasmtime_error_t *error = wasmtime_instance_pre_instantiate(f->instance_pre, context, &instance, &trap);
	if (error) {
		explain(error, f->message, sizeof f->message);
		return HESTIA_NO_PLACE;
	}
	if (trap) return trapped(f, trap);

	f->exports.known = 0;
	memcpy(&f->exports.instance, &instance, sizeof instance);
	if (!wasmtime_instance_export_get(context, &instance, f->enter_name, strlen(f->enter_name), &entry) ||
	    entry.kind != WASMTIME_EXTERN_FUNC)
		return missing(f, "no way in to the instance");
	memcpy(&f->exports.enter, &entry.of.func, sizeof entry.of.func);
	return HESTIA_RETURNED;
}

// run calls main by the function that first sets every global: to what the frame brings, or to what it is at birth.
static uint32_t run(hestia_frame *f, wasmtime_context_t *context) {
	wasm_trap_t *trap = NULL;
	wasmtime_val_raw_t values[2 + HESTIA_WORDS];
	values[0].i64 = f->gas;
	values[1].i32 = (int32_t)f->open;
	for (uint32_t i = 0; i < f->words; i++) values[2 + i].i64 = (int64_t)f->word[i];
	wasmtime_error_t *error =
	    wasmtime_func_call_unchecked(context, (wasmtime_func_t *)&f->exports.enter, values, 2 + f->words, &trap);
	if (error) return failed(f, error);
	if (trap) return trapped(f, trap);
	f->gas = values[0].i64;
	return f->ended;
}

void hestia_vacate(hestia_place *p) {
	hestia_watch_end(&p->watch);
	if (p->store) wasmtime_store_delete(p->store);
	if (p->unwinder) wasm_trap_delete(p->unwinder);
	p->store = NULL;
	p->unwinder = NULL;
	p->tenant = NULL;
}

void hestia_place_delete(hestia_place *p) {
	hestia_vacate(p);
	free(p->watch.born);
	free(p);
}

// remember writes down what memory an instance is born with, unless that was done before. It is all 0 before from and after
// to.
static const hestia_birth *remember(hestia_birth **birth, const uint8_t *memory, size_t bytes) {
	hestia_birth *have = __atomic_load_n(birth, __ATOMIC_ACQUIRE), *none = NULL;
	if (have) return have;
	const uint64_t *word = (const uint64_t *)memory;
	size_t from = 0, to = bytes;
	while (from < to && word[from / 8] == 0) from += 8;
	while (to > from && word[to / 8 - 1] == 0) to -= 8;
	if (!(have = malloc(sizeof *have + to - from))) return NULL;
	have->bytes = bytes;
	have->from = from;
	have->to = to;
	memcpy(have->data, memory + from, to - from);
	if (__atomic_compare_exchange_n(birth, &none, have, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return have;
	free(have);
	return none;
}

// worth_watching tells, when a contract has been called often, to watch its next instance. To begin costs as much as many
// calls, so that it is tried ever more rarely where instances do not stay.
static int worth_watching(hestia_contract *c) {
	enum { LEAST = 8, MOST = 1 << 12 };
	uint32_t patience = __atomic_load_n(&c->patience, __ATOMIC_RELAXED);
	if (__atomic_add_fetch(&c->calls, 1, __ATOMIC_RELAXED) <= (patience ? patience : LEAST)) return 0;
	__atomic_store_n(&c->calls, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&c->patience, patience == 0 ? 2 * LEAST : patience < MOST ? 2 * patience : patience, __ATOMIC_RELAXED);
	return 1;
}

// keepable tells of an instance that has just been born whether it can be kept: it is watched, or has little memory.
static int keepable(hestia_frame *f, wasmtime_context_t *context, int watched) {
	if (!f->place || !f->contract || !look_around(f, context)) return 0;
	uint8_t *memory = f->exports.memory;
	size_t bytes = wasmtime_memory_data_size(context, (wasmtime_memory_t *)&f->exports.memory_item);
	if (watched) hestia_watch_begin(&f->place->watch, memory, bytes);
	return bytes <= HESTIA_LITTLE ? remember(&f->contract->birth, memory, bytes) != NULL : f->place->watch.bytes != 0;
}

// begin_again returns the store that the place has kept, with an instance as it is born, globals apart; NULL where there is none,
// or the next one is to be watched.
static wasmtime_store_t *begin_again(hestia_frame *f, int *watched) {
	hestia_place *p = f->place;
	int here = p->store && p->tenant == f->instance_pre;
	*watched = !(here && p->watch.bytes) && worth_watching(f->contract);
	if (!here || *watched) return NULL;
	wasmtime_context_t *context = wasmtime_store_context(p->store);
	f->exports = p->exports;
	wasmtime_context_set_data(context, f);
	if (p->memory_limit != f->memory_limit || p->table_limit != f->table_limit)
		wasmtime_store_limiter(p->store, f->memory_limit, f->table_limit, 1, -1, 1);
	if (p->watch.bytes) {
		hestia_watch_restore(&p->watch);
		p->restored++;
	} else {
		const hestia_birth *birth = __atomic_load_n(&f->contract->birth, __ATOMIC_ACQUIRE);
		uint8_t *memory = f->exports.memory;
		memset(memory, 0, birth->from);
		memcpy(memory + birth->from, birth->data, birth->to - birth->from);
		memset(memory + birth->to, 0, birth->bytes - birth->to);
	}
	p->reused++;
	return p->store;
}

// begin returns a store with an instance as it is born, globals apart: the one that the place has kept, or a new one.
static wasmtime_store_t *begin(hestia_frame *f, int *keep, uint32_t *end) {
	int watched = 0;
	wasmtime_store_t *store = f->place && f->contract ? begin_again(f, &watched) : NULL;
	*end = HESTIA_RETURNED;
	*keep = 1;
	if (store) return store;
	if (f->place) hestia_vacate(f->place);
	store = wasmtime_store_new(f->engine, f, NULL);
	wasmtime_store_limiter(store, f->memory_limit, f->table_limit, 1, -1, 1);
	*end = instantiate(f, wasmtime_store_context(store));
	*keep = *end == HESTIA_RETURNED && keepable(f, wasmtime_store_context(store), watched);
	return store;
}

// put_back leaves an instance in its place, if nothing of it has changed but globals and the memory it was born with; else it
// goes.
static void put_back(hestia_frame *f, wasmtime_store_t *store, int keep, uint32_t end) {
	hestia_place *p = f->place;
	keep = keep && willing(f, end);
	if (keep) {
		size_t bytes = wasmtime_memory_data_size(wasmtime_store_context(store), (wasmtime_memory_t *)&f->exports.memory_item);
		const hestia_birth *birth = __atomic_load_n(&f->contract->birth, __ATOMIC_ACQUIRE);
		keep = bytes == (p->watch.bytes ? p->watch.bytes : birth ? birth->bytes : 0);
	}
	if (!keep && !p) {
		wasmtime_store_delete(store);
		return;
	}
	p->store = store;
	p->tenant = f->instance_pre;
	p->exports = f->exports;
	p->memory_limit = f->memory_limit;
	p->table_limit = f->table_limit;
	if (!keep) hestia_vacate(p);
}

uint32_t hestia_run(hestia_frame *f) {
	if (hestia_stack_left() < f->stack) return HESTIA_NO_STACK;
	f->unwinding = HESTIA_RETURNED;
	f->ended = HESTIA_RETURNED;
	f->locating = 0;
	f->function = HESTIA_NOWHERE;
	int keep;
	uint32_t end;
	hestia_enter(f);
	wasmtime_store_t *store = begin(f, &keep, &end);
	if (end == HESTIA_RETURNED) end = run(f, wasmtime_store_context(store));
	hestia_leave(f);
	if (__atomic_load_n(&f->interrupted, __ATOMIC_SEQ_CST)) end = HESTIA_INTERRUPTED; // a leaf may have left its work undone
	put_back(f, store, keep, end);
	return end;
}

// A host function's row and signature fit what wasmtime carries for it.
#define ROW(e) ((uint32_t)((e) & 0xff))
#define PARAMS(e) ((uint32_t)((e) >> 8 & 0xff))
#define WIDE(e) ((uint32_t)((e) >> 16 & 0xff))
#define RESULTS(e) ((uint32_t)((e) >> 24 & 1))
#define WIDE_RESULT(e) ((uint32_t)((e) >> 25 & 1))

// stop unwinds a run. Where nobody will ask for its place, a trap does that has unwound one before: it has its backtrace already,
// and wasmtime makes no other, which would be most of the work. Only a trap with a code comes back as one.
static wasm_trap_t *stop(hestia_frame *f, uint32_t why) {
	f->unwinding = why;
	if (!willing(f, why)) return wasmtime_trap_new("", 0);
	wasm_trap_t *used = f->place ? f->place->unwinder : NULL;
	if (!used) return wasmtime_trap_new_code(0);
	f->place->unwinder = NULL;
	return used;
}

// leaf_row is a host function whose work C does.
typedef struct {
	uintptr_t row;
	hestia_leaf *leaf; // NULL where it ends the run
	uint32_t end;      // how
} leaf_row;

// operands takes those of a host function.
static void operands(hestia_frame *f, uintptr_t row, const wasmtime_val_raw_t *values) {
	for (uint32_t i = 0; i < PARAMS(row); i++)
		f->args[i] = WIDE(row) >> i & 1 ? (uint64_t)values[i].i64 : (uint32_t)values[i].i32;
}

// answer gives the result of a host function, if it has one.
static void answer(const hestia_frame *f, uintptr_t row, wasmtime_val_raw_t *values) {
	if (!RESULTS(row)) return;
	if (WIDE_RESULT(row)) values[0].i64 = (int64_t)f->args[0];
	else values[0].i32 = (int32_t)f->args[0];
}

// host calls a host function for a contract as it is.
static wasm_trap_t *host(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	uintptr_t row = (uintptr_t)env;
	wasmtime_context_t *context = wasmtime_caller_context(caller);
	hestia_frame *f = wasmtime_context_get_data(context);
	wasmtime_global_t *gas = (wasmtime_global_t *)&f->exports.gas_global;
	(void)count;
	if (!f->exports.known && !look_around(f, context)) return stop(f, missing(f, "no memory or gas counter in the instance"));

	wasmtime_val_t left;
	wasmtime_global_get(context, gas, &left);
	f->gas = left.of.i64;
	f->memory = f->exports.memory;
	f->memory_bytes = wasmtime_memory_data_size(context, (wasmtime_memory_t *)&f->exports.memory_item);
	operands(f, row, values);
	if (!hestiaDispatch(f->number, ROW(row))) return stop(f, HESTIA_STOPPED);
	left = (wasmtime_val_t){.kind = WASMTIME_I64, .of.i64 = f->gas};
	wasmtime_error_t *error = wasmtime_global_set(context, gas, &left);
	if (error) return stop(f, failed(f, error));
	answer(f, row, values);
	return NULL;
}

// lent calls a host function for a contract whose mirror lends it the gas and tells how much memory there is.
static wasm_trap_t *lent(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	enum { PAGE = 64 << 10 };
	uintptr_t row = (uintptr_t)env;
	wasmtime_context_t *context = wasmtime_caller_context(caller);
	hestia_frame *f = wasmtime_context_get_data(context);
	(void)count;
	if (!f->exports.known && !look_around(f, context)) return stop(f, missing(f, "no memory or gas counter in the instance"));
	f->gas = values[PARAMS(row)].i64;
	f->memory = f->exports.memory;
	f->memory_bytes = (size_t)(uint32_t)values[PARAMS(row) + 1].i32 * PAGE;
	operands(f, row, values);
	if (!hestiaDispatch(f->number, ROW(row))) return stop(f, HESTIA_STOPPED);
	answer(f, row, values);
	values[RESULTS(row)].i64 = f->gas;
	return NULL;
}

// end_with ends a run with an output, for which there is room. Where main will return at once, nobody need be unwound.
static wasm_trap_t *end_with(hestia_frame *f, wasmtime_context_t *context, const uint8_t *output, uint32_t bytes, uint32_t end,
                             int returns) {
	f->output_bytes = bytes;
	memcpy(f->output, output, bytes);
	f->ended = end;
	if (returns) return NULL;
	wasmtime_val_t left;
	wasmtime_global_get(context, (wasmtime_global_t *)&f->exports.gas_global, &left);
	f->gas = left.of.i64;
	return stop(f, end);
}

// leaf does the work of a host function here, where the contract's mirror says so by the operand after the last.
static wasm_trap_t *leaf(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	const leaf_row *l = env;
	uint32_t o[HESTIA_ARGS];
	if (values[PARAMS(l->row)].i32 == 0) return host((void *)l->row, caller, values, count);
	wasmtime_context_t *context = wasmtime_caller_context(caller);
	hestia_frame *f = wasmtime_context_get_data(context);
	if (!f->exports.known && !look_around(f, context)) return stop(f, missing(f, "no memory or gas counter in the instance"));
	for (uint32_t i = 0; i < PARAMS(l->row); i++) o[i] = (uint32_t)values[i].i32;
	if (!l->leaf) return end_with(f, context, f->exports.memory + o[0], o[1], l->end, values[PARAMS(l->row)].i32 == 2);
	l->leaf(f->exports.memory, o);
	return NULL;
}

// halt is what a metered module calls with the meter's reason.
static wasm_trap_t *halt(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
	(void)env, (void)count;
	hestia_frame *f = wasmtime_context_get_data(wasmtime_caller_context(caller));
	f->args[0] = (uint32_t)values[0].i32;
	return stop(f, HESTIA_HALTED);
}

// signature is the type of a host function, with some parameters and results more.
static wasm_functype_t *signature(uintptr_t row, const char *params, const char *results) {
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

// define takes over the type and env, which it frees by release.
static int define(wasmtime_linker_t *linker, const char *module, const char *name, wasm_functype_t *type,
                  wasmtime_func_unchecked_callback_t callback, void *env, void (*release)(void *)) {
	wasmtime_error_t *error = wasmtime_linker_define_func_unchecked(linker, module, strlen(module), name, strlen(name), type,
	                                                                callback, env, release);
	wasm_functype_delete(type);
	if (error) wasmtime_error_delete(error);
	return !error;
}

wasmtime_linker_t *hestia_linker_new(wasm_engine_t *engine, const char *halt_module, const char *halt_name) {
	wasmtime_linker_t *linker = wasmtime_linker_new(engine);
	if (define(linker, halt_module, halt_name, signature((uintptr_t)1 << 8, "", ""), halt, NULL, NULL)) return linker;
	wasmtime_linker_delete(linker);
	return NULL;
}

int hestia_linker_add(wasmtime_linker_t *linker, const char *module, const char *name, uint32_t row, uint32_t params,
                      uint32_t wide, uint32_t results, uint32_t wide_result, int is_lent) {
	uintptr_t packed = row | params << 8 | wide << 16 | results << 24 | wide_result << 25;
	return row <= 0xff && params <= HESTIA_ARGS && results <= 1 &&
	       define(linker, module, name, signature(packed, is_lent ? "li" : "", is_lent ? "l" : ""), is_lent ? lent : host, (void *)packed,
	              NULL);
}

static int add_leaf(wasmtime_linker_t *linker, const char *module, const char *name, leaf_row row) {
	leaf_row *l = malloc(sizeof *l);
	if (!l) return 0;
	*l = row;
	return define(linker, module, name, signature(l->row, "i", ""), leaf, l, free);
}

int hestia_linker_add_leaf(wasmtime_linker_t *linker, const char *module, const char *name, const char *leaf_module,
                           const char *leaf_name, uint32_t row, uint32_t params) {
	hestia_leaf *found = hestia_leaf_of(module, name);
	return found && row <= 0xff && params <= HESTIA_ARGS &&
	       add_leaf(linker, leaf_module, leaf_name, (leaf_row){.row = row | params << 8, .leaf = found});
}

int hestia_linker_add_end(wasmtime_linker_t *linker, const char *leaf_module, const char *leaf_name, uint32_t row, uint32_t end) {
	enum { PARAMETERS = 2 };
	return row <= 0xff && add_leaf(linker, leaf_module, leaf_name, (leaf_row){.row = row | PARAMETERS << 8, .end = end});
}

void hestia_linker_delete(wasmtime_linker_t *linker) { wasmtime_linker_delete(linker); }

wasmtime_instance_pre_t *hestia_link(const wasmtime_linker_t *linker, const wasmtime_module_t *module, char *why,
                                     size_t why_bytes) {
	wasmtime_instance_pre_t *instance_pre = NULL;
	wasmtime_error_t *error = wasmtime_linker_instantiate_pre(linker, module, &instance_pre);
	if (!error) return instance_pre;
	explain(error, why, why_bytes);
	return NULL;
}

void hestia_unlink(wasmtime_instance_pre_t *instance_pre) { wasmtime_instance_pre_delete(instance_pre); }
