package vm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// callOpcodes are the names under which geth's tracers know the calls.
var callOpcodes = [...]gethvm.OpCode{
	frame.PlainCall:    gethvm.CALL,
	frame.CallCode:     gethvm.CALLCODE,
	frame.CallDelegate: gethvm.DELEGATECALL,
	frame.CallStatic:   gethvm.STATICCALL,
}

func (m *Machine) enter(c *ewasm.Context, op gethvm.OpCode, from, to common.Address, input []byte) {
	if m.Hooks == nil {
		return
	}
	value := c.Value.ToBig()
	if op == gethvm.STATICCALL {
		value = nil // as geth: such a call has none, not none to give
	}
	m.Hooks.EmitEnter(c.Depth, byte(op), from, to, input, tracing.Gas{Execution: c.Gas.Left()}, value)
}

func (m *Machine) exit(c *ewasm.Context, given gas.Tank, result frame.Result) {
	if m.Hooks == nil {
		return
	}
	before, after := tracing.Gas{Execution: given.Left()}, tracing.Gas{Execution: result.Left.Left()}
	err := result.Cause
	if result.End == frame.Reverted {
		err = gethvm.ErrExecutionReverted
	}
	m.Hooks.EmitExit(c.Depth, result.Output, before, after, err, result.End != frame.Finished)
}

// selfDestructs tells the hooks of destructions as geth does: as frames in which nothing runs.
type selfDestructs struct {
	hooks *tracing.Hooks
	heir  common.Address
	value *uint256.Int // what the heir gets
}

func (t *selfDestructs) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	if f.Name != "selfDestruct" {
		return
	}
	if at := uint64(uint32(a[0])); at+common.AddressLength <= uint64(len(c.Memory)) {
		t.heir, t.value = common.Address(c.Memory[at:at+common.AddressLength]), c.State.GetBalance(c.Self).Clone()
	}
}

func (t *selfDestructs) After(c *ewasm.Context, f *ewasm.Function, _ ewasm.Args, _ uint64, err error) {
	if f.Name == "selfDestruct" && err == nil {
		t.hooks.EmitEnter(c.Depth+1, byte(gethvm.SELFDESTRUCT), c.Self, t.heir, []byte{}, tracing.Gas{}, t.value.ToBig())
		t.hooks.EmitExit(c.Depth+1, []byte{}, tracing.Gas{}, tracing.Gas{}, nil, false)
	}
}

// tracer returns who the frames tell of host functions: whoever wants them as they are, and the hooks that know only the
// EVM's instructions. It is nil for nobody, so that a frame nobody watches pays one comparison a call.
func tracer(hooks *tracing.Hooks, host ewasm.Tracer) ewasm.Tracer {
	var list tracers
	if hooks.HasOpcodeHook() {
		list = append(list, &instructions{hooks: hooks})
	}
	if hooks != nil && (hooks.OnEnter != nil || hooks.OnEnterV2 != nil) {
		list = append(list, &selfDestructs{hooks: hooks})
	}
	if host != nil {
		list = append(list, host)
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// tracers tells several, in order.
type tracers []ewasm.Tracer

func (l tracers) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	for _, t := range l {
		t.Before(c, f, a)
	}
}

func (l tracers) After(c *ewasm.Context, f *ewasm.Function, a ewasm.Args, result uint64, err error) {
	for _, t := range l {
		t.After(c, f, a, result, err)
	}
}
