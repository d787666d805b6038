package vm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// Environment is what a machine needs: the engine, one state, and the rules of one block.
type Environment struct {
	Engine    Engine
	State     gethvm.StateDB
	Rules     params.Rules
	Schedule  *gas.Schedule
	Block     *frame.Block
	Tracing   Tracing
	Debug     func(line string) // called with each line that contracts print; nil discards it
	Seen      Seen              // called with code before it runs; nil calls nothing
	Interrupt *frame.Interrupt  // ends the frames when their request is given up; nil = never

	Precompiles gethvm.PrecompiledContracts // nil = those of the rules
}

// Seen is called with the code of an account that is called, and the code's keccak256. It must not change the code.
type Seen = func(hash common.Hash, code []byte)

// Machine runs the frames of one block's transactions, one after another. It is not safe for concurrent use.
type Machine struct {
	Environment
	precompiles gethvm.PrecompiledContracts
	hooks       *tracing.Hooks   // nil for none
	trace       ewasm.Tracer     // is told by every frame
	frames      []*ewasm.Context // by depth
}

// New returns a machine for env.
func New(env Environment) *Machine {
	precompiles := env.Precompiles
	if precompiles == nil {
		precompiles = gethvm.ActivePrecompiledContracts(env.Rules)
	}
	return &Machine{
		Environment: env, precompiles: precompiles, hooks: env.Tracing.Hooks, trace: tracer(env.Tracing),
	}
}

// RunCall runs a transaction's own frame as a call from from. The transition counts nonces.
func (m *Machine) RunCall(tx *frame.Transaction, from common.Address, call frame.Call) frame.Result {
	root := &frame.Frame{Self: from, Tx: tx, Depth: -1, PagesLeft: m.Schedule.Limits.FramePages}
	return m.Call(root, call)
}

// RunCreate runs a transaction's own frame as a creation by from, whose nonce it increments, and returns the address of
// the new contract.
func (m *Machine) RunCreate(
	tx *frame.Transaction, from common.Address, c frame.Creation,
) (common.Address, frame.Result) {
	root := &frame.Frame{Self: from, Tx: tx, Depth: -1, PagesLeft: m.Schedule.Limits.FramePages}
	return m.Create(root, c)
}
