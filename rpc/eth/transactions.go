package eth

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// transactionAPI is eth: transactions and receipts by hash and place.
type transactionAPI struct{ q *query.Service }

// GetTransactionByHash returns a transaction that is mined or waits, null if there is none.
func (a *transactionAPI) GetTransactionByHash(hash common.Hash) *query.TransactionJSON {
	if _, at, ok := a.q.Chain.Transaction(hash); ok {
		return a.minedAt(gethrpc.BlockNumberOrHashWithHash(at.BlockHash, false), uint64(at.Index))
	}
	if tx := a.q.Pool.Get(hash); tx != nil {
		return query.NewTransactionJSON(tx)
	}
	return nil
}

// GetRawTransactionByHash returns the bytes of a transaction that is mined or waits, null if there is none.
func (a *transactionAPI) GetRawTransactionByHash(hash common.Hash) (hexutil.Bytes, error) {
	return a.q.RawTransaction(hash)
}

// GetTransactionByBlockNumberAndIndex returns a mined transaction by its place, null if there is none.
func (a *transactionAPI) GetTransactionByBlockNumberAndIndex(
	number gethrpc.BlockNumber, index hexutil.Uint,
) *query.TransactionJSON {
	return a.minedAt(gethrpc.BlockNumberOrHashWithNumber(number), uint64(index))
}

// GetTransactionByBlockHashAndIndex returns a mined transaction by its place, null if there is none.
func (a *transactionAPI) GetTransactionByBlockHashAndIndex(
	hash common.Hash, index hexutil.Uint,
) *query.TransactionJSON {
	return a.minedAt(gethrpc.BlockNumberOrHashWithHash(hash, false), uint64(index))
}

// minedAt returns the transaction at an index of a block, nil if there is none.
func (a *transactionAPI) minedAt(ref gethrpc.BlockNumberOrHash, index uint64) *query.TransactionJSON {
	block := a.q.Block(ref)
	if block == nil {
		return nil
	}
	return query.NewMinedJSON(block, index)
}

// GetTransactionReceipt returns the receipt of a mined transaction, null if there is none.
func (a *transactionAPI) GetTransactionReceipt(ctx context.Context, hash common.Hash) (*query.ReceiptJSON, error) {
	receipt := a.q.MinedReceipt(hash)
	if receipt == nil {
		return nil, nil
	}
	bytes := 0
	for _, log := range receipt.Logs {
		bytes += query.ShownLog(log)
	}
	if err := a.q.Keep(ctx, bytes); err != nil {
		return nil, err
	}
	return receipt, nil
}

// GetBlockReceipts returns the receipts of a block in order, null if there is no such block.
func (a *transactionAPI) GetBlockReceipts(
	ctx context.Context, ref gethrpc.BlockNumberOrHash,
) ([]*query.ReceiptJSON, error) {
	block, receipts := a.q.BlockAndReceipts(ref)
	if block == nil {
		return nil, nil
	}
	if err := a.q.KeepReceipts(ctx, receipts...); err != nil {
		return nil, err
	}
	result := []*query.ReceiptJSON{}
	for i, receipt := range receipts {
		tx := block.Transactions()[i]
		result = append(result, a.q.Receipt(receipt, tx))
	}
	return result, nil
}

// GetRawTransactionByBlockNumberAndIndex returns the bytes of a mined transaction by its place, null if there is none.
func (a *transactionAPI) GetRawTransactionByBlockNumberAndIndex(
	number gethrpc.BlockNumber, index hexutil.Uint,
) (hexutil.Bytes, error) {
	return rawAt(a.q.BlockByNumber(number), uint64(index))
}

// GetRawTransactionByBlockHashAndIndex returns the bytes of a mined transaction by its place, null if there is none.
func (a *transactionAPI) GetRawTransactionByBlockHashAndIndex(
	hash common.Hash, index hexutil.Uint,
) (hexutil.Bytes, error) {
	return rawAt(a.q.Chain.Block(hash), uint64(index))
}

// rawAt returns the bytes of the transaction at an index of a block, nil if there is none.
func rawAt(block *types.Block, index uint64) (hexutil.Bytes, error) {
	if block == nil || index >= uint64(len(block.Transactions())) {
		return nil, nil
	}
	return block.Transactions()[index].MarshalBinary()
}

// GetTransactionBySenderAndNonce returns the transaction that used a sender's nonce or waits to, null if there is none.
func (a *transactionAPI) GetTransactionBySenderAndNonce(
	ctx context.Context, sender common.Address, nonce hexutil.Uint64,
) (*query.TransactionJSON, error) {
	block, index, err := a.q.BySenderAndNonce(ctx, sender, uint64(nonce))
	if err != nil {
		return nil, err
	}
	if block != nil {
		return query.NewMinedJSON(block, uint64(index)), nil
	}
	pending, queued := a.q.Pool.Content()
	for _, waiting := range [][]*types.Transaction{pending[sender], queued[sender]} {
		for _, tx := range waiting {
			if tx.Nonce() == uint64(nonce) {
				return query.NewTransactionJSON(tx), nil
			}
		}
	}
	return nil, nil
}

// PendingTransactions returns what waits of the node's own accounts.
func (a *transactionAPI) PendingTransactions() []*query.TransactionJSON {
	result := []*query.TransactionJSON{}
	pending, _ := a.q.Pool.Content()
	for _, key := range a.q.Config.Keys {
		for _, tx := range pending[crypto.PubkeyToAddress(key.PublicKey)] {
			result = append(result, query.NewTransactionJSON(tx))
		}
	}
	return result
}
