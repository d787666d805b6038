package evm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
)

// The instructions that open frames. A stack's words move when a nested frame needs room for more, so they are read
// again after it.

// caller returns the instruction for a kind of call. Its words are, from the top: gas, address, value unless the kind
// has none, the window of the input, and the window for the output.
func caller(kind frame.CallKind) execution {
	valued := kind == frame.PlainCall || kind == frame.CallCode
	words := 6
	if valued {
		words = 7
	}
	return func(_ *uint64, evm *gethvm.EVM, scope *gethvm.ScopeContext) ([]byte, error) {
		r, given := runnerOf(evm), callGas(evm)
		top := topOf(scope, words)
		call := frame.Call{Kind: kind, Target: addressIn(&top[words-2]), Value: new(uint256.Int)}
		if valued {
			*call.Value = top[words-3]
		}
		if !call.Value.IsZero() {
			if kind == frame.PlainCall && r.frame.Static {
				return nil, gethvm.ErrWriteProtection
			}
			given += params.CallStipend
		}
		call.Gas = gas.NewTank(given)
		call.Input = scope.Memory.GetPtr(top[3].Uint64(), top[2].Uint64())
		to, size := top[1].Uint64(), top[0].Uint64()
		drop(words-1, evm, scope)

		result := r.frame.Calls.Call(r.frame, call)
		answer := &topOf(scope, 1)[0]
		answer.Clear()
		switch result.End {
		case frame.Fault:
			return nil, result.Cause
		case frame.Finished:
			answer.SetOne()
			scope.Memory.Set(to, size, result.Output)
		case frame.Reverted:
			scope.Memory.Set(to, size, result.Output)
		}
		r.settle(evm, scope, result, result.Output)
		return nil, nil
	}
}

// creator returns CREATE or CREATE2. The words are, from the top: value, the window of the data, and CREATE2's salt.
func creator(op gethvm.OpCode) execution {
	words, reason := 3, tracing.GasChangeCallContractCreation
	if op == gethvm.CREATE2 {
		words, reason = 4, tracing.GasChangeCallContractCreation2
	}
	return func(_ *uint64, evm *gethvm.EVM, scope *gethvm.ScopeContext) ([]byte, error) {
		r, top := runnerOf(evm), topOf(scope, words)
		creation := frame.Creation{
			Value: top[words-1].Clone(),
			Code:  scope.Memory.GetCopy(top[words-2].Uint64(), top[words-3].Uint64()),
		}
		if op == gethvm.CREATE2 {
			salt := common.Hash(top[0].Bytes32())
			creation.Salt = &salt
		}
		drop(words-1, evm, scope)
		creation.Gas = gas.NewTank(r.forward(scope, reason))

		address, result := r.frame.Calls.Create(r.frame, creation)
		answer := &topOf(scope, 1)[0]
		answer.Clear()
		var output []byte // what a constructor finishes with is the new code, and no return data
		switch result.End {
		case frame.Fault:
			return nil, result.Cause
		case frame.Finished:
			answer.SetBytes(address[:])
		case frame.Reverted:
			output = result.Output
		}
		r.settle(evm, scope, result, output)
		return nil, nil
	}
}

// forward takes the gas for a constructor: all but one 64th, or all of it before EIP-150.
func (r *Runner) forward(scope *gethvm.ScopeContext, reason tracing.GasChangeReason) uint64 {
	left, before := &scope.Contract.Gas, scope.Contract.Gas
	given := left.ExecutionGas
	if r.Rules.IsEIP150 {
		given -= given / 64
	}
	left.Forward(given)
	if r.tracer.HasGasHook() {
		r.tracer.EmitGasChange(before.AsTracing(), left.AsTracing(), reason)
	}
	return given
}

// settle takes back the gas that a frame left, in whole gas, and keeps its output as return data.
func (r *Runner) settle(evm *gethvm.EVM, scope *gethvm.ScopeContext, result frame.Result, output []byte) {
	scope.Contract.Gas.Absorb(gethvm.NewGasBudget(result.Left.Left(), 0), r.tracer)
	setReturnData(evm, output)
}

// topOf returns the n highest words of the stack, the highest last. They are valid until a frame is opened.
func topOf(scope *gethvm.ScopeContext, n int) []uint256.Int {
	words := scope.Stack.Data()
	return words[len(words)-n:]
}

// addressIn returns the address in the low bytes of a word.
func addressIn(word *uint256.Int) common.Address { return common.Address(word.Bytes20()) }
