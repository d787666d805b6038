// Package sample is what a project looks like that tests a contract with Hestia: a binding made by abigen, a test that
// deploys and uses the contract, and recordings that say what the contract did when it was last found right.
//
//	go test .                                   everything is as it was
//	TOKEN=token_fee.wasm go test .              and if the contract were this one?
//	go test . -record                           record anew
//	go test . -hestia.update                    accept what comes out of the recorded transactions now
package sample

import (
	"flag"
	"hestia/contracts"
	"hestia/hestiatest"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

var record = flag.Bool("record", false, "record the fixtures under testdata anew")

// deployed is where the token of the recordings stands.
var deployed = common.HexToAddress("0x5FbDB2315678afecb367f032d93F642f64180aa3")

// runtime returns the contract under test: the token, or what TOKEN names.
func runtime(t *testing.T) []byte {
	t.Helper()
	file := os.Getenv("TOKEN")
	if file == "" {
		return contracts.Token.Runtime
	}
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// started returns a devnet with the token deployed, and the binding to use it.
func started(t *testing.T) (*hestiatest.Devnet, *hestiatest.Contract, *Token) {
	t.Helper()
	d := hestiatest.Start(t)
	contract := d.Deploy(contracts.Token.Creation, contracts.Token.ABI)
	token, err := NewToken(contract.Address, d.Client)
	if err != nil {
		t.Fatal(err)
	}
	return d, contract, token
}

// mined returns the receipt of what a binding sent.
func mined(t *testing.T, d *hestiatest.Devnet) func(*types.Transaction, error) *types.Receipt {
	return func(tx *types.Transaction, err error) *types.Receipt {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := bind.WaitMined(t.Context(), d.Client, tx)
		if err != nil {
			t.Fatal(err)
		}
		return receipt
	}
}

func TestATransferMovesTokens(t *testing.T) {
	d, contract, token := started(t)
	d.SetCode(contract.Address, runtime(t))
	receipt := mined(t, d)(token.Transfer(d.Auth(0), d.Accounts[1], big.NewInt(25)))
	contract.WantEvent(receipt, "Transfer", d.Accounts[0], d.Accounts[1], 25)
	d.WantGas(receipt, 60_000)
	balance, err := token.BalanceOf(nil, d.Accounts[1])
	if err != nil || balance.Int64() != 25 {
		t.Errorf("the receiver has %v (%v), want 25", balance, err)
	}
	_, err = token.Transfer(d.Auth(1), d.Accounts[0], big.NewInt(26))
	d.WantRevert(err, "insufficient balance")
}

// TestRecordingsAreComplete lives through a short story, records every transaction of it, and executes the recordings
// again.
func TestRecordingsAreComplete(t *testing.T) {
	dir := t.TempDir()
	if *record {
		dir = "testdata"
	}
	d, contract, token := started(t)
	did := mined(t, d)
	account := func(n int) *bind.TransactOpts {
		opts := d.Auth(n)
		opts.GasLimit = 100_000 // an estimate would leave no room for a contract that needs a little more
		return opts
	}
	for name, receipt := range map[string]*types.Receipt{
		"1-deploy":        contract.Receipt,
		"2-transfer":      did(token.Transfer(account(0), d.Accounts[1], big.NewInt(25))),
		"3-approve":       did(token.Approve(account(1), d.Accounts[2], big.NewInt(10))),
		"4-transfer-from": did(token.TransferFrom(account(2), d.Accounts[1], d.Accounts[3], big.NewInt(10))),
		"5-refused":       did(token.Transfer(account(2), d.Accounts[0], big.NewInt(1))),
	} {
		d.Record(filepath.Join(dir, name+".json"), receipt.TxHash)
	}
	hestiatest.Replay(t, filepath.Join(dir, "*.json"))
}

// TestTheContractDoesWhatItDid executes the recordings with the contract of today in place of the recorded one.
func TestTheContractDoesWhatItDid(t *testing.T) {
	hestiatest.Replay(t, "testdata/1-deploy.json")
	hestiatest.ReplayWith(t, "testdata/[2-9]*.json", map[common.Address][]byte{deployed: runtime(t)})
}
