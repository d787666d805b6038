package eth

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/forkid"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
)

// forkJSON is the rules of one fork (https://eips.ethereum.org/EIPS/eip-7910).
type forkJSON struct {
	ActivationTime  uint64                    `json:"activationTime"`
	BlobSchedule    *params.BlobConfig        `json:"blobSchedule"`
	ChainID         *hexutil.Big              `json:"chainId"`
	ForkID          hexutil.Bytes             `json:"forkId"`
	Precompiles     map[string]common.Address `json:"precompiles"`
	SystemContracts map[string]common.Address `json:"systemContracts"`
}

// configJSON is the chain's forks; there is one, from the first block on.
type configJSON struct {
	Current *forkJSON `json:"current"`
	Next    *forkJSON `json:"next"`
	Last    *forkJSON `json:"last"`
}

// Config is the rules of the chain. System contracts are those of the fork that this chain has: it makes no system
// calls.
func (a *chainAPI) Config() *configJSON {
	head, config := a.q.Chain.Head(), a.q.Chain.ChainConfig()
	precompiles := make(map[string]common.Address)
	for address, p := range gethvm.ActivePrecompiledContracts(a.q.Chain.Rules(head)) {
		precompiles[p.Name()] = address
	}
	id := forkid.NewID(config, types.NewBlockWithHeader(a.q.Chain.First()), head.Number.Uint64(), head.Time).Hash
	return &configJSON{Current: &forkJSON{
		BlobSchedule:    config.BlobConfig(config.LatestFork(head.Time)),
		ChainID:         (*hexutil.Big)(config.ChainID),
		ForkID:          id[:],
		Precompiles:     precompiles,
		SystemContracts: map[string]common.Address{},
	}}
}

// resourceJSON says from which block on the node has something. It never deletes.
type resourceJSON struct {
	Disabled    bool            `json:"disabled"`
	OldestBlock *hexutil.Uint64 `json:"oldestBlock"`
}

// Capabilities says what history the node can serve: all of it.
func (a *chainAPI) Capabilities() map[string]any {
	head := a.q.Chain.Head()
	result := map[string]any{
		"head": map[string]any{"number": hexutil.Uint64(head.Number.Uint64()), "hash": head.Hash()},
	}
	for _, name := range []string{"state", "tx", "logs", "receipts", "blocks", "stateproofs"} {
		result[name] = resourceJSON{OldestBlock: new(hexutil.Uint64)}
	}
	return result
}

// NetworkId is the chain's id under an older name.
func (a *chainAPI) NetworkId() *hexutil.Big { return a.ChainId() }

// ProtocolVersion returns the version of Ethereum's wire protocol whose messages these methods show. The node does not
// speak it.
func (a *chainAPI) ProtocolVersion() hexutil.Uint { return 68 }

// BaseFee is the base fee of the next block, in wei a gas.
func (a *feeAPI) BaseFee() *hexutil.Big { return (*hexutil.Big)(a.q.NextBaseFee()) }
