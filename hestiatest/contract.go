package hestiatest

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	ethereum "github.com/ethereum/go-ethereum"
	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/iface/abi"
)

// errFailed wraps the reason of a transaction that was mined and failed.
var errFailed = errors.New("the transaction failed")

// Contract is a deployed contract as one account uses it. Methods and events go by their names in the ABI, and
// arguments by the Go types of geth's abi package: *big.Int for uint256, common.Address for address.
type Contract struct {
	Address common.Address
	ABI     gethabi.ABI
	Receipt *types.Receipt // of its creation; nil of a contract from At

	d       *Devnet
	account int      // index into Accounts of d
	wei     *big.Int // sent with every call and transaction; nil for none
}

// Deploy creates a contract as account 0 in a transaction that must succeed. The arguments of the constructor that the
// ABI has are appended to the creation data, whose module must then end by a custom section "args" or "runtime":
// contracts.WithArguments and contracts.WithRuntime add one.
func (d *Devnet) Deploy(creation []byte, abiJSON string, args ...any) *Contract {
	d.t.Helper()
	return d.DeployPaying(nil, creation, abiJSON, args...)
}

// DeployPaying is Deploy that sends wei to the constructor.
func (d *Devnet) DeployPaying(wei *big.Int, creation []byte, abiJSON string, args ...any) *Contract {
	d.t.Helper()
	c := d.At(common.Address{}, abiJSON)
	packed, err := c.ABI.Pack("", args...)
	must(d.t, err)
	receipt, err := d.send(0, nil, wei, append(append([]byte{}, creation...), packed...))
	must(d.t, err)
	c.Receipt = d.succeeded(receipt)
	c.Address = receipt.ContractAddress
	return c
}

// At returns the contract at an address, for account 0 to use. Nothing is sent. The node learns the names of its
// methods, events and errors.
func (d *Devnet) At(address common.Address, abiJSON string) *Contract {
	d.t.Helper()
	parsed, err := abi.Parse([]byte(abiJSON))
	if err == nil {
		d.book.Add(parsed)
	} else { // it is not bounded, and its names stay unknown
		parsed, err = gethabi.JSON(strings.NewReader(abiJSON))
		must(d.t, err)
	}
	return &Contract{Address: address, ABI: parsed, d: d}
}

// From returns the same contract for another account to use, an index into Accounts.
func (c *Contract) From(account int) *Contract {
	other := *c
	other.account = account
	return &other
}

// Paying returns the same contract with wei that every call and transaction sends. nil sends none.
func (c *Contract) Paying(wei *big.Int) *Contract {
	other := *c
	other.wei = wei
	return &other
}

// For returns the same contract for the test of another devnet value, such as Devnet.For returns for a subtest.
func (c *Contract) For(d *Devnet) *Contract {
	other := *c
	other.d = d
	return &other
}

// Call runs a method without a transaction, which must succeed, and returns its results in the order of the ABI.
func (c *Contract) Call(method string, args ...any) []any {
	c.d.t.Helper()
	result, err := c.TryCall(method, args...)
	if err != nil {
		c.d.t.Fatalf("%s: %v", method, err)
	}
	return result
}

// TryCall is Call that may fail. WantRevert and WantCustomError check the error.
func (c *Contract) TryCall(method string, args ...any) ([]any, error) {
	input, err := c.ABI.Pack(method, args...)
	if err != nil {
		return nil, err
	}
	msg := ethereum.CallMsg{From: c.d.Accounts[c.account], To: &c.Address, Value: c.wei, Data: input}
	output, err := c.d.Client.CallContract(c.d.t.Context(), msg, nil)
	if err != nil {
		return nil, err
	}
	return c.ABI.Unpack(method, output)
}

// Send sends a transaction that must succeed, and returns its receipt.
func (c *Contract) Send(method string, args ...any) *types.Receipt {
	c.d.t.Helper()
	receipt, err := c.TrySend(method, args...)
	if err != nil {
		c.d.t.Fatalf("%s: %v", method, err)
	}
	return receipt
}

// TrySend is Send that may fail. WantRevert and WantCustomError check the error. A transaction that would fail is not
// sent, as its gas estimate fails: that is the error.
func (c *Contract) TrySend(method string, args ...any) (*types.Receipt, error) {
	input, err := c.ABI.Pack(method, args...)
	if err != nil {
		return nil, err
	}
	receipt, err := c.d.send(c.account, &c.Address, c.wei, input)
	if err != nil {
		return nil, err
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		return receipt, fmt.Errorf("%w: %s", errFailed, c.d.reason(receipt.TxHash))
	}
	return receipt, nil
}
