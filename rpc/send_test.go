package rpc_test

import (
	"context"
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
	"hestia/internal/wat"
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
			"blob",
			sign(
				&types.BlobTx{
					ChainID: uint256.MustFromBig(id), Nonce: 1, To: bob, Gas: 21_000,
					GasFeeCap: uint256.MustFromBig(gwei), BlobFeeCap: uint256.NewInt(1), BlobHashes: []common.Hash{{1}},
				},
			),
			"missing sidecar in blob transaction",
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
	check(t, s.miner.Mine(context.Background(), 1))
	s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", hash))
	if string(receipt) == "null" {
		t.Error("no receipt after mining")
	}
}

// The transaction that puts the deterministic deployer (https://github.com/Arachnid/deterministic-deployment-proxy) at
// its address on every chain has no chain id.
func TestADevnetTakesTransactionsWithoutAChainID(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	tx := types.MustSignNewTx(aliceKey, types.HomesteadSigner{}, &types.LegacyTx{
		To: &bob, Gas: 21_000, GasPrice: big.NewInt(20 * params.GWei),
	})
	s.must(t, nil, "eth_sendRawTransaction", raw(t, tx))
	if _, _, mined := s.chain.Transaction(tx.Hash()); !mined {
		t.Error("it is not mined")
	}
}

// Forms of parameters that clients send beside the ones of the specification.
func TestFormsThatClientsSend(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.populate(t)
	typed := `{"types":{"Mail":[{"name":"to","type":"address"},{"name":"parts","type":"Part[]"}],` +
		`"Part":[{"name":"text","type":"string"}],` +
		`"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}]},"primaryType":"Mail",` +
		`"domain":{"name":"x","chainId":31337},"message":{"to":"` + bob.Hex() + `","parts":[{"text":"a"}]}}`
	var want string
	s.must(t, &want, "eth_signTypedData_v4", fmt.Sprintf("%q", alice), typed)
	for name, data := range map[string]string{
		"a string": typed,
		"no type of a domain": strings.Replace(
			typed, `,"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}]`, "", 1,
		),
		"a field more":        strings.Replace(typed, `"message":{`, `"message":{"more":1,`, 1),
		"a field more within": strings.Replace(typed, `{"text":"a"}`, `{"text":"a","more":[{}]}`, 1),
	} {
		var got string
		s.must(t, &got, "eth_signTypedData_v4", fmt.Sprintf("%q", alice), fmt.Sprintf("%q", data))
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for _, request := range [][]string{
		{"ots_getBlockDetails", "2"},
		{"ots_getBlockTransactions", "2", "0", "25"},
		{"ots_getBlockTransactions", "2", "300", "1000"},
		{"ots_hasCode", fmt.Sprintf("%q", token), "2"},
		{"erigon_getHeaderByNumber", "2"},
	} {
		var got any
		s.must(t, &got, request[0], request[1:]...)
		if got == nil || got == false {
			t.Errorf("%v: %v", request, got)
		}
	}
	tx := types.MustSignNewTx(bobKey, types.LatestSigner(s.chain.ChainConfig()), &types.DynamicFeeTx{
		ChainID: s.chain.ChainConfig().ChainID, To: &alice, Gas: 21_000, GasFeeCap: big.NewInt(20 * params.GWei),
		Nonce: 1,
	})
	s.must(t, nil, "eth_sendRawTransactionSync", raw(t, tx), "2000")
}

// A call with a price and no gas limit may use what its sender can pay for, and one without a price sees no base fee.
func TestCallsAreHeldAgainstWhatTheyPay(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.populate(t)
	poor := fmt.Sprintf("%q", common.Address{0xcc})
	s.must(t, nil, "anvil_setBalance", poor, `"0x2386f26fc10000"`) // 0.01 ether: some 500,000 gas at 20 gwei
	call := fmt.Sprintf(`{"from":%s,"to":%q,"data":"0x18160ddd","maxFeePerGas":"0x4a817c800"}`, poor, token)
	for _, method := range []string{"eth_call", "eth_createAccessList", "eth_estimateGas"} {
		s.must(t, nil, method, call, `"latest"`)
	}
	s.must(t, nil, "eth_simulateV1", `{"blockStateCalls":[{"calls":[`+call+`]}],"validation":false}`)
	code := wat.Assemble(t, `(module (import "ethereum" "getBaseFee" (func $fee (param i32)))
		(import "ethereum" "finish" (func $finish (param i32 i32))) (memory (export "memory") 1)
		(func (export "main") (call $fee (i32.const 0)) (call $finish (i32.const 0) (i32.const 16))))`)
	shows := common.Address{0xfe}
	s.must(t, nil, "anvil_setCode", fmt.Sprintf("%q", shows), fmt.Sprintf("%q", hexutil.Encode(code)))
	for fields, zero := range map[string]bool{"": true, `,"gasPrice":"0x4a817c800"`: false} {
		var fee hexutil.Bytes
		s.must(t, &fee, "eth_call", fmt.Sprintf(`{"from":%q,"to":%q%s}`, alice, shows, fields), `"latest"`)
		if (common.BytesToHash(fee) == common.Hash{}) != zero {
			t.Errorf("a call with %q sees a base fee of %v", fields, fee)
		}
	}
}

// speaksOfGas is how an estimate says that running a message failed.
const speaksOfGas = "failed with"

func TestATransactionWhoseGasTheNodeEstimatesWaitsForABaseFeeThatItPays(t *testing.T) {
	s := start(t, miner.Manual, rpc.Config{})
	contract := wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main")))`)
	other := common.Address{0xee}
	s.must(t, nil, "anvil_setBalance", fmt.Sprintf(`%q, "0xde0b6b3a7640000"`, other))
	s.must(t, nil, "anvil_impersonateAccount", fmt.Sprintf("%q", other))
	s.must(t, nil, "anvil_mine", "1")
	var hashes []common.Hash
	for _, row := range []string{
		fmt.Sprintf(`{"from":%q,"to":%q,"gasPrice":"0x1"}`, alice, bob),
		fmt.Sprintf(`{"from":%q,"to":%q,"maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1"}`, alice, bob),
		fmt.Sprintf(`{"from":%q,"data":"0x%x","maxFeePerGas":"0x1"}`, alice, contract),
		fmt.Sprintf(`{"from":%q,"to":%q,"value":"0x1","gasPrice":"0x1"}`, other, bob),
	} {
		var hash common.Hash
		s.must(t, &hash, "eth_sendTransaction", row)
		hashes = append(hashes, hash)
	}
	s.must(t, nil, "evm_mine")
	var receipt *struct{ Status hexutil.Uint64 }
	for i, hash := range hashes {
		if s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", hash)); receipt != nil {
			t.Errorf("%d is mined below the base fee", i)
		}
	}
	s.must(t, nil, "hardhat_setNextBlockBaseFeePerGas", `"0x1"`)
	s.must(t, nil, "evm_mine")
	for i, hash := range hashes {
		s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", hash))
		if receipt == nil || receipt.Status != 1 {
			t.Errorf("%d: %+v once the base fee is paid", i, receipt)
		}
	}
}

func TestOnlyAnExecutionThatFailsIsSaidToFailWithSomeGas(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	for _, row := range []struct{ method, params, want string }{
		{"eth_sendTransaction", `{"from":%q,"to":%q,"gasPrice":"0x1"}`, "max fee per gas less than block base fee"},
		{"eth_sendTransaction", `{"from":%q,"to":%q,"maxFeePerGas":"0x1"}`, "max fee per gas less than block base fee"},
		{"eth_estimateGas", `{"from":%q,"to":%q,"gasPrice":"0x1"}`, "max fee per gas less than block base fee"},
		{
			"eth_estimateGas", `{"from":%q,"to":%q,"value":"0xffffffffffffffffffffffffffffffff"}`,
			"insufficient funds for gas * price + value",
		},
	} {
		err := s.call(t, nil, row.method, fmt.Sprintf(row.params, alice, bob))
		if err == nil || !strings.HasPrefix(err.Message, row.want) || strings.Contains(err.Message, speaksOfGas) {
			t.Errorf("%s(%s): %+v, want %q", row.method, row.params, err, row.want)
		}
	}
	if waiting := s.pool.All(); len(waiting) != 0 {
		t.Errorf("%d wait", len(waiting))
	}
}
