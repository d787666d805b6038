package frame

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// Calls lets running code start frames below its own. The frame machine implements it. Failures are in the Result.
type Calls interface {
	// Call runs another account's code in a frame below parent. Its gas was charged to parent already.
	Call(parent *Frame, call Call) Result
	// Create runs creation data in a frame below parent and returns the new account's address. Its gas was charged
	// to parent already.
	Create(parent *Frame, creation Creation) (common.Address, Result)
}

// CallKind is one of the four kinds of call.
type CallKind uint8

// The calls, as the interface names them.
const (
	PlainCall    CallKind = iota // call: the target's code, storage and balance
	CallCode                     // callCode: the target's code on the caller's storage and balance
	CallDelegate                 // callDelegate: as callCode, with the caller's own caller and value
	CallStatic                   // callStatic: as call, but state may not change
)

// Call is a request to run an account's code.
type Call struct {
	Kind   CallKind
	Target common.Address // the account whose code runs
	Value  *uint256.Int   // wei
	Input  []byte         // calldata
	Gas    gas.Tank       // what the new frame may use
}

// Creation is a request to make a contract.
type Creation struct {
	Value *uint256.Int // wei
	Code  []byte       // creation data
	Salt  *common.Hash // the address is derived from it and Code; nil = from the creator's nonce
	Gas   gas.Tank     // what the new frame may use
}
