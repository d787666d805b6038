// Package hestiatest gives each Go test a devnet of its own: a whole node in this process, with funded accounts, a
// client, and a clock and a past that the test controls.
//
// A node costs about a millisecond, so every test can have one, in parallel. All nodes share one engine, which compiles
// a contract once. Devnet.Client is an ethclient, so bindings made by abigen work as they are. Every method fails the
// test on an error, but for those called Try. The package knows contracts only by their bytes and ABI. Start at Start,
// Devnet.Deploy and Replay.
package hestiatest

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/iface/abi"
	"hestia/internal/terminal"
	"hestia/node"
)

// Devnet is a running node and the ways in which a test uses it. It is safe for concurrent use as far as testing.TB is:
// only the test's own goroutine may fail the test.
type Devnet struct {
	Client   *ethclient.Client
	RPC      *gethrpc.Client     // for methods that Client does not have
	Keys     []*ecdsa.PrivateKey // of the funded accounts
	Accounts []common.Address    // the accounts of Keys, in the same order
	URL      string              // of the node, for other programs: HTTP and WebSocket

	t     testing.TB
	chain *chain.Chain
	book  *abi.Book // the node's: interfaces of contracts teach it
}

// engine is shared by all nodes of the process. It is never closed: the process ends with it.
var engine = sync.OnceValues(node.NewEngine)

// devKeys are the keys of the well-known accounts, derived once a process.
var devKeys = sync.OnceValues(func() ([]*ecdsa.PrivateKey, error) { return node.DeriveKeys(node.DevMnemonic, 10) })

// Start runs a devnet in memory until the test ends. It makes a block for each transaction, and has the ten well-known
// accounts of devnets with 10,000 ether each.
func Start(t testing.TB) *Devnet {
	t.Helper()
	return StartWith(t, node.Config{})
}

// StartWith runs a node with the given configuration until the test ends. Without an engine in it the node uses the
// shared one, without keys the well-known ones, without a cache size 1 MB, without a limit a transaction may run for an
// hour, as no test depends on how fast the machine is, and what contracts print is in the test's log. A node that fails
// later fails the test.
func StartWith(t testing.TB, c node.Config) *Devnet {
	t.Helper()
	if c.Engine == nil {
		shared, err := engine()
		must(t, err)
		c.Engine = shared
	}
	if c.Longest == 0 {
		c.Longest = time.Hour
	}
	if c.Keys == nil {
		keys, err := devKeys()
		must(t, err)
		c.Keys = keys
	}
	if c.CacheMB == 0 {
		c.CacheMB = 1
	}
	if c.Book == nil {
		c.Book = abi.NewBook()
	}
	if c.Debug == nil {
		c.Debug = func(p chain.Print) { t.Log(printed(p, c.Keys)) }
	}
	if c.Failed == nil {
		c.Failed = func(err error) { t.Errorf("the node failed: %v", err) }
	}
	n, err := node.Start(c)
	must(t, err)
	d := &Devnet{
		RPC: n.Client(), Keys: c.Keys, URL: n.URL(), t: t, chain: n.Chain, book: c.Book,
	}
	d.Client = ethclient.NewClient(d.RPC)
	for _, key := range c.Keys {
		d.Accounts = append(d.Accounts, crypto.PubkeyToAddress(key.PublicKey))
	}
	t.Cleanup(func() {
		d.RPC.Close()
		must(t, n.Close())
	})
	return d
}

// printed is a line of a test's log: what a contract printed, and in whose transaction or call.
func printed(p chain.Print, keys []*ecdsa.PrivateKey) string {
	from := p.From.Hex()
	for i, key := range keys {
		if crypto.PubkeyToAddress(key.PublicKey) == p.From {
			from = fmt.Sprintf("account %d", i)
		}
	}
	if p.Method != "" {
		return fmt.Sprintf("debug, %s of %s, which changes nothing: %s", p.Method, from, terminal.Printable(p.Line))
	}
	return fmt.Sprintf("debug, transaction of %s: %s", from, terminal.Printable(p.Line))
}

// must fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// For returns the same devnet for another test, such as a subtest: its methods fail that test. The node ends with the
// test that started it.
func (d *Devnet) For(t testing.TB) *Devnet {
	other := *d
	other.t = t
	return &other
}

// Auth returns the options with which bindings made by abigen send transactions of an account, an index into Accounts.
func (d *Devnet) Auth(account int) *bind.TransactOpts {
	d.t.Helper()
	opts, err := bind.NewKeyedTransactorWithChainID(d.Keys[account], d.chain.ChainConfig().ChainID)
	must(d.t, err)
	return opts
}

// Balance returns what an account owns, in wei.
func (d *Devnet) Balance(a common.Address) *big.Int {
	d.t.Helper()
	balance, err := d.Client.BalanceAt(d.t.Context(), a, nil)
	must(d.t, err)
	return balance
}

// Pay sends wei from an account, an index into Accounts, in a transaction that must succeed, and returns its receipt.
func (d *Devnet) Pay(account int, to common.Address, wei *big.Int) *types.Receipt {
	d.t.Helper()
	receipt, err := d.send(account, &to, wei, nil)
	must(d.t, err)
	return d.succeeded(receipt)
}

// send sends a transaction, signed by the node, and returns its receipt. If the transaction would fail, the gas
// estimate does, and the error is the estimate's: nothing is sent.
func (d *Devnet) send(account int, to *common.Address, wei *big.Int, data []byte) (*types.Receipt, error) {
	ctx, from := d.t.Context(), d.Accounts[account]
	args := map[string]any{"from": from, "data": "0x" + common.Bytes2Hex(data)}
	if to != nil {
		args["to"] = to
	}
	if wei != nil {
		args["value"] = "0x" + wei.Text(16)
	}
	var hash common.Hash
	if err := d.RPC.CallContext(ctx, &hash, "eth_sendTransaction", args); err != nil {
		return nil, err
	}
	return d.Client.TransactionReceipt(ctx, hash)
}

// succeeded returns the receipt, or fails the test if the transaction failed.
func (d *Devnet) succeeded(r *types.Receipt) *types.Receipt {
	d.t.Helper()
	if r.Status != types.ReceiptStatusSuccessful {
		d.t.Fatalf("transaction %s failed: %s", r.TxHash, d.reason(r.TxHash))
	}
	return r
}

// reason returns why a mined transaction failed, as the node's receipt says. It is for messages of tests that end,
// hence no context of the test.
func (d *Devnet) reason(hash common.Hash) string {
	var receipt struct {
		Reason string `json:"revertReason"`
	}
	if err := d.RPC.CallContext(context.Background(), &receipt, "eth_getTransactionReceipt", hash); err != nil {
		return err.Error()
	}
	return receipt.Reason
}

// Do calls a JSON-RPC method of the node (docs/rpc.md), which must not fail. It decodes the result into the value
// that result points to, unless result is nil.
func (d *Devnet) Do(result any, method string, params ...any) {
	d.t.Helper()
	if err := d.RPC.CallContext(d.t.Context(), result, method, params...); err != nil {
		d.t.Fatalf("%s: %v", method, err)
	}
}

// why says what a contract gave to revert: a reason of Solidity, an error by its name and arguments, or bytes.
func (d *Devnet) why(data []byte) string {
	if reason, ok := abi.Reason(data); ok {
		return reason
	}
	if known, ok := d.book.Error(data); ok {
		return known.String()
	}
	return "0x" + common.Bytes2Hex(data)
}

// revertData returns the data that a contract reverted with, if err is a JSON-RPC error that has it.
func revertData(err error) ([]byte, bool) {
	var failure gethrpc.DataError
	if !errors.As(err, &failure) {
		return nil, false
	}
	text, ok := failure.ErrorData().(string)
	if !ok || !strings.HasPrefix(text, "0x") {
		return nil, false
	}
	return common.FromHex(text), true
}
