package rpc

import (
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
)

// A block parameter names a block by number, hash or tag. This chain has no forks, so latest, safe and finalized are the
// same block; pending is the one that would be built now, on the state of the latest.

var latest = gethrpc.BlockNumberOrHashWithNumber(gethrpc.LatestBlockNumber)

// orLatest returns what an optional block parameter means.
func orLatest(ref *gethrpc.BlockNumberOrHash) gethrpc.BlockNumberOrHash {
	if ref == nil {
		return latest
	}
	return *ref
}

// headerByNumber returns the header that a number or tag names, nil if there is none.
func (s *service) headerByNumber(n gethrpc.BlockNumber) *types.Header {
	switch n {
	case gethrpc.LatestBlockNumber, gethrpc.SafeBlockNumber, gethrpc.FinalizedBlockNumber:
		return s.Chain.Head()
	case gethrpc.PendingBlockNumber:
		return s.Miner.PendingHeader()
	case gethrpc.EarliestBlockNumber:
		return s.Chain.First()
	}
	return s.Chain.HeaderByNumber(uint64(n))
}

// header returns the header that ref names. Every block there is is canonical: one that is taken back is gone.
func (s *service) header(ref gethrpc.BlockNumberOrHash) (*types.Header, error) {
	if hash, ok := ref.Hash(); ok {
		header := s.Chain.Header(hash)
		if header == nil {
			return nil, errHashNotFound
		}
		return header, nil
	}
	number, _ := ref.Number() // which is there where no hash is: geth's decoder insists on one of them
	header := s.headerByNumber(number)
	if header == nil {
		return nil, errBlockNotFound
	}
	return header, nil
}

// stateAt returns the header that ref names and the state under its root, for pending that of the latest block.
func (s *service) stateAt(ref gethrpc.BlockNumberOrHash) (*gstate.StateDB, *types.Header, error) {
	header, err := s.header(ref)
	if err != nil {
		return nil, nil, err
	}
	db, err := s.Chain.StateAt(s.Chain.Root(header))
	return db, header, err
}

// readerAt returns what reads the state that stateAt returns.
func (s *service) readerAt(ref gethrpc.BlockNumberOrHash) (gstate.Reader, error) {
	header, err := s.header(ref)
	if err != nil {
		return nil, err
	}
	return s.Chain.Store().Reader(s.Chain.Root(header))
}

// blockByNumber returns the block that a number or tag names, nil if there is none.
func (s *service) blockByNumber(n gethrpc.BlockNumber) *types.Block {
	header := s.headerByNumber(n)
	switch {
	case header == nil:
		return nil
	case n == gethrpc.PendingBlockNumber:
		return types.NewBlock(header, &types.Body{Withdrawals: []*types.Withdrawal{}}, nil, trie.NewListHasher())
	}
	return s.Chain.Block(header.Hash())
}

// block returns the block that ref names, nil if there is none.
func (s *service) block(ref gethrpc.BlockNumberOrHash) *types.Block {
	if hash, ok := ref.Hash(); ok {
		return s.Chain.Block(hash)
	}
	number, _ := ref.Number()
	return s.blockByNumber(number)
}
