package transition

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// Try applies a message as no transaction of a block: with a gas pool of its own, seen by the hooks, its logs in the outcome.
// The state keeps what the message changed, ready for the next one. After an error the state is as it was before.
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
	db.Finalise(t.rules) // refunds and the like end with their message
	t.traceEnd(&types.Receipt{GasUsed: outcome.UsedGas, CumulativeGasUsed: outcome.UsedGas}, nil)
	outcome.Logs = logsOfNone(db)[earlier:]
	return outcome, nil
}

// logsOfNone returns the logs made in db by no transaction.
func logsOfNone(db *gstate.StateDB) []*types.Log {
	return db.GetLogs(common.Hash{}, 0, common.Hash{}, 0)
}

// traceStart tells the hooks that tx is about to be applied.
func (t *Transition) traceStart(tx *types.Transaction, from common.Address) {
	if hooks := t.env.Tracing.Hooks; hooks != nil && hooks.OnTxStart != nil {
		h := t.env.Header
		hooks.OnTxStart(&tracing.VMContext{
			Coinbase: h.Coinbase, BlockNumber: h.Number, Time: h.Time, Random: &h.MixDigest, BaseFee: h.BaseFee, StateDB: t.state,
		}, tx, from)
	}
}

// traceEnd tells the hooks that a transaction has its receipt, or why it could not be applied.
func (t *Transition) traceEnd(receipt *types.Receipt, err error) {
	if hooks := t.env.Tracing.Hooks; hooks != nil && hooks.OnTxEnd != nil {
		hooks.OnTxEnd(receipt, err)
	}
}

// transaction returns what tracers are shown of a message that comes from no transaction.
func (m *Message) transaction() *types.Transaction {
	if m.SetCodeAuthorizations != nil && m.To != nil {
		return types.NewTx(&types.SetCodeTx{
			ChainID: new(uint256.Int), Nonce: m.Nonce, GasTipCap: m.GasTipCap, GasFeeCap: m.GasFeeCap, Gas: m.GasLimit, To: *m.To,
			Value: m.Value, Data: m.Data, AccessList: m.AccessList, AuthList: m.SetCodeAuthorizations,
		})
	}
	return types.NewTx(&types.LegacyTx{
		Nonce: m.Nonce, GasPrice: m.GasPrice.ToBig(), Gas: m.GasLimit, To: m.To, Value: m.Value.ToBig(), Data: m.Data,
	})
}
