// The watch over the pages of a kept instance's memory (pages.c).
#ifndef HESTIA_PAGES_H
#define HESTIA_PAGES_H

#include <stddef.h>
#include <stdint.h>

// HESTIA_LITTLE is the most bytes of memory that are restored between two calls.
enum { HESTIA_LITTLE = 128 << 10, HESTIA_PAGES = 32 };

// hestia_watch is which pages of an instance's memory were written since its birth, and what they were then.
typedef struct {
	uint8_t *memory;
	size_t bytes;              // 0 if there is no watch
	uint32_t faults;           // in this run
	uint32_t count;            // of pages written
	uint32_t at[HESTIA_PAGES]; // their numbers
	uint8_t *born;             // their content at birth, in room for HESTIA_LITTLE bytes
} hestia_watch;

// hestia_watches prepares the process for hestia_watch_begin, once there is an engine. It returns 0 if it cannot.
int hestia_watches(void);

// hestia_watch_begin watches a memory that is as it was born. It leaves bytes at 0 if the memory is not fit for that.
void hestia_watch_begin(hestia_watch *watch, uint8_t *memory, size_t bytes);

// hestia_watch_end ends the watch and leaves the memory as wasmtime knows it.
void hestia_watch_end(hestia_watch *watch);

// hestia_watch_restore makes a watched memory what it was at birth.
void hestia_watch_restore(hestia_watch *watch);

#endif
