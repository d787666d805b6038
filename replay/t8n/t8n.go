// Package t8n is a state transition as a pure function: accounts, a block's environment and transactions in, the
// accounts after them and the block's roots out, in the JSON of geth's evm t8n.
//
// It maps the name of a fork to rules and a gas schedule. Package transition applies the transactions, on a store in
// memory. It does not know flags and files. Start at Run.
package t8n

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rlp"

	"hestia/frame"
	"hestia/gas"
	"hestia/state"
	"hestia/transition"
	"hestia/transition/unsigned"
	"hestia/vm"
)

// The errors about a whole transition. geth's tool has an exit status for each.
var (
	ErrConfig = errors.New("configuration") // fork, schedule, or an environment that does not fit them
	ErrHash   = errors.New("block hash")    // a contract read one that the environment does not have
	ErrInput  = errors.New("input")         // not the JSON that it should be
	// ErrExecution reports that no block can end in the state after the transactions.
	ErrExecution = errors.New("post-execution")
	ErrRLP       = errors.New("RLP")
)

// wrong returns an error of the given kind.
func wrong(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: %w", kind, fmt.Errorf(format, args...))
}

// Input is the state before the block, the block's environment and its transactions.
type Input struct {
	Alloc        types.GenesisAlloc
	Env          *Env
	Transactions []*Transaction
}

// Rules are the rules of the transition.
type Rules struct {
	Fork     string // by geth's name for it
	Schedule string // gas schedule; empty = the fork's
	ChainID  uint64
	Reward   int64 // of the miner, in wei; -1 = none, and the miner's account is not touched
}

// Output is the state after the block and the block's result.
type Output struct {
	Alloc  types.GenesisAlloc
	Result *Result
	Body   hexutil.Bytes // RLP of the transactions that were applied
}

// hasWasm reports whether an account or a creation has wasm code.
func (in *Input) hasWasm() bool {
	for _, account := range in.Alloc {
		if vm.IsWasm(account.Code) {
			return true
		}
	}
	return slices.ContainsFunc(in.Transactions, func(t *Transaction) bool {
		return t != nil && t.malformed == nil && vm.IsWasm(t.tx.Data())
	})
}

// fork returns the config of a fork and its gas schedule. Before Berlin only Byzantium has one with wasm.
func (r Rules) fork(in *Input) (*params.ChainConfig, *gas.Schedule, error) {
	config, err := configOf(r.Fork)
	if err != nil {
		return nil, nil, err
	}
	config.ChainID = new(big.Int).SetUint64(r.ChainID)
	rules := config.Rules(new(big.Int), true, 0)
	schedule := gas.Ethereum()
	switch {
	case rules.IsBerlin:
		schedule = gas.Default()
	case rules.IsByzantium && !rules.IsConstantinople && in.hasWasm():
		schedule = gas.Byzantium()
	}
	if r.Schedule != "" {
		if schedule, _ = gas.Newest(r.Schedule); schedule == nil {
			return nil, nil, wrong(ErrConfig, "no gas schedule is called %q", r.Schedule)
		}
	}
	return config, schedule, nil
}

// Run applies the transactions on engine. Transactions that are not valid are listed in the result as rejected. The
// error wraps ErrConfig, ErrHash, ErrInput or a *frame.FaultError.
func Run(engine vm.Engine, in Input, r Rules) (*Output, error) {
	config, schedule, err := r.fork(&in)
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
	if err := b.transition.Begin(); err != nil {
		return nil, err
	}
	if err := b.apply(in.Transactions); err != nil {
		return nil, err
	}
	b.reward(r.Reward)
	if err := b.end(); err != nil {
		return nil, err
	}
	return b.finish(store)
}

// block is the block being executed.
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
	missing  error // a contract read a block hash that the environment does not have

	blobGas  uint64   // used
	requests [][]byte // to the beacon chain; nil before Prague
}

// hash returns the hash of an earlier block from the environment, and notes if it is missing.
func (b *block) hash(number uint64) common.Hash {
	hash, known := b.env.BlockHashes[math.HexOrDecimal64(number)]
	if !known && number < b.header.Number.Uint64() {
		b.missing = wrong(ErrHash, "a contract asked for that of block %d, which env.blockHashes does not have", number)
	}
	return hash
}

// apply executes the transactions in order. Those that are not valid go to the rejected ones.
func (b *block) apply(list []*Transaction) error {
	own := types.LatestSignerForChainID(b.config.ChainID) // signs transactions that are given with their key
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
			err = b.checkBlobs(tx)
		}
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
		b.blobGas += tx.BlobGas()
	}
	return nil
}

// checkBlobs reports why a transaction's blobs have no place in the block.
func (b *block) checkBlobs(tx *types.Transaction) error {
	if tx.Type() != types.BlobTxType {
		return nil
	}
	if b.header.ExcessBlobGas == nil {
		return errors.New("blob tx used but field env.ExcessBlobGas missing")
	}
	most := eip4844.MaxBlobGasPerBlock(b.config, b.header.Time)
	if used := b.blobGas + tx.BlobGas(); used > most {
		return fmt.Errorf("blob gas (%d) would exceed maximum allowance %d", used, most)
	}
	return nil
}

// end pays withdrawals and takes the requests to the beacon chain.
func (b *block) end() error {
	var logs []*types.Log
	for _, receipt := range b.receipts {
		logs = append(logs, receipt.Logs...)
	}
	var err error
	b.requests, err = b.transition.End(logs, b.env.Withdrawals)
	if err != nil && !frame.IsFault(err) {
		return wrong(ErrExecution, "%w", err)
	}
	return err
}

// finish commits the state and returns the output.
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
