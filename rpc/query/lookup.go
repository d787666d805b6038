package query

import (
	"context"
	"errors"
	"sort"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

// RawTransaction returns the bytes of a transaction that is mined or waits, nil if there is none.
func (s *Service) RawTransaction(hash common.Hash) (hexutil.Bytes, error) {
	tx, _, ok := s.Chain.Transaction(hash)
	if !ok {
		tx = s.Pool.Get(hash)
	}
	if tx == nil {
		return nil, nil
	}
	return tx.MarshalBinary()
}

// MinedReceipt describes the receipt of a mined transaction, nil if there is none.
func (s *Service) MinedReceipt(hash common.Hash) *ReceiptJSON {
	tx, at, ok := s.Chain.Transaction(hash)
	if !ok {
		return nil
	}
	receipts := s.Chain.Receipts(at.BlockHash)
	if at.Index >= len(receipts) {
		return nil
	}
	return s.Receipt(receipts[at.Index], tx)
}

// Receipt describes a receipt. A failed one says why, with the name of the contract's error if that is known.
func (s *Service) Receipt(receipt *types.Receipt, tx *types.Transaction) *ReceiptJSON {
	reason := s.Chain.Reason(tx.Hash())
	if reason != "" && tx.To() == nil {
		learnCreation(s.Abis, tx.Data())
	} else if reason != "" {
		if db, _, err := s.StateAt(Latest); err == nil {
			learn(s.Abis, db, *tx.To())
		}
	}
	return NewReceiptJSON(receipt, tx, s.Abis.Explain(reason))
}

// BySenderAndNonce finds the mined transaction that used a nonce, nil if there is none. As nonces only grow, it halves
// the chain until it has the block after which the nonce was used.
func (s *Service) BySenderAndNonce(
	ctx context.Context, sender common.Address, nonce uint64,
) (*types.Block, int, error) {
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
		if tx.Nonce() == nonce && Sender(tx) == sender {
			return block, i, nil
		}
	}
	return nil, 0, nil
}

// nonceAfter returns an account's next nonce after block n.
func (s *Service) nonceAfter(n uint64, account common.Address) (uint64, error) {
	header := s.Chain.HeaderByNumber(n)
	if header == nil {
		return 0, ErrBlockNotFound
	}
	db, err := s.Chain.StateAt(s.Chain.Root(header))
	if err != nil {
		return 0, err
	}
	return db.GetNonce(account), db.Error()
}
