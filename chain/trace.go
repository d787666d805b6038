package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
)

// ErrUntraceable reports the first block, which nothing executed.
var ErrUntraceable = errors.New("genesis is not traceable")

// Tracing is who watches messages being applied; the zero value is nobody. Whoever watches must change nothing, and what
// comes out is the same with and without.
type Tracing struct {
	Hooks *tracing.Hooks // transactions, frames, changes of state, and host functions as the EVM's instructions
	Host  ewasm.Tracer   // host functions as they are
}

// watched returns db, telling the hooks of every change.
func (t Tracing) watched(db *gstate.StateDB) gethvm.StateDB {
	if t.Hooks == nil {
		return db
	}
	return gstate.NewHookedState(db, t.Hooks)
}

// Replay executes the first n transactions of a block again, on the state that its parent left, and returns the state after
// them. watch says who watches each; nil is nobody. Where the context ends first, the error is ewasm.ErrInterrupted in a fault, or the context's own.
func (c *Chain) Replay(ctx context.Context, block *types.Block, n int, watch func(index int) (Tracing, error)) (*gstate.StateDB, error) {
	if block.NumberU64() == 0 {
		return nil, ErrUntraceable
	}
	parent := c.Header(block.ParentHash())
	if parent == nil {
		return nil, fmt.Errorf("%w: the parent of block %d is missing", ErrDamaged, block.NumberU64())
	}
	db, err := c.StateAt(c.Root(parent))
	if err != nil {
		return nil, err
	}
	e := c.execute(block.Header(), db, nil)
	for i, tx := range block.Transactions()[:min(n, len(block.Transactions()))] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var who Tracing
		if watch != nil {
			if who, err = watch(i); err != nil {
				return nil, err
			}
		}
		if err := e.addWatched(ctx, tx, who); err != nil {
			return nil, fmt.Errorf("block %d: transaction %d [%s]: %w", block.NumberU64(), i, tx.Hash(), err)
		}
	}
	return db, nil
}

// addWatched is add with someone watching.
func (e *execution) addWatched(ctx context.Context, tx *types.Transaction, who Tracing) error {
	env := e.chain.environment(e.header, e.state, nil)
	env.Tracing, env.Interrupt = who, frame.InterruptAfter(ctx)
	defer env.Interrupt.Release()
	e.transition = NewTransition(env)
	from, err := types.Sender(e.signer, tx)
	if err != nil {
		return err
	}
	e.state.SetTxContext(tx.Hash(), len(e.transactions), uint32(len(e.transactions)+1))
	e.transition.traceStart(tx, from)
	if err := e.add(tx); err != nil {
		e.transition.traceEnd(nil, err)
		return err
	}
	e.transition.traceEnd(e.receipts[len(e.receipts)-1], nil)
	return nil
}

// traceStart tells who watches that tx is about to be applied.
func (t *Transition) traceStart(tx *types.Transaction, from common.Address) {
	if hooks := t.env.Tracing.Hooks; hooks != nil && hooks.OnTxStart != nil {
		h := t.env.Header
		hooks.OnTxStart(&tracing.VMContext{
			Coinbase: h.Coinbase, BlockNumber: h.Number, Time: h.Time, Random: &h.MixDigest, BaseFee: h.BaseFee, StateDB: t.state,
		}, tx, from)
	}
}

// traceEnd tells who watches that a transaction has its receipt, or that it could not be applied.
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
