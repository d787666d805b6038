// Package transition applies one message to a state: environment in, outcome out. It makes Ethereum's checks, buys gas,
// runs the message's own frame on a machine and settles.
//
// The rules are those of the config at the block, with a schedule's sizes (docs/adr/0003). It does not know how blocks
// are made or stored, nor how code is executed. Start at New, Transition.Transact and Transition.Try.
package transition

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/vm"
)

// Environment is the block that messages run in: its header and rules, and the state that they change.
type Environment struct {
	Engine   vm.Engine
	State    *gstate.StateDB
	Config   *params.ChainConfig
	Schedule *gas.Schedule
	Header   *types.Header
	Hash     func(number uint64) common.Hash // the hash of an earlier block; zero if unknown
	Debug    func(line string)               // called with each line that contracts print; nil discards it
	Seen     vm.Seen                         // called with code before it runs; nil calls nothing
	Tracing  vm.Tracing

	Lift        func(*Message)              // changes a transaction's message before it is applied; nil changes none
	Interrupt   *frame.Interrupt            // nil = never
	Precompiles gethvm.PrecompiledContracts // nil = those of the rules
	BlobBaseFee *uint256.Int                // in wei a blob gas; nil = what the header says
}

// Transition applies the messages of one block to its state, one after another. It keeps Ethereum's rules around a
// frame that the machine runs. It is not safe for concurrent use.
type Transition struct {
	env     Environment
	state   gethvm.StateDB // env.State, with the hooks on it
	rules   params.Rules
	machine *vm.Machine
}

// New returns the transition of env's block. This is the only place that makes a frame machine: block building, import,
// simulated calls, gas estimation and replay all go through it.
func New(env Environment) *Transition {
	rules := env.Config.Rules(env.Header.Number, merged(&env), env.Header.Time)
	block := blockOf(&env, rules)
	db := watched(env.State, env.Tracing.Hooks)
	return &Transition{env: env, state: db, rules: rules, machine: vm.New(vm.Environment{
		Engine:      env.Engine,
		State:       db,
		Storage:     env.State.GetStorageRoot,
		Config:      env.Config,
		Rules:       rules,
		Schedule:    env.Schedule,
		Block:       block,
		Tracing:     env.Tracing,
		Debug:       env.Debug,
		Seen:        env.Seen,
		Precompiles: env.Precompiles,
		Interrupt:   env.Interrupt,
	})}
}

// merged reports whether the block is one of proof of stake. Without EVM code every block since London counts as one.
func merged(env *Environment) bool {
	return !env.Schedule.Limits.EVM || Merged(env.Config, env.Header)
}

// watched returns db wrapped so that it calls the hooks for every change.
func watched(db *gstate.StateDB, hooks *tracing.Hooks) gethvm.StateDB {
	if hooks == nil {
		return db
	}
	return gstate.NewHookedState(db, hooks)
}

// blockOf returns the fields of env's block that contracts see.
func blockOf(env *Environment, rules params.Rules) *frame.Block {
	h := env.Header
	block := &frame.Block{
		ChainID:  env.Config.ChainID.Uint64(),
		Coinbase: h.Coinbase,
		Number:   h.Number.Uint64(),
		Time:     h.Time,
		GasLimit: h.GasLimit,
		Hash:     env.Hash,
	}
	if h.BaseFee != nil {
		block.BaseFee.SetFromBig(h.BaseFee)
	}
	switch {
	case env.BlobBaseFee != nil:
		block.BlobBaseFee.Set(env.BlobBaseFee)
	case !rules.IsCancun || h.ExcessBlobGas == nil:
	case *h.ExcessBlobGas == 0: // true of every block of a chain without blobs: skip the arithmetic
		block.BlobBaseFee.SetUint64(params.BlobTxMinBlobGasprice)
	default:
		block.BlobBaseFee.SetFromBig(eip4844.CalcBlobFee(env.Config, h))
	}
	if rules.IsMerge {
		block.Difficulty = h.MixDigest
	} else {
		h.Difficulty.FillBytes(block.Difficulty[:])
	}
	return block
}

// Rules returns the rules of the transition's block.
func (t *Transition) Rules() params.Rules { return t.rules }

// Transact applies tx at the given index of its block and makes its receipt, without the fields that follow from the
// finished block. An error is one of Apply's, or says that the transaction's type or signature is not valid; state and
// pool are as before then.
func (t *Transition) Transact(
	tx *types.Transaction, signer types.Signer, index int, pool *core.GasPool,
) (*Outcome, *types.Receipt, error) {
	if tx.Type() == types.BlobTxType && !t.env.Schedule.Limits.EVM {
		return nil, nil, fmt.Errorf("%w: blob tx", core.ErrTxTypeNotSupported)
	}
	msg, err := newMessage(tx, signer, t.env.Header.BaseFee)
	if err != nil {
		return nil, nil, err
	}
	if t.env.Lift != nil {
		t.env.Lift(msg)
	}
	db := t.env.State
	db.SetTxContext(tx.Hash(), index, uint32(index+1))
	t.traceStart(tx, msg.From)
	snapshot, before := db.Snapshot(), pool.Snapshot()
	outcome, err := t.Apply(msg, pool)
	if err != nil {
		db.RevertToSnapshot(snapshot)
		pool.Set(before)
		t.traceEnd(nil, err)
		return nil, nil, err
	}
	receipt := &types.Receipt{
		Type:              tx.Type(),
		PostState:         t.endTransaction(),
		Status:            types.ReceiptStatusSuccessful,
		CumulativeGasUsed: pool.CumulativeUsed(),
		Logs:              t.logsOf(tx),
		TxHash:            tx.Hash(),
		GasUsed:           outcome.UsedGas,
	}
	if outcome.Failed() {
		receipt.Status = types.ReceiptStatusFailed
	}
	if tx.Type() == types.BlobTxType {
		receipt.BlobGasUsed = tx.BlobGas()
		receipt.BlobGasPrice = eip4844.CalcBlobFee(t.env.Config, t.env.Header)
	}
	receipt.Bloom = types.CreateBloom(receipt)
	t.traceEnd(receipt, nil)
	return outcome, receipt, nil
}

// endTransaction ends what the state keeps for a transaction, and returns the state's root if receipts hold it: before
// Byzantium, which brought the status in its place.
func (t *Transition) endTransaction() []byte {
	if t.rules.IsByzantium {
		t.env.State.Finalise(t.rules)
		return nil
	}
	return t.env.State.IntermediateRoot(t.rules).Bytes()
}

// logsOf returns the logs of tx, an empty list if it made none. The block's hash in them is not known yet.
func (t *Transition) logsOf(tx *types.Transaction) []*types.Log {
	logs := t.env.State.GetLogs(tx.Hash(), t.env.Header.Number.Uint64(), common.Hash{}, t.env.Header.Time)
	if logs == nil {
		return []*types.Log{}
	}
	return logs
}

// Apply runs msg and settles its gas with sender, coinbase and pool. A contract that fails gives an Outcome. An error
// means that the message is not valid here: it wraps one of geth's core errors. If the node itself failed, the error
// wraps a *frame.FaultError instead. After any error the caller must undo the changes to state and pool.
func (t *Transition) Apply(msg *Message, pool *core.GasPool) (*Outcome, error) {
	msg.complete()
	if err := t.check(msg); err != nil {
		return nil, err
	}
	if err := pool.CheckGasLegacy(msg.GasLimit); err != nil {
		return nil, err
	}
	if err := t.buyGas(msg); err != nil {
		return nil, err
	}
	bought, err := t.payIntrinsic(msg)
	if err != nil {
		return nil, err
	}
	if t.state.GetBalance(msg.From).Lt(msg.Value) {
		return nil, fmt.Errorf("%w: address %v", core.ErrInsufficientFundsForTransfer, msg.From.Hex())
	}
	t.state.Prepare(t.rules, msg.From, t.env.Header.Coinbase, msg.To, gethvm.ActivePrecompiles(t.rules), msg.AccessList)
	outcome := t.run(msg, bought.left)
	if err := t.fault(outcome); err != nil {
		return nil, err
	}
	t.settle(msg, outcome, bought.floor)
	return outcome, pool.ChargeGasLegacy(msg.GasLimit-outcome.UsedGas, outcome.UsedGas)
}

// fault returns the node's own failure, reported by a frame or by the database; nil if there is none.
func (t *Transition) fault(outcome *Outcome) error {
	if err := t.env.State.Error(); err != nil {
		return &frame.FaultError{Err: err}
	}
	if outcome.Result.End != frame.Fault {
		return nil
	}
	if fault, ok := outcome.Result.Cause.(*frame.FaultError); ok {
		return fault
	}
	return &frame.FaultError{Err: outcome.Result.Cause}
}

// budget is the gas that a message's frame may use, and the least gas that the sender pays for.
type budget struct{ left, floor uint64 }

// payIntrinsic subtracts the intrinsic gas from the gas limit, and checks that the limit covers the floor price of the
// message's data (EIP-7623).
func (t *Transition) payIntrinsic(msg *Message) (budget, error) {
	intrinsic, err := core.IntrinsicGas(
		msg.Data, msg.AccessList, msg.SetCodeAuthorizations, msg.From, msg.To, msg.Value, t.rules,
	)
	if err != nil {
		return budget{}, err
	}
	if msg.GasLimit < intrinsic {
		return budget{}, fmt.Errorf("%w: have %d, want %d", core.ErrIntrinsicGas, msg.GasLimit, intrinsic)
	}
	b := budget{left: msg.GasLimit - intrinsic}
	if !t.rules.IsPrague {
		return b, nil
	}
	if b.floor, err = core.FloorDataGas(t.rules, msg.From, msg.To, msg.Value, msg.Data, msg.AccessList); err != nil {
		return budget{}, err
	}
	if msg.GasLimit < b.floor {
		return budget{}, fmt.Errorf("%w: have %d, want %d", core.ErrFloorDataGas, msg.GasLimit, b.floor)
	}
	return b, nil
}

// run runs the message's own frame. It sets the outcome's MaxUsedGas; settle sets UsedGas.
func (t *Transition) run(msg *Message, left uint64) *Outcome {
	tx := &frame.Transaction{Origin: msg.From, GasPrice: msg.GasPrice, BlobHashes: msg.BlobHashes}
	outcome := new(Outcome)
	if msg.To == nil {
		address, result := t.machine.RunCreate(tx, msg.From, frame.Creation{
			Value: msg.Value, Code: msg.Data, Gas: gas.NewTank(left),
		})
		if outcome.Result = result; !outcome.Failed() {
			outcome.Contract = &address
		}
	} else {
		t.state.SetNonce(msg.From, t.state.GetNonce(msg.From)+1, tracing.NonceChangeEoACall)
		t.authorize(msg.SetCodeAuthorizations)
		if target, ok := types.ParseDelegation(t.state.GetCode(*msg.To)); ok {
			t.state.AddAddressToAccessList(target) // free of charge; only authorize settles what msg.To delegates to
		}
		outcome.Result = t.machine.RunCall(tx, msg.From, frame.Call{
			Kind: frame.PlainCall, Target: *msg.To, Value: msg.Value, Input: msg.Data, Gas: gas.NewTank(left),
		})
	}
	outcome.MaxUsedGas = msg.GasLimit - outcome.Result.Left.Left()
	return outcome
}

// settle subtracts the refund, raises the gas used to the floor, pays the sender back for the rest and pays the tip to
// the coinbase. The base fee is burnt.
func (t *Transition) settle(msg *Message, outcome *Outcome, floor uint64) {
	refund := min(outcome.MaxUsedGas/t.refundQuotient(), t.state.GetRefund())
	outcome.UsedGas = max(outcome.MaxUsedGas-refund, floor)
	outcome.MaxUsedGas = max(outcome.MaxUsedGas, floor)

	left := uint256.NewInt(msg.GasLimit - outcome.UsedGas)
	if !left.IsZero() {
		t.state.AddBalance(msg.From, left.Mul(left, msg.GasPrice), tracing.BalanceIncreaseGasReturn)
	}
	tip := new(uint256.Int).Set(msg.GasPrice)
	switch {
	case msg.NoBaseFee && msg.GasFeeCap.IsZero() && msg.GasTipCap.IsZero():
		tip.Clear()
	case t.rules.IsLondon:
		tip.Sub(tip, uint256.MustFromBig(t.baseFee()))
	}
	// A tip of zero is added too: it touches the coinbase, and EIP-158 removes a touched account that is empty.
	fee := tip.Mul(tip, uint256.NewInt(outcome.UsedGas))
	t.state.AddBalance(t.env.Header.Coinbase, fee, tracing.BalanceIncreaseRewardTransactionFee)
}

// refundQuotient returns the part of the gas used that can be refunded at most, one in so many. Without EVM code it is
// the schedule's.
func (t *Transition) refundQuotient() uint64 {
	switch {
	case !t.env.Schedule.Limits.EVM:
		return t.env.Schedule.State.RefundQuotient
	case t.rules.IsLondon:
		return params.RefundQuotientEIP3529
	}
	return params.RefundQuotient
}

// baseFee returns the block's base fee, in wei a gas; zero before London.
func (t *Transition) baseFee() *big.Int {
	if t.env.Header.BaseFee == nil {
		return new(big.Int)
	}
	return t.env.Header.BaseFee
}
