package node

import (
	"crypto/ecdsa"
	"errors"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
	"hestia/gas"
	"hestia/state"
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

	NoPredeploys bool // the first block has none of the contracts that docs/devnet.md lists
}

// genesis returns the genesis of a devnet: each key's account has the same balance, contracts may print, and those that
// tools look for are there.
func (d Devnet) genesis(keys []*ecdsa.PrivateKey) *chain.Genesis {
	balance := d.Balance
	if balance == nil {
		balance = new(big.Int).Mul(big.NewInt(devEther), big.NewInt(params.Ether))
	}
	alloc := make(types.GenesisAlloc, len(keys))
	for _, key := range keys {
		alloc[crypto.PubkeyToAddress(key.PublicKey)] = types.Account{Balance: balance}
	}
	genesis := chain.DefaultGenesis(alloc)
	d.predeploy(alloc, genesis.Spec.Config.Rules(new(big.Int), true, genesis.Spec.Timestamp))
	genesis.Schedule, genesis.Devnet = gas.Development(), true
	genesis.Spec.GasLimit = chain.DevnetGasLimit
	if genesis.Spec.Timestamp = d.Time; d.Time == 0 {
		genesis.Spec.Timestamp = uint64(time.Now().Unix())
	}
	if d.ChainID != 0 {
		genesis.Spec.Config.ChainID = new(big.Int).SetUint64(d.ChainID)
	}
	if d.GasLimit != 0 {
		genesis.Spec.GasLimit = d.GasLimit
	}
	if d.BaseFee != nil {
		genesis.Spec.BaseFee = d.BaseFee
	}
	return genesis
}

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
	return chain.Open(store, engine, c.Devnet.genesis(c.Keys))
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
