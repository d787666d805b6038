package unsigned_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/holiman/uint256"

	"hestia/transition/unsigned"
)

var (
	chainID = big.NewInt(31337)
	plain   = types.LatestSignerForChainID(chainID)
	signer  = unsigned.NewSigner(plain)
	whale   = common.HexToAddress("0x00000000000000000000000000000000000000aa")
)

func bodies() map[string]types.TxData {
	return map[string]types.TxData{
		"legacy": &types.LegacyTx{To: &whale, Gas: 21000, GasPrice: big.NewInt(1), Value: new(big.Int)},
		"list":   &types.AccessListTx{ChainID: chainID, To: &whale, GasPrice: big.NewInt(1), Value: new(big.Int)},
		"dynamic": &types.DynamicFeeTx{
			ChainID: chainID, To: &whale, GasFeeCap: big.NewInt(1), GasTipCap: big.NewInt(1), Value: new(big.Int),
		},
		"set code": &types.SetCodeTx{
			ChainID: uint256.MustFromBig(chainID), To: whale, AuthList: []types.SetCodeAuthorization{{}},
		},
	}
}

func TestSenderSurvivesEveryEncoding(t *testing.T) {
	for name, body := range bodies() {
		for _, from := range []common.Address{{}, whale, common.MaxAddress} {
			tx, err := unsigned.Sign(types.NewTx(body), signer, from)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := rlp.EncodeToBytes(tx)
			if err != nil {
				t.Fatal(err)
			}
			text, err := tx.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			fromRLP, fromJSON := new(types.Transaction), new(types.Transaction)
			if err := rlp.DecodeBytes(raw, fromRLP); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, fromJSON); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, again := range []*types.Transaction{tx, fromRLP, fromJSON} {
				got, err := types.Sender(signer, again)
				if err != nil || got != from || !unsigned.Is(again) || again.Hash() != tx.Hash() {
					t.Errorf("%s from %v: sender %v, %v", name, from, got, err)
				}
				if got, err := types.Sender(plain, again); err != nil || got != from {
					t.Errorf("%s from %v: remembered as %v, %v", name, from, got, err)
				}
			}
		}
	}
}

func TestOtherSendersDoNotBelieveIt(t *testing.T) {
	for name, body := range bodies() {
		tx, err := unsigned.Sign(types.NewTx(body), signer, whale)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := types.Sender(plain, tx); err == nil && got == whale {
			t.Errorf("%s: a chain that is no devnet takes it for %v's", name, whale)
		}
	}
}

func TestSignedTransactionsKeepTheirSender(t *testing.T) {
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range bodies() {
		tx := types.MustSignNewTx(key, plain, body)
		got, err := types.Sender(signer, tx)
		if err != nil || got != crypto.PubkeyToAddress(key.PublicKey) || unsigned.Is(tx) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestAnotherChainsTransactionIsRefused(t *testing.T) {
	other := unsigned.NewSigner(types.LatestSignerForChainID(big.NewInt(5)))
	tx, err := unsigned.Sign(types.NewTx(bodies()["legacy"]), other, whale)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := types.Sender(signer, tx); err == nil {
		t.Errorf("sender %v", got)
	}
}
