// Which pages of a kept instance's memory its calls write: only these must be restored before the next call. The
// memory is protected, so that the first write to a page faults. The handler opens the page, and the page stays open
// for as long as the instance is kept. A contract writes to the same few pages in every call, so that faults soon
// stop (docs/adr/0017).
#define _GNU_SOURCE
#include "pages.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "interrupt.h"

// The most faults of one run. One takes some 5 us, for which the contract does not pay.
enum { most_faults = 16 };

static size_t page_bytes; // at least 4 KiB on every processor that this is compiled for
_Static_assert(HESTIA_PAGES * 4096 == HESTIA_LITTLE, "there is room for the pages that may be written");

static struct sigaction before; // the handler of faults before ours: wasmtime's, which passes to Go what is not its own

// open_all gives up the watch. The kernel needs no resources for that. If it refused all the same, the contract would
// trap on this machine and on no other, so the process ends.
static void open_all(hestia_watch *w) {
	if (mprotect(w->memory, w->bytes, PROT_READ | PROT_WRITE) != 0) abort();
	w->bytes = 0;
}

// admit opens the page of an address, or all pages if there were too many faults.
static void admit(hestia_watch *w, size_t address) {
	if (w->faults == most_faults || (w->count + 1) * page_bytes > HESTIA_LITTLE) {
		open_all(w);
		return;
	}
	size_t page = address / page_bytes;
	memcpy(w->born + w->count * page_bytes, w->memory + page * page_bytes, page_bytes);
	w->at[w->count++] = (uint32_t)page;
	w->faults++;
	if (mprotect(w->memory + page * page_bytes, page_bytes, PROT_READ | PROT_WRITE) != 0) open_all(w);
}

// on_fault finds the watch among those of this thread's runs: a run's memory is written by the run, by wasmtime for
// it, and by its host functions. The write is then repeated and succeeds.
static void on_fault(int number, siginfo_t *info, void *context) {
	uintptr_t address = (uintptr_t)info->si_addr;
	if (info->si_code == SEGV_ACCERR)
		for (hestia_frame *f = hestia_innermost(); f; f = f->interrupt.outer) {
			hestia_watch *w = f->input.slot ? &f->input.slot->watch : NULL;
			if (!w || address - (uintptr_t)w->memory >= w->bytes) continue;
			admit(w, address - (uintptr_t)w->memory);
			return;
		}
	if (before.sa_flags & SA_SIGINFO) before.sa_sigaction(number, info, context);
	else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) before.sa_handler(number);
	else sigaction(SIGSEGV, &before, NULL); // the fault comes again
}

int hestia_watches(void) {
	struct sigaction ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	sigemptyset(&ours.sa_mask);
	return sigaction(SIGSEGV, NULL, &before) == 0 && sigaction(SIGSEGV, &ours, NULL) == 0;
}

void hestia_watch_begin(hestia_watch *w, uint8_t *memory, size_t bytes) {
	if (!w->born) w->born = malloc(HESTIA_LITTLE);
	*w = (hestia_watch){.memory = memory, .born = w->born};
	if (!w->born || bytes == 0 || (bytes | (uintptr_t)memory) % page_bytes != 0) return;
	if (mprotect(memory, bytes, PROT_READ) == 0) w->bytes = bytes;
}

void hestia_watch_end(hestia_watch *w) {
	if (w->bytes) open_all(w);
}

void hestia_watch_restore(hestia_watch *w) {
	w->faults = 0;
	for (uint32_t i = 0; i < w->count; i++)
		memcpy(w->memory + w->at[i] * page_bytes, w->born + i * page_bytes, page_bytes);
}
