// The part of wasmtime's C API, version 39.0.1, that the shim uses, as its headers (wasm.h, wasmtime/*.h) declare it.
// The structs that wasmtime fills in are longer here than there: the self-test finds a wrong size before it corrupts
// the stack.
#ifndef HESTIA_CAPI_H
#define HESTIA_CAPI_H

#include <stdbool.h>

#include "types.h"

typedef struct wasm_functype_t wasm_functype_t;
typedef struct wasm_valtype_t wasm_valtype_t;
typedef struct wasm_memorytype_t wasm_memorytype_t;
typedef struct wasm_frame_t wasm_frame_t;
typedef struct {
	size_t size;
	wasm_frame_t **data;
} wasm_frame_vec_t;
typedef struct wasmtime_context wasmtime_context_t;
typedef struct wasmtime_caller wasmtime_caller_t;
typedef struct wasmtime_error wasmtime_error_t;

typedef struct {
	size_t size;
	wasm_valtype_t **data;
} wasm_valtype_vec_t;
typedef struct {
	size_t size;
	char *data;
} wasm_byte_vec_t;

typedef struct {
	uint64_t store;
	size_t item;
} wasmtime_instance_t;
typedef struct {
	uint64_t store;
	void *item;
} wasmtime_func_t;
typedef struct {
	uint64_t store;
	uint32_t item[3];
} wasmtime_global_t;
typedef struct {
	struct {
		uint64_t store;
		uint32_t item;
	} of;
	uint32_t item;
} wasmtime_memory_t;

typedef union {
	int32_t i32;
	int64_t i64;
	uint8_t v128[16];
} wasmtime_val_raw_t;

typedef struct {
	uint8_t kind;
	union {
		int64_t i64;
		uint64_t room[8];
	} of;
} wasmtime_val_t;

typedef struct {
	uint8_t kind;
	union {
		wasmtime_func_t func;
		wasmtime_global_t global;
		wasmtime_memory_t memory;
		wasmtime_sharedmemory_t *shared;
		uint64_t room[8];
	} of;
} wasmtime_extern_t;

enum { WASM_I32 = 0, WASM_I64 = 1 };
enum { WASMTIME_I64 = 1 };
enum {
	WASMTIME_EXTERN_FUNC = 0,
	WASMTIME_EXTERN_GLOBAL = 1,
	WASMTIME_EXTERN_MEMORY = 3,
	WASMTIME_EXTERN_SHAREDMEMORY = 4
};

_Static_assert(sizeof(wasmtime_val_raw_t) == 16, "a raw value is 16 bytes");

typedef wasm_trap_t *(*wasmtime_func_unchecked_callback_t)(void *, wasmtime_caller_t *, wasmtime_val_raw_t *, size_t);

wasm_valtype_t *wasm_valtype_new(uint8_t);
void wasm_valtype_vec_new(wasm_valtype_vec_t *, size_t, wasm_valtype_t *const[]);
wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *, wasm_valtype_vec_t *);
void wasm_functype_delete(wasm_functype_t *);
void wasm_byte_vec_delete(wasm_byte_vec_t *);

wasmtime_linker_t *wasmtime_linker_new(wasm_engine_t *);
void wasmtime_linker_delete(wasmtime_linker_t *);
wasmtime_error_t *wasmtime_linker_define_func_unchecked(wasmtime_linker_t *, const char *, size_t, const char *, size_t,
                                                        const wasm_functype_t *, wasmtime_func_unchecked_callback_t,
                                                        void *, void (*)(void *));
wasmtime_error_t *wasmtime_linker_instantiate_pre(const wasmtime_linker_t *, const wasmtime_module_t *,
                                                  wasmtime_instance_pre_t **);
void wasmtime_instance_pre_delete(wasmtime_instance_pre_t *);
wasmtime_error_t *wasmtime_instance_pre_instantiate(const wasmtime_instance_pre_t *, wasmtime_context_t *,
                                                    wasmtime_instance_t *, wasm_trap_t **);
bool wasmtime_instance_export_get(wasmtime_context_t *, const wasmtime_instance_t *, const char *, size_t,
                                  wasmtime_extern_t *);

void wasmtime_module_image_range(const wasmtime_module_t *, void **, void **);

wasmtime_store_t *wasmtime_store_new(wasm_engine_t *, void *, void (*)(void *));
void wasmtime_store_delete(wasmtime_store_t *);
wasmtime_context_t *wasmtime_store_context(wasmtime_store_t *);
void wasmtime_store_limiter(wasmtime_store_t *, int64_t, int64_t, int64_t, int64_t, int64_t);
wasmtime_context_t *wasmtime_caller_context(wasmtime_caller_t *);
void *wasmtime_context_get_data(const wasmtime_context_t *);
void wasmtime_context_set_data(wasmtime_context_t *, void *);

wasmtime_error_t *wasmtime_func_call_unchecked(wasmtime_context_t *, const wasmtime_func_t *, wasmtime_val_raw_t *,
                                               size_t, wasm_trap_t **);
void wasmtime_global_get(wasmtime_context_t *, const wasmtime_global_t *, wasmtime_val_t *);
wasmtime_error_t *wasmtime_global_set(wasmtime_context_t *, const wasmtime_global_t *, const wasmtime_val_t *);
uint8_t *wasmtime_memory_data(const wasmtime_context_t *, const wasmtime_memory_t *);
size_t wasmtime_memory_data_size(const wasmtime_context_t *, const wasmtime_memory_t *);

wasm_trap_t *wasmtime_trap_new(const char *, size_t);
wasm_trap_t *wasmtime_trap_new_code(uint8_t);
bool wasmtime_trap_code(const wasm_trap_t *, uint8_t *);
void wasm_trap_message(const wasm_trap_t *, wasm_byte_vec_t *);
void wasm_trap_trace(const wasm_trap_t *, wasm_frame_vec_t *);
void wasm_trap_delete(wasm_trap_t *);
uint32_t wasm_frame_func_index(const wasm_frame_t *);
size_t wasm_frame_module_offset(const wasm_frame_t *);
void wasm_frame_vec_delete(wasm_frame_vec_t *);
void wasmtime_error_wasm_trace(const wasmtime_error_t *, wasm_frame_vec_t *);
void wasmtime_error_message(const wasmtime_error_t *, wasm_byte_vec_t *);
void wasmtime_error_delete(wasmtime_error_t *);

#endif
