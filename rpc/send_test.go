package rpc_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/chain/miner"
	"hestia/rpc"
)

// raw encodes a transaction as eth_sendRawTransaction takes it.
func raw(t testing.TB, tx *types.Transaction) string {
	t.Helper()
	data, err := tx.MarshalBinary()
	check(t, err)
	return `"` + hexutil.Encode(data) + `"`
}

func TestEveryTransactionTypeIsMinedWhenItsSendReturns(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	id := s.chain.ChainConfig().ChainID
	price, list := big.NewInt(2*params.GWei), types.AccessList{{Address: bob, StorageKeys: []common.Hash{{1}}}}
	delegation, err := types.SignSetCode(
		bobKey, types.SetCodeAuthorization{ChainID: *uint256.MustFromBig(id), Address: token},
	)
	check(t, err)
	for _, body := range []types.TxData{
		&types.LegacyTx{Nonce: 0, To: &bob, Gas: 50_000, GasPrice: price, Value: big.NewInt(1)},
		&types.AccessListTx{ChainID: id, Nonce: 1, To: &bob, Gas: 50_000, GasPrice: price, AccessList: list},
		&types.DynamicFeeTx{
			ChainID: id, Nonce: 2, To: &bob, Gas: 50_000, GasTipCap: big.NewInt(1), GasFeeCap: price, AccessList: list,
		},
		&types.SetCodeTx{
			ChainID: uint256.MustFromBig(id), Nonce: 3, To: bob, Gas: 100_000, GasTipCap: uint256.NewInt(1),
			GasFeeCap: uint256.MustFromBig(price), AuthList: []types.SetCodeAuthorization{delegation},
		},
	} {
		tx := types.MustSignNewTx(aliceKey, types.LatestSigner(s.chain.ChainConfig()), body)
		t.Run(fmt.Sprintf("type %d", tx.Type()), func(t *testing.T) {
			var hash common.Hash
			s.must(t, &hash, "eth_sendRawTransaction", raw(t, tx))
			if hash != tx.Hash() {
				t.Fatalf("sent %s, got %s", tx.Hash(), hash)
			}
			var receipt struct {
				Status, Type      hexutil.Uint64
				EffectiveGasPrice *hexutil.Big
			}
			s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", hash))
			if receipt.Status != 1 || uint8(receipt.Type) != tx.Type() || receipt.EffectiveGasPrice == nil {
				t.Errorf("receipt %+v", receipt)
			}
			var nonce hexutil.Uint64
			s.must(t, &nonce, "eth_getTransactionCount", fmt.Sprintf(`%q, "pending"`, alice))
			if uint64(nonce) != tx.Nonce()+1 {
				t.Errorf("nonce %d after transaction %d", nonce, tx.Nonce())
			}
			var found map[string]any
			s.must(t, &found, "eth_getTransactionByHash", fmt.Sprintf("%q", hash))
			if found["blockHash"] == nil || !strings.EqualFold(found["from"].(string), alice.Hex()) {
				t.Errorf("transaction %v", found)
			}
		})
	}
}

func TestRefusedTransactionsGetGethsWords(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.send(t, aliceKey, &bob, 1, nil)
	waits := s.sign(t, aliceKey, 5, &bob, 1, nil)
	s.must(t, nil, "eth_sendRawTransaction", raw(t, waits))

	id := s.chain.ChainConfig().ChainID
	signer := types.LatestSigner(s.chain.ChainConfig())
	sign := func(body types.TxData) *types.Transaction { return types.MustSignNewTx(aliceKey, signer, body) }
	big1, gwei := big.NewInt(1), big.NewInt(20*params.GWei)
	poor := mustKey("00000000000000000000000000000000000000000000000000000000000000ff")
	for _, row := range []struct {
		name string
		tx   *types.Transaction
		want string
	}{
		{"used nonce", s.sign(t, aliceKey, 0, &bob, 2, nil), "nonce too low"},
		{"known", waits, "already known"},
		{"replacement for the same price", s.sign(t, aliceKey, 5, &bob, 2, nil), "replacement transaction underpriced"},
		{"no money", s.sign(t, poor, 0, &bob, 1, nil), "insufficient funds for gas * price + value"},
		{
			"too little gas",
			sign(&types.DynamicFeeTx{ChainID: id, Nonce: 1, To: &bob, Gas: 20_999, GasFeeCap: gwei, GasTipCap: big1}),
			"intrinsic gas too low",
		},
		{
			"tip above fee cap",
			sign(&types.DynamicFeeTx{ChainID: id, Nonce: 1, To: &bob, Gas: 21_000, GasFeeCap: big1, GasTipCap: gwei}),
			"max priority fee per gas higher than max fee per gas",
		},
		{
			"more gas than a transaction may",
			sign(&types.DynamicFeeTx{ChainID: id, Nonce: 1, To: &bob, Gas: 1 << 40, GasFeeCap: gwei, GasTipCap: big1}),
			"gas limit too high",
		},
		{
			"more creation data than a transaction may",
			sign(
				&types.DynamicFeeTx{
					ChainID: id, Nonce: 1, Gas: 1 << 27, GasFeeCap: gwei, GasTipCap: big1, Data: make([]byte, 1<<20+1),
				},
			),
			"max initcode size exceeded",
		},
		{
			"other chain",
			types.MustSignNewTx(
				aliceKey, types.LatestSignerForChainID(big1),
				&types.DynamicFeeTx{ChainID: big1, Nonce: 1, To: &bob, Gas: 21_000, GasFeeCap: gwei},
			),
			"invalid sender",
		},
		{
			"not replay-protected",
			types.MustSignNewTx(
				aliceKey, types.HomesteadSigner{}, &types.LegacyTx{Nonce: 1, To: &bob, Gas: 21_000, GasPrice: gwei},
			),
			"only replay-protected (EIP-155) transactions allowed over RPC",
		},
		{
			"blob",
			sign(
				&types.BlobTx{
					ChainID: uint256.MustFromBig(id), Nonce: 1, To: bob, Gas: 21_000,
					GasFeeCap: uint256.MustFromBig(gwei), BlobFeeCap: uint256.NewInt(1), BlobHashes: []common.Hash{{1}},
				},
			),
			"transaction type not supported",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := s.call(t, nil, "eth_sendRawTransaction", raw(t, row.tx))
			if err == nil {
				t.Fatal("accepted")
			}
			if err.Code != -32000 || !strings.Contains(err.Message, row.want) {
				t.Errorf("got %d %q, want -32000 with %q", err.Code, err.Message, row.want)
			}
		})
	}
	var number hexutil.Uint64
	s.must(t, &number, "eth_blockNumber", "")
	if number != 1 {
		t.Errorf("head is block %d, want 1", number)
	}
}

func TestCreationsOfAMebibyteFitIntoOneRequest(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	module := append([]byte("\x00asm\x01\x00\x00\x00"), make([]byte, 1<<20-8)...)
	id := s.chain.ChainConfig().ChainID
	tx := types.MustSignNewTx(aliceKey, types.LatestSigner(s.chain.ChainConfig()), &types.DynamicFeeTx{
		ChainID: id, Gas: 1 << 26, GasFeeCap: big.NewInt(20 * params.GWei), GasTipCap: big.NewInt(1), Data: module,
	})
	s.must(t, nil, "eth_sendRawTransaction", raw(t, tx))
	var receipt struct {
		Status       hexutil.Uint64
		RevertReason string
	}
	s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", tx.Hash()))
	if receipt.Status != 0 || receipt.RevertReason == "" {
		t.Errorf("receipt %+v, want a failure with its reason", receipt)
	}
}

func TestTheNodesOwnAccountsNeverGiveANonceTwice(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	const each = 20
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for range each {
				if err := s.call(
					t, nil, "eth_sendTransaction", fmt.Sprintf(`{"from":%q,"to":%q,"value":"0x1"}`, alice, bob),
				); err != nil {
					t.Errorf("%+v", *err)
				}
			}
		})
	}
	clients.Wait()
	var nonce hexutil.Uint64
	s.must(t, &nonce, "eth_getTransactionCount", fmt.Sprintf(`%q, "latest"`, alice))
	if nonce != 4*each {
		t.Errorf("nonce %d, want %d", nonce, 4*each)
	}
}

func TestWaitingTransactionsAreSeenBeforeTheyAreMined(t *testing.T) {
	s := start(t, miner.Manual, rpc.Config{})
	var hash common.Hash
	s.must(t, &hash, "eth_sendTransaction", fmt.Sprintf(`{"from":%q,"to":%q,"value":"0x1"}`, alice, bob))
	var tx map[string]any
	s.must(t, &tx, "eth_getTransactionByHash", fmt.Sprintf("%q", hash))
	if tx["blockHash"] != nil || tx["nonce"] != "0x0" {
		t.Errorf("waiting transaction %v", tx)
	}
	var receipt json.RawMessage
	s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", hash))
	if string(receipt) != "null" {
		t.Errorf("receipt %s of a transaction that waits", receipt)
	}
	var nonce hexutil.Uint64
	s.must(t, &nonce, "eth_getTransactionCount", fmt.Sprintf(`%q, "pending"`, alice))
	if nonce != 1 {
		t.Errorf("pending nonce %d, want 1", nonce)
	}
	check(t, s.miner.Mine(1))
	s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", hash))
	if string(receipt) == "null" {
		t.Error("no receipt after mining")
	}
}
