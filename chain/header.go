package chain

import (
	"encoding/binary"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/ethash"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/gas"
)

// Template describes a block to be made. The zero value stands for an empty block made now.
type Template struct {
	Time     uint64         // seconds since the epoch, 0 = now; a block is at least one second after its parent
	Coinbase common.Address // the account that gets the tips
	Random   common.Hash    // prevrandao; zero = a function of parent and number
	Exact    bool           // Random is meant also if it is zero
	GasLimit uint64         // the limit to move towards, by at most 1/1024 a block; 0 = the parent's
	Jump     bool           // take GasLimit at once; only on a devnet
	BaseFee  *big.Int       // in wei a gas, not below 0; nil = computed from the parent; only on a devnet
	Extra    []byte         // cut to 32 bytes

	BeaconRoot  common.Hash       // the root of the parent's beacon block (EIP-4788)
	Withdrawals types.Withdrawals // paid after the transactions, since Shanghai

	Transactions []*types.Transaction // executed in this order, if valid
	RefuseEmpty  bool                 // make no block if none of them is valid
	Limit        time.Duration        // how long one of them may run; 0 = as long as its gas lasts
	Debug        func(Print)          // called with each line that contracts print; nil discards it

	made *types.Block // whose seal and uncles the block has; nil for one that is made here
}

// PendingHeader returns the header of the block that Build would make of t now, without its transactions. Its root is
// that of the state on which the block's first transaction will run.
func (c *Chain) PendingHeader(t Template) *types.Header {
	parent := c.Head()
	header := c.childHeader(parent, t)
	header.Root = c.Root(parent)
	return header
}

// childHeader returns the header of a block after parent, with the fields that are known before the block is executed
// and that the rules of the block have.
func (c *Chain) childHeader(parent *types.Header, t Template) *types.Header {
	if t.Time == 0 {
		t.Time = uint64(time.Now().Unix())
	}
	header := &types.Header{
		ParentHash: parent.Hash(),
		Coinbase:   t.Coinbase,
		Number:     new(big.Int).Add(parent.Number, common.Big1),
		Time:       max(t.Time, parent.Time+1),
		Extra:      t.Extra[:min(len(t.Extra), int(params.MaximumExtraDataSize))],
	}
	c.setSeal(header, parent, t)
	c.setGas(header, parent, t)
	rules := c.Rules(header)
	if rules.IsCancun {
		excess := eip4844.CalcExcessBlobGas(c.config, parent, header.Time)
		header.ExcessBlobGas, header.BlobGasUsed, header.ParentBeaconRoot = &excess, new(uint64), &t.BeaconRoot
	}
	if rules.IsPrague {
		header.RequestsHash = &types.EmptyRequestsHash
	}
	return header
}

// setSeal sets the difficulty, and what stands for the work: nothing is searched for here, and nothing checked. After
// the merge the mix digest is the prevrandao.
func (c *Chain) setSeal(header, parent *types.Header, t Template) {
	header.Difficulty = new(big.Int)
	if !c.staked(header, parent) {
		header.Difficulty = ethash.CalcDifficulty(c.config, header.Time, parent)
		if t.made != nil {
			header.Nonce = types.EncodeNonce(t.made.Nonce())
		}
	}
	if header.MixDigest = t.Random; t.Random == (common.Hash{}) && t.made == nil && !t.Exact {
		header.MixDigest = crypto.Keccak256Hash(
			header.ParentHash[:], binary.BigEndian.AppendUint64(nil, header.Number.Uint64()),
		)
	}
}

// setGas sets the gas limit and, since London, the base fee. London doubles the limit.
func (c *Chain) setGas(header, parent *types.Header, t Template) {
	limit := parent.GasLimit
	london := c.config.IsLondon(header.Number)
	if london && !c.config.IsLondon(parent.Number) {
		limit *= c.config.ElasticityMultiplier()
	}
	if t.GasLimit == 0 {
		t.GasLimit = limit
	}
	header.GasLimit = core.CalcGasLimit(limit, min(t.GasLimit, gas.Max))
	if t.Jump {
		header.GasLimit = min(t.GasLimit, gas.Max)
	}
	switch {
	case !london:
	case t.BaseFee != nil:
		header.BaseFee = new(big.Int).Set(t.BaseFee)
	default:
		header.BaseFee = eip1559.CalcBaseFee(c.config, parent)
	}
}
