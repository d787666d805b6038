package ewasm

// Tracer is called around every host function that contracts call. It must not change what it is given.
type Tracer interface {
	// Before is called before a host function is charged for and run.
	Before(c *Context, f *Function, a Args)
	// After is called with the function's result. If the function ends the frame, err is nil (finish and selfDestruct),
	// frame.ErrReverted or a *Trap.
	After(c *Context, f *Function, a Args, result uint64, err error)
}

// traceAfter calls the tracer after a host function.
func (c *Context) traceAfter(f *Function, a Args, result uint64, err error) {
	if err == errFinish {
		err = nil
	}
	c.Trace.After(c, f, a, result, err)
}
