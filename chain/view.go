package chain

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// View is one block and the accounts after it, for the pool's checks. It is not safe for concurrent use.
type View struct {
	header   *types.Header
	schedule *gas.Schedule // of the next block
	signer   types.Signer  // of the next block
	rules    params.Rules  // of the next block
	blobs    int           // that the next block may have; 0 before blobs
	state    *gstate.StateDB
}

// HeadView returns a view of the head. The error says that the head's state cannot be read.
func (c *Chain) HeadView() (*View, error) {
	head := c.Head()
	db, err := c.StateAt(c.Root(head))
	if err != nil {
		return nil, err
	}
	next := c.childHeader(head, Template{})
	blobs := 0
	if next.ExcessBlobGas != nil {
		blobs = eip4844.MaxBlobsPerBlock(c.config, next.Time)
	}
	return &View{head, c.Schedule(next), c.SignerAt(next.Number.Uint64()), c.Rules(next), blobs, db}, nil
}

// Header returns the block's header.
func (v *View) Header() *types.Header { return v.header }

// Schedule returns the gas schedule of a block made now.
func (v *View) Schedule() *gas.Schedule { return v.schedule }

// Signer returns the signer of transactions in a block made now.
func (v *View) Signer() types.Signer { return v.signer }

// Rules returns Ethereum's rules for a block made now.
func (v *View) Rules() params.Rules { return v.rules }

// MostBlobs returns the number of blobs that a block made now may have, 0 if its rules have none.
func (v *View) MostBlobs() int { return v.blobs }

// Nonce returns the next nonce of an account, pending transactions not counted.
func (v *View) Nonce(a common.Address) uint64 { return v.state.GetNonce(a) }

// Balance returns the balance of an account, in wei.
func (v *View) Balance(a common.Address) *uint256.Int { return v.state.GetBalance(a) }

// Code returns an account's original code, empty if it has none.
func (v *View) Code(a common.Address) []byte { return v.state.GetCode(a) }
