package eth

import (
	"math"
	"math/big"

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

// configJSON is the chain's forks that start at a time: the one that is active, the next and the last that will be.
type configJSON struct {
	Current *forkJSON `json:"current"`
	Next    *forkJSON `json:"next"`
	Last    *forkJSON `json:"last"`
}

// Config is the rules of the chain. A chain whose schedule runs no EVM code makes no system calls.
func (a *chainAPI) Config() *configJSON {
	head, config := a.q.Chain.Head(), a.q.Chain.ChainConfig()
	fork := config.LatestFork(head.Time)
	answer := &configJSON{Current: a.fork(config, head)}
	if next := config.Timestamp(fork + 1); next != nil {
		answer.Next = a.forkAt(config, *next)
		answer.Last = a.forkAt(config, *config.Timestamp(config.LatestFork(math.MaxUint64)))
	}
	return answer
}

// fork describes the rules of the block of h.
func (a *chainAPI) fork(config *params.ChainConfig, h *types.Header) *forkJSON {
	rules := a.q.Chain.Rules(h)
	id := forkid.NewID(config, types.NewBlockWithHeader(a.q.Chain.First()), h.Number.Uint64(), h.Time).Hash
	answer := &forkJSON{
		ChainID:         (*hexutil.Big)(config.ChainID),
		ForkID:          id[:],
		Precompiles:     make(map[string]common.Address),
		SystemContracts: make(map[string]common.Address),
	}
	for address, p := range gethvm.ActivePrecompiledContracts(rules) {
		answer.Precompiles[p.Name()] = address
	}
	if !rules.IsMerge {
		return answer
	}
	fork := config.LatestFork(h.Time)
	answer.BlobSchedule = config.BlobConfig(fork)
	if at := config.Timestamp(fork); at != nil && *at > a.q.Chain.First().Time {
		answer.ActivationTime = *at
	}
	if a.q.Chain.Schedule(h).Limits.EVM {
		answer.SystemContracts = config.ActiveSystemContracts(h.Time)
	}
	return answer
}

// forkAt describes the rules of blocks from a time on that is still to come.
func (a *chainAPI) forkAt(config *params.ChainConfig, time uint64) *forkJSON {
	return a.fork(config, &types.Header{
		Number: new(big.Int).SetUint64(math.MaxUint64), Time: time, Difficulty: new(big.Int),
	})
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
