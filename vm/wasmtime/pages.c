// Which pages of a kept instance's memory its calls write, so that no others need be made as they were at birth. The memory is
// protected, and who writes to a page of it first faults: here the page is opened, and stays open for as long as the instance
// is kept. Contracts write to the same few pages in every call, so that soon nobody faults (docs/adr/0017).
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shim.h"

// What a watch is held to. A fault takes some 3 us and a page 50 ns to restore, and nobody pays for either.
enum {
	most_faults = 16, // of one run
	most_pages = 32,  // written
};

static size_t page_bytes;
static struct sigaction before; // who had faults before us: wasmtime, which passes on to Go what is not its

static int open_all(hestia_watch *w) {
	int done = mprotect(w->memory, w->bytes, PROT_READ | PROT_WRITE) == 0;
	w->bytes = 0;
	return done;
}

// admit opens the page that an address is in, or, where there were too many, all.
static int admit(hestia_watch *w, size_t address) {
	if (w->faults == most_faults || w->count == most_pages) return open_all(w);
	size_t page = address / page_bytes;
	w->faults++;
	w->count++;
	w->written[page / 64] |= (uint64_t)1 << page % 64;
	return mprotect(w->memory + page * page_bytes, page_bytes, PROT_READ | PROT_WRITE) == 0;
}

// on_fault finds the watch among those of this thread's runs: a run's memory is written to by itself, by wasmtime for it, and by
// its host functions. Whoever it was goes on as if nothing had been.
static void on_fault(int number, siginfo_t *info, void *context) {
	uintptr_t address = (uintptr_t)info->si_addr;
	if (info->si_code == SEGV_ACCERR)
		for (hestia_frame *f = hestia_innermost(); f; f = f->outer) {
			hestia_watch *w = f->place ? &f->place->watch : NULL;
			if (w && address - (uintptr_t)w->memory < w->bytes && admit(w, address - (uintptr_t)w->memory)) return;
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
	*w = (hestia_watch){.memory = memory};
	if (bytes == 0 || bytes > 64 * HESTIA_WATCH_WORDS * page_bytes || (bytes | (uintptr_t)memory) % page_bytes != 0) return;
	if (mprotect(memory, bytes, PROT_READ) == 0) w->bytes = bytes;
}

void hestia_watch_end(hestia_watch *w) {
	if (w->bytes) open_all(w);
}

void hestia_restore(uint8_t *memory, const hestia_birth *birth, size_t from, size_t bytes) {
	size_t to = from + bytes;
	size_t start = birth->from < from ? from : birth->from < to ? birth->from : to;
	size_t end = birth->to < start ? start : birth->to < to ? birth->to : to;
	memset(memory + from, 0, start - from);
	memcpy(memory + start, birth->data + (start - birth->from), end - start);
	memset(memory + end, 0, to - end);
}

void hestia_watch_restore(hestia_watch *w, const hestia_birth *birth) {
	w->faults = 0;
	for (size_t i = 0; i < HESTIA_WATCH_WORDS; i++)
		for (uint64_t pages = w->written[i]; pages; pages &= pages - 1)
			hestia_restore(w->memory, birth, (64 * i + (size_t)__builtin_ctzll(pages)) * page_bytes, page_bytes);
}
