package chain_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/google/go-cmp/cmp"

	"hestia/chain"
	"hestia/contracts"
)

// story builds a few blocks: with contracts, with failed transactions, and empty ones.
func story(t testing.TB, c *chain.Chain) []*types.Block {
	t.Helper()
	var blocks []*types.Block
	for _, txs := range [][]*types.Transaction{
		{alice.create(0, contracts.Token.Creation), bob.pay(0)},
		{},
		{alice.create(1, []byte("nothing")), alice.pay(2), bob.create(1, contracts.Counter.Creation)},
	} {
		blocks = append(blocks, build(t, c, txs...).Block)
	}
	return blocks
}

func TestImportOfABuiltChainGivesTheSameChain(t *testing.T) {
	made, imported := newChain(t), newChain(t)
	for _, block := range story(t, made) {
		if err := imported.Import(block); err != nil {
			t.Fatal(err)
		}
	}
	if made.Head().Hash() != imported.Head().Hash() {
		t.Errorf("heads %s and %s", made.Head().Hash(), imported.Head().Hash())
	}
	for n := uint64(0); n <= made.Head().Number.Uint64(); n++ {
		hash := made.HeaderByNumber(n).Hash()
		equal := cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })
		if diff := cmp.Diff(made.Receipts(hash), imported.Receipts(hash), equal); diff != "" {
			t.Errorf("receipts of block %d: %s", n, diff)
		}
	}
}

func TestImportRefusesABlockWhoseHeaderIsWrong(t *testing.T) {
	made := newChain(t)
	block := build(t, made, alice.pay(0), alice.create(1, contracts.Counter.Creation)).Block
	for _, test := range []struct {
		name   string
		change func(*types.Header)
	}{
		{"number", func(h *types.Header) { h.Number = big.NewInt(9) }},
		{"timestamp", func(h *types.Header) { h.Time = 0 }},
		{"extra data", func(h *types.Header) { h.Extra = make([]byte, 33) }},
		{"difficulty", func(h *types.Header) { h.Difficulty = big.NewInt(1) }},
		{"nonce", func(h *types.Header) { h.Nonce = types.EncodeNonce(1) }},
		{"gas limit", func(h *types.Header) { h.GasLimit /= 2 }},
		{"base fee", func(h *types.Header) { h.BaseFee = big.NewInt(1) }},
		{"transaction root hash", func(h *types.Header) { h.TxHash = common.Hash{1} }},
		{"uncle root hash", func(h *types.Header) { h.UncleHash = common.Hash{1} }},
		{"withdrawals root hash", func(h *types.Header) { h.WithdrawalsHash = nil }},
		{"gas used", func(h *types.Header) { h.GasUsed++ }},
		{"bloom", func(h *types.Header) { h.Bloom[0] = 1 }},
		{"receipt root hash", func(h *types.Header) { h.ReceiptHash = common.Hash{1} }},
		{"merkle root", func(h *types.Header) { h.Root = common.Hash{1} }},
		{"requests hash", func(h *types.Header) { h.RequestsHash = new(common.Hash) }},
		{"blob gas", func(h *types.Header) { h.ExcessBlobGas = new(uint64); *h.ExcessBlobGas = 1 }},
		{"beacon root", func(h *types.Header) { h.ParentBeaconRoot = nil }},
		{"a field that the rules of the block do not have", func(h *types.Header) { h.SlotNumber = new(uint64) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newChain(t)
			header := types.CopyHeader(block.Header())
			test.change(header)
			err := c.Import(types.NewBlockWithHeader(header).WithBody(*block.Body()))
			if !errors.Is(err, chain.ErrInvalid) || !strings.Contains(err.Error(), test.name) {
				t.Errorf("error is %v", err)
			}
			if c.Head().Number.Sign() != 0 {
				t.Error("the head moved")
			}
			if err := c.Import(block); err != nil {
				t.Errorf("the true block is refused afterwards: %v", err)
			}
		})
	}
}

func TestImportRefusesABlockThatIsNotNext(t *testing.T) {
	made, c := newChain(t), newChain(t)
	blocks := story(t, made)
	if err := c.Import(blocks[1]); !errors.Is(err, chain.ErrNotNext) {
		t.Errorf("error for a later block is %v", err)
	}
	if err := c.Import(blocks[0]); err != nil {
		t.Fatal(err)
	}
	if err := c.Import(blocks[0]); !errors.Is(err, core.ErrKnownBlock) {
		t.Errorf("error for a known block is %v", err)
	}
}

func TestImportRefusesAnInvalidTransaction(t *testing.T) {
	c := newChain(t)
	header := build(t, newChain(t), alice.pay(0)).Block.Header()
	body := types.Body{Transactions: []*types.Transaction{carol.pay(0)}, Withdrawals: []*types.Withdrawal{}}
	err := c.Import(types.NewBlockWithHeader(header).WithBody(body))
	if !errors.Is(err, chain.ErrInvalid) || !errors.Is(err, core.ErrInsufficientFunds) {
		t.Errorf("error is %v", err)
	}
}
