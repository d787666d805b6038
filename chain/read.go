package chain

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/transition/unsigned"
)

// Location is the place of a transaction in the chain.
type Location struct {
	BlockHash common.Hash
	Number    uint64 // of the block
	Time      uint64 // of the block, seconds since the epoch
	Index     int    // in the block
}

// First returns the header of the chain's first block, the genesis.
func (c *Chain) First() *types.Header { return c.first.Load().Header() }

// Head returns the header of the newest block.
func (c *Chain) Head() *types.Header { return c.head.Load().header }

func (c *Chain) setHead(h *types.Header) { c.head.Store(&top{h, h.Hash()}) }

// hashOf returns the hash of header h, without hashing if h is the head.
func (c *Chain) hashOf(h *types.Header) common.Hash {
	if head := c.head.Load(); head.header == h {
		return head.hash
	}
	return h.Hash()
}

// Header returns the header with the given hash, nil if there is none.
func (c *Chain) Header(hash common.Hash) *types.Header {
	if head := c.head.Load(); head.hash == hash {
		return head.header
	}
	number, ok := c.number(hash)
	if !ok {
		return nil
	}
	return c.db.header(hash, number)
}

// HeaderByNumber returns the header of block n, nil if there is none yet.
func (c *Chain) HeaderByNumber(n uint64) *types.Header {
	if hash, ok := c.hash(n); ok {
		return c.Header(hash)
	}
	return nil
}

// Block returns the block with the given hash, nil if there is none.
func (c *Chain) Block(hash common.Hash) *types.Block {
	number, ok := c.number(hash)
	if !ok {
		return nil
	}
	if cached, ok := c.blocks.Get(hash); ok {
		return cached.block
	}
	block := c.db.block(hash, number)
	if block != nil && (c.devnet || !c.config.IsHomestead(block.Number())) {
		c.rememberSenders(block)
	}
	return block
}

// rememberSenders computes the sender of the block's unsigned transactions, and of those before Homestead. The
// transactions remember it, for readers with a signer that cannot find it.
func (c *Chain) rememberSenders(block *types.Block) {
	signer := c.SignerAt(block.NumberU64())
	for _, tx := range block.Transactions() {
		if unsigned.Is(tx) || !c.config.IsHomestead(block.Number()) {
			_, _ = types.Sender(signer, tx) // cannot fail: the transaction was valid when it was mined
		}
	}
}

// BlockByNumber returns block n, nil if there is none yet.
func (c *Chain) BlockByNumber(n uint64) *types.Block {
	if hash, ok := c.hash(n); ok {
		return c.Block(hash)
	}
	return nil
}

// Receipts returns the receipts of the block with the given hash, all fields filled in, nil if there is no such block.
func (c *Chain) Receipts(hash common.Hash) types.Receipts {
	number, ok := c.number(hash)
	if !ok {
		return nil
	}
	if cached, ok := c.blocks.Get(hash); ok {
		return cached.receipts
	}
	block := c.Block(hash)
	if block == nil {
		return nil
	}
	receipts := c.db.receipts(block, c.ConfigAt(number))
	for _, receipt := range receipts {
		if receipt.Logs == nil {
			receipt.Logs = []*types.Log{} // not nil, as in the receipts of a block just made
		}
	}
	return receipts
}

// Transaction returns the mined transaction with the given hash and its location, false if there is none.
func (c *Chain) Transaction(hash common.Hash) (*types.Transaction, Location, bool) {
	number, found := c.db.blockOf(hash)
	if !found {
		return nil, Location{}, false
	}
	block := c.BlockByNumber(number)
	if block == nil {
		return nil, Location{}, false
	}
	for i, tx := range block.Transactions() {
		if tx.Hash() == hash {
			return tx, Location{block.Hash(), number, block.Time(), i}, true
		}
	}
	return nil, Location{}, false
}

// Reason returns why the mined transaction with the given hash failed, as text of at most 1,024 bytes for its sender.
// It is empty if the transaction succeeded or does not exist.
func (c *Chain) Reason(hash common.Hash) string {
	text, err := c.db.Get(reasonKey(hash))
	if err != nil {
		return ""
	}
	return string(text)
}

// number returns the number of a block up to the head, so that readers do not see a block that is still being written.
func (c *Chain) number(hash common.Hash) (uint64, bool) {
	number, ok := c.db.number(hash)
	return number, ok && number <= c.Head().Number.Uint64()
}

// hash returns the hash of block n, false if n is after the head.
func (c *Chain) hash(n uint64) (common.Hash, bool) {
	head := c.head.Load()
	if newest := head.header.Number.Uint64(); n >= newest {
		return head.hash, n == newest
	}
	hash := c.db.canonical(n)
	return hash, hash != common.Hash{}
}
