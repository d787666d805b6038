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

// Message is what the transition applies: a transaction's content and sender, and which checks a simulation leaves out.
type Message struct {
	core.Message

	SkipNonce  bool // the nonce need not be the sender's next
	SkipSender bool // the sender may be a contract
	SkipGasCap bool // the gas limit may exceed the schedule's limit for a transaction
	NoBaseFee  bool // a message whose fee fields are all zero pays nothing
}

// newMessage returns the message of a transaction in a block of the given base fee, nil before London.
func newMessage(tx *types.Transaction, signer types.Signer, baseFee *big.Int) (*Message, error) {
	msg, err := core.TransactionToMessage(tx, signer, baseFee)
	if err != nil {
		return nil, err
	}
	return &Message{Message: *msg, SkipSender: unsigned.Is(tx)}, nil // impersonated contracts may send
}

// complete makes amounts that were left out zero.
func (m *Message) complete() {
	for _, amount := range []**uint256.Int{&m.Value, &m.GasPrice, &m.GasFeeCap, &m.GasTipCap} {
		if *amount == nil {
			*amount = new(uint256.Int)
		}
	}
}

// Outcome is what a message left behind.
type Outcome struct {
	UsedGas    uint64 // what the sender pays for, in gas: after refunds, at least the data floor
	MaxUsedGas uint64 // what had to be there, in gas: before refunds
	Result     frame.Result
	Contract   *common.Address // the account made, nil where the message was no creation or failed
	Logs       []*types.Log    // what a message tried out by Apply logged; block and transaction are not filled in
}

// Failed reports whether the message's own frame did not finish: the receipt's status is 0.
func (o *Outcome) Failed() bool { return o.Result.End != frame.Finished }
