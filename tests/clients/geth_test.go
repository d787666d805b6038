// Package clients holds the suites that drive a devnet with the clients people use; this file is those of go-ethereum, the
// others run under make clients.
package clients

import (
	"context"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/ethclient/gethclient"
	"github.com/ethereum/go-ethereum/ethdb/memorydb"
	"github.com/ethereum/go-ethereum/rlp"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/holiman/uint256"

	"hestia/contracts"
	"hestia/node"
)

// suite is a devnet with the token deployed on it by the first of the node's keys, and geth's clients of it.
type suite struct {
	*testing.T
	ctx     context.Context
	rpc     *gethrpc.Client
	eth     *ethclient.Client
	geth    *gethclient.Client
	node    *node.Node
	abi     abi.ABI
	auth    *bind.TransactOpts
	token   *bind.BoundContract
	address common.Address
	bob     common.Address
}

func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func newSuite(t *testing.T) *suite {
	t.Helper()
	s := &suite{T: t}
	var cancel context.CancelFunc
	s.ctx, cancel = context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	var err error
	s.node, err = node.Start(node.Config{})
	s.must(err)
	t.Cleanup(func() { s.must(s.node.Close()) })
	s.rpc, err = gethrpc.DialContext(s.ctx, strings.Replace(s.node.URL(), "http", "ws", 1))
	s.must(err)
	t.Cleanup(s.rpc.Close)
	s.eth, s.geth = ethclient.NewClient(s.rpc), gethclient.New(s.rpc)

	text, err := os.ReadFile("../../contracts/token/token.abi.json")
	s.must(err)
	s.abi, err = abi.JSON(strings.NewReader(string(text)))
	s.must(err)
	id, err := s.eth.ChainID(s.ctx)
	s.must(err)
	s.auth = bind.NewKeyedTransactor(s.node.Keys[0], id)
	s.bob = crypto.PubkeyToAddress(s.node.Keys[1].PublicKey)
	var deployment *types.Transaction
	s.address, deployment, err = bind.DeployContract(s.auth, contracts.Token.Creation, s.eth, nil)
	s.must(err)
	at, err := bind.WaitDeployed(s.ctx, s.eth, deployment.Hash())
	s.must(err)
	if at != s.address {
		t.Fatalf("deployed at %s, predicted %s", at, s.address)
	}
	s.token = bind.NewBoundContract(s.address, s.abi, s.eth, s.eth, s.eth)
	return s
}

// transfer moves tokens and returns the mined receipt.
func (s *suite) transfer(amount int64) *types.Receipt {
	s.Helper()
	input, err := s.abi.Pack("transfer", s.bob, big.NewInt(amount))
	s.must(err)
	tx, err := s.token.RawTransact(s.auth, input)
	s.must(err)
	receipt, err := bind.WaitMined(s.ctx, s.eth, tx.Hash())
	s.must(err)
	return receipt
}

func (s *suite) balanceOf(owner common.Address) *big.Int {
	s.Helper()
	var out []any
	s.must(s.token.Call(nil, &out, "balanceOf", owner))
	return out[0].(*big.Int)
}

// filters makes one of each kind: of the token's logs, of blocks and of waiting transactions.
func (s *suite) filters() (ids [3]string) {
	s.Helper()
	s.must(s.rpc.CallContext(s.ctx, &ids[0], "eth_newFilter", map[string]any{"address": s.address}))
	s.must(s.rpc.CallContext(s.ctx, &ids[1], "eth_newBlockFilter"))
	s.must(s.rpc.CallContext(s.ctx, &ids[2], "eth_newPendingTransactionFilter"))
	return ids
}

// tell fails unless filters tell of one transaction and its block, once.
func (s *suite) tell(filters [3]string, receipt *types.Receipt) {
	s.Helper()
	var logs []types.Log
	s.must(s.rpc.CallContext(s.ctx, &logs, "eth_getFilterChanges", filters[0]))
	if len(logs) != 1 || logs[0].TxHash != receipt.TxHash {
		s.Errorf("a filter of logs tells %v", logs)
	}
	for i, want := range []common.Hash{receipt.BlockHash, receipt.TxHash} {
		var first, again []common.Hash
		s.must(s.rpc.CallContext(s.ctx, &first, "eth_getFilterChanges", filters[i+1]))
		s.must(s.rpc.CallContext(s.ctx, &again, "eth_getFilterChanges", filters[i+1]))
		if len(first) != 1 || first[0] != want || len(again) != 0 {
			s.Errorf("filter %d tells %v, then %v, want %s once", i+1, first, again, want)
		}
	}
}

func TestABoundContractLivesItsWholeLife(t *testing.T) {
	s := newSuite(t)
	code, err := s.eth.CodeAt(s.ctx, s.address, nil)
	s.must(err)
	if string(code) != string(contracts.Token.Runtime) {
		t.Errorf("the code has %d bytes, want %d", len(code), len(contracts.Token.Runtime))
	}
	heads, logs, pending := make(chan *types.Header, 4), make(chan types.Log, 4), make(chan common.Hash, 4)
	filters := s.filters()
	for _, subscribe := range []func() (ethereum.Subscription, error){
		func() (ethereum.Subscription, error) { return s.eth.SubscribeNewHead(s.ctx, heads) },
		func() (ethereum.Subscription, error) {
			return s.eth.SubscribeFilterLogs(s.ctx, ethereum.FilterQuery{Addresses: []common.Address{s.address}}, logs)
		},
		func() (ethereum.Subscription, error) { return s.geth.SubscribePendingTransactions(s.ctx, pending) },
	} {
		subscription, err := subscribe()
		s.must(err)
		defer subscription.Unsubscribe()
	}
	receipt := s.transfer(25)
	if receipt.Status != 1 || len(receipt.Logs) != 1 || s.balanceOf(s.bob).Int64() != 25 {
		t.Errorf("receipt %+v, balance %v", receipt, s.balanceOf(s.bob))
	}
	if head, log := <-heads, <-logs; head.Hash() != receipt.BlockHash || log.TxHash != receipt.TxHash {
		t.Errorf("told of block %s and a log of %s", head.Hash(), log.TxHash)
	}
	if hash := <-pending; hash != receipt.TxHash {
		t.Errorf("told of transaction %s", hash)
	}
	s.tell(filters, receipt)
	found, err := s.eth.FilterLogs(s.ctx, ethereum.FilterQuery{Addresses: []common.Address{s.address}, FromBlock: receipt.BlockNumber})
	s.must(err)
	if len(found) != 1 || found[0].TxHash != receipt.TxHash {
		t.Errorf("logs %v", found)
	}
	block, err := s.eth.BlockByHash(s.ctx, receipt.BlockHash) // checks the transactions' root
	s.must(err)
	if block.Transactions()[0].Hash() != receipt.TxHash || types.DeriveSha(block.Transactions(), trie.NewStackTrie(nil)) != block.TxHash() {
		t.Errorf("block %+v", block.Header())
	}
	all, err := s.eth.BlockReceipts(s.ctx, gethrpc.BlockNumberOrHashWithHash(receipt.BlockHash, true))
	s.must(err)
	if types.DeriveSha(types.Receipts(all), trie.NewStackTrie(nil)) != block.ReceiptHash() {
		t.Error("the receipts are not what the header's root says")
	}
}

func TestTheProofHoldsAgainstTheHeader(t *testing.T) {
	s := newSuite(t)
	s.transfer(25)
	slot := crypto.Keccak256Hash(common.LeftPadBytes(s.bob[:], 32), common.LeftPadBytes([]byte{1}, 32))
	header, err := s.eth.HeaderByNumber(s.ctx, nil)
	s.must(err)
	proof, err := s.geth.GetProof(s.ctx, s.address, []string{slot.Hex(), "0x0"}, header.Number)
	s.must(err)
	prove := func(root common.Hash, key []byte, nodes []string) []byte {
		db := memorydb.New()
		for _, node := range nodes {
			raw := common.FromHex(node)
			s.must(db.Put(crypto.Keccak256(raw), raw))
		}
		value, err := trie.VerifyProof(root, crypto.Keccak256(key), db)
		s.must(err)
		return value
	}
	account := new(types.StateAccount)
	s.must(rlp.DecodeBytes(prove(header.Root, s.address[:], proof.AccountProof), account))
	if account.Root != proof.StorageHash || account.Nonce != proof.Nonce {
		t.Errorf("the proof says %+v, the trie %+v", proof, account)
	}
	if value := prove(proof.StorageHash, slot[:], proof.StorageProof[0].Proof); len(value) != 1 || value[0] != 25 {
		t.Errorf("the slot is proved to hold %x", value)
	}
}

func TestEthclientEstimatesTracesAndLists(t *testing.T) {
	s := newSuite(t)
	input, err := s.abi.Pack("transfer", s.bob, big.NewInt(1))
	s.must(err)
	call := ethereum.CallMsg{From: s.auth.From, To: &s.address, Data: input}
	gas, err := s.eth.EstimateGas(s.ctx, call)
	s.must(err)
	call.Gas = gas
	_, err = s.eth.CallContract(s.ctx, call, nil)
	s.must(err)
	call.Gas--
	if _, err = s.eth.CallContract(s.ctx, call, nil); err == nil {
		t.Errorf("%d gas is enough too", call.Gas)
	}
	call.Gas = 0
	list, used, failed, err := s.geth.CreateAccessList(s.ctx, call)
	s.must(err)
	if failed != "" || used == 0 || list.StorageKeys() != 2 {
		t.Errorf("access list %v, gas %d, %q", list, used, failed)
	}
	history, err := s.eth.FeeHistory(s.ctx, 2, nil, []float64{50})
	s.must(err)
	if len(history.BaseFee) != 3 {
		t.Errorf("fee history %+v", history)
	}
	receipt := s.transfer(1)
	tracing, err := s.geth.TraceTransaction(s.ctx, receipt.TxHash, nil)
	s.must(err)
	if tracing == nil {
		t.Error("no trace")
	}
	over := map[common.Address]gethclient.OverrideAccount{s.address: {StateDiff: map[common.Hash]common.Hash{{}: {31: 7}}}}
	supply, err := s.abi.Pack("totalSupply")
	s.must(err)
	seven, err := s.geth.CallContract(s.ctx, ethereum.CallMsg{To: &s.address, Data: supply}, nil, &over)
	s.must(err)
	if new(big.Int).SetBytes(seven).Int64() != 7 {
		t.Errorf("supply overridden is %x", seven)
	}
	tooMuch, err := s.abi.Pack("transfer", s.bob, new(big.Int).Lsh(big.NewInt(1), 200))
	s.must(err)
	_, err = s.eth.CallContract(s.ctx, ethereum.CallMsg{From: s.auth.From, To: &s.address, Data: tooMuch}, nil)
	reverted, ok := err.(gethrpc.DataError)
	if !ok {
		t.Fatalf("a revert is %v", err)
	}
	text, err := abi.UnpackRevert(common.FromHex(reverted.ErrorData().(string)))
	if err != nil || text != "insufficient balance" {
		t.Errorf("reason %q, %v", text, err)
	}
}

func TestEthclientSendsEveryTypeOfTransaction(t *testing.T) {
	s := newSuite(t)
	id, err := s.eth.ChainID(s.ctx)
	s.must(err)
	price, list := big.NewInt(20e9), types.AccessList{{Address: s.address, StorageKeys: []common.Hash{}}}
	nonce, err := s.eth.PendingNonceAt(s.ctx, s.auth.From)
	s.must(err)
	delegation, err := types.SignSetCode(s.node.Keys[2], types.SetCodeAuthorization{ChainID: *uint256.MustFromBig(id), Address: s.address})
	s.must(err)
	for i, body := range []types.TxData{
		&types.LegacyTx{Nonce: nonce, To: &s.bob, Gas: 50_000, GasPrice: price},
		&types.AccessListTx{ChainID: id, Nonce: nonce + 1, To: &s.bob, Gas: 50_000, GasPrice: price, AccessList: list},
		&types.DynamicFeeTx{ChainID: id, Nonce: nonce + 2, To: &s.bob, Gas: 50_000, GasFeeCap: price, GasTipCap: big.NewInt(1)},
		&types.SetCodeTx{
			ChainID: uint256.MustFromBig(id), Nonce: nonce + 3, To: s.bob, Gas: 100_000, GasFeeCap: uint256.MustFromBig(price),
			GasTipCap: uint256.NewInt(1), AuthList: []types.SetCodeAuthorization{delegation},
		},
	} {
		tx := types.MustSignNewTx(s.node.Keys[0], types.LatestSignerForChainID(id), body)
		s.must(s.eth.SendTransaction(s.ctx, tx))
		receipt, err := s.eth.TransactionReceipt(s.ctx, tx.Hash())
		s.must(err)
		found, pending, err := s.eth.TransactionByHash(s.ctx, tx.Hash())
		s.must(err)
		if receipt.Status != 1 || receipt.Type != tx.Type() || pending || found.Hash() != tx.Hash() {
			t.Errorf("transaction %d: receipt %+v, found %v", i, receipt, found)
		}
	}
}

func TestABatchOfGethsClientIsAnsweredInFull(t *testing.T) {
	s := newSuite(t)
	var number, balance string
	batch := []gethrpc.BatchElem{
		{Method: "eth_blockNumber", Result: &number},
		{Method: "eth_getBalance", Args: []any{s.bob, "latest"}, Result: &balance},
		{Method: "eth_nothing", Result: new(string)},
	}
	s.must(s.rpc.BatchCallContext(s.ctx, batch))
	if number != "0x1" || balance == "" || batch[2].Error == nil {
		t.Errorf("number %s, balance %s, error %v", number, balance, batch[2].Error)
	}
}
