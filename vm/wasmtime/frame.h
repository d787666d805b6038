// One contract call as C and Go share it.
#ifndef HESTIA_FRAME_H
#define HESTIA_FRAME_H

#include "slot.h"
#include "types.h"

// How a run ends.
enum {
	HESTIA_RETURNED,    // main returned
	HESTIA_FINISHED,    // the contract finished, with output
	HESTIA_REVERTED,    // the contract reverted, with output
	HESTIA_STOPPED,     // a host function ended the run; Go has its error
	HESTIA_HALTED,      // the meter ended the run: args[0] is its reason
	HESTIA_TRAPPED,     // the contract's code trapped: trap, function and offset say how and where
	HESTIA_FAILED,      // the engine failed: message says how
	HESTIA_NO_INSTANCE, // nothing ran, because wasmtime has no instance: message says why
	HESTIA_NO_STACK,    // nothing ran, because this thread has less stack left than the run needs
	HESTIA_INTERRUPTED, // its caller gave the run up
};

enum { HESTIA_ARGS = 12, HESTIA_NOWHERE = -1, HESTIA_WORDS = 48, HESTIA_OUTPUT = 512 };

// hestia_image is the addresses of a module's machine code.
typedef struct {
	const uint8_t *start, *end;
} hestia_image;

// hestia_frame is one contract call. It lives in C memory, so that C never holds a pointer of Go's.
typedef struct hestia_frame {
	int64_t gas; // particles left: before and after the run and each host function

	// What to run and with what bounds. Go sets all of it before the run.
	struct {
		wasm_engine_t *engine;
		const wasmtime_instance_pre_t *instance_pre;
		hestia_image image;
		uint32_t functions;        // of the contract: those after them are its mirror's
		const char *gas_name;      // of the exported gas counter
		const char *enter_name;    // of the exported function that runs main
		hestia_slot *slot;         // NULL for an instance of its own
		hestia_contract *contract; // NULL if its instances cannot be kept
		int64_t memory_limit;      // bytes
		int64_t table_limit;       // entries
		size_t stack;              // bytes that the thread must have left
		uint32_t number;           // by which Go finds its own part of the frame
		uint32_t open;             // where its window of the mirror begins; 0 to ask the host for everything
		uint32_t words;            // how many words the function that runs main takes
		uint64_t word[HESTIA_WORDS];
	} input;

	// One host function.
	struct {
		uint64_t args[HESTIA_ARGS]; // operands, i32 zero-extended; the result comes back in the first
		uint8_t *memory;            // valid until the function returns
		size_t memory_bytes;
		int locating; // whether Go asks for function and offset if the function ends the run
	} host;

	// How the run ended.
	struct {
		uint32_t unwinding; // the end of a run that is being unwound, HESTIA_RETURNED while it goes on
		uint32_t ended;     // the end of the run if main returns
		uint32_t output_bytes;
		uint8_t output[HESTIA_OUTPUT]; // what the contract finished or reverted with
		uint32_t trap;                 // wasmtime's code
		int64_t function;              // index of the innermost wasm function, or HESTIA_NOWHERE
		size_t offset;                 // of the instruction it stands at, in the metered module
		char message[512];
	} outcome;

	// Between the thread that runs the frame and the one that interrupts it.
	struct {
		int32_t thread;             // that runs the frame, 0 until one does
		int32_t asked;              // not 0 once the run is asked to end
		uint64_t base;              // the stack below is the run's
		struct hestia_frame *outer; // the run around this one on the same thread
	} interrupt;

	hestia_exports exports; // of the instance that runs
} hestia_frame;

#endif
