package transition

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// Try applies a message that is no transaction of a block: it has a gas pool of its own, and its logs are in the
// outcome. The hooks see it as a transaction. The state keeps the message's changes, ready for the next message. An
// error is one of Apply's; the state is as before then.
func (t *Transition) Try(msg *Message) (*Outcome, error) {
	db := t.env.State
	db.SetTxContext(common.Hash{}, 0, 0)
	snapshot, earlier := db.Snapshot(), len(logsOfNone(db))
	msg.complete()
	if t.env.Tracing.Hooks != nil {
		t.traceStart(msg.transaction(), msg.From)
	}
	outcome, err := t.Apply(msg, core.NewGasPool(msg.GasLimit))
	if err != nil {
		t.traceEnd(nil, err)
		db.RevertToSnapshot(snapshot)
		return nil, err
	}
	db.Finalise(t.rules) // refunds, transient storage and destructions end with their message
	t.traceEnd(&types.Receipt{GasUsed: outcome.UsedGas, CumulativeGasUsed: outcome.UsedGas}, nil)
	outcome.Logs = logsOfNone(db)[earlier:]
	return outcome, nil
}

// logsOfNone returns the logs in db that belong to the zero transaction hash, under which Try runs messages.
func logsOfNone(db *gstate.StateDB) []*types.Log {
	return db.GetLogs(common.Hash{}, 0, common.Hash{}, 0)
}

// traceStart calls the hook for a transaction that is about to be applied.
func (t *Transition) traceStart(tx *types.Transaction, from common.Address) {
	if hooks := t.env.Tracing.Hooks; hooks != nil && hooks.OnTxStart != nil {
		h := t.env.Header
		hooks.OnTxStart(&tracing.VMContext{
			Coinbase: h.Coinbase, BlockNumber: h.Number, Time: h.Time, Random: &h.MixDigest, BaseFee: h.BaseFee,
			StateDB: t.state,
		}, tx, from)
	}
}

// traceEnd calls the hook for a transaction's end, with its receipt or the reason why it could not be applied.
func (t *Transition) traceEnd(receipt *types.Receipt, err error) {
	if hooks := t.env.Tracing.Hooks; hooks != nil && hooks.OnTxEnd != nil {
		hooks.OnTxEnd(receipt, err)
	}
}

// transaction returns a transaction that stands for the message in the tracing hooks. It is not signed.
func (m *Message) transaction() *types.Transaction {
	if m.SetCodeAuthorizations != nil && m.To != nil {
		return types.NewTx(&types.SetCodeTx{
			ChainID: new(uint256.Int), Nonce: m.Nonce, GasTipCap: m.GasTipCap, GasFeeCap: m.GasFeeCap, Gas: m.GasLimit,
			To: *m.To, Value: m.Value, Data: m.Data, AccessList: m.AccessList, AuthList: m.SetCodeAuthorizations,
		})
	}
	return types.NewTx(&types.LegacyTx{
		Nonce: m.Nonce, GasPrice: m.GasPrice.ToBig(), Gas: m.GasLimit, To: m.To, Value: m.Value.ToBig(), Data: m.Data,
	})
}
