// Package chain keeps the blocks of one chain: its genesis, its history, the candidate for the next block, and a
// devnet's edits and rewinds.
//
// There is one chain of blocks and no forks. The package does not know the pool, the miner or JSON-RPC. What a
// transaction does to a state is the matter of package transition. Start at Open, Chain.Build and Chain.Apply.
package chain

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/lru"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/event"
	"github.com/ethereum/go-ethereum/params"

	"hestia/gas"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
)

// The errors about a whole chain or block. A transaction that is not valid gives one of geth's core errors.
var (
	ErrNoGenesis  = errors.New("the data directory is empty and no genesis was given")
	ErrOtherChain = errors.New(
		"the data directory holds another chain; use the genesis it was made with or an empty directory",
	)
	ErrDamaged     = errors.New("the chain's data is damaged; restore a copy or start with an empty directory")
	ErrInvalid     = errors.New("invalid block")
	ErrNotNext     = errors.New("block does not follow the head")
	ErrNoSuchState = errors.New("block without state")
	ErrNotDevnet   = errors.New("the chain is not a devnet")
	ErrNoSuchBlock = errors.New("no such block")
	ErrBlobLimit   = errors.New("blob gas limit of the block reached")
)

// cachedBlocks is the number of blocks and their receipts that are kept decoded: the newest ones that are small.
const cachedBlocks = 64

// Event announces a new head. It is shared between subscribers and must not be changed.
type Event struct {
	Block    *types.Block
	Receipts types.Receipts // one for each transaction, all fields set
	Logs     []*types.Log   // of all receipts, in order
}

// Chain holds the blocks of one store. It is safe for concurrent use, and reading never waits for a block being built.
// Blocks, headers and receipts that its methods return are shared and must not be changed; states may be.
type Chain struct {
	store     *state.Store
	db        database
	engine    vm.Engine
	config    *params.ChainConfig // with the id of the first block
	schedules schedules

	seen atomic.Pointer[vm.Seen] // called with code before it runs; nil calls nothing

	devnet bool // development methods may set the state, change the past and impersonate accounts

	first  atomic.Pointer[types.Block] // what the chain begins with
	work   atomic.Pointer[work]        // the total difficulty that was asked for last; nil for none
	head   atomic.Pointer[top]
	ids    atomic.Pointer[[]idChange] // of a devnet's chain id; nil if there was none
	usual  atomic.Pointer[usualPrecompiles]
	blocks *lru.Cache[common.Hash, entry]
	feed   event.FeedOf[Event]

	extend sync.Mutex // held while the chain changes

	past    sync.RWMutex          // guards the fields below
	edits   map[common.Hash]steps // by the block they were made after
	rewinds []uint64              // the number of the head after each rewind
	next    nextTimeRecord        // what a devnet was asked
}

// top is the newest block's header with its hash. Hashing a header takes microseconds, and readers ask all the time.
type top struct {
	header *types.Header
	hash   common.Hash
}

// usualPrecompiles holds the precompiles of the rules used last. The map is shared and must not be changed.
type usualPrecompiles struct {
	rules     params.Rules
	contracts gethvm.PrecompiledContracts
}

// entry is a block in the cache.
type entry struct {
	block    *types.Block
	receipts types.Receipts
}

// small reports whether the entry is worth its place in the cache: one of long logs would keep much memory.
func (e entry) small() bool {
	const most = 2 << 20
	bytes := e.block.Size()
	for _, r := range e.receipts {
		for _, log := range r.Logs {
			bytes += uint64(len(log.Data))
		}
	}
	return bytes <= most
}

// Open opens the chain in store. If the store is empty, the chain begins with genesis; otherwise genesis is nil or must
// agree with the store. Open computes states that a crash lost by executing their blocks again. The error wraps
// ErrNoGenesis, ErrOtherChain or ErrDamaged, or says what is wrong with the genesis.
func Open(store *state.Store, engine vm.Engine, genesis *Genesis) (*Chain, error) {
	c := &Chain{
		store: store, db: database{store.Disk()}, engine: engine,
		blocks: lru.NewCache[common.Hash, entry](cachedBlocks),
	}
	c.edits = make(map[common.Hash]steps)
	if err := c.begin(genesis); err != nil {
		return nil, err
	}
	head, first := c.db.head(), c.db.first()
	c.first.Store(c.db.block(c.db.canonical(first), first))
	if head == nil || c.first.Load() == nil {
		return nil, fmt.Errorf("%w: the first block or the head is missing", ErrDamaged)
	}
	if c.db.block(head.Hash(), head.Number.Uint64()) == nil {
		return nil, fmt.Errorf("%w: the head, block %d, is missing%s", ErrDamaged, head.Number, c.newestWhole(head))
	}
	c.setHead(head)
	if err := errors.Join(c.readEdits(), c.readNextTime()); err != nil {
		return nil, err
	}
	if err := c.restore(head); err != nil {
		return nil, err
	}
	return c, nil
}

// Rules returns Ethereum's rules for the block of header h.
func (c *Chain) Rules(h *types.Header) params.Rules {
	merged := !c.Schedule(h).Limits.EVM || transition.Merged(c.config, h)
	return c.config.Rules(h.Number, merged, h.Time)
}

// Schedule returns the gas schedule, with prices and limits, of the block of header h.
func (c *Chain) Schedule(h *types.Header) *gas.Schedule { return c.schedules.at(h) }

// Devnet reports whether the chain is for development: development methods may set its state, change its past and
// impersonate accounts.
func (c *Chain) Devnet() bool { return c.devnet }

// Store returns the store that holds the chain's blocks and states.
func (c *Chain) Store() *state.Store { return c.store }

// StateAt returns the state under a root, which the caller may change. The root of the state after a block is Root's.
func (c *Chain) StateAt(root common.Hash) (*gstate.StateDB, error) { return c.store.At(root) }

// Subscribe sends every new head to ch, in order, until the subscription ends. The next block waits until each
// subscriber has received the event, so ch needs a buffer or a goroutine that only receives.
func (c *Chain) Subscribe(ch chan<- Event) event.Subscription { return c.feed.Subscribe(ch) }

// Watch sets a function that is called with the code of each account before that code runs, in blocks and in simulated
// calls alike. The function is called from many goroutines.
func (c *Chain) Watch(seen vm.Seen) { c.seen.Store(&seen) }

// environment returns the environment of the messages in the block of header, over the state db.
func (c *Chain) environment(header *types.Header, db *gstate.StateDB, debug func(string)) transition.Environment {
	var seen vm.Seen
	if set := c.seen.Load(); set != nil {
		seen = *set
	}
	return transition.Environment{
		Seen:     seen,
		Engine:   c.engine,
		State:    db,
		Config:   c.ConfigAt(header.Number.Uint64()),
		Schedule: c.Schedule(header),
		Header:   header,
		Hash: func(number uint64) common.Hash {
			if number >= header.Number.Uint64() {
				return common.Hash{}
			}
			return c.db.canonical(number)
		},
		Precompiles: c.precompiles(header),
		Debug:       debug,
	}
}

// precompiles returns the precompiles of the block of header h.
func (c *Chain) precompiles(h *types.Header) gethvm.PrecompiledContracts {
	rules := c.Rules(h)
	usual := c.usual.Load()
	if usual == nil || usual.rules != rules {
		usual = &usualPrecompiles{rules, gethvm.ActivePrecompiledContracts(rules)}
		c.usual.Store(usual)
	}
	return usual.contracts
}
