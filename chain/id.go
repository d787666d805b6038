package chain

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"sort"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/transition/unsigned"
)

// ErrChainID reports a chain id that an edit cannot set.
var ErrChainID = errors.New("the chain id must be between 1 and 2^64-1")

// idChange is an edit that set a devnet's chain id: blocks after number after have it, until the next change. The list
// of them follows from the edits and is in the order in which they were made.
type idChange struct {
	after  uint64
	index  int // among the edits after that block
	config *params.ChainConfig
}

// newIDChange returns the change that the edit with the given index after block number after is, false if it is none.
func (c *Chain) newIDChange(after uint64, index int, e Edit) (idChange, bool) {
	if e.ChainID == nil {
		return idChange{}, false
	}
	config := *c.config
	config.ChainID = new(big.Int).SetUint64(uint64(*e.ChainID))
	return idChange{after, index, &config}, true
}

// idChanges returns the changes of the chain id. The list is shared and must not be changed.
func (c *Chain) idChanges() []idChange {
	if list := c.ids.Load(); list != nil {
		return *list
	}
	return nil
}

// ConfigAt returns the chain id and forks of block n, which may be one that is still to be made. A message that is
// simulated on the state after block n sees those of block n+1, as the next block does.
func (c *Chain) ConfigAt(n uint64) *params.ChainConfig {
	changes := c.idChanges()
	if before := sort.Search(len(changes), func(i int) bool { return changes[i].after >= n }); before > 0 {
		return changes[before-1].config
	}
	return c.config
}

// ChainConfig returns the chain id and forks of a block made now.
func (c *Chain) ChainConfig() *params.ChainConfig { return c.ConfigAt(math.MaxUint64) }

// SignerAt returns the signer that recovers the senders of transactions in block n. It also accepts transactions that
// only another block can hold; checkType refuses these. On a devnet it also finds the senders of unsigned transactions.
func (c *Chain) SignerAt(n uint64) types.Signer { return c.signer(c.ConfigAt(n), n) }

// Signer returns the signer of transactions in a block made now.
func (c *Chain) Signer() types.Signer { return c.signer(c.ChainConfig(), c.Head().Number.Uint64()+1) }

func (c *Chain) signer(config *params.ChainConfig, n uint64) types.Signer {
	signer, number := types.LatestSignerForChainID(config.ChainID), new(big.Int).SetUint64(n)
	switch {
	case config.IsEIP155(number):
	case config.IsHomestead(number):
		signer = earlySigner{signer, types.HomesteadSigner{}}
	default:
		signer = earlySigner{signer, types.FrontierSigner{}}
	}
	if c.devnet {
		return unsigned.NewSigner(signer)
	}
	return signer
}

// keepIDChanges drops the changes that were made after the moment m.
func (c *Chain) keepIDChanges(m Mark) {
	target := m.head.Number.Uint64()
	kept := slices.DeleteFunc(slices.Clone(c.idChanges()), func(change idChange) bool {
		return change.after > target || change.after == target && change.index >= m.edits
	})
	c.ids.Store(&kept)
}
