// How a run ends that does not return: by a trap of the contract's code, by what unwinds it, or by a failure of the
// engine.
#include "trap.h"

#include <string.h>

#include "capi.h"

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

// end_of returns how a run with a trap ended: as what unwinds it says, by a trap of the contract's code, or by the
// engine.
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
