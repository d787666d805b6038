package transition

import (
	"fmt"
	"math"

	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto/kzg4844"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/gas"
	"hestia/vm"
)

// check makes the checks that a message must pass before it buys gas, in the order and with the errors of geth. The
// size of creation data and a transaction's gas limit are bounded by the schedule, not by Osaka (docs/adr/0003).
func (t *Transition) check(msg *Message) error {
	if err := t.checkNonce(msg); err != nil {
		return err
	}
	if limit := t.gasCap(msg); msg.GasLimit > limit {
		return fmt.Errorf("%w (cap: %d, tx: %d)", core.ErrGasLimitTooHigh, limit, msg.GasLimit)
	}
	if !msg.SkipSender {
		code := t.state.GetCode(msg.From)
		if _, delegated := types.ParseDelegation(code); len(code) > 0 && !delegated {
			return fmt.Errorf("%w: address %v, len(code): %d", core.ErrSenderNoEOA, msg.From.Hex(), len(code))
		}
	}
	if err := t.checkFee(msg); err != nil {
		return err
	}
	if err := t.checkType(msg); err != nil {
		return err
	}
	if msg.To != nil {
		return nil
	}
	if limit := vm.InitcodeLimit(msg.Data, &t.env.Schedule.Limits, &t.rules); len(msg.Data) > limit {
		return fmt.Errorf("%w: code size %v limit %v", gethvm.ErrMaxInitCodeSizeExceeded, len(msg.Data), limit)
	}
	return nil
}

// checkNonce requires the sender's next nonce, and room for another one after it.
func (t *Transition) checkNonce(msg *Message) error {
	if msg.SkipNonce {
		return nil
	}
	next := t.state.GetNonce(msg.From)
	switch {
	case next < msg.Nonce:
		return fmt.Errorf("%w: address %v, tx: %d state: %d", core.ErrNonceTooHigh, msg.From.Hex(), msg.Nonce, next)
	case next > msg.Nonce:
		return fmt.Errorf("%w: address %v, tx: %d state: %d", core.ErrNonceTooLow, msg.From.Hex(), msg.Nonce, next)
	case next+1 < next:
		return fmt.Errorf("%w: address %v, nonce: %d", core.ErrNonceMax, msg.From.Hex(), next)
	}
	return nil
}

// gasCap returns the highest gas limit that the message may have. What runs no EVM code gets no more than particles can
// count. Where all code is EVM code, the schedule's limit is Ethereum's, which Osaka brought.
func (t *Transition) gasCap(msg *Message) uint64 {
	limits := &t.env.Schedule.Limits
	switch {
	case limits.TransactionGas > 0 && !msg.SkipGasCap && (limits.Wasm || t.rules.IsOsaka):
		return limits.TransactionGas
	case limits.EVM:
		return math.MaxUint64
	}
	return gas.Max
}

// checkFee requires a fee cap that is neither below the tip cap nor below the base fee.
func (t *Transition) checkFee(msg *Message) error {
	if !t.rules.IsLondon || msg.NoBaseFee && msg.GasFeeCap.IsZero() && msg.GasTipCap.IsZero() {
		return nil
	}
	if msg.GasFeeCap.Lt(msg.GasTipCap) {
		return fmt.Errorf("%w: address %v, maxPriorityFeePerGas: %s, maxFeePerGas: %s", core.ErrTipAboveFeeCap,
			msg.From.Hex(), msg.GasTipCap, msg.GasFeeCap)
	}
	if msg.GasFeeCap.CmpBig(t.baseFee()) < 0 {
		return fmt.Errorf("%w: address %v, maxFeePerGas: %s, baseFee: %s", core.ErrFeeCapTooLow,
			msg.From.Hex(), msg.GasFeeCap, t.baseFee())
	}
	return nil
}

// checkType refuses fields of transaction types that the rules do not have yet.
func (t *Transition) checkType(msg *Message) error {
	switch {
	case msg.AccessList != nil && !t.rules.IsBerlin:
		return fmt.Errorf("%w: access list tx (sender %v)", core.ErrTxTypeNotSupported, msg.From)
	case msg.BlobHashes != nil || msg.BlobGasFeeCap != nil:
		if err := t.checkBlobs(msg); err != nil {
			return err
		}
	}
	switch {
	case msg.SetCodeAuthorizations == nil:
		return nil
	case !t.rules.IsPrague:
		return fmt.Errorf("%w: setcode tx (sender %v)", core.ErrTxTypeNotSupported, msg.From)
	case msg.To == nil:
		return fmt.Errorf("%w (sender %v)", core.ErrSetCodeTxCreate, msg.From)
	case len(msg.SetCodeAuthorizations) == 0:
		return fmt.Errorf("%w (sender %v)", core.ErrEmptyAuthList, msg.From)
	}
	return nil
}

// checkBlobs checks the versioned hashes of blobs and the fee offered for them (EIP-4844, EIP-7594).
func (t *Transition) checkBlobs(msg *Message) error {
	switch {
	case !t.rules.IsCancun || t.env.Header.ExcessBlobGas == nil || msg.BlobGasFeeCap == nil:
		return fmt.Errorf("%w: blob tx (sender %v)", core.ErrTxTypeNotSupported, msg.From)
	case msg.To == nil:
		return core.ErrBlobTxCreate
	case len(msg.BlobHashes) == 0:
		return core.ErrMissingBlobHashes
	case t.rules.IsOsaka && len(msg.BlobHashes) > params.BlobTxMaxBlobs:
		return core.ErrTooManyBlobs
	}
	for i, hash := range msg.BlobHashes {
		if !kzg4844.IsValidVersionedHash(hash[:]) {
			return fmt.Errorf("blob %d has invalid hash version", i)
		}
	}
	if msg.freeBlobs() {
		return nil
	}
	if price := eip4844.CalcBlobFee(t.env.Config, t.env.Header); msg.BlobGasFeeCap.CmpBig(price) < 0 {
		return fmt.Errorf("%w: address %v blobGasFeeCap: %v, blobBaseFee: %v", core.ErrBlobFeeCapTooLow,
			msg.From.Hex(), msg.BlobGasFeeCap, price)
	}
	return nil
}

// freeBlobs reports whether a simulated message pays nothing for its blobs.
func (m *Message) freeBlobs() bool { return m.NoBaseFee && m.BlobGasFeeCap.IsZero() }

// blobFee returns the price of a message's blobs and the most that it offers for them, both in wei. over reports an
// offer above 256 bits.
func (t *Transition) blobFee(msg *Message) (fee, most *uint256.Int, over bool) {
	fee, most = new(uint256.Int), new(uint256.Int)
	if len(msg.BlobHashes) == 0 || msg.freeBlobs() {
		return fee, most, false
	}
	amount := uint256.NewInt(uint64(len(msg.BlobHashes)) * params.BlobTxBlobGasPerBlob)
	_, over = most.MulOverflow(amount, msg.BlobGasFeeCap)
	price, _ := uint256.FromBig(eip4844.CalcBlobFee(t.env.Config, t.env.Header)) // at most the cap
	return fee.Mul(amount, price), most, over
}

// buyGas takes the price of the whole gas limit and of the blobs from the sender. The sender's balance must cover
// both at the highest fees that the message allows, plus the value.
func (t *Transition) buyGas(msg *Message) error {
	limit, highest := uint256.NewInt(msg.GasLimit), msg.GasPrice
	if msg.GasFeeCap.Gt(highest) {
		highest = msg.GasFeeCap
	}
	want, over := new(uint256.Int).MulOverflow(limit, highest)
	want, over2 := want.AddOverflow(want, msg.Value)
	blobs, mostBlobs, over3 := t.blobFee(msg)
	want, over4 := want.AddOverflow(want, mostBlobs)
	if over || over2 || over3 || over4 {
		return fmt.Errorf("%w: address %v required balance exceeds 256 bits", core.ErrInsufficientFunds, msg.From.Hex())
	}
	if have := t.state.GetBalance(msg.From); have.Lt(want) {
		return fmt.Errorf("%w: address %v have %v want %v", core.ErrInsufficientFunds, msg.From.Hex(), have, want)
	}
	bought := limit.Mul(limit, msg.GasPrice)
	t.state.SubBalance(msg.From, bought.Add(bought, blobs), tracing.BalanceDecreaseGasBuy)
	return nil
}
