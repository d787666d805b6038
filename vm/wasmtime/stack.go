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
// whole budget, so that neither depth nor the machine decides an outcome. If the thread has no room for another
// level, the level runs on a new thread.
const (
	// nativeStack is the wasm stack of one level in bytes. The injected counter, which counts no frame smaller than
	// it is, trips first. So a native overflow is a fault.
	nativeStack = gas.StackBytes + 64<<10
	// levelStack is the stack that a thread must have left to start a level, in bytes: for wasm, the engine and our
	// own C.
	levelStack = nativeStack + 256<<10
)

var errThreadStack = errors.New("threads of this machine have less stack than one contract needs")

// onStack runs a level on the current thread if that has room, or on a new one. The shim measures the room by itself.
func onStack(level func() frame.Result) frame.Result {
	runtime.LockOSThread() // the level must run on the thread that was measured
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

// onNewThread runs a level on a thread with an empty stack. The thread ends with the level.
func onNewThread[T any](level func() T) T {
	done := make(chan T)
	go func() {
		runtime.LockOSThread() // never unlocked
		done <- level()
	}()
	return <-done
}
