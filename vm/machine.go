package vm

import (
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/vm/evm"
)

// Environment is what a machine needs: the engine, one state, and the rules of one block.
type Environment struct {
	Engine    Engine
	State     gethvm.StateDB
	Config    *params.ChainConfig // of EVM code; nil if none runs
	Rules     params.Rules        // of Config at the block
	Schedule  *gas.Schedule
	Block     *frame.Block
	Tracing   Tracing
	Debug     func(line string) // called with each line that contracts print; nil discards it
	Seen      Seen              // called with code before it runs; nil calls nothing
	Interrupt *frame.Interrupt  // ends the frames when their request is given up; nil = never

	Precompiles gethvm.PrecompiledContracts      // nil = those of the rules
	Storage     func(common.Address) common.Hash // the root of an account's storage; nil = none has any
}

// Seen is called with the code of an account that is called, and the code's keccak256. It must not change the code.
type Seen = func(hash common.Hash, code []byte)

// Machine runs the frames of one block's transactions, one after another. It is not safe for concurrent use.
type Machine struct {
	Environment
	precompiles gethvm.PrecompiledContracts
	evm         *evm.Runner      // nil until EVM code runs
	hooks       *tracing.Hooks   // nil for none
	trace       ewasm.Tracer     // is told by every frame
	frames      []*ewasm.Context // by depth
}

// New returns a machine for env.
func New(env Environment) *Machine {
	precompiles := env.Precompiles
	if precompiles == nil {
		precompiles = precompilesOf(env.Rules)
	}
	return &Machine{
		Environment: env, precompiles: precompiles, hooks: env.Tracing.Hooks, trace: tracer(env.Tracing),
	}
}

// precompiles holds the precompiles of rules that have been asked for: geth copies them every time.
var precompiles sync.Map

// precompilesOf returns the precompiles of rules, to read only.
func precompilesOf(rules params.Rules) gethvm.PrecompiledContracts {
	if known, ok := precompiles.Load(rules); ok {
		return known.(gethvm.PrecompiledContracts)
	}
	active := gethvm.ActivePrecompiledContracts(rules)
	precompiles.Store(rules, active)
	return active
}

// RunCall runs a transaction's own frame as a call from from. The transition counts nonces.
func (m *Machine) RunCall(tx *frame.Transaction, from common.Address, call frame.Call) frame.Result {
	defer m.end()
	return m.Call(m.root(tx, from), call)
}

// RunCreate runs a transaction's own frame as a creation by from, whose nonce it increments, and returns the address of
// the new contract.
func (m *Machine) RunCreate(
	tx *frame.Transaction, from common.Address, c frame.Creation,
) (common.Address, frame.Result) {
	defer m.end()
	return m.Create(m.root(tx, from), c)
}

// root returns the frame that a transaction's own frame is below of.
func (m *Machine) root(tx *frame.Transaction, from common.Address) *frame.Frame {
	return &frame.Frame{Self: from, Tx: tx, Depth: -1, PagesLeft: m.Schedule.Limits.FramePages}
}

// end ends a transaction.
func (m *Machine) end() {
	if m.evm != nil {
		m.evm.EndTransaction()
	}
}

// runEVM runs EVM code.
func (m *Machine) runEVM(c *ewasm.Context) frame.Result {
	if m.evm == nil {
		m.evm = evm.New(evm.Environment{
			State: m.State, Config: m.Config, Rules: m.Rules, Block: m.Block, Hooks: m.hooks,
			InitcodeLimit: func(beginning []byte) uint64 {
				return uint64(InitcodeLimit(beginning, &m.Schedule.Limits, &m.Rules))
			},
		})
	}
	return m.evm.Run(&c.Frame)
}
