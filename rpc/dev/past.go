package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/rpc/query"
	"hestia/transition/unsigned"
	"hestia/vm"
)

// What bounds a change of the past: the blocks made in place of others, and those shown in full.
const (
	maxDepth    = 1000
	maxDetailed = 1000
)

// What is wrong with the options of a reorganization.
var (
	errPair    = errors.New("want pairs of a transaction and a block's place from 0")
	errNoDepth = errors.New("depth is missing")
)

// badDepth gives a depth that reaches before the first block the code of a wrong parameter.
func badDepth(err error) error {
	if errors.Is(err, miner.ErrDepth) {
		return query.InvalidArgument(0, err)
	}
	return err
}

// Rollback takes back the newest blocks, one if left out.
func (a *anvilAPI) Rollback(depth *number) (bool, error) {
	n := uint64(1)
	if depth != nil {
		n = uint64(*depth)
	}
	return done(badDepth(a.devAPI.q.miner.Rollback(n)))
}

// reorgOptions says how many blocks are made again: a depth, or anvil's object, which has the pairs too.
type reorgOptions struct {
	depth uint64
	pairs txBlockPairs
}

// UnmarshalJSON reads either form. The object's pairs are tx_block_pairs as anvil writes them, or txBlockPairs.
func (o *reorgOptions) UnmarshalJSON(data []byte) (err error) {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		o.depth, err = query.UpTo(data, maxDepth)
		return err
	}
	var fields struct {
		Depth json.RawMessage `json:"depth"`
		Snake json.RawMessage `json:"tx_block_pairs"`
		Camel json.RawMessage `json:"txBlockPairs"`
	}
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if fields.Depth == nil {
		return errNoDepth
	}
	if o.depth, err = query.UpTo(fields.Depth, maxDepth); err != nil {
		return fmt.Errorf("depth: %w", err)
	}
	return errors.Join(
		readField("tx_block_pairs", fields.Snake, &o.pairs), readField("txBlockPairs", fields.Camel, &o.pairs),
	)
}

// txBlockPair is a transaction for a block that is made in place of another, counted from the oldest.
type txBlockPair struct {
	raw   hexutil.Bytes // nil if args are given
	args  query.TransactionArgs
	block uint64
}

// txBlockPairs are those of one reorganization.
type txBlockPairs []txBlockPair

// UnmarshalJSON reads a list; an error names the place in it.
func (l *txBlockPairs) UnmarshalJSON(data []byte) error {
	return query.Decode(data, (*[]txBlockPair)(l))
}

// UnmarshalJSON reads a list of a transaction, signed as bytes or as an object, and a number.
func (p *txBlockPair) UnmarshalJSON(data []byte) (err error) {
	var pair []json.RawMessage
	if json.Unmarshal(data, &pair) != nil || len(pair) != 2 {
		return errPair
	}
	if p.block, err = query.UpTo(pair[1], maxDepth); err != nil {
		return err
	}
	if bytes.HasPrefix(bytes.TrimSpace(pair[0]), []byte(`"`)) {
		return json.Unmarshal(pair[0], &p.raw)
	}
	return json.Unmarshal(pair[0], &p.args)
}

// Reorg takes back the newest blocks and makes as many others, of the given transactions. Those that were in the old
// blocks are gone. If one of the given is not valid in its block, nothing changes, and the error names its pair.
func (a *anvilAPI) Reorg(ctx context.Context, options reorgOptions, pairs *txBlockPairs) (bool, error) {
	if pairs != nil {
		options.pairs = *pairs
	}
	s := a.devAPI.q
	head := s.Chain.Head().Number.Uint64()
	if most := head - s.Chain.First().Number.Uint64(); options.depth > most {
		return false, query.InvalidArgument(0, fmt.Errorf("%w: %d of %d", miner.ErrDepth, options.depth, most))
	}
	signer := &reorgSigner{
		controls: s, base: s.Chain.HeaderByNumber(head - options.depth),
		signer: s.Chain.SignerAt(head - options.depth + 1),
		nonces: make(map[common.Address]uint64), share: uint64(max(len(options.pairs), 1)),
	}
	blocks := make([][]*types.Transaction, options.depth)
	place := make(map[*types.Transaction]int) // in the pairs
	for i := range options.pairs {
		p := &options.pairs[i]
		if p.block >= options.depth {
			return false, query.InvalidParams("pair %d is for block %d of %d", i, p.block, options.depth)
		}
		tx, err := signer.transaction(ctx, p)
		if err != nil {
			return false, fmt.Errorf("pair %d: %w", i, err)
		}
		blocks[p.block] = append(blocks[p.block], tx)
		place[tx] = i
	}
	err := s.miner.Reorganize(blocks)
	if refused := (*miner.RefusedError)(nil); errors.As(err, &refused) {
		return false, query.Within(fmt.Sprintf("pair %d", place[refused.Tx]), err)
	}
	if faulty := (*chain.FaultyTransaction)(nil); errors.As(err, &faulty) {
		err = query.Within(fmt.Sprintf("pair %d", place[faulty.Tx]), err)
	}
	return done(badDepth(err))
}

// reorgSigner completes and signs transactions on the block that a reorganization begins on.
type reorgSigner struct {
	controls
	base   *types.Header
	signer types.Signer              // of the block after the base
	nonces map[common.Address]uint64 // the next ones, of senders seen
	share  uint64                    // of how many transactions one may use a block's gas
}

// transaction returns the transaction of a pair.
func (s *reorgSigner) transaction(ctx context.Context, p *txBlockPair) (*types.Transaction, error) {
	if p.raw != nil {
		tx := new(types.Transaction)
		return tx, tx.UnmarshalBinary(p.raw)
	}
	args := p.args
	if err := s.fill(ctx, &args); err != nil {
		return nil, err
	}
	tx, err := s.Complete(ctx, args, s.signer)
	if err != nil {
		return nil, err
	}
	if key, ok := s.Keys[args.Sender()]; ok {
		return types.SignTx(tx, s.signer, key)
	}
	if !s.Acting.May(args.Sender()) {
		return nil, query.ErrUnknownAccount
	}
	return unsigned.Sign(tx, s.signer, args.Sender())
}

// fill adds what follows from the state after the base: the nonce, the price and the gas. What cannot be estimated,
// because it needs an earlier pair, gets its share of a block.
func (s *reorgSigner) fill(ctx context.Context, args *query.TransactionArgs) error {
	from, at := args.Sender(), gethrpc.BlockNumberOrHashWithHash(s.base.Hash(), false)
	if _, seen := s.nonces[from]; !seen {
		db, _, err := s.StateAt(at)
		if err != nil {
			return err
		}
		s.nonces[from] = db.GetNonce(from)
	}
	if args.Nonce == nil {
		nonce := hexutil.Uint64(s.nonces[from])
		args.Nonce = &nonce
	}
	s.nonces[from] = uint64(*args.Nonce) + 1
	if args.GasPrice == nil && args.MaxFeePerGas == nil {
		tip := big.NewInt(query.SuggestedTip)
		if args.MaxPriorityFee != nil {
			tip = args.MaxPriorityFee.ToInt()
		}
		fee := new(big.Int).Lsh(s.base.BaseFee, 1)
		args.MaxPriorityFee, args.MaxFeePerGas = (*hexutil.Big)(tip), (*hexutil.Big)(fee.Add(fee, tip))
	}
	if args.Gas == nil {
		limit, err := s.Estimate(ctx, *args, at, query.Overrides{})
		if err != nil {
			limit = s.base.GasLimit / s.share
		}
		args.Gas = (*hexutil.Uint64)(&limit)
	}
	return nil
}

// minedJSON is a transaction of a block just made, with what it gave back and why it failed if it did.
type minedJSON struct {
	*query.TransactionJSON
	Output       hexutil.Bytes `json:"output"`
	RevertReason string        `json:"revertReason,omitempty"`
}

// Mine_detailed makes blocks as evm_mine does, and returns them with their transactions in full.
func (a *clockAPI) Mine_detailed(ctx context.Context, options *mineOptions) ([]*query.BlockJSON, error) {
	n, err := a.q.mine(ctx, options, maxDetailed)
	if err != nil {
		return nil, err
	}
	result := make([]*query.BlockJSON, 0, n)
	newest := a.q.Chain.Head().Number.Uint64()
	for number := newest + 1 - uint64(n); number <= newest; number++ {
		block := a.q.Chain.BlockByNumber(number)
		if block == nil {
			return nil, query.ErrBlockNotFound
		}
		detailed, err := a.q.detailed(ctx, block)
		if err != nil {
			return nil, err
		}
		result = append(result, detailed)
	}
	return result, nil
}

// detailed describes a block. What its transactions gave back is not kept, so that they are run again, for as long as
// that takes: the block has been made, and an error would deny it.
func (s controls) detailed(ctx context.Context, block *types.Block) (*query.BlockJSON, error) {
	list := make([]minedJSON, len(block.Transactions()))
	for i, tx := range block.Transactions() {
		list[i].TransactionJSON = query.NewMinedJSON(block, uint64(i))
		if receipt := s.MinedReceipt(tx.Hash()); receipt != nil {
			list[i].RevertReason = receipt.RevertReason
		}
	}
	if len(list) > 0 {
		release, err := s.Enter(ctx)
		if err != nil {
			return nil, query.GaveUp(ctx, err)
		}
		defer release()
		_, err = s.Chain.Replay(ctx, block, len(list), func(i int) (vm.Tracing, error) {
			return vm.Tracing{Hooks: &tracing.Hooks{
				OnExit: func(depth int, output []byte, _ uint64, _ error, _ bool) {
					if depth == 0 {
						list[i].Output = bytes.Clone(output)
					}
				},
			}}, nil
		})
		if err != nil {
			return nil, query.GaveUp(ctx, err)
		}
	}
	result := query.NewBlockJSON(block, false)
	result.Transactions = list
	return result, nil
}
