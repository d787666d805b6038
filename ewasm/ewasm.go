// Package ewasm is what a contract sees: the Ethereum Environment Interface as one table of host functions, the Context
// they act on, and the rules that say which modules are contracts.
//
// It does not run wasm (an engine does), does not open frames (vm does, through frame.Calls) and holds no price (gas
// does). The linker of an engine, the validator, tracers, the documentation and the C header all read the same table.
// Start at Functions, Context and Check.
package ewasm

import (
	"errors"
	"fmt"

	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wasm"
)

// Function is one row of the interface: a host function with its signature, what it does, and every fact of it that
// others rely on. Its prices are the schedules' Host[Number].
type Function struct {
	Number       gas.Operation // the index of the row in the table
	Module, Name string        // by which contracts import it
	Since        gas.Edition   // the first that has it
	Operands     []Operand
	Params       []wasm.ValueType // the types of the operands
	Results      []wasm.ValueType // at most one

	Writes   bool     // changes state: refused in a static frame
	Calls    bool     // runs another frame, whose output replaces the return data
	Computes bool     // only works on the windows of its operands: an engine may do it in machine code of its own
	Constant Constant // the part of the frame that it answers with
	Ends     Ending   // whether it ends the frame, and how
	Traps    []error  // besides windows outside memory and, if it Writes, ErrStatic

	Instruction gethvm.OpCode // the EVM's instruction for the same, LOG0 for every LOG; 0 if there is none
	Unused      int           // words at the bottom of that instruction's stack for which there is no operand

	Says string // a sentence for its document

	do      func(*Context, Args) (uint64, error)
	answers func(*program, Args) error // of programs: what do does, with an errno as its result
}

// Ending says how a host function ends the frame that calls it, unless it traps.
type Ending uint8

// The endings of host functions.
const (
	Returns  Ending = iota // it does not: the contract goes on
	Finishes               // with success
	Reverts                // with its state undone
	Exits                  // with success if its operand is 0, else with its state undone
	Endings                // how many there are
)

// Args are the raw operands of one call of a host function: an i32 in the low 32 bits, an i64 in all 64.
type Args []uint64

// Type returns the function's wasm signature.
func (f *Function) Type() wasm.FuncType { return wasm.FuncType{Params: f.Params, Results: f.Results} }

// SoldBy reports whether contracts of the schedule, or programs if it is one of WASI, may import the function.
func (f *Function) SoldBy(s *gas.Schedule) bool {
	return f.Since <= s.Edition && (f.Module != "debug" || s.Limits.Debug) && (f.Module != WASI || s.Limits.Programs)
}

// Call charges the function's base price, refuses a change of state in a static frame, and runs the function. It
// returns the raw result, or 0 if the function has none. An error ends the frame: give it to Context.Conclude.
func (f *Function) Call(c *Context, a Args) (uint64, error) {
	if c.Trace != nil {
		c.called = called{f, a}
		c.Trace.Before(c, f, a)
	}
	result, err := f.run(c, a)
	if err != nil && err != errFinish && err != frame.ErrReverted {
		err = &Trap{Function: f.Name, Err: err}
	}
	if c.Trace != nil {
		c.traceAfter(f, a, result, err)
	}
	return result, err
}

func (f *Function) run(c *Context, a Args) (uint64, error) {
	if err := c.Gas.Charge(c.Schedule.Host[f.Number].Base); err != nil {
		return 0, err
	}
	if f.Writes && c.Static {
		return 0, ErrStatic
	}
	return f.do(c, a)
}

// The reasons why host functions trap.
var (
	ErrMemory   = errors.New("access outside linear memory")
	ErrStatic   = errors.New("state change in a static call")
	ErrNegative = errors.New("negative gas")
	ErrSource   = errors.New("read past the end of the source")
	ErrTopics   = errors.New("more than 4 topics")
	ErrWide     = errors.New("amount of more than 128 bits")
	ErrInitcode = errors.New("creation data over the size limit")
	ErrSentry   = errors.New("not enough gas for the reentrancy sentry")
)

// ErrWideBalance is the reason why a function traps that compares a value with the balance as u128.
var ErrWideBalance = fmt.Errorf("%w: the account's own balance", ErrWide)

// errFinish ends a frame successfully from within a host function.
var errFinish = errors.New("finish")

// Halts reports whether an error of a host function halts its frame. The others finish or revert it.
func Halts(err error) bool { return err != errFinish && err != frame.ErrReverted }

// Trap is the error of a host function that halts its frame: which function, and why.
type Trap struct {
	Function string
	Err      error
}

func (t *Trap) Error() string { return fmt.Sprintf("%s: %v", t.Function, t.Err) }

// Unwrap returns the reason.
func (t *Trap) Unwrap() error { return t.Err }

// Finish ends the frame as the host function finish does, with an output that the caller must not change afterwards.
// Give the error that it returns to Conclude.
func (c *Context) Finish(output []byte) error {
	c.Output = output
	return errFinish
}

// Revert ends the frame as the host function revert does, likewise.
func (c *Context) Revert(output []byte) error {
	c.Output = output
	return frame.ErrReverted
}

// Conclude returns the frame's result from the error that ended the run: nil if main returned, the error of a host
// function, or the engine's own trap.
func (c *Context) Conclude(err error) frame.Result {
	c.printErrors()
	switch err {
	case nil:
		return frame.Result{End: frame.Finished, Output: c.written(), Left: c.Gas}
	case errFinish:
		return frame.Result{End: frame.Finished, Output: c.Output, Left: c.Gas}
	case frame.ErrReverted:
		return frame.Result{End: frame.Reverted, Output: c.Output, Left: c.Gas, Cause: err, Status: c.exitStatus()}
	}
	var fault *frame.FaultError
	if errors.As(err, &fault) {
		return frame.Result{End: frame.Fault, Cause: fault}
	}
	return frame.Result{End: frame.Halted, Cause: c.explain(err)}
}
