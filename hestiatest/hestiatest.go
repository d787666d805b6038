// Package hestiatest gives Go tests a devnet of their own: a whole node in this process, with funded accounts, a client, and a
// clock and a past that the test controls.
//
// A node costs about a millisecond, so every test can have one, in parallel: all of them share one engine, which compiles a
// contract once. Devnet.Client is an ethclient, so bindings made by abigen work as they are. What goes wrong fails the test.
// The package knows contracts only by their bytes and ABI. Start at Start, Devnet.Deploy and Replay.
package hestiatest

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/node"
)

// Devnet is a running node and how a test gets at it.
type Devnet struct {
	Client   *ethclient.Client
	RPC      *gethrpc.Client     // for methods that Client does not have
	Keys     []*ecdsa.PrivateKey // of funded accounts
	Accounts []common.Address    // theirs, in the same order
	URL      string              // where other programs reach the node

	t       testing.TB
	chainID *big.Int
}

// engine is shared by all nodes of the process and lives as long as it.
var engine = sync.OnceValues(node.NewEngine)

var devKeys = sync.OnceValues(func() ([]*ecdsa.PrivateKey, error) { return node.DeriveKeys(node.DevMnemonic, 10) })

// Start runs a devnet in memory until the test ends: a block for each transaction, and the ten well-known accounts with 10,000
// ether each.
func Start(t testing.TB) *Devnet {
	t.Helper()
	return StartWith(t, node.Config{})
}

// StartWith runs a node as c says until the test ends. Engine, keys and caches that c leaves out are shared or small.
func StartWith(t testing.TB, c node.Config) *Devnet {
	t.Helper()
	if c.Engine == nil {
		shared, err := engine()
		must(t, err)
		c.Engine = shared
	}
	if c.Keys == nil {
		keys, err := devKeys()
		must(t, err)
		c.Keys = keys
	}
	if c.CacheMB == 0 {
		c.CacheMB = 1
	}
	if c.Failed == nil {
		c.Failed = func(err error) { t.Errorf("the node failed: %v", err) }
	}
	n, err := node.Start(c)
	must(t, err)
	d := &Devnet{RPC: n.Client(), Keys: c.Keys, URL: n.URL(), t: t, chainID: n.Chain.ChainConfig().ChainID}
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

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// For returns the same devnet for another test, such as a subtest, which is then the one that fails.
func (d *Devnet) For(t testing.TB) *Devnet {
	other := *d
	other.t = t
	return &other
}

// Auth returns what bindings made by abigen send transactions with, for the account with the given number.
func (d *Devnet) Auth(account int) *bind.TransactOpts {
	d.t.Helper()
	opts, err := bind.NewKeyedTransactorWithChainID(d.Keys[account], d.chainID)
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

// Pay sends wei from the account with the given number.
func (d *Devnet) Pay(account int, to common.Address, wei *big.Int) *types.Receipt {
	d.t.Helper()
	receipt, err := d.send(account, &to, wei, nil)
	must(d.t, err)
	return d.succeeded(receipt)
}

// send sends a transaction and returns its receipt. The error is that of the estimate where the transaction would fail, or says
// why it was not taken.
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

// succeeded fails the test if the transaction did.
func (d *Devnet) succeeded(r *types.Receipt) *types.Receipt {
	d.t.Helper()
	if r.Status != types.ReceiptStatusSuccessful {
		d.t.Fatalf("transaction %s failed: %s", r.TxHash, d.reason(r.TxHash))
	}
	return r
}

// reason returns why a mined transaction failed.
func (d *Devnet) reason(hash common.Hash) string {
	var receipt struct {
		Reason string `json:"revertReason"`
	}
	if err := d.RPC.CallContext(context.Background(), &receipt, "eth_getTransactionReceipt", hash); err != nil {
		return err.Error()
	}
	return receipt.Reason
}

// Do calls a JSON-RPC method and decodes what it returns into result, unless that is nil.
func (d *Devnet) Do(result any, method string, params ...any) {
	d.t.Helper()
	if err := d.RPC.CallContext(d.t.Context(), result, method, params...); err != nil {
		d.t.Fatalf("%s: %v", method, err)
	}
}

// revertData returns what a contract gave to revert, as far as err tells.
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
