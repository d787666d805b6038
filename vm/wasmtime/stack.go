package wasmtime

/*
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

// Every thread that the Go runtime starts after this has a stack of this size. It is address space, not memory.
enum { thread_stack = 64 << 20 };

__attribute__((constructor)) static void hestia_thread_stack(void) {
	pthread_attr_t attr;
	if (pthread_attr_init(&attr) != 0) return;
	if (pthread_attr_setstacksize(&attr, thread_stack) == 0) pthread_setattr_default_np(&attr);
	pthread_attr_destroy(&attr);
}

static __thread uintptr_t hestia_stack_floor;

// hestia_stack_left is how many bytes of the calling thread's stack lie below this call; 0 where that is not known.
static size_t hestia_stack_left(void) {
	if (hestia_stack_floor == 0) {
		pthread_attr_t attr;
		void *low;
		size_t size;
		if (pthread_getattr_np(pthread_self(), &attr) != 0) return 0;
		if (pthread_attr_getstack(&attr, &low, &size) == 0) hestia_stack_floor = (uintptr_t)low;
		pthread_attr_destroy(&attr);
	}
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	return here > hestia_stack_floor ? here - hestia_stack_floor : 0;
}
*/
import "C"

import (
	"errors"
	"runtime"

	"hestia/ewasm"
	"hestia/gas"
)

// Nested contract calls stack their native frames on one thread: wasm, host function, wasm again. Each level gets its
// whole budget, so that neither depth nor the machine decides an outcome: where the thread has no room for another
// level, the level runs on a new thread.
const (
	// nativeStack is the wasm stack of one level in bytes. The injected counter, which weighs frames no lighter than they
	// are, trips before it; that it never does is what makes a native overflow a fault.
	nativeStack = gas.StackBytes + 64<<10
	// levelStack is what a thread must have left to start a level: its wasm, and the engine's and our own frames around it.
	levelStack = nativeStack + 256<<10
)

var errThreadStack = errors.New("threads of this machine have less stack than one contract needs")

// onStack runs a level on the current thread if it has room, or on a new one.
func onStack(level func() ewasm.Result) ewasm.Result {
	runtime.LockOSThread() // what was measured must stay the thread that runs
	defer runtime.UnlockOSThread()
	if C.hestia_stack_left() >= levelStack {
		return level()
	}
	done := make(chan ewasm.Result)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread and its stack go with the goroutine
		if C.hestia_stack_left() < levelStack {
			done <- ewasm.Result{End: ewasm.Fault, Cause: &ewasm.FaultError{Err: errThreadStack}}
			return
		}
		done <- level()
	}()
	return <-done
}
