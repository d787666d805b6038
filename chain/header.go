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

// Template says what a new block shall be. The zero value makes an empty block now.
type Template struct {
	Time     uint64 // seconds since the epoch, 0 = now; a block is at least one second after its parent
	Coinbase common.Address
	Random   common.Hash // prevrandao; zero = a function of parent and number
	GasLimit uint64      // what the limit shall move towards, by at most 1/1024 a block; 0 = the parent's
	Jump     bool        // take GasLimit at once; only on a devnet
	BaseFee  *big.Int    // in wei a gas, not below 0; nil = what follows from the parent; only on a devnet
	Extra    []byte      // cut to 32 bytes

	Transactions []*types.Transaction // to be tried in this order
	RefuseEmpty  bool                 // make no block if none of them is valid
	Debug        func(line string)    // where contracts' debug module prints; nil discards
}

// PendingHeader returns the header of the block that t would make of no transactions now. Its root is the head's: the state
// that the block's first transaction will see.
func (c *Chain) PendingHeader(t Template) *types.Header {
	parent := c.Head()
	header := c.childHeader(parent, t)
	header.Root = c.Root(parent)
	return header
}

// childHeader returns the header of a block after parent, as far as it is known before the block is executed: the fields
// and rules of Osaka. The beacon root is zero and there are neither withdrawals nor blobs, as there is no beacon chain.
func (c *Chain) childHeader(parent *types.Header, t Template) *types.Header {
	number := new(big.Int).Add(parent.Number, common.Big1)
	if t.Time == 0 {
		t.Time = uint64(time.Now().Unix())
	}
	if t.Random == (common.Hash{}) {
		t.Random = crypto.Keccak256Hash(parent.Hash().Bytes(), binary.BigEndian.AppendUint64(nil, number.Uint64()))
	}
	if t.GasLimit == 0 {
		t.GasLimit = parent.GasLimit
	}
	header := &types.Header{
		ParentHash:       parent.Hash(),
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
