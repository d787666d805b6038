// Package t8n is a state transition as a pure function: accounts, a block's environment and transactions in, the accounts
// after them and the block's roots out, in the JSON of geth's evm t8n.
//
// It knows which gas schedule belongs to the name of a fork; the transactions are applied by the transition, on a
// store in memory. It does not know flags and files. Start at Run.
package t8n

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/tests"

	"hestia/frame"
	"hestia/gas"
	"hestia/state"
	"hestia/transition"
	"hestia/transition/unsigned"
	"hestia/vm"
)

// What a transition can fail by as a whole; geth's tool has an exit status for each.
var (
	ErrConfig = errors.New("configuration") // fork, schedule, or an environment that does not fit them
	ErrHash   = errors.New("block hash")    // a contract asked for one that is not given
	ErrInput  = errors.New("input")         // not the JSON it should be
	ErrRLP    = errors.New("RLP")
)

func wrong(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: %w", kind, fmt.Errorf(format, args...))
}

// Input is what there is before.
type Input struct {
	Alloc        types.GenesisAlloc
	Env          *Env
	Transactions []*Transaction
}

// Rules say how to apply it.
type Rules struct {
	Fork     string // by the name that geth has for it
	Schedule string // gas schedule; empty = what belongs to the fork
	ChainID  uint64
	Reward   int64 // of the miner, in wei; -1 for none, not even a touch
}

// Output is what there is after.
type Output struct {
	Alloc  types.GenesisAlloc
	Result *Result
	Body   hexutil.Bytes // RLP of the transactions that were applied
}

// fork returns the config of a fork and the schedule to price it with.
func (r Rules) fork() (*params.ChainConfig, *gas.Schedule, error) {
	known, extra, err := tests.GetChainConfig(r.Fork)
	if err != nil {
		return nil, nil, wrong(ErrConfig, "fork: %w", err)
	}
	if len(extra) > 0 {
		return nil, nil, wrong(ErrConfig, "fork: %s: changes of the EVM mean nothing here", r.Fork)
	}
	config := *known
	config.ChainID = new(big.Int).SetUint64(r.ChainID)
	rules := config.Rules(new(big.Int), true, 0)
	schedule := gas.Default()
	switch {
	case rules.IsAmsterdam || rules.IsUBT:
		return nil, nil, wrong(ErrConfig, "fork: %s: the newest rules here are Osaka's", r.Fork)
	case rules.IsBerlin:
	case rules.IsByzantium && !rules.IsConstantinople:
		schedule = gas.Byzantium()
	case r.Schedule == "":
		return nil, nil, wrong(ErrConfig, "fork: %s: there are prices for Byzantium, and from Berlin to Osaka", r.Fork)
	}
	if r.Schedule != "" {
		if schedule, _ = gas.Named(r.Schedule); schedule == nil {
			return nil, nil, wrong(ErrConfig, "no gas schedule is called %q", r.Schedule)
		}
	}
	return &config, schedule, nil
}

// Run applies the transactions. A transaction that is not valid is among the rejected ones; an error is one of those above, or
// the node's own fault.
func Run(engine vm.Engine, in Input, r Rules) (*Output, error) {
	config, schedule, err := r.fork()
	if err != nil {
		return nil, err
	}
	if in.Env == nil {
		return nil, wrong(ErrInput, "env is missing")
	}
	header, err := in.Env.header(config)
	if err != nil {
		return nil, err
	}
	store, err := state.Open("", state.Options{CacheMB: 1})
	if err != nil {
		return nil, err
	}
	defer store.Close()
	db, err := store.Begin(in.Alloc)
	if err != nil {
		return nil, wrong(ErrInput, "alloc: %w", err)
	}
	b := &block{env: in.Env, config: config, header: header, db: db, pool: core.NewGasPool(header.GasLimit)}
	b.signer = types.MakeSigner(config, header.Number, header.Time)
	if schedule == gas.Development() {
		b.signer = unsigned.NewSigner(b.signer)
	}
	b.transition = transition.New(transition.Environment{
		Engine: engine, State: db, Config: config, Schedule: schedule, Header: header, Hash: b.hash,
	})
	if err := b.apply(in.Transactions); err != nil {
		return nil, err
	}
	b.reward(r.Reward)
	return b.finish(store)
}

// block is a block being executed.
type block struct {
	env        *Env
	config     *params.ChainConfig
	signer     types.Signer
	header     *types.Header
	db         *gstate.StateDB
	pool       *core.GasPool
	transition *transition.Transition

	included types.Transactions
	receipts types.Receipts
	rejected []rejection
	missing  error // a hash that a contract asked for
}

func (b *block) hash(number uint64) common.Hash {
	hash, known := b.env.BlockHashes[math.HexOrDecimal64(number)]
	if !known && number < b.header.Number.Uint64() {
		b.missing = wrong(ErrHash, "a contract asked for that of block %d, which env.blockHashes does not have", number)
	}
	return hash
}

func (b *block) apply(list []*Transaction) error {
	own := types.LatestSignerForChainID(b.config.ChainID) // of transactions that come with their key
	for i, t := range list {
		if t == nil {
			return wrong(ErrInput, "txs[%d] is null", i)
		}
		tx, err := t.signed(own)
		if err != nil && t.malformed == nil {
			return wrong(ErrInput, "txs[%d]: cannot be signed: %w", i, err)
		}
		var receipt *types.Receipt
		var outcome *transition.Outcome
		if err == nil {
			outcome, receipt, err = b.transition.Transact(tx, b.signer, len(b.receipts), b.pool)
		}
		switch {
		case frame.IsFault(err):
			return err
		case err != nil:
			b.rejected = append(b.rejected, rejection{i, err.Error()})
			continue
		case b.missing != nil:
			return b.missing
		}
		if outcome.Contract != nil {
			receipt.ContractAddress = *outcome.Contract
		}
		b.included, b.receipts = append(b.included, tx), append(b.receipts, receipt)
	}
	return nil
}

// finish writes the state and says what came out.
func (b *block) finish(store *state.Store) (*Output, error) {
	root, err := store.Commit(b.db, b.transition.Rules(), b.header.Number.Uint64())
	if err != nil {
		return nil, err
	}
	body, err := rlp.EncodeToBytes(b.included)
	if err != nil {
		return nil, err
	}
	alloc, err := store.Accounts(root)
	if err != nil {
		return nil, err
	}
	return &Output{Alloc: alloc, Result: b.result(root), Body: body}, nil
}
