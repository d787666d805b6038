package wasmtime

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/gas/meter"
)

// slot is one contract call on the shim: the frame that C works on, and Go's part, which C knows only by its number and
// can never hold a pointer to.
type slot struct {
	frame *C.hestia_frame
	c     *ewasm.Context
	ended error // why a host function ended the run

	window mirror.Window // nil where the contract reads no bytes by itself
}

// slots are those there ever were at once, used over and over: about as many as contract calls were ever nested or ran side
// by side.
var slots struct {
	sync.Mutex
	all  atomic.Pointer[[]*slot] // by number; a longer list replaces it
	free []*slot
}

// The names of exports for C.
var (
	gasName   = C.CString(meter.GasGlobal)
	enterName = C.CString(mirror.EnterFunction)
)

func takeSlot(c *ewasm.Context) *slot {
	slots.Lock()
	defer slots.Unlock()
	if len(slots.free) == 0 {
		moreSlots()
	}
	last := len(slots.free) - 1
	s := slots.free[last]
	slots.free = slots.free[:last]
	s.begin(c)
	return s
}

func (s *slot) begin(c *ewasm.Context) {
	s.c = c
	s.frame.thread, s.frame.interrupted = 0, 0
}

func (s *slot) end() { s.c, s.ended, s.window = nil, nil, nil }

func (s *slot) give() {
	s.end()
	slots.Lock()
	slots.free = append(slots.free, s)
	slots.Unlock()
}

// moreSlots doubles them; the lock is held.
func moreSlots() {
	var all []*slot
	if now := slots.all.Load(); now != nil {
		all = append(all, *now...)
	}
	for range len(all) + 16 {
		frame := (*C.hestia_frame)(C.calloc(1, C.sizeof_hestia_frame))
		frame.number = C.uint32_t(len(all))
		frame.gas_name, frame.enter_name = gasName, enterName
		frame.stack = levelStack
		s := &slot{frame: frame}
		all = append(all, s)
		slots.free = append(slots.free, s)
	}
	slots.all.Store(&all)
}

// rows is the interface by the numbers that the linker gives C.
var rows = ewasm.Functions()

// hestiaDispatch is the one way from C into Go: it runs host function number row for the frame of that number and says
// whether the contract goes on.
//
//export hestiaDispatch
func hestiaDispatch(number, row C.uint32_t) C.int {
	s := (*slots.all.Load())[number]
	f := s.frame
	result, err := serve(s.c, rows[row], loan{
		args:   unsafe.Slice((*uint64)(&f.args[0]), len(rows[row].Params)),
		gas:    int64(f.gas),
		memory: unsafe.Slice((*byte)(f.memory), f.memory_bytes),
	})
	if err != nil {
		s.ended = err
		if ewasm.Halts(err) {
			f.locating = 1
		}
		return 0
	}
	if s.window != nil && rows[row].Calls {
		s.window.SetReturnData(s.c.ReturnData)
	}
	f.args[0] = C.uint64_t(result)
	f.gas = C.int64_t(s.c.Gas.Particles())
	return 1
}
