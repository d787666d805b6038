package chain

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/ethash"
	"github.com/ethereum/go-ethereum/consensus/misc"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/transition"
)

// This file has what is particular to blocks of proof of work: how many of them there are, and their uncles.

// work is the total difficulty of a chain of blocks up to one.
type work struct {
	block common.Hash
	total *big.Int
}

// staked reports whether the block of header, after parent, is one of proof of stake. It is if work on the chain has
// reached the terminal total difficulty, or if a later fork than the merge says so.
func (c *Chain) staked(header, parent *types.Header) bool {
	terminal := c.config.TerminalTotalDifficulty
	switch {
	case terminal != nil && terminal.Sign() == 0:
		return true
	case !c.config.IsLondon(header.Number):
		return false
	case parent.Difficulty.Sign() == 0 && parent.Number.Sign() > 0:
		return true
	case terminal == nil:
		return c.config.IsPostMerge(header.Number.Uint64(), header.Time)
	}
	total := c.totalDifficulty(parent)
	return total != nil && total.Cmp(terminal) >= 0
}

// totalDifficulty returns the sum of the difficulties of all blocks up to that of h, nil if one of them is missing. It
// remembers the last answer.
func (c *Chain) totalDifficulty(h *types.Header) *big.Int {
	known, hash := c.work.Load(), h.Hash()
	total := new(big.Int)
	for at := h; ; {
		current := at.Hash()
		if known != nil && known.block == current {
			total.Add(total, known.total)
			break
		}
		total.Add(total, at.Difficulty)
		if current == c.first.Load().Hash() {
			break
		}
		if at = c.db.header(at.ParentHash, at.Number.Uint64()-1); at == nil {
			return nil
		}
	}
	c.work.Store(&work{hash, total})
	return total
}

// checkSpecial checks what is not known of a block before it is made: its uncles, the mark of the DAO fork, and that
// its transactions have no blobs beside them. The error wraps ErrInvalid.
func (c *Chain) checkSpecial(block *types.Block) error {
	for i, tx := range block.Transactions() {
		if tx.BlobTxSidecar() != nil {
			return fmt.Errorf(
				"block %d: %w: unexpected blob sidecar in transaction at index %d", block.Number(), ErrInvalid, i,
			)
		}
	}
	err := misc.VerifyDAOHeaderExtraData(c.config, block.Header())
	if err == nil {
		err = c.checkUncles(block)
	}
	if err != nil {
		return fmt.Errorf("block %d: %w: %w", block.Number(), ErrInvalid, err)
	}
	return nil
}

// errUncles is geth's error for uncles after the merge.
var errUncles = errors.New("uncles not allowed")

// checkUncles checks uncles as geth does: there are at most two, of the last blocks, and none twice.
func (c *Chain) checkUncles(block *types.Block) error {
	if len(block.Uncles()) == 0 {
		return nil
	}
	if block.Difficulty().Sign() == 0 {
		return errUncles
	}
	for _, uncle := range block.Uncles() {
		if err := uncle.SanityCheck(); err != nil {
			return err
		}
	}
	return ethash.NewFaker().VerifyUncles(ancestry{c}, block)
}

// ancestry is the chain as geth's check of uncles reads it.
type ancestry struct{ c *Chain }

func (a ancestry) Config() *params.ChainConfig  { return a.c.config }
func (a ancestry) CurrentHeader() *types.Header { return a.c.Head() }

func (a ancestry) GetHeader(hash common.Hash, number uint64) *types.Header {
	return a.c.db.header(hash, number)
}

func (a ancestry) GetHeaderByNumber(number uint64) *types.Header  { return a.c.HeaderByNumber(number) }
func (a ancestry) GetHeaderByHash(hash common.Hash) *types.Header { return a.c.Header(hash) }
func (a ancestry) GetBlock(hash common.Hash, number uint64) *types.Block {
	return a.c.db.block(hash, number)
}

// reward pays for the work of a block.
func (b *candidate) reward() {
	if b.header.Difficulty.Sign() == 0 {
		return
	}
	var uncles []transition.Uncle
	for _, uncle := range b.uncles {
		uncles = append(uncles, transition.Uncle{
			Age: b.header.Number.Uint64() - uncle.Number.Uint64(), Coinbase: uncle.Coinbase,
		})
	}
	b.transition.Reward(b.transition.BlockReward(), uncles)
}
