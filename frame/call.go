package frame

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// Calls is how running code reaches the machine that runs it. Neither method returns an error: a Result says it all.
type Calls interface {
	// Call runs another account's code in a frame below parent. Its gas was charged to parent already.
	Call(parent *Frame, call Call) Result
	// Create runs creation data in a frame below parent and returns the new account's address. Its gas was charged to parent
	// already.
	Create(parent *Frame, creation Creation) (common.Address, Result)
}

// CallKind tells the four calls apart.
type CallKind uint8

// The calls, as the interface names them.
const (
	PlainCall    CallKind = iota // call: the target's code, storage and balance
	CallCode                     // the target's code on the caller's storage
	CallDelegate                 // as callCode, with the caller's own caller and value
	CallStatic                   // as call, without any change of state
)

// Call is a request to run an account's code.
type Call struct {
	Kind   CallKind
	Target common.Address
	Value  *uint256.Int
	Input  []byte
	Gas    gas.Tank
}

// Creation is a request to make a contract.
type Creation struct {
	Value *uint256.Int
	Code  []byte       // creation data
	Salt  *common.Hash // what the address follows from, with Code; nil = from the creator's nonce
	Gas   gas.Tank
}
