package chain_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/contracts"
	"hestia/internal/wat"
	"hestia/transition/unsigned"
)

func devGenesis() *chain.Genesis {
	genesis := chain.DefaultGenesis(alloc())
	genesis.Devnet = true
	return genesis
}

func newDevnet(t testing.TB) *chain.Chain {
	t.Helper()
	return openChain(t, openStore(t, ""), devGenesis())
}

// give returns an edit that sets an account's balance.
func give(a common.Address, wei uint64) chain.Edit {
	return chain.Edit{Address: a, Balance: (*hexutil.U256)(uint256.NewInt(wei))}
}

func mustEdit(t testing.TB, c *chain.Chain, e chain.Edit) {
	t.Helper()
	if err := c.Edit(e); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyADevnetChangesItsPast(t *testing.T) {
	c := newChain(t)
	for name, err := range map[string]error{
		"Edit": c.Edit(give(nobody, 1)), "Rewind": c.Rewind(c.Mark()),
		"Load": load(t, c, new(bytes.Buffer), math.MaxInt),
		"Build": func() error {
			_, err := c.Build(t.Context(), chain.Template{BaseFee: big.NewInt(1)})
			return err
		}(),
	} {
		if !errors.Is(err, chain.ErrNotDevnet) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRewindLeavesNothingOfLaterBlocks(t *testing.T) {
	c := newDevnet(t)
	first := build(t, c, alice.pay(0)).Block
	mark := c.Mark()
	failing := alice.create(1, []byte{invalid})
	later := []*types.Block{build(t, c, failing).Block, build(t, c, alice.pay(2)).Block}
	if c.Reason(failing.Hash()) == "" {
		t.Fatal("the transaction did not fail")
	}
	if err := c.Rewind(mark); err != nil {
		t.Fatal(err)
	}
	if c.Head().Hash() != first.Hash() || c.BlockByNumber(1) == nil {
		t.Fatalf("head is %d", c.Head().Number)
	}
	for _, block := range later {
		_, _, found := c.Transaction(block.Transactions()[0].Hash())
		if found || c.Block(block.Hash()) != nil || c.Header(block.Hash()) != nil || c.Receipts(block.Hash()) != nil ||
			c.BlockByNumber(block.NumberU64()) != nil {
			t.Errorf("block %d is still found", block.NumberU64())
		}
	}
	build(t, c, alice.pay(1), alice.pay(2))
	for _, block := range later {
		if c.Block(block.Hash()) != nil {
			t.Errorf("block %d is back", block.NumberU64())
		}
	}
	if c.Reason(failing.Hash()) != "" {
		t.Error("the reason of a transaction that is gone")
	}
}

func TestWhatWasSeenCountsNoBlockMadeAgain(t *testing.T) {
	c := newDevnet(t)
	build(t, c)
	mark := c.Mark()
	template := chain.Template{Time: c.Head().Time + 5}
	one, err := c.Build(t.Context(), template)
	if err != nil {
		t.Fatal(err)
	}
	position := c.Position()
	if err := c.Rewind(mark); err != nil {
		t.Fatal(err)
	}
	two, err := c.Build(t.Context(), template)
	if err != nil || two.Block.Hash() != one.Block.Hash() {
		t.Fatalf("%v, %v", two, err)
	}
	if got := c.Seen(position); got != 1 {
		t.Errorf("seen up to %d, want 1", got)
	}
	if got := c.Seen(c.Position()); got != 2 {
		t.Errorf("seen up to %d, want 2", got)
	}
}

func TestEditIsSeenAtTheHeadAndByTheNextBlock(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	c := openChain(t, store, devGenesis())
	build(t, c, alice.pay(0))
	before := c.Head()
	mustEdit(t, c, give(carol.address, 77))
	nonce, code := hexutil.Uint64(9), hexutil.Bytes(contracts.Counter.Runtime)
	mustEdit(t, c, chain.Edit{
		Address: nobody, Nonce: &nonce, Code: &code, Storage: map[common.Hash]common.Hash{{31: 0}: {31: 41}},
	})
	if c.Head() != before {
		t.Error("the head moved")
	}
	check := func(when string) {
		t.Helper()
		db, err := c.StateAt(c.Root(c.Head()))
		if err != nil {
			t.Fatal(err)
		}
		if db.GetBalance(carol.address).Uint64() != 77 || db.GetNonce(nobody) != 9 ||
			!bytes.Equal(db.GetCode(nobody), code) || db.GetState(nobody, common.Hash{}) != (common.Hash{31: 41}) {
			t.Errorf("%s: the edits are gone", when)
		}
	}
	check("at the head")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openStore(t, dir)
	c = openChain(t, store, nil)
	check("reopened")
	build(t, c, alice.pay(1))
	check("a block later")
	db, err := c.StateAt(c.Root(c.HeaderByNumber(0)))
	if err != nil || !db.GetBalance(carol.address).IsZero() {
		t.Errorf("the genesis changed: %v", err)
	}
}

func TestStorageOfAnAccountThatHasNothingElseIsKept(t *testing.T) {
	c := newDevnet(t)
	slot := common.Hash{7}
	mustEdit(t, c, chain.Edit{Address: carol.address, Storage: map[common.Hash]common.Hash{slot: {1}}})
	mustEdit(t, c, give(bob.address, 1))
	build(t, c, alice.pay(0))
	db, err := c.StateAt(c.Root(c.Head()))
	if err != nil {
		t.Fatal(err)
	}
	if got := db.GetState(carol.address, slot); got != (common.Hash{1}) {
		t.Errorf("slot is %v", got)
	}
}

func TestRewindTakesLaterEditsBack(t *testing.T) {
	c := newDevnet(t)
	mustEdit(t, c, give(carol.address, 1))
	mark, root := c.Mark(), c.Root(c.Head())
	mustEdit(t, c, give(carol.address, 2))
	build(t, c)
	mustEdit(t, c, give(carol.address, 3))
	if err := c.Rewind(mark); err != nil {
		t.Fatal(err)
	}
	if c.Root(c.Head()) != root || len(c.Edits(c.Head().Hash())) != 1 {
		t.Errorf("carol owns %v", balance(t, c, carol.address))
	}
	build(t, c)
	if len(c.Edits(c.Head().Hash())) != 0 {
		t.Error("edits of a block that is gone came back")
	}
}

// life returns a devnet with blocks, failures, edits and rewinds in its history.
func life(t testing.TB, c *chain.Chain) {
	t.Helper()
	mustEdit(t, c, give(nobody, 1e18))
	build(t, c, alice.create(0, contracts.Token.Creation), bob.pay(0))
	impersonated, err := unsigned.Sign(types.NewTx(&types.DynamicFeeTx{
		ChainID: chainID, To: &carol.address, Value: gwei, Gas: 21000, GasFeeCap: big.NewInt(2e9), GasTipCap: gwei,
	}), c.Signer(), nobody)
	if err != nil {
		t.Fatal(err)
	}
	build(t, c, impersonated, alice.create(1, []byte("no code")))
	mustEdit(t, c, give(carol.address, 5))
	if _, err := c.Build(
		t.Context(), chain.Template{BaseFee: big.NewInt(3), GasLimit: 5_000_000, Jump: true},
	); err != nil {
		t.Fatal(err)
	}
	build(t, c, alice.pay(2))
	mustEdit(t, c, give(carol.address, 6))
}

// equalChains compares everything that two chains return.
func equalChains(t testing.TB, a, b *chain.Chain) {
	t.Helper()
	big := cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })
	for n := range a.Head().Number.Uint64() + 1 {
		x, y := a.BlockByNumber(n), b.BlockByNumber(n)
		if y == nil || x.Hash() != y.Hash() || a.Root(x.Header()) != b.Root(y.Header()) {
			t.Fatalf("block %d differs", n)
		}
		if diff := cmp.Diff(a.Receipts(x.Hash()), b.Receipts(x.Hash()), big); diff != "" {
			t.Errorf("receipts of block %d: %s", n, diff)
		}
		for _, root := range []common.Hash{x.Root(), a.Root(x.Header())} {
			var one, two bytes.Buffer
			if err := errors.Join(a.Store().Dump(&one, root), b.Store().Dump(&two, root)); err != nil ||
				!bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Errorf("the state after block %d differs: %v", n, err)
			}
		}
		for _, tx := range x.Transactions() {
			if _, at, found := b.Transaction(tx.Hash()); !found || at.Number != n ||
				a.Reason(tx.Hash()) != b.Reason(tx.Hash()) {
				t.Errorf("transaction %s differs", tx.Hash())
			}
		}
	}
	if a.Head().Hash() != b.Head().Hash() {
		t.Error("heads differ")
	}
}

func TestLoadedStateFileIsTheSameChain(t *testing.T) {
	c := newDevnet(t)
	life(t, c)
	var file bytes.Buffer
	if err := c.Dump(&file); err != nil {
		t.Fatal(err)
	}
	other := openStore(t, t.TempDir())
	again := openChain(t, other, devGenesis())
	build(t, again, alice.pay(0), alice.pay(1))
	gone := build(t, again, alice.pay(2)).Block
	mustEdit(t, again, give(bob.address, 3))
	if err := load(t, again, bytes.NewReader(file.Bytes()), math.MaxInt); err != nil {
		t.Fatal(err)
	}
	equalChains(t, c, again)
	if again.Block(gone.Hash()) != nil {
		t.Error("a block of the old chain is still there")
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	build(t, c, alice.pay(3))
}

// load replaces a chain by that of a state file.
func load(t *testing.T, c *chain.Chain, r io.Reader, most int) error {
	other, err := c.Read(t.Context(), r, most)
	if err != nil {
		return err
	}
	return errors.Join(c.Adopt(other), other.Store().Close())
}

func TestReadingAStateFileEndsWithItsContext(t *testing.T) {
	c := newDevnet(t)
	code := hexutil.Bytes(wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") (loop (br 0))))`))
	mustEdit(t, c, chain.Edit{Address: nobody, Code: &code})
	loop := alice.sign(&types.DynamicFeeTx{
		ChainID: c.ChainConfig().ChainID, GasFeeCap: big.NewInt(2e9), Gas: 15_000_000, To: &nobody,
	})
	build(t, c, loop)
	var file bytes.Buffer
	if err := c.Dump(&file); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := newDevnet(t).Read(ctx, &file, math.MaxInt); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("reading ended with %v", err)
	}
}

// Queries ask for the first block while a file is loaded. The race detector sees whether they may.
func TestFirstBlockCanBeReadWhileAFileIsLoaded(t *testing.T) {
	c := newDevnet(t)
	var file bytes.Buffer
	if err := c.Dump(&file); err != nil {
		t.Fatal(err)
	}
	loaded := make(chan error)
	go func() { loaded <- load(t, c, bytes.NewReader(file.Bytes()), math.MaxInt) }()
	for done := false; !done; {
		select {
		case err := <-loaded:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
			if c.First().Number.Sign() != 0 {
				t.Fatal("the first block has a number")
			}
		}
	}
}

// A block from elsewhere that claims to be the first has no parent here, and so nothing to run on.
func TestReplayOfAFirstBlockIsRefused(t *testing.T) {
	c := newDevnet(t)
	foreign := types.NewBlockWithHeader(&types.Header{Number: new(big.Int), Difficulty: new(big.Int), Extra: []byte{1}})
	for name, block := range map[string]*types.Block{"own": c.BlockByNumber(0), "foreign": foreign} {
		if _, err := c.Replay(t.Context(), block, 0, nil); !errors.Is(err, chain.ErrUntraceable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadStateFileIsRefusedAndNothingLoaded(t *testing.T) {
	c := newDevnet(t)
	life(t, c)
	var file bytes.Buffer
	if err := c.Dump(&file); err != nil {
		t.Fatal(err)
	}
	plain := unzip(t, file.Bytes())
	lines := bytes.SplitAfter(plain, []byte("\n"))
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	head := c.Head().Hash()
	for name, bad := range map[string][]byte{
		"nothing":        nil,
		"text":           []byte("hello\n"),
		"cut archive":    file.Bytes()[:file.Len()/2],
		"cut":            join(lines[:3]...),
		"without end":    join(lines[:len(lines)-2]...),
		"other version":  bytes.Replace(plain, []byte(`"version":1`), []byte(`"version":2`), 1),
		"other schedule": bytes.Replace(plain, []byte(`"schedule":"default-2"`), []byte(`"schedule":"byzantium"`), 1),
		"not a devnet":   bytes.Replace(plain, []byte(`"devnet":true`), []byte(`"devnet":false`), 1),
		"other chain id": bytes.Replace(plain, []byte(`"chainId":31337`), []byte(`"chainId":31338`), 1),
		"no genesis":     []byte(`{"format":"hestia state","version":1,"schedule":"default"}`),
		"swapped blocks": join(lines[0], lines[2], lines[1], join(lines[3:]...)),
		"other edit":     bytes.Replace(plain, []byte(`"balance":"0x5"`), []byte(`"balance":"0x4"`), 1),
		"something more": join(plain, []byte("{}\n")),
	} {
		err := load(t, c, bytes.NewReader(bad), math.MaxInt)
		if !errors.Is(err, chain.ErrStateFile) {
			t.Errorf("%s: %v", name, err)
		}
		if c.Head().Hash() != head {
			t.Fatalf("%s: the chain changed", name)
		}
	}
	build(t, c, alice.pay(3))
}

func TestExportedBlocksImport(t *testing.T) {
	c := newChain(t)
	blocks := story(t, c)
	var file bytes.Buffer
	if err := c.Export(&file, 0, uint64(len(blocks))); err != nil {
		t.Fatal(err)
	}
	again := newChain(t)
	for _, want := range []int{len(blocks), 0} { // the second time the chain knows all blocks
		n, err := again.ImportAll(bytes.NewReader(file.Bytes()), func(*types.Block) {})
		if err != nil || n != want {
			t.Errorf("%d blocks imported, %v", n, err)
		}
	}
	equalChains(t, c, again)
	for cut := range 20 {
		part := newChain(t)
		_, err := part.ImportAll(bytes.NewReader(file.Bytes()[:file.Len()-1-cut*file.Len()/30]), func(*types.Block) {})
		if !errors.Is(err, chain.ErrChainFile) || part.Head().Number.Sign() != 0 {
			t.Errorf("a cut file: %v, head %d", err, part.Head().Number)
		}
	}
}

func TestEditedChainIsNotExportedSilently(t *testing.T) {
	c := newDevnet(t)
	life(t, c)
	if err := c.Export(new(bytes.Buffer), 0, c.Head().Number.Uint64()); err == nil {
		t.Error("exported")
	}
	other := newDevnet(t)
	if err := other.Import(c.BlockByNumber(1)); !errors.Is(err, chain.ErrInvalid) {
		t.Errorf("imported on a state without the edit: %v", err)
	}
}

func unzip(t testing.TB, data []byte) []byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
