// Package rpc answers Ethereum's JSON-RPC over HTTP, WebSocket and a local socket.
//
// It is the transport and the method table: geth's server does the protocol, the wings rpc/eth, rpc/filter, rpc/watch
// and rpc/dev answer, in the shapes, codes and error texts of geth, so that existing clients work unchanged; below them
// stands rpc/query. Nothing here executes or writes state: calls go to the chain, transactions to the driver. It does
// not know how the node is assembled, nor where it listens. Start at New; table.go collects the rows of all methods.
package rpc

import (
	"crypto/ecdsa"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/chain/pool"
	"hestia/iface/abi"
	"hestia/rpc/budget"
	"hestia/rpc/dev"
	"hestia/rpc/eth"
	"hestia/rpc/filter"
	"hestia/rpc/query"
	"hestia/rpc/watch"
)

// Config says which clients may ask and for how much. The zero value answers every local client and signs for no
// account.
type Config struct {
	Keys    []*ecdsa.PrivateKey // accounts a devnet's node signs for, in the order eth_accounts lists them
	Version string              // what web3_clientVersion says; empty = "hestia"
	GasCap  uint64              // most gas of eth_call and eth_estimateGas; 0 = the block's gas limit
	Timeout time.Duration       // most that trying something out may take, beside traces; 0 = 5 s, geth's
	Origins []string            // of web pages that may ask besides this machine's and extensions; "*" = all
	Logging func(on bool)       // called when a devnet's client turns printing on or off; may be nil
	Book    *abi.Book           // names what contracts do; nil = a new one
	Debug   func(chain.Print)   // called with each line that contracts print in simulated calls; nil discards it
	Limits  budget.Limits       // of what requests keep; the zero value has those of the table
	Hosts   []string            // names the node answers to besides addresses and localhost; "*" = all
}

// Backend is what the answers come from.
type Backend struct {
	Chain  *chain.Chain
	Pool   *pool.Pool
	Driver query.Driver
	Miner  *miner.Miner // the controls of a devnet; not used on any other chain
}

// Server answers JSON-RPC requests. It is safe for concurrent use.
type Server struct {
	rpc   *gethrpc.Server
	http  *http.Server
	table table

	base     *query.Service
	names    atomic.Uint64 // of the connections that stay
	open     atomic.Int64  // requests over them that wait for an answer
	quit     chan struct{}
	served   chan struct{} // closed once nothing is answered over HTTP any more
	loops    sync.WaitGroup
	close    sync.Once
	closeErr error
}

// New returns a server that answers from b. It fails only if geth's server cannot take a wing, which is our bug.
func New(b Backend, c Config) (*Server, error) {
	if c.Version == "" {
		c.Version = "hestia"
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	if !b.Chain.Devnet() {
		c.Keys = nil // signing for any client is for development
	}
	base := query.New(query.Backend{Chain: b.Chain, Pool: b.Pool, Driver: b.Driver}, query.Config{
		Keys: c.Keys, Version: c.Version, GasCap: c.GasCap, Timeout: c.Timeout, Debug: c.Debug,
		Book: c.Book, Limits: c.Limits,
	})
	s := &Server{rpc: gethrpc.NewServer(), base: base, quit: make(chan struct{}), served: make(chan struct{})}
	s.rpc.SetBatchLimits(budget.BatchItems, budget.BatchReplyBytes)
	s.rpc.SetHTTPBodyLimit(budget.BodyBytes)
	groups, loop := filter.Methods(base)
	groups = slices.Concat(groups, eth.Methods(base), watch.Methods(base))
	if b.Chain.Devnet() {
		groups = append(groups, dev.Methods(base, b.Miner, c.Logging)...)
	}
	s.table = newTable(groups)
	for _, g := range groups {
		if err := s.rpc.RegisterName(g.Namespace, g.Service); err != nil {
			return nil, err
		}
	}
	s.http = s.newHTTP(newDirectMethods(s.table, c.Timeout), newDoor(c.Origins, c.Hosts))
	s.loops.Go(func() { loop(s.quit) })
	return s, nil
}
