// Package clients holds the suites that drive a devnet with the clients people use; this file is those of go-ethereum,
// the others run under make clients.
package clients

//go:generate -command abigen go run github.com/ethereum/go-ethereum/cmd/abigen --v2 --pkg clients
//go:generate abigen --abi ../../contracts/token/token.abi.json --type Token --out token_binding_test.go
//go:generate abigen --abi refuser.abi.json --type Refuser --out refuser_binding_test.go

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/abigen"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
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
	"hestia/internal/wat"
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
	auth    *bind.TransactOpts
	token   *Token // as abigen generates it
	bound   *bind.BoundContract
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

	id, err := s.eth.ChainID(s.ctx)
	s.must(err)
	s.auth = bind.NewKeyedTransactor(s.node.Keys[0], id)
	s.bob = crypto.PubkeyToAddress(s.node.Keys[1].PublicKey)
	s.token = NewToken()
	s.deploy()
	s.bound = s.token.Instance(s.eth, s.address)
	return s
}

// deploy deploys the token as abigen's bindings do, with the module as the bytecode.
func (s *suite) deploy() {
	s.Helper()
	token := &bind.MetaData{ABI: TokenMetaData.ABI, ID: TokenMetaData.ID, Bin: hexutil.Encode(contracts.Token.Creation)}
	deployed, err := bind.LinkAndDeploy(
		&bind.DeploymentParams{Contracts: []*bind.MetaData{token}}, bind.DefaultDeployer(s.auth, s.eth))
	s.must(err)
	s.address = deployed.Addresses[token.ID]
	at, err := bind.WaitDeployed(s.ctx, s.eth, deployed.Txs[token.ID].Hash())
	s.must(err)
	if at != s.address {
		s.Fatalf("deployed at %s, predicted %s", at, s.address)
	}
}

// shows says which steps of a contract's life a test has shown, for steps.mjs, unless it fails.
func (s *suite) shows(steps string) {
	s.Cleanup(func() {
		if !s.Failed() {
			s.Logf("ok  [%s]", steps)
		}
	})
}

// transfer moves tokens and returns the mined receipt.
func (s *suite) transfer(amount int64) *types.Receipt {
	s.Helper()
	tx, err := bind.Transact(s.bound, s.auth, s.token.PackTransfer(s.bob, big.NewInt(amount)))
	s.must(err)
	receipt, err := bind.WaitMined(s.ctx, s.eth, tx.Hash())
	s.must(err)
	return receipt
}

func (s *suite) balanceOf(owner common.Address) *big.Int {
	s.Helper()
	balance, err := bind.Call(s.bound, nil, s.token.PackBalanceOf(owner), s.token.UnpackBalanceOf)
	s.must(err)
	return balance
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
	s.shows("deploy; call; write; logs; filters; subscriptions")
	code, err := s.eth.CodeAt(s.ctx, s.address, nil)
	s.must(err)
	if string(code) != string(contracts.Token.Runtime) {
		t.Errorf("the code has %d bytes, want %d", len(code), len(contracts.Token.Runtime))
	}
	heads, logs, pending := make(chan *types.Header, 4), make(chan types.Log, 4), make(chan common.Hash, 4)
	events := make(chan *TokenTransfer, 4)
	filters := s.filters()
	for _, subscribe := range []func() (ethereum.Subscription, error){
		func() (ethereum.Subscription, error) { return s.eth.SubscribeNewHead(s.ctx, heads) },
		func() (ethereum.Subscription, error) {
			return s.eth.SubscribeFilterLogs(s.ctx, ethereum.FilterQuery{Addresses: []common.Address{s.address}}, logs)
		},
		func() (ethereum.Subscription, error) { return s.geth.SubscribePendingTransactions(s.ctx, pending) },
		func() (ethereum.Subscription, error) {
			return bind.WatchEvents(s.bound, nil, s.token.UnpackTransferEvent, events, nil, []any{s.bob})
		},
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
	if event := <-events; event.From != s.auth.From || event.To != s.bob || event.Amount.Int64() != 25 {
		t.Errorf("told of %+v", event)
	}
	s.tell(filters, receipt)
	found, err := s.eth.FilterLogs(
		s.ctx, ethereum.FilterQuery{Addresses: []common.Address{s.address}, FromBlock: receipt.BlockNumber},
	)
	s.must(err)
	if len(found) != 1 || found[0].TxHash != receipt.TxHash {
		t.Errorf("logs %v", found)
	}
	iterator, err := bind.FilterEvents(s.bound, nil, s.token.UnpackTransferEvent, nil, []any{s.bob})
	s.must(err)
	defer iterator.Close()
	if !iterator.Next() || iterator.Value().Raw.TxHash != receipt.TxHash || iterator.Next() || iterator.Error() != nil {
		t.Errorf("events: %+v, %v", iterator.Value(), iterator.Error())
	}
	block, err := s.eth.BlockByHash(s.ctx, receipt.BlockHash) // checks the transactions' root
	s.must(err)
	if block.Transactions()[0].Hash() != receipt.TxHash ||
		types.DeriveSha(block.Transactions(), trie.NewStackTrie(nil)) != block.TxHash() {
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
	s.shows("proof")
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
	s.shows("exact gas; access list; fee history; revert")
	call := ethereum.CallMsg{From: s.auth.From, To: &s.address, Data: s.token.PackTransfer(s.bob, big.NewInt(1))}
	gas, err := s.eth.EstimateGas(s.ctx, call)
	s.must(err)
	call.Gas = gas
	_, err = s.eth.CallContract(s.ctx, call, nil)
	s.must(err)
	call.Gas--
	if _, err = s.eth.CallContract(s.ctx, call, nil); err == nil || !strings.Contains(err.Error(), "out of gas") {
		t.Errorf("with %d gas: %v", call.Gas, err)
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
	over := map[common.Address]gethclient.OverrideAccount{
		s.address: {StateDiff: map[common.Hash]common.Hash{{}: {31: 7}}},
	}
	answer, err := s.geth.CallContract(
		s.ctx, ethereum.CallMsg{To: &s.address, Data: s.token.PackTotalSupply()}, nil, &over,
	)
	s.must(err)
	if seven, err := s.token.UnpackTotalSupply(answer); err != nil || seven.Int64() != 7 {
		t.Errorf("supply overridden is %v, %v", seven, err)
	}
	tooMuch := s.token.PackTransfer(s.bob, new(big.Int).Lsh(big.NewInt(1), 200))
	_, err = s.eth.CallContract(s.ctx, ethereum.CallMsg{From: s.auth.From, To: &s.address, Data: tooMuch}, nil)
	text, unpackErr := gethabi.UnpackRevert(s.refusal(err))
	if unpackErr != nil || text != "insufficient balance" {
		t.Errorf("reason %q, %v", text, unpackErr)
	}
}

// refusal is what a contract gave with the revert that err is.
func (s *suite) refusal(err error) []byte {
	s.Helper()
	reverted, ok := err.(gethrpc.DataError)
	if !ok {
		s.Fatalf("a revert is %v", err)
	}
	return common.FromHex(reverted.ErrorData().(string))
}

func TestAContractThatRefusesIsToldByTheNameOfItsError(t *testing.T) {
	s := newSuite(t)
	s.shows("custom error")
	code, err := os.ReadFile("refuser.wasm")
	s.must(err)
	at, known := common.HexToAddress("0xe0e0"), 0
	s.must(s.rpc.CallContext(s.ctx, nil, "anvil_setCode", at, hexutil.Bytes(code)))
	s.must(s.rpc.CallContext(s.ctx, &known, "hestia_addABI", json.RawMessage(RefuserMetaData.ABI)))
	refuser := NewRefuser()
	_, err = bind.Call(
		refuser.Instance(s.eth, at), nil, refuser.PackTake(big.NewInt(5)),
		func([]byte) (struct{}, error) { return struct{}{}, nil },
	)
	told, unpackErr := refuser.UnpackError(s.refusal(err))
	s.must(unpackErr)
	if e, ok := told.(*RefuserNotYours); !ok || e.Owner != s.bob || e.Id.Int64() != 5 {
		t.Errorf("the binding tells %+v", told)
	}
	if want := "execution reverted: NotYours(owner=" + s.bob.Hex() + ", id=5)"; known != 1 || err.Error() != want {
		t.Errorf("the node knows %d errors and tells %q, want %q", known, err, want)
	}
}

func TestTheBindingsAreWhatAbigenGenerates(t *testing.T) {
	for name, row := range map[string]struct{ abi, file string }{
		"Token":   {"../../contracts/token/token.abi.json", "token_binding_test.go"},
		"Refuser": {"refuser.abi.json", "refuser_binding_test.go"},
	} {
		text, err := os.ReadFile(row.abi)
		if err != nil {
			t.Fatal(err)
		}
		want, err := abigen.BindV2([]string{name}, []string{string(text)}, []string{""}, "clients", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := os.ReadFile(row.file); err != nil || string(kept) != want {
			t.Errorf("%s is not what abigen generates: run go generate ./tests/clients (%v)", row.file, err)
		}
	}
}

// The suites in JavaScript read the built module, as nothing there builds it.
func TestTheModulesAreWhatTheirTextsBuild(t *testing.T) {
	build := func(name string) []byte {
		text, err := os.ReadFile(name + ".wat")
		if err != nil {
			t.Fatal(err)
		}
		return wat.Assemble(t, string(text))
	}
	runtime := build("keeper")
	marker := append([]byte("\x07runtime"), runtime...)
	keeper := append(binary.AppendUvarint(append(build("keeper_deploy"), 0), uint64(len(marker))), marker...)
	for name, built := range map[string][]byte{
		"refuser": build("refuser"), "keeper": runtime, "keeper_deploy": keeper, "factory": build("factory"),
		"diary": build("diary"),
	} {
		if kept, err := os.ReadFile(name + ".wasm"); err != nil || !bytes.Equal(built, kept) {
			t.Errorf("%s.wasm is not what its text builds (%v)", name, err)
		}
	}
}

func TestAConstructorGetsItsArguments(t *testing.T) {
	s := newSuite(t)
	s.shows("constructor")
	text, err := os.ReadFile("keeper.abi.json")
	s.must(err)
	creation, err := os.ReadFile("keeper_deploy.wasm")
	s.must(err)
	known, err := gethabi.JSON(bytes.NewReader(text))
	s.must(err)
	arguments, err := known.Pack("", big.NewInt(42), "this text is longer than a word of the ABI")
	s.must(err)
	address, tx, err := bind.DeployContract(s.auth, creation, s.eth, arguments)
	s.must(err)
	_, err = bind.WaitDeployed(s.ctx, s.eth, tx.Hash())
	s.must(err)
	answer, err := s.eth.CallContract(s.ctx, ethereum.CallMsg{To: &address}, nil)
	s.must(err)
	if !bytes.Equal(answer, arguments) {
		t.Errorf("the contract was given %x, want %x", answer, arguments)
	}
}

func TestEthclientSendsEveryTypeOfTransaction(t *testing.T) {
	s := newSuite(t)
	s.shows("type 0; type 1; type 2; type 4")
	id, err := s.eth.ChainID(s.ctx)
	s.must(err)
	price, list := big.NewInt(20e9), types.AccessList{{Address: s.address, StorageKeys: []common.Hash{}}}
	nonce, err := s.eth.PendingNonceAt(s.ctx, s.auth.From)
	s.must(err)
	delegation, err := types.SignSetCode(
		s.node.Keys[2], types.SetCodeAuthorization{ChainID: *uint256.MustFromBig(id), Address: s.address},
	)
	s.must(err)
	for i, body := range []types.TxData{
		&types.LegacyTx{Nonce: nonce, To: &s.bob, Gas: 50_000, GasPrice: price},
		&types.AccessListTx{ChainID: id, Nonce: nonce + 1, To: &s.bob, Gas: 50_000, GasPrice: price, AccessList: list},
		&types.DynamicFeeTx{
			ChainID: id, Nonce: nonce + 2, To: &s.bob, Gas: 50_000, GasFeeCap: price, GasTipCap: big.NewInt(1),
		},
		&types.SetCodeTx{
			ChainID: uint256.MustFromBig(id), Nonce: nonce + 3, To: s.bob, Gas: 100_000,
			GasFeeCap: uint256.MustFromBig(price),
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
	s.shows("batch")
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
