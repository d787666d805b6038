// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package clients

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// RefuserMetaData contains all meta data concerning the Refuser contract.
var RefuserMetaData = bind.MetaData{
	ABI: "[{\"type\":\"function\",\"name\":\"take\",\"stateMutability\":\"nonpayable\",\"inputs\":[{\"name\":\"id\",\"type\":\"uint256\"}],\"outputs\":[]},{\"type\":\"error\",\"name\":\"NotYours\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\"},{\"name\":\"id\",\"type\":\"uint256\"}]}]",
	ID:  "Refuser",
}

// Refuser is an auto generated Go binding around an Ethereum contract.
type Refuser struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Refuser) GetABI() abi.ABI {
	return c.abi
}

// NewRefuser creates a new instance of Refuser.
func NewRefuser() *Refuser {
	parsed, err := RefuserMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Refuser{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Refuser) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackTake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4fd9efc4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function take(uint256 id) returns()
func (refuser *Refuser) PackTake(id *big.Int) []byte {
	enc, err := refuser.abi.Pack("take", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4fd9efc4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function take(uint256 id) returns()
func (refuser *Refuser) TryPackTake(id *big.Int) ([]byte, error) {
	return refuser.abi.Pack("take", id)
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (refuser *Refuser) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], refuser.abi.Errors["NotYours"].ID.Bytes()[:4]) {
		return refuser.UnpackNotYoursError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// RefuserNotYours represents a NotYours error raised by the Refuser contract.
type RefuserNotYours struct {
	Owner common.Address
	Id    *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotYours(address owner, uint256 id)
func RefuserNotYoursErrorID() common.Hash {
	return common.HexToHash("0x001794cbe92880daf46710c3899b4d1ab5f1b0d95cee57c6818dbd5122ff370d")
}

// UnpackNotYoursError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotYours(address owner, uint256 id)
func (refuser *Refuser) UnpackNotYoursError(raw []byte) (*RefuserNotYours, error) {
	out := new(RefuserNotYours)
	if err := refuser.abi.UnpackIntoInterface(out, "NotYours", raw); err != nil {
		return nil, err
	}
	return out, nil
}
