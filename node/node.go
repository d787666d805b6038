// Package node assembles the house: it opens the store, starts the engine, the chain, the pool, the miner and the
// JSON-RPC server in that order, and closes them in reverse.
//
// It is the only package that knows all of them, and it decides nothing that one of them could. It does not parse
// flags, print or read files: the command does. Start at Start.
package node

import (
	"cmp"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/chain/pool"
	"hestia/iface/abi"
	"hestia/rpc"
	"hestia/state"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// Version is the version of this program, which clients see after its name.
const Version = "0.1.0"

// Artefacts is the folder of a data directory that holds compiled contracts. It is a cache: it may be deleted while no
// node runs.
const Artefacts = "artefacts"

// Config describes the node to start. The zero value is a devnet in memory with the well-known accounts, on any free
// port of the loopback interface.
type Config struct {
	Listen    string              // host:port; empty = "127.0.0.1:0", port 0 = any
	IPC       string              // path of a local socket to listen on too; empty = none
	DataDir   string              // directory of the chain; empty = in memory, gone with the node
	Sync      bool                // every block waits for the disk, so that power loss loses none
	Genesis   *chain.Genesis      // nil = the chain in DataDir, or that of State, or one made from Devnet
	State     io.Reader           // a state file that an empty DataDir begins with; nil = none
	Devnet    Devnet              // the genesis of a devnet
	Keys      []*ecdsa.PrivateKey // accounts the node signs for; nil = the first ten of DevMnemonic
	Mining    miner.Mode          // when blocks are made; ignored if BlockTime is set
	BlockTime time.Duration       // between blocks; 0 = as Mining says
	Coinbase  common.Address      // the account that gets the tips
	Engine    vm.Engine           // shared with other nodes and not closed by this one; nil = its own
	CacheMB   int                 // memory for the database's caches, in MiB; 0 = 64
	Origins   []string            // of web pages that may ask besides this machine's and extensions; "*" = all
	Hosts     []string            // names the node answers to besides addresses and localhost; "*" = all
	Timeout   time.Duration       // limit for one call, estimate or trace; 0 = 5 s
	GasCap    uint64              // most gas of a call, an estimate or a simulation; 0 = the block's gas limit
	Longest   time.Duration       // how long one transaction may run, or it is refused; 0 = 30 s

	// called with each line that a contract's debug module prints, in transactions and in calls; nil discards
	Debug func(chain.Print)
	// names what contracts do, and learns from all code that runs; nil = a new one
	Book    *abi.Book
	Waits   func(tx *types.Transaction, why string) // called with each transaction that gets no block yet; nil discards
	Failed  func(err error)                         // called with each failure after the start; nil discards
	Notice  func(text string)                       // called with what the engine has to say, once each; nil discards
	Version string                                  // answer to web3_clientVersion; empty = "Hestia/v" and Version
	Logging func(on bool)                           // called if a client turns printing on or off; nil ignores it
}

// Node is a running node. Start makes it and Close ends it.
type Node struct {
	Chain *chain.Chain
	Keys  []*ecdsa.PrivateKey // accounts the node signs for

	listener net.Listener
	ipc      net.Listener // nil for none
	store    *state.Store
	engine   *wasmtime.Engine // the node's own; nil if it is shared
	miner    *miner.Miner
	rpc      *rpc.Server
	serving  sync.WaitGroup
	close    sync.Once
	closeErr error
}

// The errors of listening and serving.
var (
	ErrListen = errors.New("cannot listen")
	ErrServe  = errors.New("no longer serving JSON-RPC") // passed to Config.Failed
)

// Start starts a node. It listens before it opens the store, so an early client waits instead of being refused. The
// error wraps ErrAddressSpace or ErrListen, or is one of state.Open or chain.Open; nothing is left open then.
func Start(c Config) (*Node, error) {
	if err := checkAddressSpace(addressSpace()); err != nil {
		return nil, err
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Failed == nil {
		c.Failed = func(error) {}
	}
	if c.Keys == nil {
		keys, err := DeriveKeys(DevMnemonic, devAccounts)
		if err != nil {
			return nil, err
		}
		c.Keys = keys
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w on %s: %w", ErrListen, c.Listen, err)
	}
	n := &Node{Keys: c.Keys, listener: listener}
	if c.IPC != "" {
		if n.ipc, err = listenIPC(c.IPC); err != nil {
			return nil, errors.Join(err, n.Close())
		}
	}
	if err := n.open(c); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.serve(c.Failed, func() error { return n.rpc.Serve(listener) })
	if n.ipc != nil {
		n.serve(c.Failed, func() error { return n.rpc.ServeIPC(n.ipc) })
	}
	return n, nil
}

// serve runs answer in a goroutine of its own, and calls failed if it ends before the node is closed.
func (n *Node) serve(failed func(error), answer func() error) {
	n.serving.Go(func() {
		if err := answer(); err != nil {
			failed(fmt.Errorf("%w: %w", ErrServe, err))
		}
	})
}

// open builds the house from the ground. If it fails, Close closes what was opened.
func (n *Node) open(c Config) error {
	var err error
	options := state.Options{Sync: c.Sync, CacheMB: c.CacheMB, Beside: []string{Artefacts}}
	if n.store, err = state.Open(c.DataDir, options); err != nil {
		return err
	}
	engine := c.Engine
	if engine == nil {
		config := wasmtime.Config{Dir: artefacts(c.DataDir), Temporary: true, Notice: c.Notice}
		if n.engine, err = wasmtime.New(config); err != nil {
			return fmt.Errorf("starting the engine: %w", err)
		}
		engine = n.engine
	}
	if n.Chain, err = openChain(n.store, engine, c); err != nil {
		return err
	}
	view, err := n.Chain.HeadView()
	if err != nil {
		return err
	}
	waiting := pool.New(view)
	mining := miner.Config{
		Mode: c.Mining, Coinbase: c.Coinbase, OwnTime: c.State != nil || c.Devnet.Time != 0, Debug: c.Debug,
		Waits: c.Waits, Failed: c.Failed, Limit: cmp.Or(c.Longest, 30*time.Second),
	}
	if c.BlockTime > 0 {
		mining.Mode, mining.Every = miner.Interval, c.BlockTime
	}
	n.miner = miner.New(n.Chain, waiting, mining)
	n.rpc, err = rpc.New(rpc.Backend{Chain: n.Chain, Pool: waiting, Driver: n.miner, Miner: n.miner}, rpc.Config{
		Keys:    c.Keys,
		Version: cmp.Or(c.Version, "Hestia/v"+Version),
		Origins: c.Origins,
		Hosts:   c.Hosts,
		Logging: c.Logging,
		Debug:   c.Debug,
		Book:    c.Book,
		Timeout: c.Timeout,
		GasCap:  c.GasCap,
	})
	return err
}

// artefacts returns the folder for compiled contracts, empty for a node in memory: the engine makes a temporary one.
func artefacts(dataDir string) string {
	if dataDir == "" {
		return ""
	}
	return filepath.Join(dataDir, Artefacts)
}

// URL returns the URL of JSON-RPC over HTTP. WebSocket is served at the same host and port.
func (n *Node) URL() string { return "http://" + n.listener.Addr().String() }

// Client returns a JSON-RPC client inside this process. The caller closes it.
func (n *Node) Client() *gethrpc.Client { return n.rpc.Client() }

// Close stops answering, finishes the block being made if it takes no longer than a second, and closes the store. It
// may be called more than once, and returns the same error each time.
func (n *Node) Close() error {
	n.close.Do(func() {
		var errs []error
		if n.engine != nil {
			n.engine.Stop() // no request and no block waits for the compiler any more
		}
		if n.ipc != nil {
			n.ipc.Close() // removes the socket
		}
		if n.miner != nil {
			n.miner.Stop() // requests wait for its blocks
		}
		if n.rpc != nil {
			errs = append(errs, n.rpc.Close())
		}
		n.listener.Close() // harmless if the server has closed it already
		n.serving.Wait()
		if n.miner != nil {
			n.miner.Close()
		}
		if n.engine != nil {
			errs = append(errs, n.engine.Close())
		}
		if n.store != nil {
			errs = append(errs, n.store.Close())
		}
		n.closeErr = errors.Join(errs...)
	})
	return n.closeErr
}
