package query

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/transition/unsigned"
)

// SuggestedTip is what the node suggests paying to the block's builder, in wei: blocks have room, so any tip will do,
// and wallets expect a gwei.
const SuggestedTip = params.GWei

// Complete fills in what the arguments leave out: nonce, fees, gas. The chain id is the signer's.
func (s *Service) Complete(
	ctx context.Context, args TransactionArgs, signer types.Signer,
) (*types.Transaction, error) {
	if args.BlobHashes != nil || args.BlobFeeCap != nil {
		return nil, errBlobSigning
	}
	id := signer.ChainID()
	if id == nil { // before EIP-155
		id = s.Chain.ChainConfig().ChainID
	}
	if err := args.Check(id); err != nil {
		return nil, err
	}
	switch {
	case args.To == nil && len(args.data()) == 0:
		return nil, errEmptyCreation
	case args.GasPrice != nil && args.Authorizations != nil:
		return nil, errPriceAndList
	}
	if err := s.completeFees(&args); err != nil {
		return nil, err
	}
	if args.Gas == nil {
		limit, prints, err := s.estimate(ctx, args, Pending, Overrides{Block: s.affordable(&args)})
		if err != nil {
			s.show(prints) // there will be no transaction that prints them
			return nil, err
		}
		args.Gas = (*hexutil.Uint64)(&limit)
	}
	if args.Nonce == nil {
		nonce := s.Pool.Nonce(args.Sender())
		args.Nonce = (*hexutil.Uint64)(&nonce)
	}
	return args.transaction(id), nil
}

// affordable returns the block in which a transaction is tried out: the next, with a base fee that it pays. It may wait
// for such a block; whether it may is the driver's to say.
func (s *Service) affordable(args *TransactionArgs) *BlockOverrides {
	most := args.MaxFeePerGas
	if args.GasPrice != nil {
		most = args.GasPrice
	}
	if most.ToInt().Cmp(s.NextBaseFee()) >= 0 {
		return nil
	}
	return &BlockOverrides{BaseFeePerGas: most}
}

// completeFees fills in the fees that arguments leave out: a tip, and twice the base fee so that a rise does not
// matter.
func (s *Service) completeFees(args *TransactionArgs) error {
	if args.GasPrice != nil {
		return nil
	}
	if args.MaxFeePerGas == nil && args.MaxPriorityFee == nil && s.Driver.PendingHeader().BaseFee == nil {
		args.GasPrice = (*hexutil.Big)(big.NewInt(SuggestedTip)) // the only fee before London
		return nil
	}
	if args.MaxPriorityFee == nil {
		tip := big.NewInt(SuggestedTip)
		if args.MaxFeePerGas != nil && args.MaxFeePerGas.ToInt().Cmp(tip) < 0 {
			tip = args.MaxFeePerGas.ToInt()
		}
		args.MaxPriorityFee = (*hexutil.Big)(tip)
	}
	if args.MaxFeePerGas == nil {
		most := new(big.Int).Lsh(s.NextBaseFee(), 1)
		args.MaxFeePerGas = (*hexutil.Big)(most.Add(most, args.MaxPriorityFee.ToInt()))
	}
	if args.MaxFeePerGas.ToInt().Cmp(args.MaxPriorityFee.ToInt()) < 0 {
		return fmt.Errorf("maxFeePerGas (%v) < maxPriorityFeePerGas (%v)", args.MaxFeePerGas, args.MaxPriorityFee)
	}
	return nil
}

// SendUnsigned completes a transaction and sends it for an account whose key the node does not have.
func (s *Service) SendUnsigned(ctx context.Context, args TransactionArgs) (common.Hash, error) {
	s.Acting.next.Lock()
	defer s.Acting.next.Unlock()
	signer := s.Chain.Signer()
	tx, err := s.Complete(ctx, args, signer)
	if err != nil {
		return common.Hash{}, err
	}
	tx, err = unsigned.Sign(tx, signer, args.Sender())
	if err != nil {
		return common.Hash{}, err
	}
	return tx.Hash(), s.Driver.Add(tx)
}
