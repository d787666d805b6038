package ewasm

// Tracer watches the host functions that contracts call. It must change nothing of what it is shown.
type Tracer interface {
	// Before is told of a host function that is about to be charged for and run.
	Before(c *Context, f *Function, a Args)
	// After is told what it answered, or why it ends the frame: nil for finish and selfDestruct, ErrReverted or a *Trap.
	After(c *Context, f *Function, a Args, result uint64, err error)
}

// traceAfter tells the tracer how a host function went.
func (c *Context) traceAfter(f *Function, a Args, result uint64, err error) {
	if err == errFinish {
		err = nil
	}
	c.Trace.After(c, f, a, result, err)
}
