// Package vm is the frame machine: calls and creations with their depth, value, snapshot, revert, gas and
// precompiles, for any kind of code.
//
// It does not execute instructions: code beginning with \0asm goes to an Engine, which it knows only by the interface
// below, other code to package evm, and precompiles are geth's. It knows blocks and transactions only as far as
// contracts see them. Start at Machine.
package vm

import (
	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// Engine runs WebAssembly contracts. Implementations are safe for concurrent use.
type Engine interface {
	// Prepare makes sure that code, whose keccak256 is hash, obeys the contract rules of the schedule, and compiles
	// it unless that was done before. The error is an *ewasm.RuleError, or a *frame.FaultError if the engine itself
	// failed or giveUp, which may be nil, came first.
	Prepare(code []byte, hash common.Hash, schedule *gas.Schedule, giveUp *frame.Interrupt) error
	// Run executes main of c.Program and returns how the frame ended. It leaves the state as the contract made it: the
	// machine undoes changes.
	Run(c *ewasm.Context) frame.Result
}
