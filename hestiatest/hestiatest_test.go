package hestiatest_test

import (
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/internal/wat"
)

func deployToken(d *hestiatest.Devnet) *hestiatest.Contract {
	return d.Deploy(contracts.Token.Creation, contracts.Token.ABI)
}

func TestATestDeploysCallsAndChecks(t *testing.T) {
	d := hestiatest.Start(t)
	token := deployToken(d)
	token.WantEvent(token.Receipt, "Transfer", common.Address{}, d.Accounts[0], nil)
	receipt := token.Send("transfer", d.Accounts[1], big.NewInt(25))
	token.WantEvent(receipt, "Transfer", d.Accounts[0], d.Accounts[1], 25)
	d.WantGas(receipt, 100_000)
	if got := token.Call("balanceOf", d.Accounts[1])[0].(*big.Int); got.Cmp(big.NewInt(25)) != 0 {
		t.Errorf("balance %v", got)
	}
	_, err := token.From(1).TrySend("transfer", d.Accounts[0], big.NewInt(26))
	d.WantRevert(err, "insufficient balance")
	d.WantBalanceChange(d.Accounts[2], big.NewInt(7), func() { d.Pay(0, d.Accounts[2], big.NewInt(7)) })
}

func TestTimeAndPastAreTheTests(t *testing.T) {
	d := hestiatest.Start(t)
	token := deployToken(d)
	before := d.Now()
	s := d.Snapshot()
	token.Send("transfer", d.Accounts[1], big.NewInt(25))
	d.Wait(24 * time.Hour)
	d.Mine(3)
	if passed := d.Now().Sub(before); passed < 24*time.Hour {
		t.Errorf("only %v passed", passed)
	}
	d.Revert(s)
	if got := token.Call("balanceOf", d.Accounts[1])[0].(*big.Int); got.Sign() != 0 || !d.Now().Equal(before) {
		t.Errorf("balance %v at %v", got, d.Now())
	}
	token.Send("transfer", d.Accounts[1], big.NewInt(1))
}

// asFailing in the environment makes TestFailuresAreSaid fail on purpose, one way after the other.
const asFailing = "HESTIATEST_FAIL"

func TestFailuresAreSaid(t *testing.T) {
	d := hestiatest.Start(t)
	token := deployToken(d)
	receipt := token.Send("transfer", d.Accounts[1], big.NewInt(25))
	_, err := token.From(2).TrySend("transfer", d.Accounts[0], big.NewInt(26))
	ways := []struct {
		name, says string
		fail       func(d *hestiatest.Devnet)
	}{
		{"event", `no event Transfer\(0xf39.*, _, 26\) .* Transfer\(.*, 25\)`, func(d *hestiatest.Devnet) {
			token.For(d).WantEvent(receipt, "Transfer", d.Accounts[0], nil, 26)
		}},
		{"reason", `reverted with "insufficient balance" .*; want "no"`, func(d *hestiatest.Devnet) {
			d.WantRevert(err, "no")
		}},
		{"custom error", `reverted with "Refused\(code=7\)" \(0x.*\); want "no"`, func(d *hestiatest.Devnet) {
			_, err := deployRefusing(t, d).TrySend("ask")
			d.WantRevert(err, "no")
		}},
		{"another error", `reverted with Refused\(code=7\) \(0x.*\); want Other\(\)`, func(d *hestiatest.Devnet) {
			c := deployRefusing(t, d)
			_, err := c.TrySend("ask")
			c.WantCustomError(err, "Other")
		}},
		{"other arguments", `reverted with Refused\(7\); want Refused\(8\)`, func(d *hestiatest.Devnet) {
			c := deployRefusing(t, d)
			_, err := c.TrySend("ask")
			c.WantCustomError(err, "Refused", 8)
		}},
		{"a send that fails", `ask: .*Refused\(code=7\)`, func(d *hestiatest.Devnet) {
			deployRefusing(t, d).Send("ask")
		}},
		{"no revert", `no revert; want "no"`, func(d *hestiatest.Devnet) { d.WantRevert(nil, "no") }},
		{"gas", `used \d+ gas; want at most 21000`, func(d *hestiatest.Devnet) { d.WantGas(receipt, 21000) }},
		{"balance", `changed by 0 wei; want 1`, func(d *hestiatest.Devnet) {
			d.WantBalanceChange(d.Accounts[5], big.NewInt(1), func() {})
		}},
	}
	if which := os.Getenv(asFailing); which != "" {
		for _, way := range ways {
			if way.name == which {
				way.fail(d.For(t))
			}
		}
		return
	}
	for _, way := range ways {
		process := exec.Command(os.Args[0], "-test.run", "^TestFailuresAreSaid$")
		process.Env = append(os.Environ(), asFailing+"="+way.name)
		out, err := process.CombinedOutput()
		if err == nil || !regexp.MustCompile(way.says).Match(out) {
			t.Errorf("%s: %v, said\n%s\nwant %s", way.name, err, out, way.says)
		}
	}
}

// useNode starts a node, deploys the token there, and makes sure that a transfer arrives: a test's least.
func useNode(t testing.TB, amount int64) {
	d := hestiatest.Start(t)
	token := deployToken(d)
	token.Send("transfer", d.Accounts[1], big.NewInt(amount))
	if got := token.Call("balanceOf", d.Accounts[1])[0].(*big.Int); got.Int64() != amount {
		t.Errorf("balance %v, want %d", got, amount)
	}
}

// TestNodesDoNotDisturbEachOther runs as many tests as a large project has, each with its own node, in parallel. How
// long they take is BenchmarkNodes.
func TestNodesDoNotDisturbEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("starts 500 nodes: not in -short")
	}
	for i := range 500 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			useNode(t, int64(i))
		})
	}
}

// BenchmarkNodes reports how long 500 tests take, each with a node of its own, on all processors.
func BenchmarkNodes(b *testing.B) {
	hestiatest.Start(b) // the engine, which the process starts once
	b.ResetTimer()
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			useNode(b, next.Add(1))
		}
	})
	b.ReportMetric(500*b.Elapsed().Seconds()/float64(b.N), "s/500-tests")
}

// refusing reverts every call with the custom error Refused(7).
func refusing(t *testing.T) []byte {
	t.Helper()
	selector := common.Bytes2Hex(crypto.Keccak256([]byte("Refused(uint256)"))[:4])
	code := wat.Assemble(t, fmt.Sprintf(`(module
	  (import "ethereum" "revert" (func $revert (param i32 i32)))
	  (memory (export "memory") 1)
	  (data (i32.const 0) "%s") (data (i32.const 35) "\07")
	  (func (export "main") (call $revert (i32.const 0) (i32.const 36))))`,
		regexp.MustCompile(`..`).ReplaceAllString(selector, `\$0`)))
	return code
}

func deployRefusing(t *testing.T, d *hestiatest.Devnet) *hestiatest.Contract {
	t.Helper()
	return d.Deploy(contracts.Deploy(refusing(t)), `[{"type":"function","name":"ask","inputs":[],"outputs":[]},
		{"type":"error","name":"Refused","inputs":[{"name":"code","type":"uint256"}]},
		{"type":"error","name":"Other","inputs":[]}]`)
}

func TestCustomErrorsAreChecked(t *testing.T) {
	d := hestiatest.Start(t)
	c := deployRefusing(t, d)
	_, err := c.TrySend("ask")
	c.WantCustomError(err, "Refused", 7)
	d.WantRevert(err, "Refused(7)")
	d.WantRevert(err, "Refused(code=7)")
	if !strings.Contains(err.Error(), "Refused(code=7)") {
		t.Errorf("%v does not name the error", err)
	}
	var hash common.Hash
	d.Do(&hash, "eth_sendTransaction", map[string]any{"from": d.Accounts[0], "to": c.Address, "gas": "0x30000"})
	var receipt struct{ RevertReason string }
	if d.Do(&receipt, "eth_getTransactionReceipt", hash); !strings.Contains(receipt.RevertReason, "Refused(code=7)") {
		t.Errorf("receipt says %q", receipt.RevertReason)
	}
}

// keeping takes whatever value it is sent, and ends with the value as its output.
func keeping(t *testing.T) []byte {
	t.Helper()
	code := wat.Assemble(t, `(module
	  (import "ethereum" "getCallValue" (func $value (param i32)))
	  (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (memory (export "memory") 1)
	  (func (export "main") (local $n i32)
	    (call $value (i32.const 64))
	    (loop
	      (i32.store8 (i32.sub (i32.const 31) (local.get $n)) (i32.load8_u offset=64 (local.get $n)))
	      (local.set $n (i32.add (local.get $n) (i32.const 1)))
	      (br_if 0 (i32.lt_u (local.get $n) (i32.const 16))))
	    (call $finish (i32.const 0) (i32.const 32))))`)
	return code
}

func TestValueIsSentWithCallsTransactionsAndDeployments(t *testing.T) {
	d := hestiatest.Start(t)
	const keepABI = `[{"type":"constructor","inputs":[],"stateMutability":"payable"},
		{"type":"function","name":"keep","inputs":[],"outputs":[{"type":"uint256"}],"stateMutability":"payable"}]`
	c := d.DeployPaying(big.NewInt(5), contracts.Deploy(keeping(t)), keepABI)
	if got := d.Balance(c.Address); got.Int64() != 5 {
		t.Errorf("the constructor got %d wei, want 5", got)
	}
	paying := c.From(1).Paying(big.NewInt(300))
	if got := paying.Call("keep")[0].(*big.Int); got.Int64() != 300 {
		t.Errorf("a call sends %d wei, want 300", got)
	}
	d.WantBalanceChange(c.Address, big.NewInt(300), func() { paying.Send("keep") })
	d.WantBalanceChange(c.Address, new(big.Int), func() { c.Send("keep") })
}

// told finishes with its calldata: the arguments of the constructor become the code.
const told = `(module
  (import "ethereum" "getCallDataSize" (func $size (result i32)))
  (import "ethereum" "callDataCopy" (func $copy (param i32 i32 i32)))
  (import "ethereum" "finish" (func $finish (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "main")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $finish (i32.const 0) (call $size))))`

func TestAConstructorTakesStaticAndDynamicArguments(t *testing.T) {
	d := hestiatest.Start(t)
	for name, test := range map[string]struct {
		inputs string
		args   []any
	}{
		"none":    {``, nil},
		"static":  {`{"type":"uint256"},{"type":"address"}`, []any{big.NewInt(7), d.Accounts[1]}},
		"dynamic": {`{"type":"string"},{"type":"uint8[]"}`, []any{"a name", []uint8{1, 2, 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := d.For(t).Deploy(contracts.WithArguments(wat.Assemble(t, told)),
				`[{"type":"constructor","inputs":[`+test.inputs+`]}]`, test.args...)
			code, err := d.Client.CodeAt(t.Context(), c.Address, nil)
			if err != nil {
				t.Fatal(err)
			}
			have, err := c.ABI.Constructor.Inputs.Unpack(code)
			if err != nil || fmt.Sprint(have) != fmt.Sprint(test.args) {
				t.Errorf("the constructor was told %v (%v), want %v", have, err, test.args)
			}
		})
	}
}

func TestTheSampleTokenTakesItsSupply(t *testing.T) {
	d := hestiatest.Start(t)
	withSupply := strings.Replace(contracts.Token.ABI, `"inputs": []`, `"inputs": [{"type": "uint256"}]`, 1)
	token := d.Deploy(contracts.Token.Creation, withSupply, big.NewInt(500))
	for _, method := range []string{"totalSupply", "balanceOf"} {
		var args []any
		if method == "balanceOf" {
			args = append(args, d.Accounts[0])
		}
		if got := token.Call(method, args...)[0].(*big.Int); got.Int64() != 500 {
			t.Errorf("%s = %v, want 500", method, got)
		}
	}
}

func TestTheNextBlockHasTheTimeItIsGiven(t *testing.T) {
	d := hestiatest.Start(t)
	at := d.Now().Add(time.Hour)
	d.NextBlockAt(at)
	d.Mine(1)
	if !d.Now().Equal(at) {
		t.Errorf("the block is of %v, want %v", d.Now(), at)
	}
}

func TestAuthSignsForItsAccount(t *testing.T) { sendWithAuth(t, hestiatest.Start(t)) }

func sendWithAuth(t *testing.T, d *hestiatest.Devnet) {
	t.Helper()
	opts := d.Auth(3)
	tx, err := opts.Signer(d.Accounts[3], types.NewTx(&types.LegacyTx{
		GasPrice: big.NewInt(1e10), Gas: 21_000, To: &d.Accounts[0], Value: big.NewInt(1),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Client.SendTransaction(t.Context(), tx); err != nil {
		t.Errorf("a transaction that Auth signed is refused: %v", err)
	}
}

func TestEverythingSignsForTheChainIDThatIsSet(t *testing.T) {
	d := hestiatest.Start(t)
	token, dir := deployToken(d), t.TempDir()
	d.Do(nil, "anvil_setChainId", 4242)
	sendWithAuth(t, d)
	moved := token.From(0).Send("transfer", d.Accounts[1], big.NewInt(25))
	created := d.Deploy(contracts.Counter.Creation, contracts.Counter.ABI).Receipt
	for i, r := range []*types.Receipt{token.Receipt, moved, created, d.Pay(0, common.Address{9}, big.NewInt(1))} {
		tx, _, err := d.Client.TransactionByHash(t.Context(), r.TxHash)
		want := uint64(4242)
		if i == 0 {
			want = 31337
		}
		if err != nil || tx.ChainId().Uint64() != want {
			t.Errorf("transaction %d is for chain %d, want %d: %v", i, tx.ChainId(), want, err)
		}
		d.Record(filepath.Join(dir, string(rune('a'+i))+".json"), r.TxHash)
	}
	hestiatest.Replay(t, filepath.Join(dir, "*.json"))
}
