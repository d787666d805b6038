package tests

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/node"
)

// signed is a transaction of a devnet's account.
func signed(d *hestiatest.Devnet, account int, nonce uint64, to common.Address, data []byte) *types.Transaction {
	return types.MustSignNewTx(d.Keys[account], types.LatestSignerForChainID(big.NewInt(31337)), &types.DynamicFeeTx{
		ChainID: big.NewInt(31337), Nonce: nonce, To: &to, Gas: 200_000, Data: data,
		GasFeeCap: big.NewInt(1e10), GasTipCap: big.NewInt(1e9),
	})
}

// next receives what a subscription must have sent.
func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("the subscription is silent")
		panic("unreachable")
	}
}

const cycles = 2000

func TestSnapshotTransactionRevertTwoThousandTimes(t *testing.T) {
	d := hestiatest.Start(t)
	token := d.Deploy(contracts.Token.Creation, contracts.Token.ABI)
	ctx := t.Context()
	heads, logs := make(chan *types.Header, 16), make(chan types.Log, 16)
	headers, err := d.Client.SubscribeNewHead(ctx, heads)
	check(t, err)
	defer headers.Unsubscribe()
	pushed, err := d.Client.SubscribeFilterLogs(
		ctx, ethereum.FilterQuery{Addresses: []common.Address{token.Address}}, logs,
	)
	check(t, err)
	defer pushed.Unsubscribe()
	var blockFilter, logFilter string
	d.Do(&blockFilter, "eth_newBlockFilter")
	d.Do(&logFilter, "eth_newFilter", map[string]any{"address": token.Address})
	nonce, err := d.Client.PendingNonceAt(ctx, d.Accounts[0])
	check(t, err)
	start := d.Balance(d.Accounts[0])

	began := time.Now()
	for cycle := range cycles {
		s := d.Snapshot()
		// the same ones come again
		input, err := token.ABI.Pack("transfer", d.Accounts[1], big.NewInt(int64(cycle%3)+1))
		check(t, err)
		tx := signed(d, 0, nonce, token.Address, input)
		check(t, d.Client.SendTransaction(ctx, tx))
		receipt, err := d.Client.TransactionReceipt(ctx, tx.Hash())
		if err != nil || receipt.Status != 1 || len(receipt.Logs) != 1 || receipt.BlockNumber.Uint64() != 2 {
			t.Fatalf("cycle %d: receipt %+v, %v", cycle, receipt, err)
		}
		var newBlocks []common.Hash
		var newLogs []types.Log
		d.Do(&newBlocks, "eth_getFilterChanges", blockFilter)
		d.Do(&newLogs, "eth_getFilterChanges", logFilter)
		if !slices.Equal(newBlocks, []common.Hash{receipt.BlockHash}) || len(newLogs) != 1 ||
			newLogs[0].TxHash != tx.Hash() {
			t.Fatalf("cycle %d: filters tell of blocks %v and logs %v", cycle, newBlocks, newLogs)
		}
		if head, log := next(t, heads), next(t, logs); head.Hash() != receipt.BlockHash || log.TxHash != tx.Hash() {
			t.Fatalf("cycle %d: subscriptions tell of block %v, transaction %v", cycle, head.Hash(), log.TxHash)
		}
		d.Revert(s)
		if again, err := d.Client.PendingNonceAt(ctx, d.Accounts[0]); err != nil || again != nonce {
			t.Fatalf("cycle %d: nonce %d, %v", cycle, again, err)
		}
		if _, err := d.Client.TransactionReceipt(ctx, tx.Hash()); !errors.Is(err, ethereum.NotFound) {
			t.Fatalf("cycle %d: the receipt is still there: %v", cycle, err)
		}
		d.Do(&newBlocks, "eth_getFilterChanges", blockFilter)
		d.Do(&newLogs, "eth_getFilterChanges", logFilter)
		if len(newBlocks)+len(newLogs) != 0 {
			t.Fatalf("cycle %d: after the revert filters tell of %v, %v", cycle, newBlocks, newLogs)
		}
		if d.Balance(d.Accounts[0]).Cmp(start) != 0 {
			t.Fatalf("cycle %d: balance %v", cycle, d.Balance(d.Accounts[0]))
		}
	}
	t.Logf("%d cycles, %v each", cycles, time.Since(began)/cycles)
}

func TestSnapshotsNestAndAreUsedUp(t *testing.T) {
	d := hestiatest.Start(t)
	var ids []hexutil.Uint64
	for range 3 {
		var id hexutil.Uint64
		d.Do(&id, "evm_snapshot")
		ids = append(ids, id)
		d.Pay(0, d.Accounts[1], big.NewInt(1))
	}
	for _, step := range []struct {
		id     hexutil.Uint64
		found  bool
		height uint64
	}{
		{ids[1], true, 1},
		{ids[2], false, 1},
		{ids[1], false, 1},
		{ids[0], true, 0},
		{ids[0], false, 0},
		{99, false, 0},
	} {
		var found bool
		d.Do(&found, "evm_revert", step.id)
		height, err := d.Client.BlockNumber(t.Context())
		if err != nil || found != step.found || height != step.height {
			t.Errorf(
				"revert to %d: %v, block %d, %v; want %v, block %d", step.id, found, height, err, step.found,
				step.height,
			)
		}
	}
	var id hexutil.Uint64
	if d.Do(&id, "evm_snapshot"); slices.Contains(ids, id) {
		t.Errorf("id %d is given again", id)
	}
}

func TestRevertBringsWaitingTransactionsAndSettingsBack(t *testing.T) {
	d := hestiatest.Start(t)
	d.Automine(false)
	waiting := signed(d, 0, 0, d.Accounts[1], nil)
	check(t, d.Client.SendTransaction(t.Context(), waiting))
	d.Do(nil, "hardhat_setNextBlockBaseFeePerGas", "0x7b")
	at := d.Now().Unix() + 5_000_000_000
	d.Do(nil, "evm_setNextBlockTimestamp", at)
	d.Do(nil, "hardhat_setCoinbase", d.Accounts[5])
	s := d.Snapshot()
	d.Mine(2)
	d.Do(nil, "hardhat_setCoinbase", d.Accounts[6])
	d.Revert(s)
	if _, pending, err := d.Client.TransactionByHash(t.Context(), waiting.Hash()); err != nil || !pending {
		t.Errorf("the transaction does not wait: %v", err)
	}
	d.Mine(1)
	block, err := d.Client.BlockByNumber(t.Context(), nil)
	check(t, err)
	if len(block.Transactions()) != 1 || block.Time() != uint64(at) || block.BaseFee().Int64() != 0x7b ||
		block.Coinbase() != d.Accounts[5] {
		t.Errorf(
			"block %v at %d, base fee %v, coinbase %v", block.Transactions(), block.Time(), block.BaseFee(),
			block.Coinbase(),
		)
	}
}

func TestClockStandsStillOverARevert(t *testing.T) {
	d := hestiatest.Start(t)
	d.Wait(1000 * time.Hour)
	d.Mine(1)
	before := d.Now()
	s := d.Snapshot()
	d.Wait(1000 * time.Hour)
	d.Mine(1)
	d.Revert(s)
	d.Mine(1)
	if passed := d.Now().Sub(before); passed < 0 || passed > time.Minute {
		t.Errorf("%v passed", passed)
	}
}

func TestModesSwitchAtRunTime(t *testing.T) {
	d := hestiatest.Start(t)
	height := func() uint64 {
		n, err := d.Client.BlockNumber(t.Context())
		check(t, err)
		return n
	}
	d.Automine(false)
	low, high := signed(d, 0, 0, d.Accounts[2], nil),
		types.MustSignNewTx(d.Keys[1], types.LatestSignerForChainID(big.NewInt(31337)),
			&types.DynamicFeeTx{
				ChainID: big.NewInt(31337), To: &d.Accounts[2], Gas: 21000, GasFeeCap: big.NewInt(1e11),
				GasTipCap: big.NewInt(5e9),
			})
	check(t, errors.Join(d.Client.SendTransaction(t.Context(), low), d.Client.SendTransaction(t.Context(), high)))
	if height() != 0 {
		t.Fatal("mined although automine is off")
	}
	d.Do(nil, "evm_mine")
	block, err := d.Client.BlockByNumber(t.Context(), nil)
	check(t, err)
	if len(block.Transactions()) != 2 || block.Transactions()[0].Hash() != high.Hash() {
		t.Errorf("order %v", block.Transactions())
	}
	check(t, d.Client.SendTransaction(t.Context(), signed(d, 0, 1, d.Accounts[2], nil)))
	d.Automine(true)
	if height() != 2 {
		t.Errorf("what waited was not mined: block %d", height())
	}
	d.Do(nil, "anvil_setIntervalMining", 1)
	deadline := time.Now().Add(10 * time.Second)
	for height() < 4 && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	d.Do(nil, "evm_setIntervalMining", 0)
	stopped := height()
	time.Sleep(1200 * time.Millisecond)
	if stopped < 4 || height() != stopped {
		t.Errorf("interval mining reached %d, then %d", stopped, height())
	}
}

func TestEditsArePartOfTheNextBlocksState(t *testing.T) {
	d := hestiatest.Start(t)
	counter := d.Deploy(contracts.Counter.Creation, contracts.Counter.ABI)
	d.SetStorage(counter.Address, common.Hash{}, common.BigToHash(big.NewInt(41)))
	counter.Send("increment")
	if got := counter.Call("count")[0].(*big.Int); got.Int64() != 42 {
		t.Errorf("count %v", got)
	}
	at := common.HexToAddress("0xc0de")
	d.SetCode(at, contracts.Counter.Runtime)
	copied := d.At(at, contracts.Counter.ABI)
	copied.Send("increment")
	if got := copied.Call("count")[0].(*big.Int); got.Int64() != 1 {
		t.Errorf("count of the copy %v", got)
	}
	poor := common.HexToAddress("0xf00d")
	d.SetBalance(poor, big.NewInt(5e18))
	if d.Balance(poor).Cmp(big.NewInt(5e18)) != 0 {
		t.Errorf("balance %v", d.Balance(poor))
	}
	old, err := d.Client.BalanceAt(t.Context(), poor, big.NewInt(1))
	if err != nil || old.Sign() != 0 {
		t.Errorf("balance after block 1: %v, %v", old, err)
	}
}

func TestImpersonatedAccountsSendLikeOthers(t *testing.T) {
	d := hestiatest.Start(t)
	token := d.Deploy(contracts.Token.Creation, contracts.Token.ABI)
	for _, who := range []common.Address{token.Address, common.HexToAddress("0xaaaa")} { // even a contract
		d.SetBalance(who, big.NewInt(1e18))
		token.Send("transfer", who, big.NewInt(10))
		input, err := token.ABI.Pack("transfer", d.Accounts[3], big.NewInt(3))
		check(t, err)
		args := map[string]any{"from": who, "to": token.Address, "data": hexutil.Bytes(input)}
		var hash common.Hash
		if err := d.RPC.Call(&hash, "eth_sendTransaction", args); err == nil {
			t.Fatal("sent without impersonation")
		}
		d.Impersonate(who)
		d.Do(&hash, "eth_sendTransaction", args)
		receipt, err := d.Client.TransactionReceipt(t.Context(), hash)
		check(t, err)
		token.WantEvent(receipt, "Transfer", who, d.Accounts[3], 3)
		var tx struct{ From common.Address }
		if d.Do(&tx, "eth_getTransactionByHash", hash); tx.From != who {
			t.Errorf("from %v", tx.From)
		}
		var raw hexutil.Bytes
		d.Do(&raw, "eth_getRawTransactionByHash", hash)
		if err := d.RPC.Call(nil, "eth_sendRawTransaction", raw); err == nil ||
			!strings.Contains(err.Error(), "invalid transaction v, r, s") {
			t.Errorf("taken from outside: %v", err)
		}
		d.Do(nil, "hardhat_stopImpersonatingAccount", who)
		if err := d.RPC.Call(&hash, "eth_sendTransaction", args); err == nil {
			t.Error("sent after the impersonation")
		}
	}
}

func TestSameTransactionAfterARevertAlwaysWorks(t *testing.T) {
	d := hestiatest.Start(t)
	tx := signed(d, 0, 0, d.Accounts[1], nil)
	for range 50 {
		s := d.Snapshot()
		check(t, d.Client.SendTransaction(t.Context(), tx))
		if receipt, err := d.Client.TransactionReceipt(t.Context(), tx.Hash()); err != nil || receipt.Status != 1 {
			t.Fatalf("%v, %v", receipt, err)
		}
		d.Revert(s)
	}
}

func TestDevelopmentMethodsRefuseWrongParametersByName(t *testing.T) {
	d := hestiatest.Start(t)
	client, err := gethrpc.Dial(d.URL) // over which complaints name parameters
	check(t, err)
	defer client.Close()
	address := `"0x0000000000000000000000000000000000000001"`
	for _, row := range []struct{ method, params, says string }{
		{"anvil_setBalance", ``, "missing value for required argument 0 (address, want"},
		{"anvil_setBalance", `"0x1","0x1"`, " (address, want"},
		{"hardhat_setBalance", address, "missing value for required argument 1 (balance, want"},
		{"hardhat_setBalance", address + `,"-1"`, " (balance, want"},
		{"hardhat_setBalance", address + `,"0x1` + strings.Repeat("0", 64) + `"`, " (balance, want"},
		{"anvil_setNonce", address + `,"0x10000000000000000"`, " (nonce, want"},
		{"anvil_setCode", address + `,"00"`, " (code, want"},
		{"anvil_setStorageAt", address + `,"x","0x1"`, " (slot, want"},
		{"hardhat_setStorageAt", address + `,"0x1","0x01"`, " (word, want 32 bytes"},
		{"anvil_setCoinbase", `7`, " (address, want"},
		{"anvil_setNextBlockBaseFeePerGas", `"much"`, " (baseFeePerGas, want"},
		{"evm_setBlockGasLimit", `1`, " (gasLimit, want"},
		{"evm_increaseTime", `-5`, " (seconds, want"},
		{"evm_increaseTime", `"0xffffffffffffffff"`, " (seconds, want"},
		{"evm_setNextBlockTimestamp", `0`, " (timestamp, want"},
		{"evm_mine", `{"blocks":"x"}`, "blocks: "},
		{"hardhat_mine", `1000001`, " (blocks, want"},
		{"evm_setAutomine", `"yes"`, " (enabled, want"},
		{"evm_setIntervalMining", `[5]`, " (every, want"},
		{"evm_revert", `{}`, " (snapshot, want"},
		{"hardhat_dropTransaction", `"0x1"`, " (hash, want"},
		{"anvil_impersonateAccount", `null`, "missing value for required argument 0 (address, want"},
		{"anvil_loadState", `"0x1f8b00"`, ": state file"},
		{"anvil_reset", `{"forking":{"jsonRpcUrl":"http://x"}}`, "forking: "},
		{"hardhat_setPrevRandao", `true`, " (prevRandao, want"},
		{"hardhat_setMinGasPrice", `1`, "minimum gas price"},
	} {
		params := []any{}
		check(t, json.Unmarshal([]byte("["+row.params+"]"), &params))
		err := client.Call(nil, row.method, params...)
		var coded gethrpc.Error
		if !errors.As(err, &coded) || coded.ErrorCode() != -32602 || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s(%s): %v; want -32602 with %q", row.method, row.params, err, row.says)
		}
	}
}

// parameters are those of every development method that has some, in their order.
var parameters = map[string][]string{
	"anvil_setBalance": {"address", "balance"}, "hardhat_setBalance": {"address", "balance"},
	"anvil_setCode": {"address", "code"}, "hardhat_setCode": {"address", "code"},
	"anvil_setNonce": {"address", "nonce"}, "hardhat_setNonce": {"address", "nonce"},
	"anvil_setStorageAt": {"address", "slot", "value"}, "hardhat_setStorageAt": {"address", "slot", "word"},
	"anvil_setCoinbase": {"address"}, "hardhat_setCoinbase": {"address"},
	"anvil_setNextBlockBaseFeePerGas": {"baseFeePerGas"}, "hardhat_setNextBlockBaseFeePerGas": {"baseFeePerGas"},
	"anvil_setPrevRandao": {"prevRandao"}, "hardhat_setPrevRandao": {"prevRandao"},
	"anvil_impersonateAccount": {"address"}, "hardhat_impersonateAccount": {"address"},
	"anvil_stopImpersonatingAccount": {"address"}, "hardhat_stopImpersonatingAccount": {"address"},
	"anvil_autoImpersonateAccount": {"enabled"}, "anvil_setLoggingEnabled": {"enabled"},
	"hardhat_setLoggingEnabled": {"enabled"},
	"anvil_mine":                {"blocks", "interval"}, "hardhat_mine": {"blocks", "interval"},
	"anvil_dropTransaction": {"hash"}, "hardhat_dropTransaction": {"hash"}, "anvil_removePoolTransactions": {"address"},
	"anvil_loadState": {"state"}, "hardhat_loadState": {"state"}, "anvil_reset": {"resetOptions"},
	"hardhat_reset": {"resetOptions"},
	"evm_revert":    {"snapshot"}, "anvil_revert": {"snapshot"},
	"evm_increaseTime": {"seconds"}, "anvil_increaseTime": {"seconds"}, "evm_setTime": {"timestamp"},
	"anvil_setTime":             {"timestamp"},
	"evm_setNextBlockTimestamp": {"timestamp"}, "anvil_setNextBlockTimestamp": {"timestamp"},
	"evm_mine":        {"mineOptions"},
	"evm_setAutomine": {"enabled"}, "anvil_setAutomine": {"enabled"},
	"evm_setIntervalMining": {"every"}, "anvil_setIntervalMining": {"seconds"},
	"evm_setBlockGasLimit": {"gasLimit"}, "anvil_setBlockGasLimit": {"gasLimit"},
	"anvil_setBlockTimestampInterval": {"seconds"},
}

func TestEveryWrongParameterIsNamed(t *testing.T) {
	d := hestiatest.Start(t)
	client, err := gethrpc.Dial(d.URL) // over which complaints name parameters
	check(t, err)
	defer client.Close()
	right := map[string]any{
		"address": d.Accounts[0], "hash": common.Hash{1}, "enabled": true, "code": "0x00", "value": common.Hash{1},
		"word": common.Hash{1},
	}
	for method, names := range parameters {
		for position, name := range names {
			for _, wrong := range []any{
				"zz", 1.5, -1, []int{1, 2, 3}, "0x" + strings.Repeat("f", 65), map[string]any{"blocks": "x"},
			} {
				if name == "resetOptions" {
					wrong = []any{wrong}
				}
				args := make([]any, len(names))
				for i := range names {
					if args[i] = right[names[i]]; args[i] == nil {
						args[i] = "0x1"
					}
				}
				args[position] = wrong
				err := client.Call(nil, method, args...)
				named := err != nil && strings.Contains(err.Error(), " ("+name+", want ")
				var coded gethrpc.Error
				if !errors.As(err, &coded) || coded.ErrorCode() != -32602 || !named {
					t.Errorf("%s(%v): %v; want -32602 with %s", method, args, err, name)
				}
			}
		}
	}
	if height, err := d.Client.BlockNumber(t.Context()); err != nil || height != 0 {
		t.Errorf("block %d, %v", height, err)
	}
}

func TestOtherChainsHaveNoDevelopmentMethods(t *testing.T) {
	genesis := chain.DefaultGenesis(types.GenesisAlloc{})
	d := hestiatest.StartWith(t, node.Config{Genesis: genesis})
	for _, method := range []string{
		"evm_snapshot", "anvil_nodeInfo", "hardhat_metadata", "evm_mine", "anvil_dumpState",
	} {
		var coded gethrpc.Error
		if err := d.RPC.Call(nil, method); !errors.As(err, &coded) || coded.ErrorCode() != -32601 {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestResetBeginsAnew(t *testing.T) {
	d := hestiatest.Start(t)
	genesis, err := d.Client.HeaderByNumber(t.Context(), big.NewInt(0))
	check(t, err)
	d.SetBalance(d.Accounts[4], big.NewInt(1))
	var id string
	d.Do(&id, "evm_snapshot")
	d.Pay(0, d.Accounts[1], big.NewInt(1))
	d.Do(nil, "hardhat_reset")
	head, err := d.Client.HeaderByNumber(t.Context(), nil)
	if err != nil || head.Hash() != genesis.Hash() || d.Balance(d.Accounts[4]).Cmp(big.NewInt(1)) == 0 {
		t.Errorf("head %v, %v", head, err)
	}
	var found bool
	if d.Do(&found, "evm_revert", id); found {
		t.Error("a snapshot survived")
	}
	d.Pay(0, d.Accounts[1], big.NewInt(1))
}

// payer sends one token transfer after another, each to a new account.
type payer struct {
	devnet *hestiatest.Devnet
	token  *hestiatest.Contract
	sent   uint64
}

func newPayer(b *testing.B) *payer {
	d := hestiatest.Start(b)
	return &payer{devnet: d, token: d.Deploy(contracts.Token.Creation, contracts.Token.ABI)}
}

// pay returns how long a transfer took.
func (p *payer) pay(b *testing.B) time.Duration {
	p.sent++
	input, err := p.token.ABI.Pack("transfer", common.BigToAddress(new(big.Int).SetUint64(p.sent+1000)), big.NewInt(1))
	check(b, err)
	tx := signed(p.devnet, 0, p.sent, p.token.Address, input)
	began := time.Now()
	check(b, p.devnet.Client.SendTransaction(context.Background(), tx))
	return time.Since(began)
}

// BenchmarkLaterBlocks reports how many times as long a transaction takes in blocks 2,901 to 3,000 as in blocks 1 to
// 100. The two are measured in turns, so that whatever else the machine does falls on both.
func BenchmarkLaterBlocks(b *testing.B) {
	for b.Loop() {
		old := newPayer(b)
		for range 2899 {
			old.pay(b)
		}
		fresh := newPayer(b)
		var early, late []time.Duration
		for range 100 {
			early, late = append(early, fresh.pay(b)), append(late, old.pay(b))
		}
		b.ReportMetric(float64(median(late))/float64(median(early)), "late/early")
	}
}

func median(d []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[len(sorted)/2]
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
