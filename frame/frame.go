// Package frame is the vocabulary of execution, for any kind of code: the input of one running call or creation (Frame,
// Transaction, Block), a request for another (Call, Creation, Calls), the end (End, Result, FaultError), and the signal
// that its request was given up (Interrupt).
//
// It does not know kinds of code, engines or how blocks are made. Start at Frame and Result.
package frame

import (
	"github.com/ethereum/go-ethereum/common"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// Frame is one running call or creation of any kind of code: the account it acts on, its input, and the transaction,
// block and state around it. The frame machine makes it and an engine runs it. It is not safe for concurrent use.
type Frame struct {
	Self     common.Address // the account whose storage and balance the frame acts on
	Caller   common.Address // the account that made the call
	Value    *uint256.Int   // wei
	Input    []byte         // calldata
	Code     []byte         // the original bytes being run
	Module   []byte         // the part of Code that is the program; nil if that is all of it
	CodeHash common.Hash    // keccak256 of the program
	Static   bool           // state may not change in this frame or below
	Creates  bool           // Code is creation data
	Depth    int            // 0 for the transaction's own frame
	Number   uint64         // how many frames of the transaction have begun before

	Gas      gas.Tank
	Schedule *gas.Schedule
	Tx       *Transaction
	Block    *Block
	State    gethvm.StateDB
	Calls    Calls
	Debug    func(line string) // called with each line that the debug module or a program prints; nil discards it

	Interrupt *Interrupt // ends the frame when its request is given up; nil if only gas bounds the run

	PagesLeft uint32 // linear memory that this frame and its callees may still hold, in pages of 64 KiB
	PagesUsed uint32 // linear memory that this frame holds now, with what a program has the host keep for it
}

// Program returns the part of Code that runs. Creation data may have constructor arguments or a runtime behind it.
func (f *Frame) Program() []byte {
	if f.Module != nil {
		return f.Module
	}
	return f.Code
}
