// How a run ends that does not return (trap.c).
#ifndef HESTIA_TRAP_H
#define HESTIA_TRAP_H

#include "frame.h"

// hestia_locate writes the function in which an error arose, the innermost of the first so many, and the offset in
// its module. It writes nothing if the error has no trace.
void hestia_locate(const wasmtime_error_t *error, uint32_t functions, int64_t *function, size_t *offset);

// hestia_explain writes the message of an error, which it deletes.
void hestia_explain(wasmtime_error_t *error, char *to, size_t room);

// hestia_ended_normally reports whether the contract itself ended the run: nothing failed, and Go does not ask for a
// place.
static inline int hestia_ended_normally(const hestia_frame *frame, uint32_t end) {
	return end == HESTIA_RETURNED || end == HESTIA_FINISHED || end == HESTIA_REVERTED ||
	       (end == HESTIA_STOPPED && !frame->host.locating);
}

// hestia_failed returns the end of a run with an error of wasmtime's, which it deletes.
uint32_t hestia_failed(hestia_frame *frame, wasmtime_error_t *error);

// hestia_trapped returns the end of a run that trapped. It takes over the trap.
uint32_t hestia_trapped(hestia_frame *frame, wasm_trap_t *trap);

// hestia_missing returns the end of a run whose instance lacks something.
uint32_t hestia_missing(hestia_frame *frame, const char *what);

#endif
