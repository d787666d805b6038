// One contract call in one call of C: what is handed over, and how it comes back. shim.c says how it is done.
#ifndef HESTIA_SHIM_H
#define HESTIA_SHIM_H

#include <stddef.h>
#include <stdint.h>

// The parts of wasmtime's C API that are named here; wasmtime-go brings the library they stand in.
typedef struct wasm_engine_t wasm_engine_t;
typedef struct wasm_trap_t wasm_trap_t;
typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasm_config_t wasm_config_t;
typedef struct wasmtime_module wasmtime_module_t;
typedef struct wasmtime_store wasmtime_store_t;
typedef struct wasmtime_linker wasmtime_linker_t;
typedef struct wasmtime_instance_pre wasmtime_instance_pre_t;
typedef struct wasmtime_sharedmemory wasmtime_sharedmemory_t;

// How hestia_run ended.
enum {
	HESTIA_RETURNED, // main returned
	HESTIA_FINISHED, // the contract did, with output
	HESTIA_REVERTED, // likewise, and what it did is to be undone
	HESTIA_STOPPED,  // a host function ended the run: its reason is with who answered it
	HESTIA_HALTED,   // the meter did: args[0] is its reason
	HESTIA_TRAPPED,  // the contract's code did: trap, function and offset say how and where
	HESTIA_FAILED,   // the engine did: message says how
	HESTIA_NO_PLACE, // nothing ran: there is no instance to be had; message says why
	HESTIA_NO_STACK, // nothing ran: this thread has less stack left than asked for
	HESTIA_INTERRUPTED, // somebody asked for it
};

enum { HESTIA_ARGS = 8, HESTIA_NOWHERE = -1, HESTIA_WORDS = 48, HESTIA_OUTPUT = 512 };

// hestia_image is where a module's machine code is mapped.
typedef struct { const uint8_t *start, *end; } hestia_image;

// hestia_birth is the memory that instances of a contract are born with; all but data is 0.
typedef struct {
	size_t bytes;    // of memory
	size_t from, to; // where data stands in it
	uint8_t data[];
} hestia_birth;

// hestia_contract is what is known of the instances of a contract that may be kept, to all threads.
typedef struct {
	hestia_birth *birth; // found by the first who needs it, NULL until then
	uint32_t calls;      // since the last instance that was watched
	uint32_t patience;   // how many calls there are until the next one
} hestia_contract;

// hestia_exports is what C uses of an instance. The words are wasmtime's own structs.
typedef struct {
	int known; // whether the last three are
	struct { uint64_t words[2]; } instance, enter;
	struct { uint64_t words[3]; } gas_global, memory_item;
	uint8_t *memory; // where it begins, which never moves
} hestia_exports;

// HESTIA_LITTLE is how many bytes of memory are restored between two calls at most.
enum { HESTIA_LITTLE = 128 << 10, HESTIA_PAGES = 32 };

// hestia_watch is which pages of an instance's memory have been written since it was born, and what they were (pages.c).
typedef struct {
	uint8_t *memory;
	size_t bytes;              // 0 where nobody watches
	uint32_t faults;           // of this run
	uint32_t count;            // of pages written
	uint32_t at[HESTIA_PAGES]; // their numbers
	uint8_t *born;             // what stood in them; there is room for HESTIA_LITTLE bytes
} hestia_watch;

// hestia_place is where instances of a pool stand, one at a time. It keeps the last one, for the next call of its contract.
typedef struct {
	wasmtime_store_t *store; // NULL where nobody stands here
	const wasmtime_instance_pre_t *tenant;
	hestia_exports exports;
	int64_t memory_limit, table_limit; // of the store
	hestia_watch watch;
	uint64_t reused, restored;         // how often an instance was used again; of these, by its written pages alone
	wasm_trap_t *unwinder;             // has unwound a run here; NULL where none has
} hestia_place;

// hestia_frame is one contract call. It lives in C memory, so that no pointer of Go's is held here.
typedef struct hestia_frame {
	// What to run, and its bounds.
	wasm_engine_t *engine;
	const wasmtime_instance_pre_t *instance_pre;
	hestia_image image;
	uint32_t functions; // of the contract: those after them are its mirror's
	const char *gas_name;   // of the exported gas counter
	const char *enter_name; // of the exported function that runs main
	hestia_place *place;  // NULL for an instance of its own
	hestia_contract *contract; // NULL where its instances cannot be kept
	int64_t memory_limit; // bytes
	int64_t table_limit;  // entries
	size_t stack;         // bytes that the thread must have left
	uint32_t number;      // by which Go finds its own part of the frame

	int64_t gas; // particles left: before and after the run and each host function

	// What the contract finished or reverted with.
	uint32_t output_bytes;
	uint8_t output[HESTIA_OUTPUT];

	// What the contract reads of its context by itself, package mirror says how.
	uint32_t open;  // where its window begins, 0 where it is to ask for everything
	uint32_t words; // how many the function that runs main takes
	uint64_t word[HESTIA_WORDS];

	// One host function.
	uint64_t args[HESTIA_ARGS]; // operands, i32 zero-extended; the result comes back in the first
	uint8_t *memory;            // valid until the function returns
	size_t memory_bytes;

	// How the run ended.
	uint32_t trap;    // wasmtime's code
	int64_t function; // index of the innermost wasm function, or HESTIA_NOWHERE
	size_t offset;    // of the instruction it stands at, in the metered module
	char message[512];

	// Between hestia_run and who interrupts it.
	int32_t thread;      // that runs it, 0 until one does
	int32_t interrupted; // not 0: somebody asked for its end
	uint64_t base;       // the stack below is the run's
	struct hestia_frame *outer; // the next run on this thread

	// Between hestia_run and its host functions.
	uint32_t unwinding; // how the run will have ended when what unwinds it has, HESTIA_RETURNED while it goes on
	uint32_t ended;     // how it has if main returns
	int locating; // whether function and offset are asked for where a host function ends the run
	hestia_exports exports;
} hestia_frame;

// hestia_vacate removes who stands in a place.
void hestia_vacate(hestia_place *place);

// hestia_place_delete frees a place, which was allocated as zeros.
void hestia_place_delete(hestia_place *place);

// hestia_run runs main of one instance, in the frame's place or a store of its own, and says how that ended.
uint32_t hestia_run(hestia_frame *frame);

// hestia_interrupts prepares the process for hestia_interrupt; 0 where it cannot.
int hestia_interrupts(void);

// hestia_interrupt asks a run to end. It may find the run where it cannot, in a host function or in wasmtime: host functions
// look at interrupted, and who asks must ask again until the run is over.
void hestia_interrupt(hestia_frame *frame);

// hestia_enter makes a run this thread's innermost, hestia_leave the one around it.
void hestia_enter(hestia_frame *frame);

void hestia_leave(hestia_frame *frame);

// hestia_innermost is the innermost run on this thread, NULL where there is none.
hestia_frame *hestia_innermost(void);

// hestia_watches prepares the process for hestia_watch_begin, when an engine has been made; 0 where it cannot.
int hestia_watches(void);

// hestia_watch_begin watches a memory that is as it was born. Nobody does where it is not fit for that.
void hestia_watch_begin(hestia_watch *watch, uint8_t *memory, size_t bytes);

// hestia_watch_end ends that, and has the memory as wasmtime knows it.
void hestia_watch_end(hestia_watch *watch);

// hestia_watch_restore makes a watched memory as it was born.
void hestia_watch_restore(hestia_watch *watch);

void hestia_image_of(const wasmtime_module_t *module, hestia_image *image);

// hestia_locate says in which of the first so many functions an error arose, innermost, and at what offset of their module;
// nothing where it has no trace.
void hestia_locate(const wasmtime_error_t *error, uint32_t functions, int64_t *function, size_t *offset);

// hestia_linker_new returns a linker for an engine with the meter's halt in it, NULL where wasmtime refuses.
wasmtime_linker_t *hestia_linker_new(wasm_engine_t *engine, const char *halt_module, const char *halt_name);

// hestia_linker_add adds host function number row. Bit i of wide says that parameter i is an i64; bit 0 of wide_result,
// that the result is. One that is lent what it needs takes the particles left, an i64, and the pages of memory, an i32, after the
// other operands, and returns the particles then left after the other results. It returns 0 where wasmtime refuses.
int hestia_linker_add(wasmtime_linker_t *linker, const char *module, const char *name, uint32_t row, uint32_t params,
                      uint32_t wide, uint32_t results, uint32_t wide_result, int lent);

// hestia_linker_add_leaf adds that host function under another name, for contracts that may have its work done in C: it takes
// one more parameter, an i32, which is not 0 where the contract has paid and holds the operands within its memory. It returns
// 0 where wasmtime refuses, or C has no such work.
int hestia_linker_add_leaf(wasmtime_linker_t *linker, const char *module, const char *name, const char *leaf_module,
                           const char *leaf_name, uint32_t row, uint32_t params);

// hestia_linker_add_end does so for a host function that ends the run as said, with an output of at most HESTIA_OUTPUT bytes.
int hestia_linker_add_end(wasmtime_linker_t *linker, const char *leaf_module, const char *leaf_name, uint32_t row, uint32_t end);

void hestia_linker_delete(wasmtime_linker_t *linker);

// hestia_mirror_new returns a memory of one page that all instances of an engine share, and adds it to a linker; NULL where
// wasmtime refuses.
wasmtime_sharedmemory_t *hestia_mirror_new(wasm_engine_t *engine, wasmtime_linker_t *linker, const char *module,
                                           const char *name, uint64_t most_pages);

// hestia_mirror_grow makes a mirror larger where it stands, and returns 0 where that cannot be.
int hestia_mirror_grow(const wasmtime_sharedmemory_t *mirror, uint64_t pages);

uint8_t *hestia_mirror_data(const wasmtime_sharedmemory_t *mirror);

void hestia_mirror_delete(wasmtime_sharedmemory_t *mirror);

// hestia_link returns module with its imports resolved, or NULL and why.
wasmtime_instance_pre_t *hestia_link(const wasmtime_linker_t *linker, const wasmtime_module_t *module, char *why,
                                     size_t why_bytes);

void hestia_unlink(wasmtime_instance_pre_t *instance_pre);

// hestia_config_mirror lets an engine compile what the mirror adds to contracts.
void hestia_config_mirror(wasm_config_t *config);

// hestia_config_memory lays out linear memories: address space for each, and inaccessible bytes after it.
void hestia_config_memory(wasm_config_t *config, uint64_t reservation, uint64_t guard);

// hestia_pool is how large a pool of instances is.
typedef struct {
	uint32_t slots;         // instances alive at once
	uint32_t tables;        // of one instance
	size_t table_entries;   // of one table, at most
	size_t memory;          // bytes of one memory, at most
	size_t memory_resident; // bytes of a memory that are cleared in place, not given back
	size_t table_resident;  // the same for a table
} hestia_pool;

void hestia_config_pool(wasm_config_t *config, const hestia_pool *pool);

// hestia_processor writes down what the processor can do.
void hestia_processor(uint32_t features[8]);

// hestia_has_room tells whether so much address space can be had.
int hestia_has_room(size_t bytes);

// hestia_stack_left is how many bytes of the calling thread's stack lie below this call; 0 where that is not known.
size_t hestia_stack_left(void);

// hestia_stack_settle is for the end of a thread's outermost run: it gives the memory back of a stack that went deep.
void hestia_stack_settle(void);

#endif
