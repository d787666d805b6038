package transition

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/transition/unsigned"
)

// Message is the input of the transition: a transaction's content and sender, and the checks that a simulation skips.
// Amounts are in wei; a nil amount is zero.
type Message struct {
	core.Message

	SkipNonce  bool // the nonce need not be the sender's next
	SkipSender bool // the sender may be a contract
	SkipGasCap bool // the gas limit may exceed the schedule's limit for a transaction
	NoBaseFee  bool // a message whose fee fields are all zero pays nothing, nor for blobs if that fee is zero
}

// newMessage returns the message of a transaction in a block with the given base fee in wei a gas, nil before London.
func newMessage(tx *types.Transaction, signer types.Signer, baseFee *big.Int) (*Message, error) {
	msg, err := core.TransactionToMessage(tx, signer, baseFee)
	if err != nil {
		return nil, err
	}
	return &Message{Message: *msg, SkipSender: unsigned.Is(tx)}, nil // a devnet can impersonate a contract
}

// complete sets the amounts that are nil to zero.
func (m *Message) complete() {
	for _, amount := range []**uint256.Int{&m.Value, &m.GasPrice, &m.GasFeeCap, &m.GasTipCap} {
		if *amount == nil {
			*amount = new(uint256.Int)
		}
	}
}

// Outcome is the result of applying a message.
type Outcome struct {
	UsedGas    uint64          // gas that the sender pays for: after refunds, at least the floor for its data
	MaxUsedGas uint64          // gas that the message needed: before refunds, at least the same floor
	Result     frame.Result    // of the message's own frame
	Contract   *common.Address // the account created; nil if the message was no creation or failed
	Logs       []*types.Log    // set by Try only; without block and transaction fields
}

// Failed reports whether the message's own frame did not finish. The receipt's status is 0 then.
func (o *Outcome) Failed() bool { return o.Result.End != frame.Finished }
