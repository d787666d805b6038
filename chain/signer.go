package chain

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/transition/unsigned"
)

// earlySigner is the signer of blocks before EIP-155, which hold legacy transactions without a chain id. It knows the
// chain's id all the same, and the other types, so that a sender that it found is right for later signers too.
type earlySigner struct {
	types.Signer
	early types.Signer
}

// Sender returns the sender of tx. The error is geth's.
func (s earlySigner) Sender(tx *types.Transaction) (common.Address, error) {
	if tx.Type() == types.LegacyTxType && !tx.Protected() {
		return s.early.Sender(tx)
	}
	return s.Signer.Sender(tx)
}

// Hash returns what the sender of tx signs: of a legacy transaction without a chain id.
func (s earlySigner) Hash(tx *types.Transaction) common.Hash {
	if tx.Type() == types.LegacyTxType {
		return s.early.Hash(tx)
	}
	return s.Signer.Hash(tx)
}

// SignatureValues returns the parts of a signature as tx holds them. The error is geth's.
func (s earlySigner) SignatureValues(tx *types.Transaction, signature []byte) (r, sig, v *big.Int, err error) {
	if tx.Type() == types.LegacyTxType {
		return s.early.SignatureValues(tx, signature)
	}
	return s.Signer.SignatureValues(tx, signature)
}

// Equal also holds between the signers of early and of later blocks.
func (s earlySigner) Equal(other types.Signer) bool {
	if o, ok := other.(earlySigner); ok {
		other = o.Signer
	}
	return s.Signer.Equal(other)
}

// halfOrder is the largest s of a signature since Homestead.
var halfOrder = new(big.Int).Rsh(crypto.S256().Params().N, 1)

// checkType refuses a transaction whose type or signature the rules do not have yet, or no longer. The error is geth's.
func checkType(tx *types.Transaction, rules *params.Rules) error {
	active := true
	switch tx.Type() {
	case types.LegacyTxType:
		_, _, s := tx.RawSignatureValues()
		switch {
		case unsigned.Is(tx):
		case tx.Protected() && !rules.IsEIP155:
			return fmt.Errorf("%w: it has a chain id, which blocks have since EIP-155", types.ErrInvalidSig)
		case s.Cmp(halfOrder) > 0 && rules.IsHomestead:
			return types.ErrInvalidSig
		}
	case types.AccessListTxType:
		active = rules.IsBerlin
	case types.DynamicFeeTxType:
		active = rules.IsLondon
	case types.BlobTxType:
		active = rules.IsCancun
	case types.SetCodeTxType:
		active = rules.IsPrague
	}
	if !active {
		return fmt.Errorf("%w: type %d", core.ErrTxTypeNotSupported, tx.Type())
	}
	return nil
}
