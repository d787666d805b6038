// Package frame is the vocabulary of execution, whatever the code: what one running call or creation is given (Frame, Transaction,
// Block), how code asks for another (Call, Creation, Calls), how it ends (End, Result, FaultError), and how its request is given
// up (Interrupt).
//
// It does not know what code is, who runs it or how blocks are made. Start at Frame and Result.
package frame

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// Frame is one running call or creation, whatever its code: whose state it acts on, what it was given, and the transaction,
// block and state around it. The frame machine makes it and an engine runs it. It is not safe for concurrent use.
type Frame struct {
	Self     common.Address // whose storage and balance the frame acts on
	Caller   common.Address
	Value    *uint256.Int // wei
	Input    []byte       // calldata
	Code     []byte       // the original bytes being run
	CodeHash common.Hash  // keccak256 of Code
	Static   bool         // state may not change in this frame or below
	Depth    int          // 0 for the transaction's own frame

	Gas      gas.Tank
	Schedule *gas.Schedule
	Tx       *Transaction
	Block    *Block
	State    vm.StateDB
	Calls    Calls
	Debug    func(line string) // takes what the debug module prints; nil discards it

	Interrupt *Interrupt // ends the frame when its request is given up; nil in a block, which only gas ends

	PagesLeft uint32 // linear memory that this frame and its callees may still hold, in pages of 64 KiB
	PagesUsed uint32 // linear memory that this frame holds now
}
