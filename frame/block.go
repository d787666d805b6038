package frame

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// Transaction holds what all frames of one transaction share.
type Transaction struct {
	Origin     common.Address // the sender
	GasPrice   *uint256.Int   // wei a gas
	BlobHashes []common.Hash  // versioned hashes of its blobs
	Frames     uint64         // how many of its frames have begun, those that were undone too
}

// Block holds what all frames of one block share.
type Block struct {
	ChainID     uint64
	Coinbase    common.Address
	Number      uint64
	Time        uint64 // seconds since the epoch
	GasLimit    uint64
	BaseFee     uint256.Int                     // wei a gas; zero before London
	BlobBaseFee uint256.Int                     // wei a blob gas; zero before Cancun
	Difficulty  [32]byte                        // big-endian: difficulty, or prevrandao after the merge
	Hash        func(number uint64) common.Hash // asked only for the last 256 blocks; the zero hash if unknown
}
