package trace

import (
	"maps"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"
)

// inEVM reports whether an instruction is one of EVM code. A machine tells of host functions as instructions too.
func inEVM(scope tracing.OpContext) bool {
	_, evm := scope.(*gethvm.ScopeContext)
	return evm
}

// wordBytes is what a word of the stack takes beside its digits, and slotSize what a slot takes in a step.
const (
	wordBytes = 18
	slotSize  = 160
)

// opcode records an instruction of an EVM frame as a step. Like geth, it shows memory as it was before the instruction.
func (l *stepLog) opcode(
	pc uint64, op byte, gas, cost uint64, scope tracing.OpContext, returned []byte, depth int, err error,
) {
	if !inEVM(scope) {
		return
	}
	memory := scope.MemoryData()
	step := l.step(memory, returned)
	if step == nil {
		return
	}
	step.PC, step.Op, step.Gas, step.GasCost = pc, gethvm.OpCode(op).String(), gas, cost
	step.Depth, step.Refund = depth, l.state.GetRefund()
	if err != nil {
		step.Error = err.Error()
	}
	if !l.config.DisableStack {
		stack, size := make([]string, 0, len(scope.StackData())), 0
		for _, word := range scope.StackData() {
			size += wordBytes + 2*word.ByteLen()
			stack = append(stack, word.Hex())
		}
		step.Stack = &stack
		l.weigh(size)
	}
	if l.config.EnableMemory && len(memory) > 0 {
		step.Memory = words(memory)
	}
	if err == nil && !l.config.DisableStorage {
		step.Storage = l.slotsAt(gethvm.OpCode(op), scope)
	}
}

// slotsAt returns the slots of the account that have been read or written, with that of this instruction. It is nil if
// the instruction does neither.
func (l *stepLog) slotsAt(op gethvm.OpCode, scope tracing.OpContext) map[common.Hash]common.Hash {
	stack, account := scope.StackData(), scope.Address()
	var value func(key common.Hash) common.Hash
	switch {
	case op == gethvm.SLOAD && len(stack) >= 1:
		value = func(key common.Hash) common.Hash { return l.state.GetState(account, key) }
	case op == gethvm.SSTORE && len(stack) >= 2:
		value = func(common.Hash) common.Hash { return stack[len(stack)-2].Bytes32() }
	default:
		return nil
	}
	slots := l.slots[account]
	if slots == nil {
		slots = make(map[common.Hash]common.Hash)
		l.slots[account] = slots
	}
	key := common.Hash(stack[len(stack)-1].Bytes32())
	slots[key] = value(key)
	if !l.weigh(slotSize * len(slots)) {
		return nil
	}
	return maps.Clone(slots)
}

// part returns a window of an EVM frame's memory, at most maxWindow bytes of it. Beyond its end
// memory is zeros.
func part(memory []byte, offset, length *uint256.Int) []byte {
	size := uint64(maxWindow)
	if length.LtUint64(size) {
		size = length.Uint64()
	}
	window := make([]byte, size)
	if offset.LtUint64(uint64(len(memory))) {
		copy(window, memory[offset.Uint64():])
	}
	return window
}
