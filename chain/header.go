package chain

import (
	"encoding/binary"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
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
	GasLimit uint64         // the limit to move towards, by at most 1/1024 a block; 0 = the parent's
	Jump     bool           // take GasLimit at once; only on a devnet
	BaseFee  *big.Int       // in wei a gas, not below 0; nil = computed from the parent; only on a devnet
	Extra    []byte         // cut to 32 bytes

	Transactions []*types.Transaction // executed in this order, if valid
	RefuseEmpty  bool                 // make no block if none of them is valid
	Limit        time.Duration        // how long one of them may run; 0 = as long as its gas lasts
	Debug        func(Print)          // called with each line that contracts print; nil discards it
}

// PendingHeader returns the header of the block that Build would make of t now, without its transactions. Its root is
// that of the state on which the block's first transaction will run.
func (c *Chain) PendingHeader(t Template) *types.Header {
	parent := c.Head()
	header := c.childHeader(parent, t)
	header.Root = c.Root(parent)
	return header
}

// childHeader returns the header of a block after parent, with the fields that are known before the block is executed.
// It follows Osaka's rules. The beacon root is zero and there are neither withdrawals nor blobs, as there is no beacon
// chain.
func (c *Chain) childHeader(parent *types.Header, t Template) *types.Header {
	hash, number := parent.Hash(), new(big.Int).Add(parent.Number, common.Big1)
	if t.Time == 0 {
		t.Time = uint64(time.Now().Unix())
	}
	if t.Random == (common.Hash{}) {
		t.Random = crypto.Keccak256Hash(hash[:], binary.BigEndian.AppendUint64(nil, number.Uint64()))
	}
	if t.GasLimit == 0 {
		t.GasLimit = parent.GasLimit
	}
	header := &types.Header{
		ParentHash:       hash,
		Coinbase:         t.Coinbase,
		Difficulty:       new(big.Int),
		Number:           number,
		GasLimit:         core.CalcGasLimit(parent.GasLimit, min(t.GasLimit, gas.Max)),
		Time:             max(t.Time, parent.Time+1),
		Extra:            t.Extra[:min(len(t.Extra), int(params.MaximumExtraDataSize))],
		MixDigest:        t.Random,
		BaseFee:          eip1559.CalcBaseFee(c.config, parent),
		BlobGasUsed:      new(uint64),
		ParentBeaconRoot: new(common.Hash),
		RequestsHash:     &types.EmptyRequestsHash,
	}
	if t.Jump {
		header.GasLimit = min(t.GasLimit, gas.Max)
	}
	if t.BaseFee != nil {
		header.BaseFee = new(big.Int).Set(t.BaseFee)
	}
	excess := eip4844.CalcExcessBlobGas(c.config, parent, header.Time)
	header.ExcessBlobGas = &excess
	return header
}
