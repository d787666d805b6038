package ewasm

import (
	"github.com/ethereum/go-ethereum/common"

	"hestia/gas"
)

// Tracer is called around every host function that contracts call. It must not change what it is given.
type Tracer interface {
	// Before is called before a host function is charged for and run.
	Before(c *Context, f *Function, a Args)
	// After is called with the function's result. If the function ends the frame, err is nil (finish and selfDestruct),
	// frame.ErrReverted or a *Trap.
	After(c *Context, f *Function, a Args, result uint64, err error)
}

// SlotTracer is a Tracer that is also called before a program reads or writes a slot of a file, with the row of
// storageLoad or storageStore. The function that the program has called is traced as any other.
type SlotTracer interface {
	Tracer
	BeforeSlot(c *Context, f *Function, key, value common.Hash)
}

// PaidTracer is a Tracer that is also called once a host function that touches slots or accounts, opens a frame or
// hashes has passed all checks and paid for it, right before it does it.
type PaidTracer interface {
	Tracer
	Paid(c *Context, f *Function, a Args)
}

// called is one call of a host function.
type called struct {
	f *Function
	a Args
}

// paid calls the tracer before the host function under way does what it has paid for.
func (c *Context) paid() {
	if t, ok := c.Trace.(PaidTracer); ok {
		t.Paid(c, c.called.f, c.called.a)
	}
}

// traceSlot calls the tracer before a slot of a file is read or written.
func (c *Context) traceSlot(number gas.Operation, key, value common.Hash) {
	if t, ok := c.Trace.(SlotTracer); ok {
		t.BeforeSlot(c, &functions[number], key, value)
	}
}

// traceAfter calls the tracer after a host function.
func (c *Context) traceAfter(f *Function, a Args, result uint64, err error) {
	if err == errFinish {
		err = nil
	}
	c.Trace.After(c, f, a, result, err)
}
