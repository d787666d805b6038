// Package query is the layer below the methods of JSON-RPC: what a block parameter names, a message tried out on a
// state with overrides, transactions completed and signed, blocks, transactions and receipts in the shapes that clients
// expect, errors with their codes, and the rows of the method table.
//
// It does not know transports, nor which methods there are. Start at Service, Trial and Method.
package query

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"fmt"
	"runtime"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/chain"
	"hestia/chain/pool"
	"hestia/iface/abi"
	"hestia/rpc/budget"
)

// callsPerProcessor bounds the simulated calls that run at once: more would only take memory from each other.
const callsPerProcessor = 4

// Backend is what the answers come from.
type Backend struct {
	Chain  *chain.Chain
	Pool   *pool.Pool
	Driver Driver
}

// Driver decides when the chain gets its next block.
type Driver interface {
	// Add puts a transaction into the pool. It may wait for the block that holds the transaction.
	Add(tx *types.Transaction) error
	// PendingHeader returns the header that a block made now would have. Its root is the head's.
	PendingHeader() *types.Header
	// Pending returns the block that would be made now, executed with nothing written. The context's end is an error.
	Pending(ctx context.Context) (*chain.Pending, error)
}

// Config says for which accounts the node signs and how much it tries out.
type Config struct {
	Keys    []*ecdsa.PrivateKey // accounts that a devnet's node signs for, in the order of eth_accounts
	Version string              // what web3_clientVersion says
	GasCap  uint64              // most gas of eth_call and eth_estimateGas; 0 = the block's gas limit
	Timeout time.Duration       // most that trying something out may take, beside traces
	Book    *abi.Book           // names what contracts do; nil = a new one
	Debug   func(chain.Print)   // called with each line that contracts print in simulated calls; nil discards it
	Limits  budget.Limits       // of what requests keep; the zero value has those of the table
}

// Service is what every group of methods stands on.
type Service struct {
	Backend
	Config Config
	Keys   map[common.Address]*ecdsa.PrivateKey
	Abis   *abi.Book
	Budget *budget.Node
	calls  chan struct{} // one token for each simulated call that runs
	Acting *Acting       // the accounts that a devnet's node sends for without a key

	timedOut error // what trying something out ends with when its time is over
}

// Drain waits until no simulated call runs, and lets none begin. Gas bounds the wait.
func (s *Service) Drain() {
	for range cap(s.calls) {
		s.calls <- struct{}{}
	}
}

// New returns the layer over b, in which no call is running. The code of all contracts that are called teaches the
// book.
func New(b Backend, c Config) *Service {
	s := &Service{
		Backend:  b,
		Config:   c,
		Abis:     cmp.Or(c.Book, abi.NewBook()),
		Keys:     make(map[common.Address]*ecdsa.PrivateKey, len(c.Keys)),
		Budget:   budget.NewNode(c.Limits),
		Acting:   &Acting{accounts: make(map[common.Address]bool)},
		timedOut: fmt.Errorf("execution aborted (timeout = %v)", c.Timeout),
		calls:    make(chan struct{}, callsPerProcessor*runtime.GOMAXPROCS(0)),
	}
	for _, key := range c.Keys {
		s.Keys[crypto.PubkeyToAddress(key.PublicKey)] = key
	}
	b.Chain.Watch(s.Abis.Meet)
	return s
}
