package query

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

// ForkJSON is the rules of one fork (https://eips.ethereum.org/EIPS/eip-7910).
type ForkJSON struct {
	ActivationTime  uint64                    `json:"activationTime"`
	BlobSchedule    *params.BlobConfig        `json:"blobSchedule"`
	ChainID         *hexutil.Big              `json:"chainId"`
	ForkID          hexutil.Bytes             `json:"forkId"`
	Precompiles     map[string]common.Address `json:"precompiles"`
	SystemContracts map[string]common.Address `json:"systemContracts"`
}

// ForksJSON is the chain's forks that start at a time: the one that is active, the next and the last that will be.
type ForksJSON struct {
	Current *ForkJSON `json:"current"`
	Next    *ForkJSON `json:"next"`
	Last    *ForkJSON `json:"last"`
}

// Forks returns the rules of the chain. A chain whose schedule runs no EVM code makes no system calls.
func (s *Service) Forks() *ForksJSON {
	head, config := s.Chain.Head(), s.Chain.ChainConfig()
	fork := config.LatestFork(head.Time)
	answer := &ForksJSON{Current: s.fork(config, head)}
	if next := config.Timestamp(fork + 1); next != nil {
		answer.Next = s.forkAt(config, *next)
		answer.Last = s.forkAt(config, *config.Timestamp(config.LatestFork(math.MaxUint64)))
	}
	return answer
}

// fork describes the rules of the block of h.
func (s *Service) fork(config *params.ChainConfig, h *types.Header) *ForkJSON {
	rules := s.Chain.Rules(h)
	id := forkid.NewID(config, types.NewBlockWithHeader(s.Chain.First()), h.Number.Uint64(), h.Time).Hash
	answer := &ForkJSON{
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
	if at := config.Timestamp(fork); at != nil && *at > s.Chain.First().Time {
		answer.ActivationTime = *at
	}
	if s.Chain.Schedule(h).Limits.EVM {
		answer.SystemContracts = config.ActiveSystemContracts(h.Time)
	}
	return answer
}

// forkAt describes the rules of blocks from a time on that is still to come.
func (s *Service) forkAt(config *params.ChainConfig, time uint64) *ForkJSON {
	return s.fork(config, &types.Header{
		Number: new(big.Int).SetUint64(math.MaxUint64), Time: time, Difficulty: new(big.Int),
	})
}
