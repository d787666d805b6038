package query

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
)

// A block parameter names a block by number, hash or tag. This chain has no forks, so latest, safe and finalized are
// the same block; pending is the one that would be built now, on the state of the latest.

// Latest is the block parameter for the chain's head.
var Latest = gethrpc.BlockNumberOrHashWithNumber(gethrpc.LatestBlockNumber)

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

// NextBaseFee returns the base fee of the block that would be made now, in wei a gas. It may be changed.
func (s *Service) NextBaseFee() *big.Int { return new(big.Int).Set(s.Driver.PendingHeader().BaseFee) }

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

// StateAt returns the header that ref names and the state under its root, for pending that of the latest block.
func (s *Service) StateAt(ref gethrpc.BlockNumberOrHash) (*gstate.StateDB, *types.Header, error) {
	header, err := s.Header(ref)
	if err != nil {
		return nil, nil, err
	}
	db, err := s.Chain.StateAt(s.Chain.Root(header))
	return db, header, err
}

// ReaderAt returns a reader of the state that StateAt returns.
func (s *Service) ReaderAt(ref gethrpc.BlockNumberOrHash) (gstate.Reader, error) {
	header, err := s.Header(ref)
	if err != nil {
		return nil, err
	}
	return s.Chain.Store().Reader(s.Chain.Root(header))
}

// BlockByNumber returns the block that a number or tag names, nil if there is none.
func (s *Service) BlockByNumber(n gethrpc.BlockNumber) *types.Block {
	header := s.HeaderByNumber(n)
	switch {
	case header == nil:
		return nil
	case n == gethrpc.PendingBlockNumber:
		return types.NewBlock(header, &types.Body{Withdrawals: []*types.Withdrawal{}}, nil, trie.NewListHasher())
	}
	return s.Chain.Block(header.Hash())
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
	header := s.HeaderByNumber(n)
	if header == nil || n == gethrpc.PendingBlockNumber {
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
