package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/frame"
)

// Import executes a finished block on the head, compares every field of its header, and makes it the head. The error
// wraps core.ErrKnownBlock, ErrNotNext, ErrInvalid or a *frame.FaultError; nothing has changed then.
func (c *Chain) Import(block *types.Block) error {
	c.extend.Lock()
	defer c.extend.Unlock()
	head := c.Head()
	number := block.Number()
	switch {
	case number.IsUint64() && c.db.canonical(number.Uint64()) == block.Hash():
		return fmt.Errorf("block %d: %w", number, core.ErrKnownBlock)
	case block.ParentHash() != head.Hash():
		return fmt.Errorf("block %d: %w %d: its parent is %s", number, ErrNotNext, head.Number, block.ParentHash())
	}
	b, sealed, err := c.reexecute(block, head)
	if err != nil {
		return err
	}
	if err := c.commit(b, sealed); err != nil {
		return err
	}
	c.announce(sealed, b.receipts)
	return nil
}

// reexecute executes a finished block on its parent. It returns the candidate and the block sealed from it. The error
// wraps ErrInvalid if that is not the same block.
func (c *Chain) reexecute(block *types.Block, parent *types.Header) (*candidate, *types.Block, error) {
	if size := block.Size(); size > params.MaxBlockSize {
		return nil, nil, fmt.Errorf(
			"block %d: %w: %w: %d bytes", block.Number(), ErrInvalid, core.ErrBlockOversized, size,
		)
	}
	b, err := c.newCandidate(c.childHeader(parent, c.templateOf(block)), parent, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	for i, tx := range block.Transactions() {
		switch err := b.add(tx); {
		case frame.IsFault(err):
			return nil, nil, &FaultyTransaction{tx, err}
		case err != nil:
			return nil, nil, fmt.Errorf("block %d: %w: could not apply tx %d [%s]: %w",
				block.Number(), ErrInvalid, i, tx.Hash(), err)
		}
	}
	sealed, err := b.seal()
	if err != nil {
		return nil, nil, err
	}
	if sealed.Hash() != block.Hash() {
		return nil, nil, fmt.Errorf(
			"block %d: %w: %s", block.Number(), ErrInvalid, difference(block.Header(), sealed.Header()),
		)
	}
	return b, sealed, nil
}

// templateOf returns a template with the fields of a block that its builder could choose freely.
func (c *Chain) templateOf(block *types.Block) Template {
	t := Template{
		Time:     max(block.Time(), 1),
		Coinbase: block.Coinbase(),
		Random:   block.MixDigest(),
		GasLimit: block.GasLimit(),
		Extra:    block.Extra(),
	}
	if c.devnet {
		t.Jump, t.BaseFee = true, block.BaseFee()
	}
	return t
}

// difference names the first field in which the header have differs from want, with both values.
func difference(have, want *types.Header) string {
	for _, field := range []struct {
		name       string
		have, want any
	}{
		{"number", have.Number, want.Number},
		{"timestamp", have.Time, want.Time},
		{"extra data", have.Extra, want.Extra},
		{"difficulty", have.Difficulty, want.Difficulty},
		{"nonce", have.Nonce, want.Nonce},
		{"prevrandao", have.MixDigest, want.MixDigest},
		{"gas limit", have.GasLimit, want.GasLimit},
		{"base fee", have.BaseFee, want.BaseFee},
		{"transaction root hash", have.TxHash, want.TxHash},
		{"uncle root hash", have.UncleHash, want.UncleHash},
		{"withdrawals root hash", have.WithdrawalsHash, want.WithdrawalsHash},
		{"gas used", have.GasUsed, want.GasUsed},
		{"bloom", have.Bloom, want.Bloom},
		{"receipt root hash", have.ReceiptHash, want.ReceiptHash},
		{"merkle root", have.Root, want.Root},
	} {
		if a, b := fmt.Sprint(field.have), fmt.Sprint(field.want); a != b {
			return fmt.Sprintf("invalid %s (have %.80s, want %.80s)", field.name, a, b)
		}
	}
	return "invalid blob gas, beacon root, requests hash or a field that Osaka does not have"
}
