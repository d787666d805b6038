package chain

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/trie"

	"hestia/frame"
)

// Import executes a finished block on the head, compares every field of its header, and makes it the head. The error
// wraps core.ErrKnownBlock, ErrNotNext, ErrInvalid or a *frame.FaultError; nothing has changed then.
func (c *Chain) Import(block *types.Block) error { return c.importBlock(block, nil) }

// importBlock is Import. giveUp, which may be nil, ends it with a fault.
func (c *Chain) importBlock(block *types.Block, giveUp *frame.Interrupt) error {
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
	b, sealed, err := c.reexecute(block, head, giveUp)
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
// wraps ErrInvalid if that is not the same block, or is a fault if giveUp, which may be nil, ends it.
func (c *Chain) reexecute(
	block *types.Block, parent *types.Header, giveUp *frame.Interrupt,
) (*candidate, *types.Block, error) {
	if err := errors.Join(checkSize(block), c.checkSpecial(block)); err != nil {
		return nil, nil, err
	}
	t := c.templateOf(block)
	b, err := c.newCandidate(c.childHeader(parent, t), parent, t, giveUp)
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

// checkSize refuses a block with numbers or of a size that no header or block can have, before anything is computed
// with them. The error wraps ErrInvalid.
func checkSize(block *types.Block) error {
	header := block.Header()
	if err := header.SanityCheck(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if size := block.Size(); size > params.MaxBlockSize {
		return fmt.Errorf("block %d: %w: %w: %d bytes", block.Number(), ErrInvalid, core.ErrBlockOversized, size)
	}
	return nil
}

// CheckForeign checks a block that was not made here as Import does, as far as its header is known without executing
// it: it must follow a block of the chain, and its fields must be what they are after that one. The error wraps
// ErrInvalid.
func (c *Chain) CheckForeign(block *types.Block) error {
	if err := errors.Join(checkSize(block), c.checkSpecial(block)); err != nil {
		return err
	}
	parent := c.Header(block.ParentHash())
	if parent == nil {
		return fmt.Errorf("block %d: %w: its parent %s is not in the chain", block.Number(), ErrInvalid,
			block.ParentHash())
	}
	have, want := block.Header(), c.childHeader(parent, c.templateOf(block))
	if have.BaseFee == nil && want.BaseFee != nil {
		return fmt.Errorf("block %d: %w: invalid base fee (there is none)", block.Number(), ErrInvalid)
	}
	rules := c.Rules(want)
	if rules.IsPrague && c.Schedule(want).Limits.EVM {
		want.RequestsHash = have.RequestsHash
	}
	if want.BlobGasUsed != nil {
		for _, tx := range block.Transactions() {
			*want.BlobGasUsed += tx.BlobGas()
		}
	}
	held := &types.Body{Transactions: block.Transactions(), Uncles: block.Uncles()}
	if rules.IsShanghai {
		held.Withdrawals = append(types.Withdrawals{}, block.Withdrawals()...)
	}
	body := types.NewBlock(want, held, nil, trie.NewStackTrie(nil)).Header()
	body.GasUsed, body.Root, body.ReceiptHash, body.Bloom = have.GasUsed, have.Root, have.ReceiptHash, have.Bloom
	if body.Hash() != have.Hash() {
		return fmt.Errorf("block %d: %w: %s", block.Number(), ErrInvalid, difference(have, body))
	}
	return nil
}

// templateOf returns a template with the fields of a block that its builder could choose freely.
func (c *Chain) templateOf(block *types.Block) Template {
	t := Template{
		Time:     max(block.Time(), 1),
		Coinbase: block.Coinbase(),
		Random:   block.MixDigest(),
		GasLimit: block.GasLimit(),
		Extra:    block.Extra(),
		made:     block,
	}
	if c.Schedule(block.Header()).Limits.EVM { // without it no contract can see them
		t.Withdrawals = block.Withdrawals()
		if root := block.BeaconRoot(); root != nil {
			t.BeaconRoot = *root
		}
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
		{"requests hash", have.RequestsHash, want.RequestsHash},
		{"gas used", have.GasUsed, want.GasUsed},
		{"bloom", have.Bloom, want.Bloom},
		{"receipt root hash", have.ReceiptHash, want.ReceiptHash},
		{"merkle root", have.Root, want.Root},
	} {
		if a, b := fmt.Sprint(field.have), fmt.Sprint(field.want); a != b {
			return fmt.Sprintf("invalid %s (have %.80s, want %.80s)", field.name, a, b)
		}
	}
	return "invalid blob gas, beacon root or a field that the rules of the block do not have"
}
