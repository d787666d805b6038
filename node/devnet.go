package node

import (
	"cmp"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
	"hestia/gas"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// Devnet describes the genesis of a devnet. The zero value has the values that other Ethereum development tools use.
type Devnet struct {
	ChainID  uint64   // 0 = 31337
	Balance  *big.Int // of each account, in wei; nil = 10,000 ether
	GasLimit uint64   // of a block; 0 = 2^30
	BaseFee  *big.Int // of the first block, in wei a gas; nil = 1 gwei
	Time     uint64   // of the first block, in seconds since the epoch; 0 = when the chain is made
	HardFork string   // the newest fork, one of transition.HardForks; empty = osaka
	CodeSize int      // limit for the EVM's deployed code, in bytes; 0 = 24,576

	NoPredeploys bool // the first block has none of the contracts that docs/devnet.md lists
}

// genesis returns the genesis of a devnet: each key's account has the same balance, contracts may print, and those that
// tools look for are there. The error says that there is no such fork.
func (d Devnet) genesis(keys []*ecdsa.PrivateKey) (*chain.Genesis, error) {
	balance := d.Balance
	if balance == nil {
		balance = new(big.Int).Mul(big.NewInt(devEther), big.NewInt(params.Ether))
	}
	alloc := make(types.GenesisAlloc, len(keys))
	for _, key := range keys {
		alloc[crypto.PubkeyToAddress(key.PublicKey)] = types.Account{Balance: balance}
	}
	genesis := chain.DefaultGenesis(alloc)
	genesis.Schedule, genesis.Devnet = gas.Development(), true
	genesis.Spec.GasLimit = chain.DevnetGasLimit
	if genesis.Spec.Timestamp = d.Time; d.Time == 0 {
		genesis.Spec.Timestamp = uint64(time.Now().Unix())
	}
	if err := d.setRules(genesis); err != nil {
		return nil, err
	}
	merged := genesis.Spec.Config.TerminalTotalDifficulty != nil
	d.predeploy(alloc, genesis.Spec.Config.Rules(new(big.Int), merged, genesis.Spec.Timestamp))
	if d.GasLimit != 0 {
		genesis.Spec.GasLimit = d.GasLimit
	}
	if d.BaseFee != nil {
		genesis.Spec.BaseFee = d.BaseFee
	}
	return genesis, nil
}

// setRules sets the chain id, the forks and the limit for code. Before Berlin there is no wasm, and before the merge a
// block has the least difficulty that work can have.
func (d Devnet) setRules(genesis *chain.Genesis) error {
	id := cmp.Or(d.ChainID, transition.DevnetID)
	genesis.Spec.Config, genesis.CodeSize = transition.DefaultConfig(id), d.CodeSize
	if d.HardFork == "" || d.HardFork == newestFork {
		return nil
	}
	config, known := transition.HardForkConfig(d.HardFork, id)
	if !known {
		return fmt.Errorf("no fork is called %q", d.HardFork)
	}
	genesis.Spec.Config = config
	if config.BerlinBlock == nil {
		genesis.Schedule = gas.Ethereum()
	}
	if config.TerminalTotalDifficulty == nil {
		genesis.Spec.Difficulty = new(big.Int).Set(params.MinimumDifficulty)
	}
	return nil
}

// newestFork is the fork of a devnet unless another is chosen.
const newestFork = "osaka"

// openChain opens the chain in the store. If the store is empty, it first takes the chain of the state file, or begins
// with a devnet's genesis if there is none.
func openChain(store *state.Store, engine vm.Engine, c Config) (*chain.Chain, error) {
	opened, err := chain.Open(store, engine, c.Genesis)
	if c.Genesis != nil || !errors.Is(err, chain.ErrNoGenesis) {
		return opened, err
	}
	if c.State != nil {
		from, err := chain.ReadState(c.State, engine)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(from.CopyTo(store), from.Store().Close()); err != nil {
			return nil, err
		}
		return chain.Open(store, engine, nil)
	}
	genesis, err := c.Devnet.genesis(c.Keys)
	if err != nil {
		return nil, err
	}
	return chain.Open(store, engine, genesis)
}

// NewEngine returns an engine for Config.Engine that several nodes of one process can share, so that each contract is
// compiled once. The caller closes it after the last of them.
func NewEngine() (Engine, error) {
	if err := checkAddressSpace(addressSpace()); err != nil {
		return nil, err
	}
	return wasmtime.New(wasmtime.Config{Temporary: true})
}

// Engine is an engine whose caller closes it.
type Engine interface {
	vm.Engine
	Close() error
}
