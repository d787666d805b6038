// Package evm is the engine of EVM bytecode: one frame in, its end out. geth's interpreter runs the frame. Its calls
// and creations open frames of the machine, through frame.Calls, whatever code these run.
//
// It does not know accounts' code, kinds of code, depth or snapshots: the machine does. It does not price instructions
// either: geth does, by the rules of the block. Start at New and Runner.Run; layout.go holds what ties this package to
// a version of geth.
package evm

import (
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"

	"hestia/frame"
	"hestia/gas"
)

// Environment is the block whose frames a Runner runs, and their state.
type Environment struct {
	State  gethvm.StateDB
	Config *params.ChainConfig
	Rules  params.Rules // of Config at the block
	Block  *frame.Block
	Hooks  *tracing.Hooks // nil for none

	// InitcodeLimit returns the most bytes that creation data may have which begins like that, since Shanghai.
	InitcodeLimit func(beginning []byte) uint64
}

// Runner runs the EVM frames of one block, one after another and within each other. It is not safe for concurrent use.
type Runner struct {
	Environment
	context gethvm.BlockContext
	table   *gethvm.JumpTable
	tracer  *tracing.Hooks // for geth: nil unless it must tell of single instructions

	evm   *gethvm.EVM        // nil between transactions
	jumps jumps              // of the codes that the transaction has called
	tx    *frame.Transaction // which evm was told
	frame *frame.Frame       // the innermost one
}

// world is the state as geth's interpreter gets it. It leads from the interpreter to its runner.
type world struct {
	gethvm.StateDB
	runner *Runner
}

func runnerOf(evm *gethvm.EVM) *Runner { return evm.StateDB.(*world).runner }

// New returns a runner for env.
func New(env Environment) *Runner {
	hooks := env.Hooks
	r := &Runner{
		Environment: env,
		context:     contextOf(env.Block, env.Rules),
		table: tableFor(tableKey{env.Rules, hooks != nil && (hooks.OnEnter != nil || hooks.OnEnterV2 != nil ||
			hooks.OnExit != nil || hooks.OnExitV2 != nil)}),
	}
	r.tracer = r.instructions()
	return r
}

// contextOf returns a block as geth's interpreter sees it. Nothing in it moves value: the machine does.
func contextOf(block *frame.Block, rules params.Rules) gethvm.BlockContext {
	c := gethvm.BlockContext{
		GetHash:     block.Hash,
		Coinbase:    block.Coinbase,
		GasLimit:    block.GasLimit,
		BlockNumber: new(big.Int).SetUint64(block.Number),
		Time:        block.Time,
		Difficulty:  new(big.Int),
		BaseFee:     block.BaseFee.ToBig(),
		BlobBaseFee: block.BlobBaseFee.ToBig(),
	}
	if rules.IsMerge {
		random := common.Hash(block.Difficulty)
		c.Random = &random
	} else {
		c.Difficulty.SetBytes(block.Difficulty[:])
	}
	return c
}

// instructions returns the hooks that geth calls for single instructions, with the depth that the machine counts; nil
// if there are none, because geth is three times as slow with them.
func (r *Runner) instructions() *tracing.Hooks {
	hooks := r.Hooks
	if !hooks.HasOpcodeHook() && !hooks.HasFaultHook() && !hooks.HasGasHook() {
		return nil
	}
	own := &tracing.Hooks{
		OnGasChange: hooks.OnGasChange, OnGasChangeV2: hooks.OnGasChangeV2, OnBlockHashRead: hooks.OnBlockHashRead,
	}
	if hooks.HasOpcodeHook() {
		own.OnOpcodeV2 = func(
			pc uint64, op byte, left, cost tracing.Gas, scope tracing.OpContext, data []byte, _ int, err error,
		) {
			hooks.EmitOpcode(pc, op, left, cost, scope, data, r.frame.Depth+1, err)
		}
	}
	if hooks.HasFaultHook() {
		own.OnFaultV2 = func(
			pc uint64, op byte, left, cost tracing.Gas, scope tracing.OpContext, _ int, err error,
		) {
			hooks.EmitFault(pc, op, left, cost, scope, r.frame.Depth+1, err)
		}
	}
	return own
}

// Run executes f.Program as EVM bytecode and returns how the frame ended. It leaves the state as the code made it: the
// machine undoes changes. f.CodeHash is the zero hash for creation data, or else the code's.
func (r *Runner) Run(f *frame.Frame) frame.Result {
	if f.Interrupt.Due() {
		return interrupted()
	}
	evm, above := r.interpreter(f.Tx), r.frame
	contract := gethvm.NewContract(f.Caller, f.Self, f.Value, gethvm.NewGasBudget(f.Gas.Left(), 0), r.jumps)
	contract.SetCallCode(f.CodeHash, f.Program())

	r.frame = f
	f.Interrupt.Enter(r)
	output, err := evm.Run(contract, f.Input, f.Static)
	f.Interrupt.Leave()
	r.frame = above

	if evm.Cancelled() { // geth's loop then stops as if the code had
		return interrupted()
	}
	return conclude(output, contract.Gas.ExecutionGas, err)
}

// interpreter returns the interpreter, told of the transaction.
func (r *Runner) interpreter(tx *frame.Transaction) *gethvm.EVM {
	if r.evm == nil {
		r.evm = gethvm.NewEVM(r.context, &world{r.State, r}, r.Config, gethvm.Config{Tracer: r.tracer})
		setTable(r.evm, r.table)
		r.tx = nil
	}
	if r.tx != tx {
		r.tx, r.jumps = tx, jumps{}
		r.evm.SetTxContext(gethvm.TxContext{Origin: tx.Origin, GasPrice: tx.GasPrice, BlobHashes: tx.BlobHashes})
	}
	return r.evm
}

// AskToEnd makes the frames end at their next jump or frame; it is frame.Running.
func (r *Runner) AskToEnd() { r.evm.Cancel() }

// EndTransaction gives back what frames share during a transaction. None may be running.
func (r *Runner) EndTransaction() {
	if r.evm != nil {
		r.evm.Release()
		r.evm = nil
	}
}

func interrupted() frame.Result {
	return frame.Result{End: frame.Fault, Cause: &frame.FaultError{Err: frame.ErrInterrupted}}
}

// conclude returns a frame's result from what geth's loop returned.
func conclude(output []byte, left uint64, err error) frame.Result {
	switch err {
	case nil:
		return frame.Result{End: frame.Finished, Output: output, Left: gas.NewTank(left)}
	case gethvm.ErrExecutionReverted:
		return frame.Result{End: frame.Reverted, Output: output, Left: gas.NewTank(left), Cause: frame.ErrReverted}
	}
	var fault *frame.FaultError
	if errors.As(err, &fault) {
		return frame.Result{End: frame.Fault, Cause: fault}
	}
	if errors.Is(err, gethvm.ErrOutOfGas) {
		err = &outOfGas{err}
	}
	return frame.Result{End: frame.Halted, Cause: err}
}

// outOfGas is geth's error for that, which is the machine's as well.
type outOfGas struct{ error }

// Unwrap returns both.
func (e *outOfGas) Unwrap() []error { return []error{e.error, gas.ErrOutOfGas} }
