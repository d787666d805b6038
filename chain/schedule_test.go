package chain_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"hestia/chain"
	"hestia/contracts"
	"hestia/gas"
)

// changing returns a chain whose schedule changes at block 3, and again a thousand seconds later.
func changing() *chain.Genesis {
	block, time := uint64(3), uint64(5000)
	g := chain.DefaultGenesis(alloc())
	g.Spec.Timestamp, g.Schedule = 1000, gas.Byzantium()
	g.Later = []chain.Activation{{Block: &block, Schedule: "default"}, {Time: &time, Schedule: "development"}}
	return g
}

func buildAt(t *testing.T, c *chain.Chain, time uint64, txs ...*types.Transaction) *chain.Built {
	t.Helper()
	built, err := c.Build(t.Context(), chain.Template{Time: time, Coinbase: coinbase, Transactions: txs})
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Rejected) > 0 {
		t.Fatalf("rejected: %v", built.Rejected[0].Err)
	}
	return built
}

// counting returns a transaction that increments the counter deployed by alice's first transaction.
func counting(nonce uint64) *types.Transaction {
	at := crypto.CreateAddress(alice.address, 0)
	return alice.sign(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &at, Gas: 200_000, GasFeeCap: big.NewInt(2e9), GasTipCap: gwei,
		Data: common.FromHex("0xd09de08a"), // increment()
	})
}

func TestAChainThatChangesItsScheduleReplaysBeforeAndAfter(t *testing.T) {
	made := openChain(t, openStore(t, ""), changing())
	var blocks []*types.Block
	var used []uint64
	for n, time := range []uint64{1001, 1002, 1003, 1004, 5000} {
		txs := []*types.Transaction{alice.create(0, contracts.Finishing(contracts.Counter.Runtime))}
		if n > 0 {
			txs = []*types.Transaction{counting(uint64(n))}
		}
		built := buildAt(t, made, time, txs...)
		blocks = append(blocks, built.Block)
		if used = append(used, built.Receipts[0].GasUsed); built.Receipts[0].Status != types.ReceiptStatusSuccessful {
			t.Fatalf("block %d: %s", n+1, made.Reason(txs[0].Hash()))
		}
	}
	var names []string
	for _, block := range blocks {
		names = append(names, made.Schedule(block.Header()).Name)
	}
	if diff := cmp.Diff([]string{"byzantium", "byzantium", "default", "default", "development"}, names); diff != "" {
		t.Error(diff)
	}
	// Byzantium charges 5,000 to change a slot that is not zero, and nothing for the instructions.
	if used[1] == used[2] || used[2] != used[3] || used[3] != used[4] {
		t.Errorf("gas used by block: %v", used)
	}
	imported := openChain(t, openStore(t, ""), changing())
	for _, block := range blocks {
		if err := imported.Import(block); err != nil {
			t.Fatal(err)
		}
	}
	if made.Head().Hash() != imported.Head().Hash() {
		t.Errorf("heads %s and %s", made.Head().Hash(), imported.Head().Hash())
	}
	other := changing()
	other.Later = other.Later[1:]
	if err := openChain(t, openStore(t, ""), other).Import(blocks[0]); err != nil {
		t.Errorf("a block before the change: %v", err)
	}
}

func TestAScheduleThatComesLaterBelongsToTheChain(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	buildAt(t, openChain(t, store, changing()), 1001)
	store.Close()

	store = openStore(t, dir)
	c := openChain(t, store, nil)
	if later := c.Schedule(&types.Header{Number: big.NewInt(3), Time: 1005}).Name; later != "default" {
		t.Errorf("reopened, block 3 has schedule %s", later)
	}
	other := changing()
	*other.Later[0].Block = 4
	if _, err := chain.Open(store, engine(), other); err == nil || !strings.Contains(err.Error(), "gas schedule") {
		t.Errorf("another change of schedule: %v", err)
	}
}

func TestThePoolsLimitsFollowTheHead(t *testing.T) {
	c := openChain(t, openStore(t, ""), changing())
	for n, want := range []string{"byzantium", "byzantium", "default"} {
		view, err := c.HeadView()
		if err != nil {
			t.Fatal(err)
		}
		// The clock is past the time of the last change, so that block 1 has it already if it is made now.
		if have := view.Schedule().Name; have != "development" {
			t.Errorf("after block %d: %s", n, have)
		}
		built := buildAt(t, c, uint64(1001+n))
		if have := c.Schedule(built.Block.Header()).Name; have != want {
			t.Errorf("block %d: %s, want %s", n+1, have, want)
		}
	}
	g := changing()
	g.Later = g.Later[:1]
	c = openChain(t, openStore(t, ""), g)
	for n, want := range []string{"byzantium", "byzantium", "default", "default"} {
		view, err := c.HeadView()
		if err != nil {
			t.Fatal(err)
		}
		if have := view.Schedule().Name; have != want {
			t.Errorf("after block %d: %s, want %s", n, have, want)
		}
		buildAt(t, c, uint64(1001+n))
	}
}

func TestGenesisNamesSchedulesThatTakeOver(t *testing.T) {
	const text = `, "hestia": {"schedule": "byzantium", "schedules": [
		{"block": 100, "schedule": "default"}, {"time": 5, "schedule": "byzantium"}]}`
	g, err := chain.DecodeGenesis(strings.NewReader(genesisJSON(text, "")))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Later) != 2 || *g.Later[0].Block != 100 || *g.Later[1].Time != 5 || g.Later[0].Schedule != "default" {
		t.Errorf("later schedules %+v", g.Later)
	}
	for _, bad := range []string{
		`{"block": 5, "schedule": "free"}`,
		`{"schedule": "default"}`,
		`{"block": 5, "time": 5, "schedule": "default"}`,
		`{"block": 0, "schedule": "default"}`,
		`{"block": 5, "schedule": "default"}, {"block": 5, "schedule": "byzantium"}`,
		`{"time": 5, "schedule": "default"}, {"time": 4, "schedule": "byzantium"}`,
	} {
		_, err := chain.DecodeGenesis(strings.NewReader(genesisJSON(
			fmt.Sprintf(`, "hestia": {"schedules": [%s]}`, bad), "",
		)))
		if err == nil || !strings.Contains(err.Error(), "config.hestia.schedules[") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestAStateFileKeepsTheSchedules(t *testing.T) {
	c := openChain(t, openStore(t, ""), changing())
	for n := range uint64(4) {
		buildAt(t, c, 1001+n, alice.pay(n))
	}
	var file strings.Builder
	if err := c.Dump(&file); err != nil {
		t.Fatal(err)
	}
	read, err := chain.ReadState(strings.NewReader(file.String()), engine())
	if err != nil {
		t.Fatal(err)
	}
	defer read.Store().Close()
	for _, h := range []*types.Header{
		{Number: big.NewInt(2), Time: 1}, {Number: big.NewInt(3), Time: 1}, {Number: big.NewInt(9), Time: 5000},
	} {
		if have, want := read.Schedule(h).Name, c.Schedule(h).Name; have != want {
			t.Errorf("block %d has schedule %s, want %s", h.Number, have, want)
		}
	}
}

// codeOf returns creation data that deploys so many zero bytes.
func codeOf(size int) []byte {
	return []byte{0x62, byte(size >> 16), byte(size >> 8), byte(size), 0x5f, 0xf3} // PUSH3 size PUSH0 RETURN
}

func TestTheLimitForCodeIsTheGenesis(t *testing.T) {
	for _, test := range []struct{ limit, fits int }{{0, 24_576}, {100, 100}, {30_000, 30_000}} {
		genesis := chain.DefaultGenesis(alloc())
		genesis.CodeSize = test.limit
		var text bytes.Buffer
		if err := genesis.Encode(&text); err != nil {
			t.Fatal(err)
		}
		decoded, err := chain.DecodeGenesis(&text)
		if err != nil {
			t.Fatal(err)
		}
		store := openStore(t, "")
		openChain(t, store, decoded)
		c := openChain(t, store, nil) // which reads it back
		built := build(t, c, alice.create(0, codeOf(test.fits)), alice.create(1, codeOf(test.fits+1)))
		if built.Receipts[0].Status != 1 || built.Receipts[1].Status != 0 {
			t.Errorf("limit %d: of %d bytes %d, of one more %d", test.limit, test.fits, built.Receipts[0].Status,
				built.Receipts[1].Status)
		}
		var file bytes.Buffer
		if err := c.Dump(&file); err != nil {
			t.Fatal(err)
		}
		if _, err := chain.ReadState(&file, engine()); err != nil {
			t.Errorf("limit %d: %v", test.limit, err)
		}
		other := chain.DefaultGenesis(alloc())
		other.CodeSize = test.limit + 1
		if _, err := chain.Open(store, engine(), other); !errors.Is(err, chain.ErrOtherChain) {
			t.Errorf("limit %d: with another one the error is %v", test.limit, err)
		}
	}
	for _, limit := range []int{-1, 1 << 40} {
		genesis := chain.DefaultGenesis(alloc())
		genesis.CodeSize = limit
		if _, err := chain.Open(openStore(t, ""), engine(), genesis); err == nil {
			t.Errorf("limit %d is accepted", limit)
		}
	}
}
