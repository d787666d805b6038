package ewasm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
)

// The functions by which a contract runs another. All answer 0 for success, 1 for failure, 2 for a revert.
//
// A callee reads its input in the caller's memory, which does not change meanwhile. A copy would be work that is not
// paid for, because the price of a call does not depend on the length.

func call(c *Context, a Args) (uint64, error) { return c.callWithValue(frame.PlainCall, a) }

func callCode(c *Context, a Args) (uint64, error) { return c.callWithValue(frame.CallCode, a) }

func callDelegate(c *Context, a Args) (uint64, error) {
	return c.callWithoutValue(frame.CallDelegate, a)
}

func callStatic(c *Context, a Args) (uint64, error) { return c.callWithoutValue(frame.CallStatic, a) }

// callWithValue reads gas, address, value, data and length. Only a plain call moves its value, so only that is
// refused in a static frame.
func (c *Context) callWithValue(kind frame.CallKind, a Args) (uint64, error) {
	if int64(a[0]) < 0 {
		return 0, ErrNegative
	}
	target, err := c.address(a[1])
	if err != nil {
		return 0, err
	}
	value, err := c.amount(a[2])
	if err != nil {
		return 0, err
	}
	if kind == frame.PlainCall && c.Static && !value.IsZero() {
		return 0, ErrStatic
	}
	input, err := c.bytes(a[3], a[4])
	if err != nil {
		return 0, err
	}
	return c.call(a[0], frame.Call{Kind: kind, Target: target, Value: value, Input: input})
}

// callWithoutValue reads gas, address, data and length.
func (c *Context) callWithoutValue(kind frame.CallKind, a Args) (uint64, error) {
	if int64(a[0]) < 0 {
		return 0, ErrNegative
	}
	target, err := c.address(a[1])
	if err != nil {
		return 0, err
	}
	input, err := c.bytes(a[2], a[3])
	if err != nil {
		return 0, err
	}
	return c.call(a[0], frame.Call{Kind: kind, Target: target, Value: new(uint256.Int), Input: input})
}

// call pays for the access and the value, gives the frame its gas and settles afterwards. The machine refuses a call
// that is too deep or has too much value, and gives all the gas back.
func (c *Context) call(asked uint64, call frame.Call) (uint64, error) {
	c.ReturnData = nil
	if err := c.payAccess(call.Target); err != nil {
		return 0, err
	}
	stipend, err := c.payValue(call)
	if err != nil {
		return 0, err
	}
	given := min(asked, c.callableGas())
	if err := c.Gas.Charge(given); err != nil {
		return 0, err
	}
	call.Gas = gas.NewTank(given + stipend)
	c.hold()
	c.paid()
	result := c.Calls.Call(&c.Frame, call)
	c.ReturnData = result.Output
	return c.settle(result)
}

// checkNarrow traps if the schedule compares a value with the balance as u128 and the balance is wider.
func (c *Context) checkNarrow() error {
	if c.Schedule.State.NarrowBalance && isWide(c.State.GetBalance(c.Self)) {
		return ErrWideBalance
	}
	return nil
}

// callableGas returns all but one 64th of the gas left (EIP-150).
func (c *Context) callableGas() uint64 {
	left := c.Gas.Left()
	return left - left/64
}

// payAccess charges the access of the callee's account and, if that is delegated, of the account whose code will run.
func (c *Context) payAccess(target common.Address) error {
	if err := c.access(target); err != nil {
		return err
	}
	if delegate, ok := types.ParseDelegation(c.State.GetCode(target)); ok {
		return c.access(delegate)
	}
	return nil
}

// payValue charges for moving a value, and for the account that a plain call makes with it. It returns the gas that
// the callee gets for it. If the call is going to be refused, the EVM gives that back to the caller; Hera never gave
// it, and does not charge for a value in a call that is too deep.
func (c *Context) payValue(call frame.Call) (stipend uint64, err error) {
	price := &c.Schedule.State
	tooDeep := c.Depth >= c.Schedule.Limits.CallDepth
	if call.Value.IsZero() || tooDeep && !price.RefusedStipend {
		return 0, nil
	}
	cost := price.CallValue
	if call.Kind == frame.PlainCall && c.State.Empty(call.Target) {
		cost += price.NewAccount
	}
	if err := c.Gas.Charge(cost); err != nil {
		return 0, err
	}
	if err := c.checkNarrow(); err != nil {
		return 0, err
	}
	if !price.RefusedStipend && c.State.GetBalance(c.Self).Lt(call.Value) {
		return 0, nil
	}
	return price.CallStipend, nil
}

// settle takes back the gas that the callee left and turns its end into the answer. A fault below is a fault here.
func (c *Context) settle(result frame.Result) (uint64, error) {
	c.Gas.Return(result.Left)
	switch result.End {
	case frame.Finished:
		return 0, nil
	case frame.Reverted:
		return 2, nil
	case frame.Fault:
		return 0, result.Cause
	default:
		return 1, nil
	}
}

// create runs creation data as a contract and writes the new account's address if that succeeds. The constructor's
// output is return data only if it reverts: if it finishes, the output is the new code.
func create(c *Context, a Args) (uint64, error) {
	creation, err := c.creation(a)
	if err != nil {
		return 0, err
	}
	if err := c.chargeWords(c.Schedule.State.InitcodeWord, a[2]); err != nil {
		return 0, err
	}
	return c.create(creation, a[3])
}

// create2 is create at an address that follows from a salt and the hash of the data.
func create2(c *Context, a Args) (uint64, error) {
	creation, err := c.creation(a)
	if err != nil {
		return 0, err
	}
	salt, err := c.hash(a[3])
	if err != nil {
		return 0, err
	}
	if err := c.chargeWords(c.Schedule.State.InitcodeWord+c.Schedule.Host[gas.Create2].Word, a[2]); err != nil {
		return 0, err
	}
	creation.Salt = &salt
	return c.create(creation, a[4])
}

// creation reads the operands of both kinds: a value, and data within the limit.
func (c *Context) creation(a Args) (frame.Creation, error) {
	value, err := c.amount(a[0])
	if err != nil {
		return frame.Creation{}, err
	}
	code, err := c.copyOf(a[1], a[2])
	if err != nil {
		return frame.Creation{}, err
	}
	limit := c.Schedule.Limits.Initcode
	if c.Schedule.Limits.EVM && !IsWasm(code) {
		limit = c.Schedule.Limits.EVMInitcode
	}
	if len(code) > limit {
		return frame.Creation{}, ErrInitcode
	}
	return frame.Creation{Value: value, Code: code}, nil
}

// create gives the constructor its gas and settles afterwards.
func (c *Context) create(creation frame.Creation, pointer uint64) (uint64, error) {
	c.ReturnData = nil
	if c.Depth < c.Schedule.Limits.CallDepth {
		if err := c.checkNarrow(); err != nil { // whatever the value
			return 0, err
		}
	}
	given := c.callableGas()
	if err := c.Gas.Charge(given); err != nil {
		return 0, err
	}
	creation.Gas = gas.NewTank(given)
	c.hold()
	c.paid()
	address, result := c.Calls.Create(&c.Frame, creation)
	switch result.End {
	case frame.Finished:
		if _, err := c.store(pointer, address[:]); err != nil {
			return 0, err
		}
	case frame.Reverted:
		c.ReturnData = result.Output
	}
	return c.settle(result)
}
