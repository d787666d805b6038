// How much stack the calling thread has left, how much the threads that Go starts get, and how much of it they keep.
#define _GNU_SOURCE
#include "stack.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>

// The stack of every thread that the Go runtime starts from now on. It is address space, not memory.
enum { thread_stack = 64 << 20 };

__attribute__((constructor)) static void set_thread_stack(void) {
	pthread_attr_t attr;
	if (pthread_attr_init(&attr) != 0) return;
	if (pthread_attr_setstacksize(&attr, thread_stack) == 0) pthread_setattr_default_np(&attr);
	pthread_attr_destroy(&attr);
}

// How much of its stack a thread keeps between calls, in bytes. Few calls nest deep enough to touch more.
enum { kept_stack = 1 << 20 };

static __thread uintptr_t stack_floor;
static __thread uintptr_t deepest; // the lowest place where a run began since hestia_stack_settle; 0 for none

size_t hestia_stack_left(void) {
	if (stack_floor == 0) {
		pthread_attr_t attr;
		void *low;
		size_t size;
		if (pthread_getattr_np(pthread_self(), &attr) != 0) return 0;
		if (pthread_attr_getstack(&attr, &low, &size) == 0) stack_floor = (uintptr_t)low;
		pthread_attr_destroy(&attr);
	}
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	if (deepest == 0 || here < deepest) deepest = here;
	return here > stack_floor ? here - stack_floor : 0;
}

void hestia_stack_settle(void) {
	const uintptr_t page = 64 << 10; // a multiple of the machine's
	uintptr_t low = (deepest + page - 1) & -page, high = ((uintptr_t)__builtin_frame_address(0) - kept_stack) & -page;
	if (deepest != 0 && low < high) madvise((void *)low, high - low, MADV_DONTNEED); // all of it was this stack
	deepest = 0;
}
