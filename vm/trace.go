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

// callOpcodes are geth's opcodes for the kinds of call.
var callOpcodes = [...]gethvm.OpCode{
	frame.PlainCall:    gethvm.CALL,
	frame.CallCode:     gethvm.CALLCODE,
	frame.CallDelegate: gethvm.DELEGATECALL,
	frame.CallStatic:   gethvm.STATICCALL,
}

func (m *Machine) enter(c *ewasm.Context, op gethvm.OpCode, from, to common.Address, input []byte) {
	if m.hooks == nil {
		return
	}
	value := c.Value.ToBig()
	if op == gethvm.STATICCALL {
		value = nil // as in geth: such a call has no value, which is not a value of 0
	}
	m.hooks.EmitEnter(c.Depth, byte(op), from, to, input, tracing.Gas{Execution: c.Gas.Left()}, value)
}

func (m *Machine) exit(c *ewasm.Context, given gas.Tank, result frame.Result) {
	if m.hooks == nil {
		return
	}
	before, after := tracing.Gas{Execution: given.Left()}, tracing.Gas{Execution: result.Left.Left()}
	err := result.Cause
	if result.End == frame.Reverted {
		err = gethvm.ErrExecutionReverted
	}
	m.hooks.EmitExit(c.Depth, result.Output, before, after, err, result.End != frame.Finished)
}

// selfDestructs calls the hooks for destructions as geth does: as frames in which nothing runs.
type selfDestructs struct {
	hooks *tracing.Hooks
	heir  common.Address
	value *uint256.Int // what the heir gets
}

func (t *selfDestructs) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	if f.Instruction != gethvm.SELFDESTRUCT {
		return
	}
	if at := uint64(uint32(a[0])); at+common.AddressLength <= uint64(len(c.Memory)) {
		t.heir, t.value = common.Address(c.Memory[at:at+common.AddressLength]), c.State.GetBalance(c.Self).Clone()
	}
}

func (t *selfDestructs) After(c *ewasm.Context, f *ewasm.Function, _ ewasm.Args, _ uint64, err error) {
	if f.Instruction == gethvm.SELFDESTRUCT && err == nil {
		value := t.value.ToBig()
		t.hooks.EmitEnter(c.Depth+1, byte(gethvm.SELFDESTRUCT), c.Self, t.heir, []byte{}, tracing.Gas{}, value)
		t.hooks.EmitExit(c.Depth+1, []byte{}, tracing.Gas{}, tracing.Gas{}, nil, false)
	}
}

// Tracing holds what is called while frames run: hooks made for the EVM, and tracers of host functions. The zero value
// has none. A run has the same result with and without; what is called must change nothing.
type Tracing struct {
	Hooks *tracing.Hooks // transactions, frames, changes of state, and host functions as the EVM's instructions
	Host  ewasm.Tracer   // host functions as they are
}

// tracer returns the tracer that frames tell of host functions: it passes them on to the hooks, as instructions, and to
// the tracer of host functions. It is nil if there is neither, so that an untraced frame pays one comparison a call.
func tracer(t Tracing) ewasm.Tracer {
	hooks := t.Hooks
	var list tracers
	if hooks.HasOpcodeHook() {
		list = append(list, &instructions{hooks: hooks})
	}
	if hooks != nil && (hooks.OnEnter != nil || hooks.OnEnterV2 != nil) {
		list = append(list, &selfDestructs{hooks: hooks})
	}
	if t.Host != nil {
		list = append(list, t.Host)
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// tracers calls several, in order.
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

func (l tracers) Paid(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	for _, t := range l {
		if t, ok := t.(ewasm.PaidTracer); ok {
			t.Paid(c, f, a)
		}
	}
}

func (l tracers) BeforeSlot(c *ewasm.Context, f *ewasm.Function, key, value common.Hash) {
	for _, t := range l {
		if t, ok := t.(ewasm.SlotTracer); ok {
			t.BeforeSlot(c, f, key, value)
		}
	}
}
