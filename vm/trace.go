package vm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/ewasm"
	"hestia/gas"
)

// callOpcodes are the names under which geth's tracers know the calls.
var callOpcodes = [...]gethvm.OpCode{
	ewasm.PlainCall:    gethvm.CALL,
	ewasm.CallCode:     gethvm.CALLCODE,
	ewasm.CallDelegate: gethvm.DELEGATECALL,
	ewasm.CallStatic:   gethvm.STATICCALL,
}

func (m *Machine) enter(frame *ewasm.Context, op gethvm.OpCode, from, to common.Address, input []byte) {
	if m.Hooks != nil {
		given := tracing.Gas{Execution: frame.Gas.Left()}
		m.Hooks.EmitEnter(frame.Depth, byte(op), from, to, input, given, frame.Value.ToBig())
	}
}

func (m *Machine) exit(frame *ewasm.Context, given gas.Tank, result ewasm.Result) {
	if m.Hooks == nil {
		return
	}
	before, after := tracing.Gas{Execution: given.Left()}, tracing.Gas{Execution: result.Left.Left()}
	err := result.Cause
	if result.End == ewasm.Reverted {
		err = gethvm.ErrExecutionReverted
	}
	m.Hooks.EmitExit(frame.Depth, result.Output, before, after, err, result.End != ewasm.Finished)
}
