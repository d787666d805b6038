package ewasm

import (
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
)

// The functions with which a contract reads its own frame, counts its gas and ends.

// useGas refuses a negative amount, which would be an enormous one without sign.
func useGas(c *Context, a Args) (uint64, error) {
	if int64(a[0]) < 0 {
		return 0, ErrNegative
	}
	return 0, c.Gas.Charge(a[0])
}

// getGasLeft answers in whole gas: particles are not visible to contracts.
func getGasLeft(c *Context, _ Args) (uint64, error) { return c.Gas.Left(), nil }

func getAddress(c *Context) []byte { return c.Self[:] }

func getCaller(c *Context) []byte { return c.Caller[:] }

func getCallValue(c *Context) *uint256.Int { return c.Value }

func getTxOrigin(c *Context) []byte { return c.Tx.Origin[:] }

func getTxGasPrice(c *Context) *uint256.Int { return c.Tx.GasPrice }

func getCallDataSize(c *Context) uint64 { return uint64(len(c.Input)) }

func getCodeSize(c *Context) uint64 { return uint64(len(c.Code)) }

func getReturnDataSize(c *Context, _ Args) (uint64, error) { return uint64(len(c.ReturnData)), nil }

// callDataCopy and the copies below charge by the word before they look at memory.
func callDataCopy(c *Context, a Args) (uint64, error) {
	if err := c.chargeWords(c.Schedule.Host[gas.CallDataCopy].Word, a[2]); err != nil {
		return 0, err
	}
	return c.copyFrom(c.Input, a[0], a[1], a[2])
}

func codeCopy(c *Context, a Args) (uint64, error) {
	if err := c.chargeWords(c.Schedule.Host[gas.CodeCopy].Word, a[2]); err != nil {
		return 0, err
	}
	return c.copyFrom(c.Code, a[0], a[1], a[2])
}

func returnDataCopy(c *Context, a Args) (uint64, error) {
	if err := c.chargeWords(c.Schedule.Host[gas.ReturnDataCopy].Word, a[2]); err != nil {
		return 0, err
	}
	return c.copyFrom(c.ReturnData, a[0], a[1], a[2])
}

// finish and revert take a copy of the output, because memory is used again after the frame.
func finish(c *Context, a Args) (uint64, error) { return c.end(a, errFinish) }

func revert(c *Context, a Args) (uint64, error) { return c.end(a, frame.ErrReverted) }

func (c *Context) end(a Args, how error) (_ uint64, err error) {
	if c.Output, err = c.copyOf(a[0], a[1]); err != nil {
		return 0, err
	}
	return 0, how
}

// selfDestruct gives the whole balance away. If the schedule still deletes, it marks the account for deletion.
func selfDestruct(c *Context, a Args) (uint64, error) {
	heir, err := c.address(a[0])
	if err != nil {
		return 0, err
	}
	price, balance := &c.Schedule.State, c.State.GetBalance(c.Self).Clone()
	if !c.State.AddressInAccessList(heir) { // there is no price for a warm heir (EIP-2929)
		c.State.AddAddressToAccessList(heir)
		err = c.Gas.Charge(price.AccountCold)
	}
	if err == nil && c.State.Empty(heir) && (price.NewAccountAlways || !balance.IsZero()) {
		err = c.Gas.Charge(price.NewAccount)
	}
	if err != nil {
		return 0, err
	}
	c.paid()
	if !c.State.HasSelfDestructed(c.Self) {
		c.State.AddRefund(price.SelfDestructRefund)
	}
	// An account that is not deleted keeps its balance if it is its own heir (EIP-6780).
	deletes := !price.SelfDestructNewOnly || c.State.IsNewContract(c.Self)
	if deletes || heir != c.Self {
		c.State.SubBalance(c.Self, balance, tracing.BalanceDecreaseSelfdestruct)
	}
	if heir != c.Self {
		c.State.AddBalance(heir, balance, tracing.BalanceIncreaseSelfdestruct)
	}
	if deletes {
		c.State.SelfDestruct(c.Self)
	}
	return 0, errFinish
}
