// A contract call in one call of C: take an instance, run main, say how that ended, and keep or delete the instance. Host
// functions come back to Go (linker.c); all that can be decided without Go is decided here.
#include "run.h"

#include <string.h>

#include "capi.h"
#include "exports.h"
#include "interrupt.h"
#include "stack.h"

// text copies a message of wasmtime's, which it deletes.
static void text(wasm_byte_vec_t *from, char *to, size_t room) {
	size_t length = from->size < room - 1 ? from->size : room - 1;
	memcpy(to, from->data, length);
	to[length] = 0;
	wasm_byte_vec_delete(from);
}

void hestia_explain(wasmtime_error_t *error, char *to, size_t room) {
	wasm_byte_vec_t message;
	wasmtime_error_message(error, &message);
	wasmtime_error_delete(error);
	text(&message, to, room);
}

// locate writes the innermost of the contract's own functions in a trace, which it deletes.
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

int hestia_ended_normally(const hestia_frame *f, uint32_t end) {
	return end == HESTIA_RETURNED || end == HESTIA_FINISHED || end == HESTIA_REVERTED ||
	       (end == HESTIA_STOPPED && !f->host.locating);
}

// The error is the engine's, unless a host function or halt has unwound the run by it.
uint32_t hestia_failed(hestia_frame *f, wasmtime_error_t *error) {
	uint32_t unwinding = f->outcome.unwinding;
	if (unwinding != HESTIA_RETURNED) {
		if (unwinding == HESTIA_HALTED || f->host.locating)
			hestia_locate(error, f->input.functions, &f->outcome.function, &f->outcome.offset);
		wasmtime_error_delete(error);
		return unwinding;
	}
	hestia_explain(error, f->outcome.message, sizeof f->outcome.message);
	return HESTIA_FAILED;
}

// end_of returns how a run with a trap ended: as what unwinds it says, by a trap of the contract's code, or by the engine.
static uint32_t end_of(const hestia_frame *f, const wasm_trap_t *trap, uint8_t *code) {
	if (f->outcome.unwinding != HESTIA_RETURNED) return f->outcome.unwinding;
	return wasmtime_trap_code(trap, code) ? HESTIA_TRAPPED : HESTIA_FAILED;
}

uint32_t hestia_trapped(hestia_frame *f, wasm_trap_t *trap) {
	uint8_t code = 0;
	uint32_t end = end_of(f, trap, &code);
	hestia_slot *slot = f->input.slot;
	if (end == HESTIA_TRAPPED) {
		wasm_frame_vec_t trace;
		wasm_trap_trace(trap, &trace);
		locate(&trace, f->input.functions, &f->outcome.function, &f->outcome.offset);
		f->outcome.trap = code;
	}
	if (end == HESTIA_TRAPPED || end == HESTIA_FAILED) {
		wasm_byte_vec_t message;
		wasm_trap_message(trap, &message);
		text(&message, f->outcome.message, sizeof f->outcome.message);
	}
	if (hestia_ended_normally(f, end) && slot && !slot->unwinder) slot->unwinder = trap;
	else wasm_trap_delete(trap);
	return end;
}

uint32_t hestia_missing(hestia_frame *f, const char *what) {
	strncpy(f->outcome.message, what, sizeof f->outcome.message - 1);
	return HESTIA_FAILED;
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
	wasmtime_store_t *store = hestia_begin(f, &keep, &end);
	if (end == HESTIA_RETURNED) end = run(f, wasmtime_store_context(store));
	hestia_leave(f);
	// A leaf may have left its work undone.
	if (__atomic_load_n(&f->interrupt.asked, __ATOMIC_SEQ_CST)) end = HESTIA_INTERRUPTED;
	hestia_put_back(f, store, keep, end);
	return end;
}
