package hestiatest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/node"
	"hestia/replay/fixture"
	"hestia/transition"
	"hestia/vm"
)

// story deploys the token and the counter, moves tokens, fails once, impersonates, and returns its receipts.
func story(d *hestiatest.Devnet) (token *hestiatest.Contract, receipts []*types.Receipt) {
	token = deployToken(d)
	counter := d.Deploy(contracts.Counter.Creation, contracts.Counter.ABI)
	receipts = []*types.Receipt{
		token.Receipt, counter.Receipt,
		token.Send("transfer", d.Accounts[1], big.NewInt(25)), counter.Send("increment"),
		token.From(1).Send("transfer", d.Accounts[2], big.NewInt(5)), d.Pay(0, common.Address{9}, big.NewInt(1)),
	}
	d.Automine(false)
	var hash common.Hash
	for range 3 { // in one block; too little gas fails
		d.Do(&hash, "eth_sendTransaction", map[string]any{
			"from": d.Accounts[3], "to": counter.Address, "data": "0xd09de08a", "gas": "0x6000",
		})
	}
	d.Mine(1)
	return token, receipts
}

func decode(t *testing.T, file string) *fixture.Fixture {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fixture.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// outcome is that of the first transaction of a fixture.
func outcome(f *fixture.Fixture) *fixture.Outcome { return f.Blocks[0].Transactions[0].Outcome }

func TestRecordedTransactionsReplay(t *testing.T) {
	d := hestiatest.Start(t)
	_, receipts := story(d)
	dir := t.TempDir()
	for i, r := range receipts {
		d.Record(filepath.Join(dir, string(rune('a'+i))+".json"), r.TxHash)
	}
	d.RecordBlocks(filepath.Join(dir, "all.json"), 1, 7)
	hestiatest.Replay(t, filepath.Join(dir, "*.json"))
	one := decode(t, filepath.Join(dir, "c.json")) // a transfer
	if len(one.Pre) != 3 || len(one.Blocks) != 1 || len(one.Blocks[0].Transactions) != 1 {
		t.Errorf("a transfer needs the sender, the token and the coinbase at most: %v", one.Pre)
	}
}

func TestATransactionIsRecordedAfterThoseBeforeItInItsBlock(t *testing.T) {
	d := hestiatest.Start(t)
	story(d)
	block, err := d.Client.BlockByNumber(t.Context(), nil)
	if err != nil || len(block.Transactions()) != 3 {
		t.Fatal(block.Transactions(), err)
	}
	file := filepath.Join(t.TempDir(), "last.json")
	d.Record(file, block.Transactions()[2].Hash())
	hestiatest.Replay(t, file)
	if nonce := decode(t, file).Pre[d.Accounts[3]].Nonce; nonce == nil || *nonce != 2 {
		t.Errorf("nonce before %v, want 2", nonce)
	}
}

func TestWhatWasSetBeforeARecordingIsPartOfIt(t *testing.T) {
	d := hestiatest.Start(t)
	poor, dir := common.HexToAddress("0xaa"), t.TempDir()
	d.Mine(1)
	d.SetBalance(poor, big.NewInt(1e18))
	d.Impersonate(poor)
	var hash common.Hash
	d.Do(&hash, "eth_sendTransaction", map[string]any{"from": poor, "to": d.Accounts[0], "value": "0x1"})
	d.Record(filepath.Join(dir, "one.json"), hash)
	d.RecordBlocks(filepath.Join(dir, "block.json"), 2, 2)
	hestiatest.Replay(t, filepath.Join(dir, "*.json"))

	engine := newEngine(t)
	_, err := fixture.Recorder{Client: d.RPC, Engine: engine}.Blocks(t.Context(), 1, 2)
	if !errors.Is(err, fixture.ErrDisagrees) || !strings.Contains(err.Error(), "development methods") {
		t.Errorf("what was set between recorded blocks: %v", err)
	}
}

func TestDifferencesNameThePlace(t *testing.T) {
	d := hestiatest.Start(t)
	token, receipts := story(d)
	file := filepath.Join(t.TempDir(), "transfer.json")
	d.Record(file, receipts[2].TxHash)
	engine := newEngine(t)
	for name, row := range map[string]struct {
		change func(f *fixture.Fixture)
		want   []string
	}{
		"storage": {func(f *fixture.Fixture) {
			for slot, value := range f.Pre[token.Address].Storage {
				value[31]++
				f.Pre[token.Address].Storage[slot] = value
			}
		}, []string{"slot 0x", "state root"}},
		"code": {func(f *fixture.Fixture) {
			if err := f.Replace(map[common.Address][]byte{token.Address: contracts.Echo.Runtime}); err != nil {
				t.Error(err)
			}
		}, []string{
			"call 0 to " + token.Address.Hex() + ", output", "gas used", "event 0", "slot 0x",
			"block 3\n  receipts root",
		}},
		"event":   {func(f *fixture.Fixture) { outcome(f).Logs[0].Data[31]++ }, []string{"event 0"}},
		"call":    {func(f *fixture.Fixture) { outcome(f).Calls[0].GasUsed++ }, []string{"call 0 to"}},
		"balance": {func(f *fixture.Fixture) { *f.Pre[d.Accounts[0]].Nonce++ }, []string{"refused", "event 0"}},
	} {
		f := decode(t, file)
		row.change(f)
		_, differences, err := f.Replay(engine)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text := fixture.Report(differences)
		for _, want := range append(row.want, receipts[2].TxHash.Hex()) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", name, want, text)
			}
		}
	}
}

func TestBadFixturesAreRefusedWithTheirPlace(t *testing.T) {
	d := hestiatest.Start(t)
	_, receipts := story(d)
	file := filepath.Join(t.TempDir(), "transfer.json")
	d.Record(file, receipts[2].TxHash)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var generic map[string]any
	if err := json.Unmarshal(good, &generic); err != nil {
		t.Fatal(err)
	}
	swap := func(old, with string) []byte { return bytes.Replace(good, []byte(old), []byte(with), 1) }
	for _, row := range []struct {
		data []byte
		says string
	}{
		{nil, "line 1: the file ends too early"},
		{append(good[:len(good):len(good)], good...), "there is something after the end"},
		{good[:len(good)/2], "the file ends too early"},
		{[]byte("{}"), `format: is ""`},
		{swap(`"version": 1`, `"version": 2`), "version: is 2; this program reads 1"},
		{swap(`"schedule": "development-2"`, `"schedule": "homestead"`), `no gas schedule is called "homestead"`},
		{swap(`"chainId"`, `"chainID2"`), "chainID2"},
		{swap(`"chainId": "0x7a69"`, `"chainId": "0x0"`), "chainId: is missing"},
		{swap(`"timestamp": "`, `"timestamp": "z`), "timestamp"},
		{swap(`"raw": "0x02`, `"raw": "0x07`), "blocks[0].transactions[0].raw: "},
		{swap(`"hash": "0x`+receipts[2].TxHash.Hex()[2:4], `"hash": "0x0`+string(receipts[2].TxHash.Hex()[3]^1)), ""},
	} {
		_, err := fixture.Decode(bytes.NewReader(row.data))
		if !errors.Is(err, fixture.ErrFixture) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%v; want %q", err, row.says)
		}
	}
}

// BenchmarkReplay replays recorded blocks and reports how many times faster that is than they were produced: by signed
// transactions of one client over HTTP, each sent when the one before was mined.
func BenchmarkReplay(b *testing.B) {
	d := hestiatest.Start(b)
	token := deployToken(d)
	client, err := ethclient.Dial(d.URL)
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	const blocks = 500
	signed := transfers(b, d, token, blocks)
	began := time.Now()
	for _, tx := range signed {
		if err := client.SendTransaction(b.Context(), tx); err != nil {
			b.Fatal(err)
		}
	}
	produced := time.Since(began).Seconds() / blocks
	file := filepath.Join(b.TempDir(), "all.json")
	d.RecordBlocks(file, 2, blocks+1)
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	engine := newEngine(b)
	for b.Loop() { // reading the file is part of it
		f, err := fixture.Decode(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		if _, differences, err := f.Replay(engine); err != nil || len(differences) > 0 {
			b.Fatal(differences, err)
		}
	}
	replayed := b.Elapsed().Seconds() / float64(b.N*blocks)
	b.ReportMetric(1/produced, "produced-blocks/s")
	b.ReportMetric(1/replayed, "replayed-blocks/s")
	b.ReportMetric(produced/replayed, "times-as-fast")
}

// transfers returns signed transactions that give one token each to accounts that had none.
func transfers(b *testing.B, d *hestiatest.Devnet, token *hestiatest.Contract, n int) []*types.Transaction {
	b.Helper()
	opts, list := d.Auth(0), make([]*types.Transaction, n)
	for i := range list {
		input, err := token.ABI.Pack("transfer", common.BigToAddress(big.NewInt(int64(1000+i))), big.NewInt(1))
		if err != nil {
			b.Fatal(err)
		}
		if list[i], err = opts.Signer(opts.From, types.NewTx(&types.DynamicFeeTx{
			ChainID: big.NewInt(transition.DevnetID), Nonce: uint64(i + 1), To: &token.Address, Data: input,
			Gas: 100_000, GasFeeCap: big.NewInt(2e9),
		})); err != nil {
			b.Fatal(err)
		}
	}
	return list
}

func newEngine(t testing.TB) vm.Engine {
	t.Helper()
	engine, err := node.NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}
