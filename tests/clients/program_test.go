package clients

import (
	"bytes"
	"math/big"
	"os"
	"testing"

	ethereum "github.com/ethereum/go-ethereum"
	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/contracts"
)

func TestAProgramTakesItsArgumentsAsStandardInput(t *testing.T) {
	s := newSuite(t)
	s.shows("program")
	text, err := os.ReadFile("keeper.abi.json")
	s.must(err)
	program, err := os.ReadFile("diary.wasm")
	s.must(err)
	known, err := gethabi.JSON(bytes.NewReader(text))
	s.must(err)
	arguments, err := known.Pack("", big.NewInt(42), "this text is longer than a word of the ABI")
	s.must(err)
	address, tx, err := bind.DeployContract(s.auth, contracts.WithArguments(program), s.eth, arguments)
	s.must(err)
	_, err = bind.WaitDeployed(s.ctx, s.eth, tx.Hash())
	s.must(err)
	code, err := s.eth.CodeAt(s.ctx, address, nil)
	s.must(err)
	if !bytes.Equal(code, program) {
		t.Errorf("the code has %d bytes, the compiler's file %d", len(code), len(program))
	}
	message := ethereum.CallMsg{From: s.auth.From, To: &address, Data: []byte("dear diary")}
	want := string(arguments) + "dear diary"
	if answer, err := s.eth.CallContract(s.ctx, message, nil); err != nil || string(answer) != want {
		t.Errorf("a call prints %q, %v; want %q", answer, err, want)
	}
	gas, err := s.eth.EstimateGas(s.ctx, message)
	s.must(err)
	nonce, err := s.eth.PendingNonceAt(s.ctx, s.auth.From)
	s.must(err)
	signed, err := s.auth.Signer(s.auth.From, types.NewTx(&types.DynamicFeeTx{
		ChainID: big.NewInt(31337), Nonce: nonce, To: &address, Gas: gas, Data: message.Data,
		GasFeeCap: big.NewInt(2e10),
	}))
	s.must(err)
	s.must(s.eth.SendTransaction(s.ctx, signed))
	receipt, err := s.eth.TransactionReceipt(s.ctx, signed.Hash())
	s.must(err)
	if receipt.Status != types.ReceiptStatusSuccessful || receipt.GasUsed != gas {
		t.Errorf("status %d, %d gas; estimated %d", receipt.Status, receipt.GasUsed, gas)
	}
	if _, err := s.eth.EstimateGas(s.ctx, ethereum.CallMsg{To: &address}); err == nil ||
		err.Error() != "execution reverted: nothing to write" {
		t.Errorf("without input: %v", err)
	}
}
