// Package rpc answers Ethereum's JSON-RPC over HTTP and WebSocket on one port.
//
// It turns parameters into questions to the chain, the pool and the miner, and their answers into the shapes, codes and
// error texts of geth, so that existing clients work unchanged; geth's own server does the protocol. It executes nothing
// itself and writes no state: simulated calls go to chain.Apply, transactions to the miner. It does not know how the node is
// assembled, nor where it listens.
//
// Each group of methods is a type in a file of its own: a method Foo of a type registered under "eth" is eth_foo. Start at
// New; errors.go lists what can go wrong, marshal.go what answers look like.
package rpc

import (
	"crypto/ecdsa"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/chain/pool"
	"hestia/iface/abi"
)

// callsPerProcessor bounds the simulated calls that run at once: more would only take memory from each other.
const callsPerProcessor = 4

// Config says who may ask and for how much. The zero value answers every local client and signs for nobody.
type Config struct {
	Keys    []*ecdsa.PrivateKey // accounts a devnet's node signs for, in the order eth_accounts lists them
	Version string              // what web3_clientVersion says; empty = "hestia"
	GasCap  uint64              // most gas of eth_call and eth_estimateGas; 0 = the block's gas limit
	Timeout time.Duration       // most that trying something out may take, beside traces; 0 = 5 s, geth's
	Origins []string            // web pages that may ask; nil = none but local tools, "*" = all
	Logging func(on bool)       // asked by a devnet's client to print or not; nil = not heard
	Hosts   []string            // names the node answers to besides IP addresses; nil = "localhost", "*" = all
}

// Backend is what the answers come from.
type Backend struct {
	Chain *chain.Chain
	Pool  *pool.Pool
	Miner *miner.Miner
}

// Server answers JSON-RPC requests. It is safe for concurrent use.
type Server struct {
	rpc  *gethrpc.Server
	http *http.Server

	calls    chan struct{} // one token for each simulated call that runs
	quit     chan struct{}
	loops    sync.WaitGroup
	close    sync.Once
	closeErr error
}

// service is what every group of methods stands on.
type service struct {
	Backend
	config Config
	keys   map[common.Address]*ecdsa.PrivateKey
	abis   *abi.Book
	calls  chan struct{} // shared with the server
	acting *acting       // whom a devnet's node sends for without a key

	timedOut error // what trying something out ends with when its time is over
}

// New returns a server that answers from b. It fails only where a method is missing, which is our bug.
func New(b Backend, c Config) (*Server, error) {
	if c.Version == "" {
		c.Version = "hestia"
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	if c.Hosts == nil {
		c.Hosts = []string{"localhost"}
	}
	if !b.Chain.Devnet() {
		c.Keys = nil // signing for whoever asks is for development
	}
	base := newService(b, c)
	s := &Server{rpc: gethrpc.NewServer(), calls: base.calls, quit: make(chan struct{})}
	s.rpc.SetBatchLimits(batchItems, batchReplyBytes)
	s.rpc.SetHTTPBodyLimit(bodyLimit)
	filters := newFilterAPI(base)
	apis := append(devAPIs(base), []gethrpc.API{
		{Namespace: "eth", Service: &chainAPI{base}},
		{Namespace: "eth", Service: &stateAPI{base}},
		{Namespace: "eth", Service: &blockAPI{base}},
		{Namespace: "eth", Service: &transactionAPI{base}},
		{Namespace: "eth", Service: newSendAPI(base)},
		{Namespace: "eth", Service: &callAPI{base}},
		{Namespace: "eth", Service: &feeAPI{base}},
		{Namespace: "eth", Service: &accountAPI{base}},
		{Namespace: "eth", Service: filters},
		{Namespace: "personal", Service: &personalAPI{base}},
		{Namespace: "net", Service: &netAPI{base}},
		{Namespace: "web3", Service: &web3API{base}},
		{Namespace: "txpool", Service: &poolAPI{base}},
		{Namespace: "hestia", Service: &hestiaAPI{base}},
		{Namespace: "debug", Service: &rawAPI{base}},
		{Namespace: "debug", Service: &debugAPI{base}},
		{Namespace: "debug", Service: &dumpAPI{base}},
		{Namespace: "trace", Service: &traceAPI{base}},
		{Namespace: "ots", Service: &otterscanAPI{base}},
		{Namespace: "erigon", Service: &erigonAPI{base}},
		{Namespace: "admin", Service: &adminAPI{base}},
	}...)
	for _, api := range apis {
		if err := s.rpc.RegisterName(api.Namespace, api.Service); err != nil {
			return nil, err
		}
	}
	direct, err := newDirectMethods(apis, c.Timeout)
	if err != nil {
		return nil, err
	}
	s.http = s.newHTTP(direct, c.Origins, c.Hosts)
	s.loops.Go(func() { filters.loop(s.quit) })
	return s, nil
}

func newService(b Backend, c Config) *service {
	s := &service{
		Backend:  b,
		config:   c,
		abis:     abi.NewBook(),
		keys:     make(map[common.Address]*ecdsa.PrivateKey, len(c.Keys)),
		acting:   &acting{accounts: make(map[common.Address]bool)},
		timedOut: fmt.Errorf("execution aborted (timeout = %v)", c.Timeout),
		calls:    make(chan struct{}, callsPerProcessor*runtime.GOMAXPROCS(0)),
	}
	for _, key := range c.Keys {
		s.keys[crypto.PubkeyToAddress(key.PublicKey)] = key
	}
	return s
}
