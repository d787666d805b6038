package chain

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/ethereum/go-ethereum/params"

	"hestia/transition"
)

// database is the chain's part of the store's database, in geth's schema. No other file of the chain knows that schema.
type database struct{ ethdb.Database }

// first returns the number of the first block that the database holds.
func (d database) first() uint64 { return 0 }

// canonical returns the hash of block n, the zero hash if there is none.
func (d database) canonical(n uint64) common.Hash { return rawdb.ReadCanonicalHash(d, n) }

// head returns the header of the newest block, nil if there is none.
func (d database) head() *types.Header { return rawdb.ReadHeadHeader(d) }

// number returns the number of the block with the given hash.
func (d database) number(hash common.Hash) (uint64, bool) { return rawdb.ReadHeaderNumber(d, hash) }

// header returns the header of a block, nil if it is missing.
func (d database) header(hash common.Hash, n uint64) *types.Header {
	return rawdb.ReadHeader(d, hash, n)
}

// block returns a block, nil if it is missing.
func (d database) block(hash common.Hash, n uint64) *types.Block { return rawdb.ReadBlock(d, hash, n) }

// receipts returns the receipts of a block with all fields filled in, nil if they are missing.
func (d database) receipts(block *types.Block, config *params.ChainConfig) types.Receipts {
	receipts := rawdb.ReadRawReceipts(d, block.Hash(), block.NumberU64())
	if deriveFields(receipts, block, config) != nil {
		return nil // one for each transaction was written
	}
	return receipts
}

// deriveFields fills in the fields of receipts that follow from their block. The sender of each unsigned transaction,
// and of each before Homestead, must be known to it.
func deriveFields(receipts types.Receipts, block *types.Block, config *params.ChainConfig) error {
	latest := transition.DefaultConfig(config.ChainID.Uint64()) // its signer knows all transactions
	return receipts.DeriveFields(
		latest, block.Hash(), block.NumberU64(), block.Time(), block.BaseFee(), blobPrice(config, block.Header()),
		block.Transactions(),
	)
}

// blockOf returns the number of the block that holds a transaction, false if none does.
func (d database) blockOf(tx common.Hash) (uint64, bool) {
	n := rawdb.ReadTxLookupEntry(d, tx)
	if n == nil {
		return 0, false
	}
	return *n, true
}

// config returns the chain config stored with the first block, nil if it is missing.
func (d database) config(first common.Hash) *params.ChainConfig {
	return rawdb.ReadChainConfig(d, first)
}

// alloc returns the JSON of the accounts in the genesis, nil if it is missing.
func (d database) alloc(first common.Hash) []byte { return rawdb.ReadGenesisStateSpec(d, first) }

// putBlock writes a block, its receipts, and the indexes by number and by transaction.
func putBlock(batch ethdb.KeyValueWriter, block *types.Block, receipts types.Receipts) {
	hash, n := block.Hash(), block.NumberU64()
	rawdb.WriteBlock(batch, block)
	rawdb.WriteReceipts(batch, hash, n, receipts)
	rawdb.WriteTxLookupEntriesByBlock(batch, block)
	rawdb.WriteCanonicalHash(batch, hash, n)
}

// putHead makes the block with the given hash the head. geth's schema has three keys for it.
func putHead(batch ethdb.KeyValueWriter, hash common.Hash) {
	rawdb.WriteHeadHeaderHash(batch, hash)
	rawdb.WriteHeadBlockHash(batch, hash)
	rawdb.WriteHeadFastBlockHash(batch, hash)
}

// deleteBlock deletes what putBlock wrote.
func deleteBlock(batch ethdb.KeyValueWriter, block *types.Block) {
	for _, tx := range block.Transactions() {
		rawdb.DeleteTxLookupEntry(batch, tx.Hash())
	}
	rawdb.DeleteBlock(batch, block.Hash(), block.NumberU64())
	rawdb.DeleteCanonicalHash(batch, block.NumberU64())
}
