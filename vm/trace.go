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
	if m.Hooks == nil {
		return
	}
	value := frame.Value.ToBig()
	if op == gethvm.STATICCALL {
		value = nil // as geth: such a call has none, not none to give
	}
	m.Hooks.EmitEnter(frame.Depth, byte(op), from, to, input, tracing.Gas{Execution: frame.Gas.Left()}, value)
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

// tracer returns who the frames tell of host functions: whoever wants them as they are, and the hooks that know only the
// EVM's instructions. It is nil for nobody, so that a frame nobody watches pays one comparison a call.
func tracer(hooks *tracing.Hooks, host ewasm.Tracer) ewasm.Tracer {
	switch {
	case !hooks.HasOpcodeHook():
		return host
	case host == nil:
		return &instructions{hooks: hooks}
	}
	return both{&instructions{hooks: hooks}, host}
}

// both tells two tracers.
type both [2]ewasm.Tracer

func (b both) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	b[0].Before(c, f, a)
	b[1].Before(c, f, a)
}

func (b both) After(c *ewasm.Context, f *ewasm.Function, a ewasm.Args, result uint64, err error) {
	b[0].After(c, f, a, result, err)
	b[1].After(c, f, a, result, err)
}
