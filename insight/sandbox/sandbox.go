// Package sandbox runs a contract once on an empty chain in memory, and shows what it did.
//
// The chain has one account that calls, with ether and without a past, and one that holds the contract. Gas is free,
// and whatever happens is gone with the sandbox. The package does not print. Start at Open and Sandbox.Call.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/gas"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
)

// The accounts of every sandbox.
var (
	Sender   = common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266") // the first devnet account
	Contract = common.HexToAddress("0x5FbDB2315678afecb367f032d93F642f64180aa3") // what that account would create first
)

// senderEther is what the sender owns, in ether.
const senderEther = 10_000

// Sandbox is an empty chain with one contract. It is not safe for concurrent use.
type Sandbox struct {
	chain  *chain.Chain
	store  *state.Store
	header *types.Header // of the block that calls run in
}

// Open returns a sandbox with code as its contract, under the prices and limits of rules. The code is not checked: for
// that, call Prepare of the engine first. The caller closes the sandbox.
func Open(engine vm.Engine, code []byte, rules *gas.Schedule) (*Sandbox, error) {
	store, err := state.Open("", state.Options{})
	if err != nil {
		return nil, err
	}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{
		Sender:   {Balance: new(big.Int).Mul(big.NewInt(senderEther), big.NewInt(params.Ether))},
		Contract: {Code: code, Balance: new(big.Int)},
	})
	genesis.Schedule = rules
	opened, err := chain.Open(store, engine, genesis)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &Sandbox{opened, store, opened.PendingHeader(chain.Template{})}, nil
}

// Close frees the memory of the chain.
func (s *Sandbox) Close() error { return s.store.Close() }

// Message returns a transaction of from that costs nothing a gas. A nil receiver creates a contract. A nil value is
// zero.
func Message(
	from common.Address, to *common.Address, value *uint256.Int, data []byte, limit uint64,
) transition.Message {
	if value == nil {
		value = new(uint256.Int)
	}
	return transition.Message{
		Message: core.Message{
			From: from, To: to, Value: value, Data: data, GasLimit: limit,
			GasPrice: new(uint256.Int), GasFeeCap: new(uint256.Int), GasTipCap: new(uint256.Int),
		},
		NoBaseFee: true,
	}
}

// Intrinsic returns what m costs before any code runs, in gas, or 0 if that overflows.
func (s *Sandbox) Intrinsic(m *transition.Message) uint64 {
	cost, err := core.IntrinsicGas(m.Data, nil, nil, m.From, m.To, m.Value, s.chain.Rules(s.header))
	if err != nil {
		return 0
	}
	return cost
}

// Apply runs a message on the empty state. The error is that of a transaction that cannot run, such as one with too
// little gas.
func (s *Sandbox) Apply(ctx context.Context, m transition.Message) (*transition.Outcome, error) {
	return s.chain.Apply(ctx, chain.CallRequest{Header: s.header, Message: m})
}

// Called is what a call did.
type Called struct {
	*transition.Outcome
	Storage map[common.Hash]string // the contract's slots afterwards, in hex without 0x and without leading zero bytes
}

// Call runs a message on the empty state, as Apply, and reads the contract's storage afterwards. debug gets each line
// that a contract prints.
func (s *Sandbox) Call(ctx context.Context, m transition.Message, debug func(line string)) (*Called, error) {
	db, err := s.chain.StateAt(s.header.Root)
	if err != nil {
		return nil, err
	}
	outcome, err := s.chain.Apply(ctx, chain.CallRequest{Header: s.header, State: db, Message: m, Debug: debug})
	if err != nil {
		return nil, err
	}
	slots, err := s.storage(db)
	if err != nil {
		return nil, fmt.Errorf("reading the storage: %w", err)
	}
	return &Called{outcome, slots}, nil
}

// storage returns what the contract stored, which began with nothing.
func (s *Sandbox) storage(db *gstate.StateDB) (map[common.Hash]string, error) {
	root, err := s.chain.Store().Commit(db, s.chain.Rules(s.header), s.header.Number.Uint64())
	if err != nil {
		return nil, err
	}
	after, err := s.chain.StateAt(root)
	if err != nil {
		return nil, err
	}
	found := new(collector)
	if _, err := after.DumpToCollector(found, nil); err != nil {
		return nil, err
	}
	return found.slots, nil
}

// collector takes the contract's slots from a dump of the state.
type collector struct{ slots map[common.Hash]string }

func (c *collector) OnRoot(common.Hash) {}

func (c *collector) OnAccount(a *common.Address, account gstate.DumpAccount) {
	if a != nil && *a == Contract {
		c.slots = account.Storage
	}
}
