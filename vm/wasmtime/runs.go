package wasmtime

// #include <stdlib.h>
// #include "frame.h"
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/gas/meter"
)

// run is one contract call on the shim: the frame that C works on, and Go's part of it. C knows Go's part by its
// number, because C must not hold a pointer of Go's.
type run struct {
	frame *C.hestia_frame
	c     *ewasm.Context
	ended error // why a host function ended the run

	window mirror.Window // nil if the contract reads no bytes by itself
}

// runs are reused: there are about as many as contract calls were ever nested or side by side.
var runs struct {
	sync.Mutex
	all  atomic.Pointer[[]*run] // by number; a longer list replaces it
	free []*run
}

// The names of exports for C.
var (
	gasName   = C.CString(meter.GasGlobal)
	enterName = C.CString(mirror.EnterFunction)
)

// takeRun returns a free run for a context; the caller gives it back.
func takeRun(c *ewasm.Context) *run {
	runs.Lock()
	defer runs.Unlock()
	if len(runs.free) == 0 {
		moreRuns()
	}
	last := len(runs.free) - 1
	r := runs.free[last]
	runs.free = runs.free[:last]
	r.begin(c)
	return r
}

func (r *run) begin(c *ewasm.Context) {
	r.c = c
	r.frame.interrupt.thread, r.frame.interrupt.asked = 0, 0
}

func (r *run) end() { r.c, r.ended, r.window = nil, nil, nil }

func (r *run) give() {
	r.end()
	runs.Lock()
	runs.free = append(runs.free, r)
	runs.Unlock()
}

// moreRuns doubles them; the lock is held.
func moreRuns() {
	var all []*run
	if now := runs.all.Load(); now != nil {
		all = append(all, *now...)
	}
	for range len(all) + 16 {
		frame := (*C.hestia_frame)(C.calloc(1, C.sizeof_hestia_frame))
		frame.input.number = C.uint32_t(len(all))
		frame.input.gas_name, frame.input.enter_name = gasName, enterName
		frame.input.stack = levelStack
		r := &run{frame: frame}
		all = append(all, r)
		runs.free = append(runs.free, r)
	}
	runs.all.Store(&all)
}

// rows is the interface by number. The linker gives C the numbers.
var rows = ewasm.Functions()

// hestiaDispatch is the one way from C into Go. It runs host function row for the frame of that number and reports
// whether the contract goes on.
//
//export hestiaDispatch
func hestiaDispatch(number, row C.uint32_t) C.int {
	r := (*runs.all.Load())[number]
	f := r.frame
	result, err := serve(r.c, rows[row], loan{
		args:   unsafe.Slice((*uint64)(&f.host.args[0]), len(rows[row].Params)),
		gas:    int64(f.gas),
		memory: unsafe.Slice((*byte)(f.host.memory), f.host.memory_bytes),
	})
	if err != nil {
		r.ended = err
		if ewasm.Halts(err) {
			f.host.locating = 1
		}
		return 0
	}
	if r.window != nil && rows[row].Calls {
		r.window.SetReturnData(r.c.ReturnData)
	}
	f.host.args[0] = C.uint64_t(result)
	f.gas = C.int64_t(r.c.Gas.Particles())
	return 1
}
