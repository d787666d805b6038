package rpc

import (
	"context"
	"errors"
	"sort"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/frame"
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
	return a.receipt(receipts[at.Index], tx)
}

// receipt describes a receipt; a failed one says why, by the name of the contract's error where that is known.
func (s *service) receipt(receipt *types.Receipt, tx *types.Transaction) *receiptJSON {
	reason := s.Chain.Reason(tx.Hash())
	if data, undecoded := strings.CutPrefix(reason, frame.ErrReverted.Error()+": 0x"); undecoded {
		if tx.To() != nil {
			if db, _, err := s.stateAt(latest); err == nil {
				learn(s.abis, db, *tx.To())
			}
		}
		if custom, known := describe(s.abis, common.FromHex(data)); known {
			reason = frame.ErrReverted.Error() + ": " + custom
		}
	}
	return newReceiptJSON(receipt, tx, reason, s.Chain.ChainConfig())
}

func (a *transactionAPI) GetBlockReceipts(ref gethrpc.BlockNumberOrHash) []*receiptJSON {
	block := a.block(ref)
	if block == nil {
		return nil
	}
	result := []*receiptJSON{}
	for i, receipt := range a.Chain.Receipts(block.Hash()) {
		tx := block.Transactions()[i]
		result = append(result, a.receipt(receipt, tx))
	}
	return result
}

func (a *transactionAPI) GetRawTransactionByBlockNumberAndIndex(number gethrpc.BlockNumber, index hexutil.Uint) (hexutil.Bytes, error) {
	return rawAt(a.blockByNumber(number), uint64(index))
}

func (a *transactionAPI) GetRawTransactionByBlockHashAndIndex(hash common.Hash, index hexutil.Uint) (hexutil.Bytes, error) {
	return rawAt(a.Chain.Block(hash), uint64(index))
}

func rawAt(block *types.Block, index uint64) (hexutil.Bytes, error) {
	if block == nil || index >= uint64(len(block.Transactions())) {
		return nil, nil
	}
	return block.Transactions()[index].MarshalBinary()
}

// GetTransactionBySenderAndNonce returns the transaction that used a sender's nonce or waits to, null if there is none.
func (a *transactionAPI) GetTransactionBySenderAndNonce(ctx context.Context, sender common.Address, nonce hexutil.Uint64) (*transactionJSON, error) {
	block, index, err := a.bySenderAndNonce(ctx, sender, uint64(nonce))
	if err != nil {
		return nil, err
	}
	if block != nil {
		return newMinedJSON(block, uint64(index), a.Chain.ChainConfig()), nil
	}
	pending, queued := a.Pool.Content()
	for _, waiting := range [][]*types.Transaction{pending[sender], queued[sender]} {
		for _, tx := range waiting {
			if tx.Nonce() == uint64(nonce) {
				return newTransactionJSON(tx, a.Chain.ChainConfig()), nil
			}
		}
	}
	return nil, nil
}

// bySenderAndNonce finds the mined transaction that used a nonce, nil if there is none. As nonces only grow, it halves the
// chain until it has the block after which the nonce was used.
func (s *service) bySenderAndNonce(ctx context.Context, sender common.Address, nonce uint64) (*types.Block, int, error) {
	head := s.Chain.Head().Number.Uint64()
	var failed error
	after := sort.Search(int(head)+1, func(n int) bool { // the first block after which the nonce is used
		if failed != nil || ctx.Err() != nil {
			return true
		}
		used, err := s.nonceAfter(uint64(n), sender)
		failed = err
		return used > nonce
	})
	if err := errors.Join(failed, ctx.Err()); err != nil {
		return nil, 0, err
	}
	block := s.Chain.BlockByNumber(uint64(after))
	if block == nil {
		return nil, 0, nil
	}
	for i, tx := range block.Transactions() {
		if from, err := types.Sender(s.signer(), tx); err == nil && from == sender && tx.Nonce() == nonce {
			return block, i, nil
		}
	}
	return nil, 0, nil
}

// nonceAfter returns an account's next nonce after block n.
func (s *service) nonceAfter(n uint64, account common.Address) (uint64, error) {
	header := s.Chain.HeaderByNumber(n)
	if header == nil {
		return 0, errBlockNotFound
	}
	db, err := s.Chain.StateAt(s.Chain.Root(header))
	if err != nil {
		return 0, err
	}
	return db.GetNonce(account), db.Error()
}

// PendingTransactions returns what waits of the node's own accounts.
func (a *transactionAPI) PendingTransactions() []*transactionJSON {
	result := []*transactionJSON{}
	pending, _ := a.Pool.Content()
	for _, key := range a.config.Keys {
		for _, tx := range pending[crypto.PubkeyToAddress(key.PublicKey)] {
			result = append(result, newTransactionJSON(tx, a.Chain.ChainConfig()))
		}
	}
	return result
}
