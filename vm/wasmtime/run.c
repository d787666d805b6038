// A contract call in one call of C: take an instance, run main, and keep or delete the instance. Host functions come
// back to Go (linker.c). All that can be decided without Go is decided here.
//
// A slot of the pool keeps the instance that ran in it last, if only its globals and memory have changed. The next
// call of the same contract makes the memory what it was at birth, and runs again (docs/adr/0016).
#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "capi.h"
#include "exports.h"
#include "interrupt.h"
#include "stack.h"
#include "trap.h"

void hestia_vacate(hestia_slot *s) {
	hestia_watch_end(&s->watch);
	if (s->store) wasmtime_store_delete(s->store);
	if (s->unwinder) wasm_trap_delete(s->unwinder);
	s->store = NULL;
	s->unwinder = NULL;
	s->tenant = NULL;
}

void hestia_slot_delete(hestia_slot *s) {
	hestia_vacate(s);
	free(s->watch.born);
	free(s);
}

static size_t memory_bytes(hestia_frame *f, wasmtime_context_t *context) {
	return wasmtime_memory_data_size(context, (wasmtime_memory_t *)&f->exports.memory_item);
}

// remember records the memory that instances of a contract are born with, unless it is recorded already. All of it is
// 0 before from and after to. It returns NULL if there is no room for the record.
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

// worth_watching reports whether a contract has been called often enough to watch its next instance. To begin a watch
// costs as much as many calls, so it is tried ever more rarely if instances do not stay.
static int worth_watching(hestia_contract *c) {
	enum { LEAST = 8, MOST = 1 << 12 };
	uint32_t patience = __atomic_load_n(&c->patience, __ATOMIC_RELAXED);
	if (__atomic_add_fetch(&c->calls, 1, __ATOMIC_RELAXED) <= (patience ? patience : LEAST)) return 0;
	uint32_t next = patience == 0 ? 2 * LEAST : patience < MOST ? 2 * patience : patience;
	__atomic_store_n(&c->calls, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&c->patience, next, __ATOMIC_RELAXED);
	return 1;
}

// keepable reports whether a new instance can be kept: it is watched, or has little memory.
static int keepable(hestia_frame *f, wasmtime_context_t *context, int watched) {
	hestia_slot *slot = f->input.slot;
	if (!slot || !f->input.contract || !hestia_find_exports(f, context)) return 0;
	uint8_t *memory = f->exports.memory;
	size_t bytes = memory_bytes(f, context);
	if (watched) hestia_watch_begin(&slot->watch, memory, bytes);
	if (bytes <= HESTIA_LITTLE) return remember(&f->input.contract->birth, memory, bytes) != NULL;
	return slot->watch.bytes != 0;
}

// reborn makes the memory of a kept instance what it was at birth.
static void reborn(hestia_frame *f) {
	hestia_slot *s = f->input.slot;
	if (s->watch.bytes) {
		hestia_watch_restore(&s->watch);
		s->restored++;
		return;
	}
	const hestia_birth *birth = __atomic_load_n(&f->input.contract->birth, __ATOMIC_ACQUIRE);
	uint8_t *memory = f->exports.memory;
	memset(memory, 0, birth->from);
	memcpy(memory + birth->from, birth->data, birth->to - birth->from);
	memset(memory + birth->to, 0, birth->bytes - birth->to);
}

static void limit(wasmtime_store_t *store, const hestia_frame *f) {
	wasmtime_store_limiter(store, f->input.memory_limit, f->input.table_limit, 1, -1, 1);
}

// begin_again returns the store that the slot has kept, with an instance as it is born, globals apart. It is NULL if
// the slot has none, or if the next instance is to be watched.
static wasmtime_store_t *begin_again(hestia_frame *f, int *watched) {
	hestia_slot *s = f->input.slot;
	int here = s->store && s->tenant == f->input.instance_pre;
	*watched = !(here && s->watch.bytes) && worth_watching(f->input.contract);
	if (!here || *watched) return NULL;
	f->exports = s->exports;
	wasmtime_context_set_data(wasmtime_store_context(s->store), f);
	if (s->memory_limit != f->input.memory_limit || s->table_limit != f->input.table_limit) limit(s->store, f);
	reborn(f);
	s->reused++;
	return s->store;
}

// begin returns a store with an instance as it is born, globals apart: the one that the frame's slot has kept, or a
// new one. end is HESTIA_RETURNED if there is an instance, else how the run ends; keep says whether the instance can
// be kept.
static wasmtime_store_t *begin(hestia_frame *f, int *keep, uint32_t *end) {
	int watched = 0;
	wasmtime_store_t *store = f->input.slot && f->input.contract ? begin_again(f, &watched) : NULL;
	*end = HESTIA_RETURNED;
	*keep = 1;
	if (store) return store;
	if (f->input.slot) hestia_vacate(f->input.slot);
	store = wasmtime_store_new(f->input.engine, f, NULL);
	limit(store, f);
	*end = hestia_instantiate(f, wasmtime_store_context(store));
	*keep = *end == HESTIA_RETURNED && keepable(f, wasmtime_store_context(store), watched);
	return store;
}

// put_back leaves the instance in the frame's slot if it can be kept. Otherwise it deletes the store.
static void put_back(hestia_frame *f, wasmtime_store_t *store, int keep, uint32_t end) {
	hestia_slot *s = f->input.slot;
	keep = keep && hestia_ended_normally(f, end);
	if (keep) { // unless the memory has grown
		const hestia_birth *birth = __atomic_load_n(&f->input.contract->birth, __ATOMIC_ACQUIRE);
		size_t born = s->watch.bytes ? s->watch.bytes : birth ? birth->bytes : 0;
		keep = memory_bytes(f, wasmtime_store_context(store)) == born;
	}
	if (!keep && !s) {
		wasmtime_store_delete(store);
		return;
	}
	s->store = store;
	s->tenant = f->input.instance_pre;
	s->exports = f->exports;
	s->memory_limit = f->input.memory_limit;
	s->table_limit = f->input.table_limit;
	if (!keep) hestia_vacate(s);
}

// run calls main through the function that first sets every global, to what the frame brings or to its value at birth.
static uint32_t run(hestia_frame *f, wasmtime_context_t *context) {
	wasm_trap_t *trap = NULL;
	wasmtime_val_raw_t values[2 + HESTIA_WORDS];
	uint32_t words = f->input.words;
	values[0].i64 = f->gas;
	values[1].i32 = (int32_t)f->input.open;
	for (uint32_t i = 0; i < words; i++) values[2 + i].i64 = (int64_t)f->input.word[i];
	wasmtime_error_t *error =
		wasmtime_func_call_unchecked(context, (wasmtime_func_t *)&f->exports.enter, values, 2 + words, &trap);
	if (error) return hestia_failed(f, error);
	if (trap) return hestia_trapped(f, trap);
	f->gas = values[0].i64;
	return f->outcome.ended;
}

uint32_t hestia_run(hestia_frame *f) {
	if (hestia_stack_left() < f->input.stack) return HESTIA_NO_STACK;
	f->outcome.unwinding = HESTIA_RETURNED;
	f->outcome.ended = HESTIA_RETURNED;
	f->outcome.function = HESTIA_NOWHERE;
	f->host.locating = 0;
	int keep;
	uint32_t end;
	hestia_enter(f);
	wasmtime_store_t *store = begin(f, &keep, &end);
	if (end == HESTIA_RETURNED) end = run(f, wasmtime_store_context(store));
	hestia_leave(f);
	// A leaf may have left its work undone.
	if (__atomic_load_n(&f->interrupt.asked, __ATOMIC_SEQ_CST)) end = HESTIA_INTERRUPTED;
	put_back(f, store, keep, end);
	return end;
}
