package rpc

import (
	"context"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
)

// transactionAPI is eth: transactions and receipts by hash and place.
type transactionAPI struct{ *service }

func (a *transactionAPI) GetTransactionByHash(hash common.Hash) *transactionJSON {
	if _, at, ok := a.Chain.Transaction(hash); ok {
		return a.minedAt(gethrpc.BlockNumberOrHashWithHash(at.BlockHash, false), uint64(at.Index))
	}
	if tx := a.Pool.Get(hash); tx != nil {
		return newTransactionJSON(tx, a.Chain.ChainConfig())
	}
	return nil
}

func (a *transactionAPI) GetRawTransactionByHash(hash common.Hash) (hexutil.Bytes, error) {
	tx, _, ok := a.Chain.Transaction(hash)
	if !ok {
		tx = a.Pool.Get(hash)
	}
	if tx == nil {
		return nil, nil
	}
	return tx.MarshalBinary()
}

func (a *transactionAPI) GetTransactionByBlockNumberAndIndex(number gethrpc.BlockNumber, index hexutil.Uint) *transactionJSON {
	return a.minedAt(gethrpc.BlockNumberOrHashWithNumber(number), uint64(index))
}

func (a *transactionAPI) GetTransactionByBlockHashAndIndex(hash common.Hash, index hexutil.Uint) *transactionJSON {
	return a.minedAt(gethrpc.BlockNumberOrHashWithHash(hash, false), uint64(index))
}

func (a *transactionAPI) minedAt(ref gethrpc.BlockNumberOrHash, index uint64) *transactionJSON {
	block := a.block(ref)
	if block == nil {
		return nil
	}
	return newMinedJSON(block, index, a.Chain.ChainConfig())
}

func (a *transactionAPI) GetTransactionReceipt(hash common.Hash) *receiptJSON {
	tx, at, ok := a.Chain.Transaction(hash)
	if !ok {
		return nil
	}
	receipts := a.Chain.Receipts(at.BlockHash)
	if at.Index >= len(receipts) {
		return nil
	}
	return newReceiptJSON(receipts[at.Index], tx, a.Chain.Reason(hash), a.Chain.ChainConfig())
}

func (a *transactionAPI) GetBlockReceipts(ref gethrpc.BlockNumberOrHash) []*receiptJSON {
	block := a.block(ref)
	if block == nil {
		return nil
	}
	result := []*receiptJSON{}
	for i, receipt := range a.Chain.Receipts(block.Hash()) {
		tx := block.Transactions()[i]
		result = append(result, newReceiptJSON(receipt, tx, a.Chain.Reason(tx.Hash()), a.Chain.ChainConfig()))
	}
	return result
}

// sendAPI is eth: transactions into the pool, signed by their sender or by the node.
type sendAPI struct {
	*service
	next map[common.Address]*sync.Mutex // held while the node gives an account's next nonce away
}

func newSendAPI(s *service) *sendAPI {
	api := &sendAPI{s, make(map[common.Address]*sync.Mutex, len(s.keys))}
	for address := range s.keys {
		api.next[address] = new(sync.Mutex)
	}
	return api
}

// SendRawTransaction takes a signed transaction. Where every transaction has a block of its own it returns once that block
// is the head.
func (a *sendAPI) SendRawTransaction(input hexutil.Bytes) (common.Hash, error) {
	tx := new(types.Transaction)
	if err := tx.UnmarshalBinary(input); err != nil {
		return common.Hash{}, err
	}
	if !tx.Protected() {
		return common.Hash{}, errUnprotected
	}
	return tx.Hash(), a.Miner.Add(tx)
}

// SendTransaction completes a transaction of one of the node's accounts, signs and sends it.
func (a *sendAPI) SendTransaction(ctx context.Context, args TransactionArgs) (common.Hash, error) {
	key, ok := a.keys[args.from()]
	if !ok {
		return common.Hash{}, errUnknownAccount
	}
	if args.Nonce == nil {
		lock := a.next[args.from()]
		lock.Lock()
		defer lock.Unlock()
	}
	tx, err := a.complete(ctx, args)
	if err != nil {
		return common.Hash{}, err
	}
	signed, err := types.SignTx(tx, a.signer(), key)
	if err != nil {
		return common.Hash{}, err
	}
	return signed.Hash(), a.Miner.Add(signed)
}

// signedJSON is a signed transaction, as bytes and in words.
type signedJSON struct {
	Raw hexutil.Bytes      `json:"raw"`
	Tx  *types.Transaction `json:"tx"`
}

// SignTransaction completes a transaction of one of the node's accounts and signs it without sending.
func (a *sendAPI) SignTransaction(ctx context.Context, args TransactionArgs) (*signedJSON, error) {
	key, ok := a.keys[args.from()]
	if !ok {
		return nil, errUnknownAccount
	}
	tx, err := a.complete(ctx, args)
	if err != nil {
		return nil, err
	}
	signed, err := types.SignTx(tx, a.signer(), key)
	if err != nil {
		return nil, err
	}
	raw, err := signed.MarshalBinary()
	return &signedJSON{raw, signed}, err
}

func (s *service) signer() types.Signer { return types.LatestSigner(s.Chain.ChainConfig()) }

// complete fills in what the arguments leave out: nonce, fees, gas.
func (a *sendAPI) complete(ctx context.Context, args TransactionArgs) (*types.Transaction, error) {
	if args.BlobHashes != nil || args.BlobFeeCap != nil {
		return nil, errBlobSigning
	}
	chainID := a.Chain.ChainConfig().ChainID
	if err := args.check(chainID); err != nil {
		return nil, err
	}
	switch {
	case args.To == nil && len(args.data()) == 0:
		return nil, errEmptyCreation
	case args.GasPrice != nil && args.Authorizations != nil:
		return nil, errPriceAndList
	}
	if err := a.completeFees(&args); err != nil {
		return nil, err
	}
	if args.Gas == nil {
		limit, err := a.estimate(ctx, args, latest)
		if err != nil {
			return nil, err
		}
		args.Gas = (*hexutil.Uint64)(&limit)
	}
	if args.Nonce == nil {
		nonce := a.Pool.Nonce(args.from())
		args.Nonce = (*hexutil.Uint64)(&nonce)
	}
	return args.transaction(chainID), nil
}
