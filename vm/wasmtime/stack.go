package wasmtime

// #include "stack.h"
import "C"

import (
	"errors"
	"runtime"

	"hestia/frame"
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

// onStack runs a level on the current thread if it has room, or on a new one. The shim measures by itself.
func onStack(level func() frame.Result) frame.Result {
	runtime.LockOSThread() // what was measured must stay the thread that runs
	defer runtime.UnlockOSThread()
	if C.hestia_stack_left() >= levelStack {
		return level()
	}
	return onNewThread(func() frame.Result {
		if C.hestia_stack_left() < levelStack {
			return frame.Result{End: frame.Fault, Cause: &frame.FaultError{Err: errThreadStack}}
		}
		return level()
	})
}

// onNewThread runs a level on a thread whose stack is empty; the thread and its stack go with the level.
func onNewThread[T any](level func() T) T {
	done := make(chan T)
	go func() {
		runtime.LockOSThread() // never unlocked
		done <- level()
	}()
	return <-done
}
