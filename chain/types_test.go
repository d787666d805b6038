package chain_test

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/contracts"
)

func TestEveryTransactionTypeIsMined(t *testing.T) {
	c := newChain(t)
	list := types.AccessList{{Address: nobody, StorageKeys: []common.Hash{{1}, {2}}}}
	built := build(t, c,
		alice.sign(&types.LegacyTx{To: &nobody, Value: gwei, Gas: 21000, GasPrice: big.NewInt(2e9)}),
		alice.sign(&types.AccessListTx{
			ChainID: chainID, Nonce: 1, To: &nobody, Value: gwei, Gas: 50000, GasPrice: big.NewInt(2e9),
			AccessList: list,
		}),
		alice.pay(2),
		alice.sign(&types.SetCodeTx{
			ChainID: uint256.MustFromBig(chainID), Nonce: 3, To: nobody, Gas: 100_000, Value: uint256.NewInt(1e9),
			GasFeeCap: uint256.NewInt(2e9), GasTipCap: uint256.NewInt(1), AuthList: []types.SetCodeAuthorization{{}},
		}),
	)
	listed := params.TxGas + params.TxAccessListAddressGas + 2*params.TxAccessListStorageKeyGas
	for i, want := range []uint64{21000, listed, 21000, 46000} {
		r := built.Receipts[i]
		if r.Status != types.ReceiptStatusSuccessful || r.GasUsed != want || int(r.Type) != []int{0, 1, 2, 4}[i] {
			t.Errorf("type %d: status %d, gas %d, want 1 and %d", r.Type, r.Status, r.GasUsed, want)
		}
	}
	if got := balance(t, c, nobody); !got.Eq(uint256.NewInt(4e9)) {
		t.Errorf("recipient has %v, want 4 gwei", got)
	}
}

func TestAuthorizationDelegatesAnAccountToAContract(t *testing.T) {
	c := newChain(t)
	echo := build(t, c, alice.create(0, contracts.Echo.Creation)).Receipts[0]
	if echo.Status != types.ReceiptStatusSuccessful {
		t.Fatalf("deployment failed: %s", c.Reason(echo.TxHash))
	}
	sign := func(nonce uint64, target common.Address, id uint64) types.SetCodeAuthorization {
		auth, err := types.SignSetCode(carol.key, types.SetCodeAuthorization{
			ChainID: *uint256.NewInt(id), Address: target, Nonce: nonce,
		})
		if err != nil {
			t.Fatal(err)
		}
		return auth
	}
	delegate := func(nonce uint64, list ...types.SetCodeAuthorization) {
		build(t, c, alice.sign(&types.SetCodeTx{
			ChainID: uint256.MustFromBig(chainID), Nonce: nonce, To: carol.address, Gas: 1_000_000,
			Value:     new(uint256.Int),
			GasFeeCap: uint256.NewInt(2e9), GasTipCap: uint256.NewInt(1), AuthList: list, Data: []byte("x"),
		}))
	}
	expect := func(code []byte, nonce uint64) {
		t.Helper()
		db, err := c.StateAt(c.Head().Root)
		if err != nil {
			t.Fatal(err)
		}
		if got := db.GetCode(carol.address); !bytes.Equal(got, code) || db.GetNonce(carol.address) != nonce {
			t.Errorf("code %x nonce %d, want %x and %d", got, db.GetNonce(carol.address), code, nonce)
		}
	}
	delegate(1, sign(0, echo.ContractAddress, 1), sign(7, echo.ContractAddress, 0), types.SetCodeAuthorization{})
	expect(nil, 0) // another chain's id, another nonce, no signature: skipped
	delegate(2, sign(0, echo.ContractAddress, uint64(chainID.Int64())))
	expect(types.AddressToDelegation(echo.ContractAddress), 1)
	delegate(3, sign(1, nobody, 0), sign(2, common.Address{}, 0))
	expect(nil, 3) // the later one clears
}

func TestAccessListWarmsWhatItNames(t *testing.T) {
	c := newChain(t)
	counter := build(t, c, alice.create(0, contracts.Counter.Creation)).Receipts[0].ContractAddress
	increment := common.FromHex("0xd09de08a")
	call := func(nonce uint64, list types.AccessList) uint64 {
		r := build(t, c, alice.sign(&types.AccessListTx{
			ChainID: chainID, Nonce: nonce, To: &counter, Value: new(big.Int), Gas: 1_000_000,
			GasPrice: big.NewInt(2e9),
			Data:     increment, AccessList: list,
		})).Receipts[0]
		if r.Status != types.ReceiptStatusSuccessful {
			t.Fatalf("call failed: %s", c.Reason(r.TxHash))
		}
		return r.GasUsed
	}
	call(1, nil)
	cold := call(2, nil)
	warm := call(3, types.AccessList{{Address: counter, StorageKeys: []common.Hash{{}}}})
	// The slot is 2,000 cheaper to read; naming it costs 1,900, and its account 2,400.
	if want := cold - 2000 + 1900 + 2400; warm != want {
		t.Errorf("gas %d with the slot named, %d without; want %d", warm, cold, want)
	}
}
