package chain

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/chain/unsigned"
	"hestia/frame"
)

// Message is what the transition applies: a transaction's content and sender, and which checks a simulation leaves out.
type Message struct {
	core.Message

	SkipNonce  bool // the nonce need not be the sender's next
	SkipSender bool // the sender may be a contract
	SkipGasCap bool // the gas limit may exceed the schedule's limit for a transaction
	NoBaseFee  bool // a message whose fee fields are all zero pays nothing
}

// newMessage returns the message of a transaction in a block of the given base fee, nil before London.
func newMessage(tx *types.Transaction, signer types.Signer, baseFee *big.Int) (*Message, error) {
	msg, err := core.TransactionToMessage(tx, signer, baseFee)
	if err != nil {
		return nil, err
	}
	return &Message{Message: *msg, SkipSender: unsigned.Is(tx)}, nil // impersonated contracts may send
}

// complete makes amounts that were left out zero.
func (m *Message) complete() {
	for _, amount := range []**uint256.Int{&m.Value, &m.GasPrice, &m.GasFeeCap, &m.GasTipCap} {
		if *amount == nil {
			*amount = new(uint256.Int)
		}
	}
}

// Outcome is what a message left behind.
type Outcome struct {
	UsedGas    uint64 // what the sender pays for, in gas: after refunds, at least the data floor
	MaxUsedGas uint64 // what had to be there, in gas: before refunds
	Result     frame.Result
	Contract   *common.Address // the account made, nil where the message was no creation or failed
	Logs       []*types.Log    // what a message tried out by Apply logged; block and transaction are not filled in
}

// Failed reports whether the message's own frame did not finish: the receipt's status is 0.
func (o *Outcome) Failed() bool { return o.Result.End != frame.Finished }

// CallRequest asks for one message to be tried out.
type CallRequest struct {
	Header  *types.Header   // the block it sees itself in
	State   *gstate.StateDB // what it runs on, and changes if it is valid; nil = the state after Header's block
	Message Message
	Debug   func(line string) // where contracts' debug module prints; nil discards
	Tracing Tracing

	Hash        func(number uint64) common.Hash // of earlier blocks; nil = the chain's
	Precompiles gethvm.PrecompiledContracts     // nil = those of the block's rules
}

// Apply tries a message out without keeping anything. An error says that the message could not run at all, or wraps an
// *ewasm.FaultError; a failing contract is an Outcome. Where the context ends first, the error is ewasm.ErrInterrupted
// in a fault, or the context's own.
func (c *Chain) Apply(ctx context.Context, req CallRequest) (*Outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	db := req.State
	if db == nil {
		var err error
		if db, err = c.StateAt(c.Root(req.Header)); err != nil {
			return nil, err
		}
	}
	db.SetTxContext(common.Hash{}, 0, 0)
	snapshot, earlier := db.Snapshot(), len(logs(db))
	env := c.environment(req.Header, db, req.Debug)
	env.Tracing, env.Interrupt = req.Tracing, frame.InterruptAfter(ctx)
	defer env.Interrupt.Release()
	if req.Hash != nil {
		env.Hash = req.Hash
	}
	if req.Precompiles != nil {
		env.Precompiles = req.Precompiles
	}
	t := NewTransition(env)
	req.Message.complete()
	if req.Tracing.Hooks != nil {
		t.traceStart(req.Message.transaction(), req.Message.From)
	}
	outcome, err := t.Apply(&req.Message, core.NewGasPool(req.Message.GasLimit))
	if err != nil {
		t.traceEnd(nil, err)
		db.RevertToSnapshot(snapshot)
		return nil, err
	}
	db.Finalise(t.Rules()) // refunds and such end with their message: the state may be given to the next one
	t.traceEnd(&types.Receipt{GasUsed: outcome.UsedGas, CumulativeGasUsed: outcome.UsedGas}, nil)
	outcome.Logs = logs(db)[earlier:]
	return outcome, nil
}

// logs returns the logs made in db by no transaction.
func logs(db *gstate.StateDB) []*types.Log {
	return db.GetLogs(common.Hash{}, 0, common.Hash{}, 0)
}
