package hestiatest_test

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"hestia/contracts"
	"hestia/hestiatest"
)

// exampleT stands for the *testing.T of a test. It panics if the test fails.
type exampleT struct {
	testing.TB
	cleanups []func()
}

func (t *exampleT) Helper()                   {}
func (t *exampleT) Context() context.Context  { return context.Background() }
func (t *exampleT) Cleanup(f func())          { t.cleanups = append(t.cleanups, f) }
func (t *exampleT) Fatal(args ...any)         { panic(fmt.Sprint(args...)) }
func (t *exampleT) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (t *exampleT) Errorf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (t *exampleT) end() {
	for _, f := range t.cleanups {
		f()
	}
}

// A test starts a devnet, deploys a contract, uses it as several accounts, and checks events and failures.
func Example() {
	t := new(exampleT) // in a test, its *testing.T
	defer t.end()

	d := hestiatest.Start(t)
	token := d.Deploy(contracts.Token.Creation, contracts.Token.ABI)
	receipt := token.Send("transfer", d.Accounts[1], big.NewInt(25))
	token.WantEvent(receipt, "Transfer", d.Accounts[0], d.Accounts[1], 25)
	_, err := token.From(1).TrySend("transfer", d.Accounts[2], big.NewInt(26))
	d.WantRevert(err, "insufficient balance")
	fmt.Println(token.Call("balanceOf", d.Accounts[1])...)
	// Output: 25
}

// A test goes forward in time, and back to a snapshot.
func ExampleDevnet_Snapshot() {
	t := new(exampleT) // in a test, its *testing.T
	defer t.end()

	d := hestiatest.Start(t)
	before, now := d.Snapshot(), d.Now()
	d.Wait(24 * time.Hour)
	d.Mine(1)
	fmt.Println(d.Now().Sub(now) >= 24*time.Hour)
	d.Revert(before)
	fmt.Println(d.Now().Equal(now))
	// Output:
	// true
	// true
}

// The wei that a payment moves are checked around what pays them.
func ExampleDevnet_WantBalanceChange() {
	t := new(exampleT) // in a test, its *testing.T
	defer t.end()

	d := hestiatest.Start(t)
	d.WantBalanceChange(d.Accounts[1], big.NewInt(7), func() { d.Pay(0, d.Accounts[1], big.NewInt(7)) })
	// Output:
}

// Development methods set state without a transaction.
func ExampleDevnet_SetStorage() {
	t := new(exampleT) // in a test, its *testing.T
	defer t.end()

	d := hestiatest.Start(t)
	counter := d.Deploy(contracts.Counter.Creation, contracts.Counter.ABI)
	d.SetStorage(counter.Address, common.Hash{}, common.Hash{31: 41})
	counter.Send("increment")
	var value common.Hash
	d.Do(&value, "eth_getStorageAt", counter.Address, common.Hash{}, "latest")
	fmt.Println(value.Big())
	// Output: 42
}

// A recorded transaction becomes a test of every later version of a contract, with its files in testdata:
//
//	func TestRecordedTransactions(t *testing.T) { hestiatest.Replay(t, "testdata/*.json") }
func ExampleDevnet_Record() {
	t := new(exampleT) // in a test, its *testing.T
	defer t.end()

	d := hestiatest.Start(t)
	receipt := d.Pay(0, d.Accounts[1], big.NewInt(7))
	file := filepath.Join(os.TempDir(), fmt.Sprintf("payment-%d.json", os.Getpid()))
	defer os.Remove(file)
	d.Record(file, receipt.TxHash)
	text, err := os.ReadFile(file)
	fmt.Println(err, strings.Contains(string(text), receipt.TxHash.Hex()))
	// Output: <nil> true
}
