package query

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
)

// A block parameter names a block by number, hash or tag. This chain has no forks, so latest, safe and finalized are
// the same block; pending is the one that would be built now, on the state of the latest.

// Latest is the block parameter for the chain's head.
var Latest = gethrpc.BlockNumberOrHashWithNumber(gethrpc.LatestBlockNumber)

// Pending names the block that would be made now.
var Pending = gethrpc.BlockNumberOrHashWithNumber(gethrpc.PendingBlockNumber)

// OrLatest returns what an optional block parameter means.
func OrLatest(ref *gethrpc.BlockNumberOrHash) gethrpc.BlockNumberOrHash {
	if ref == nil {
		return Latest
	}
	return *ref
}

// HeaderByNumber returns the header that a number or tag names, nil if there is none.
func (s *Service) HeaderByNumber(n gethrpc.BlockNumber) *types.Header {
	switch n {
	case gethrpc.LatestBlockNumber, gethrpc.SafeBlockNumber, gethrpc.FinalizedBlockNumber:
		return s.Chain.Head()
	case gethrpc.PendingBlockNumber:
		return s.Driver.PendingHeader()
	case gethrpc.EarliestBlockNumber:
		return s.Chain.First()
	}
	return s.Chain.HeaderByNumber(uint64(n))
}

// NextBaseFee returns the base fee of the block that would be made now, in wei a gas; zero before London. It may be
// changed.
func (s *Service) NextBaseFee() *big.Int {
	fee := new(big.Int)
	if next := s.Driver.PendingHeader().BaseFee; next != nil {
		fee.Set(next)
	}
	return fee
}

// Header returns the header that ref names. Every block there is is canonical: one that is taken back is gone.
func (s *Service) Header(ref gethrpc.BlockNumberOrHash) (*types.Header, error) {
	if hash, ok := ref.Hash(); ok {
		header := s.Chain.Header(hash)
		if header == nil {
			return nil, errHashNotFound
		}
		return header, nil
	}
	number, _ := ref.Number() // set if the hash is not: geth's decoder insists on one of them
	header := s.HeaderByNumber(number)
	if header == nil {
		return nil, ErrBlockNotFound
	}
	return header, nil
}

// IsPending reports whether ref names the pending block.
func IsPending(ref gethrpc.BlockNumberOrHash) bool {
	number, ok := ref.Number()
	return ok && number == gethrpc.PendingBlockNumber
}

// Pending returns the block that would be made now. Executing it may take as long as a call.
func (s *Service) Pending() (*chain.Pending, error) {
	ctx, cancel := s.Limited(context.Background())
	defer cancel()
	release, err := s.Enter(ctx)
	if err != nil {
		return nil, GaveUp(ctx, err)
	}
	defer release()
	pending, err := s.Driver.Pending(ctx)
	return pending, GaveUp(ctx, err)
}

// StateAt returns the header that ref names and the state after its block, edits included.
func (s *Service) StateAt(ref gethrpc.BlockNumberOrHash) (*gstate.StateDB, *types.Header, error) {
	if IsPending(ref) {
		pending, err := s.Pending()
		if err != nil {
			return nil, nil, err
		}
		return pending.State(), pending.Block.Header(), nil
	}
	header, err := s.Header(ref)
	if err != nil {
		return nil, nil, err
	}
	db, err := s.Chain.StateAt(s.Chain.Root(header))
	return db, header, err
}

// Reader reads accounts and storage of one state.
type Reader interface {
	// Account returns an account, nil if there is none.
	Account(common.Address) (*types.StateAccount, error)
	// Storage returns a slot, zero if nothing was written.
	Storage(common.Address, common.Hash) (common.Hash, error)
}

// ReaderAt returns what reads the state that StateAt returns, without a copy of it.
func (s *Service) ReaderAt(ref gethrpc.BlockNumberOrHash) (Reader, error) {
	if IsPending(ref) {
		db, _, err := s.StateAt(ref)
		return stateReader{db}, err
	}
	header, err := s.Header(ref)
	if err != nil {
		return nil, err
	}
	return s.Chain.Store().Reader(s.Chain.Root(header))
}

// stateReader reads a state that is in no trie yet.
type stateReader struct{ db *gstate.StateDB }

// Account returns an account without the root of its storage, nil if there is none.
func (r stateReader) Account(a common.Address) (*types.StateAccount, error) {
	if !r.db.Exist(a) {
		return nil, r.db.Error()
	}
	hash := r.db.GetCodeHash(a)
	return &types.StateAccount{
		Nonce: r.db.GetNonce(a), Balance: r.db.GetBalance(a), Root: types.EmptyRootHash, CodeHash: hash[:],
	}, r.db.Error()
}

// Storage returns a slot.
func (r stateReader) Storage(a common.Address, slot common.Hash) (common.Hash, error) {
	return r.db.GetState(a, slot), r.db.Error()
}

// BlockByNumber returns the block that a number or tag names, nil if there is none. The pending one has its
// transactions.
func (s *Service) BlockByNumber(n gethrpc.BlockNumber) *types.Block {
	if n == gethrpc.PendingBlockNumber {
		pending, err := s.Pending()
		if err != nil {
			return nil
		}
		return pending.Block
	}
	header := s.HeaderByNumber(n)
	if header == nil {
		return nil
	}
	return s.Chain.Block(header.Hash())
}

// BlockAndReceipts returns the block that ref names with its receipts, nil if there is none.
func (s *Service) BlockAndReceipts(ref gethrpc.BlockNumberOrHash) (*types.Block, types.Receipts) {
	if IsPending(ref) {
		pending, err := s.Pending()
		if err != nil {
			return nil, nil
		}
		return pending.Block, pending.Receipts
	}
	block := s.Block(ref)
	if block == nil {
		return nil, nil
	}
	return block, s.Chain.Receipts(block.Hash())
}

// Block returns the block that ref names, nil if there is none.
func (s *Service) Block(ref gethrpc.BlockNumberOrHash) *types.Block {
	if hash, ok := ref.Hash(); ok {
		return s.Chain.Block(hash)
	}
	number, _ := ref.Number()
	return s.BlockByNumber(number)
}

// ShowHeaderByNumber describes the header of a mined block, nil if there is none.
func (s *Service) ShowHeaderByNumber(n gethrpc.BlockNumber) *HeaderJSON {
	if n == gethrpc.PendingBlockNumber {
		pending, err := s.Pending()
		if err != nil {
			return nil
		}
		result := NewHeaderJSON(pending.Block.Header())
		result.Hash, result.Nonce, result.Miner = nil, nil, nil
		return &result
	}
	header := s.HeaderByNumber(n)
	if header == nil {
		return nil
	}
	result := NewHeaderJSON(header)
	return &result
}

// ShowHeader is the same by hash.
func (s *Service) ShowHeader(hash common.Hash) *HeaderJSON {
	header := s.Chain.Header(hash)
	if header == nil {
		return nil
	}
	result := NewHeaderJSON(header)
	return &result
}
