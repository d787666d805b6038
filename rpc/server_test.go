package rpc_test

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/chain/pool"
	"hestia/contracts"
	"hestia/rpc"
	"hestia/state"
	"hestia/vm/wasmtime"
)

// The accounts of the tests: the first two of every devnet.
var (
	aliceKey = mustKey("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
	alice    = crypto.PubkeyToAddress(aliceKey.PublicKey)
	bobKey   = mustKey("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
	bob      = crypto.PubkeyToAddress(bobKey.PublicKey)
	token    = crypto.CreateAddress(alice, 0)
	counter  = crypto.CreateAddress(alice, 1)
)

func mustKey(hex string) *ecdsa.PrivateKey {
	key, err := crypto.HexToECDSA(hex)
	if err != nil {
		panic(err)
	}
	return key
}

// server is a whole node below a JSON-RPC server on the loopback interface.
type server struct {
	url   string
	chain *chain.Chain
	pool  *pool.Pool
	miner *miner.Miner
	rpc   *rpc.Server
}

// start runs a devnet's server whose blocks are two seconds apart, whatever the time.
func start(t testing.TB, mode miner.Mode, config rpc.Config) *server {
	t.Helper()
	return startOn(t, devnetGenesis(true), mode, config)
}

// devnetGenesis returns a genesis in which alice and bob are rich.
func devnetGenesis(devnet bool) *chain.Genesis {
	rich := types.Account{Balance: new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{alice: rich, bob: rich})
	genesis.Devnet = devnet
	return genesis
}

// startOn is start with a chain of its own.
func startOn(t testing.TB, genesis *chain.Genesis, mode miner.Mode, config rpc.Config) *server {
	t.Helper()
	store, err := state.Open("", state.Options{})
	check(t, err)
	t.Cleanup(func() { check(t, store.Close()) })
	engine, err := wasmtime.New(wasmtime.Config{})
	check(t, err)
	t.Cleanup(func() { check(t, engine.Close()) })

	opened, err := chain.Open(store, engine, genesis)
	check(t, err)
	view, err := opened.HeadView()
	check(t, err)
	waiting := pool.New(view)
	mining := miner.New(opened, waiting, miner.Config{Mode: mode, Clock: func() time.Time {
		return time.Unix(int64(opened.Head().Time)+2, 0)
	}})
	t.Cleanup(mining.Close)

	if config.Keys == nil {
		config.Keys = []*ecdsa.PrivateKey{aliceKey, bobKey}
	}
	answering, err := rpc.New(rpc.Backend{Chain: opened, Pool: waiting, Driver: mining, Miner: mining}, config)
	check(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	go func() {
		if err := answering.Serve(listener); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { check(t, answering.Close()) })
	return &server{"http://" + listener.Addr().String(), opened, waiting, mining, answering}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// populate mines five blocks: the token and the counter deployed, ether paid, tokens moved, a transfer that reverts.
func (s *server) populate(t testing.TB) {
	t.Helper()
	s.send(t, aliceKey, nil, 0, contracts.Token.Creation)
	s.send(t, aliceKey, nil, 0, contracts.Counter.Creation)
	s.send(t, aliceKey, &bob, 1_000_000_000, nil)
	s.send(t, aliceKey, &token, 0, transfer(bob, 25))
	s.send(t, bobKey, &token, 0, transfer(alice, 26))
}

// send mines a transaction of the sender's next nonce.
func (s *server) send(
	t testing.TB, key *ecdsa.PrivateKey, to *common.Address, value int64, data []byte,
) *types.Transaction {
	t.Helper()
	tx := s.sign(t, key, s.pool.Nonce(crypto.PubkeyToAddress(key.PublicKey)), to, value, data)
	check(t, s.miner.Add(tx))
	return tx
}

func (s *server) sign(
	t testing.TB, key *ecdsa.PrivateKey, nonce uint64, to *common.Address, value int64, data []byte,
) *types.Transaction {
	t.Helper()
	config := s.chain.ChainConfig()
	tx, err := types.SignNewTx(key, types.LatestSigner(config), &types.DynamicFeeTx{
		ChainID: config.ChainID, Nonce: nonce, To: to, Value: big.NewInt(value), Data: data, Gas: 3_000_000,
		GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(20 * params.GWei),
	})
	check(t, err)
	return tx
}

// transfer is the calldata that moves a number of the token's smallest unit.
func transfer(to common.Address, amount int64) []byte {
	data := common.FromHex("a9059cbb")
	data = append(data, common.LeftPadBytes(to[:], 32)...)
	return append(data, common.LeftPadBytes(big.NewInt(amount).Bytes(), 32)...)
}

// post sends a body as it is and returns status and answer.
func (s *server) post(t testing.TB, body string) (int, string) {
	t.Helper()
	response, err := http.Post(s.url, "application/json", bytes.NewBufferString(body))
	check(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	check(t, err)
	return response.StatusCode, string(answer)
}

// rpcError is the error object of an answer.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data"`
}

// call calls a method with parameters in JSON and decodes what it returns into result, unless that is nil.
func (s *server) call(t testing.TB, result any, method, params string) *rpcError {
	t.Helper()
	_, body := s.post(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":[%s]}`, method, params))
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  *rpcError       `json:"error"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%s: %v in %q", method, err, body)
	}
	if answer.Error == nil && result != nil {
		check(t, json.Unmarshal(answer.Result, result))
	}
	return answer.Error
}

// must calls a method that has to succeed.
func (s *server) must(t testing.TB, result any, method string, params ...string) {
	t.Helper()
	if err := s.call(t, result, method, strings.Join(params, ",")); err != nil {
		t.Fatalf("%s(%s): %+v", method, params, *err)
	}
}
