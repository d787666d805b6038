package query

import (
	"bytes"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/transition"
)

// TransactionArgs is the transaction object of eth_call, eth_estimateGas and eth_sendTransaction.
type TransactionArgs struct {
	From           *common.Address              `json:"from"`
	To             *common.Address              `json:"to"`
	Gas            *hexutil.Uint64              `json:"gas"`
	GasPrice       *hexutil.Big                 `json:"gasPrice"`
	MaxFeePerGas   *hexutil.Big                 `json:"maxFeePerGas"`
	MaxPriorityFee *hexutil.Big                 `json:"maxPriorityFeePerGas"`
	Value          *hexutil.Big                 `json:"value"`
	Nonce          *hexutil.Uint64              `json:"nonce"`
	Data           *hexutil.Bytes               `json:"data"`
	Input          *hexutil.Bytes               `json:"input"`
	AccessList     *types.AccessList            `json:"accessList"`
	ChainID        *hexutil.Big                 `json:"chainId"`
	BlobFeeCap     *hexutil.Big                 `json:"maxFeePerBlobGas"`
	BlobHashes     []common.Hash                `json:"blobVersionedHashes"`
	Authorizations []types.SetCodeAuthorization `json:"authorizationList"`
}

// UnmarshalJSON reads an object; an error names the field.
func (a *TransactionArgs) UnmarshalJSON(data []byte) error {
	type plain TransactionArgs
	return Decode(data, (*plain)(a))
}

// Sender returns the sender, the zero address if none is given.
func (a *TransactionArgs) Sender() common.Address {
	if a.From == nil {
		return common.Address{}
	}
	return *a.From
}

// data prefers the newer of the field's two names.
func (a *TransactionArgs) data() []byte {
	switch {
	case a.Input != nil:
		return *a.Input
	case a.Data != nil:
		return *a.Data
	}
	return nil
}

// Check refuses what contradicts itself or the chain.
func (a *TransactionArgs) Check(chainID *big.Int) error {
	switch {
	case a.GasPrice != nil && (a.MaxFeePerGas != nil || a.MaxPriorityFee != nil):
		return errBothPrices
	case a.Data != nil && a.Input != nil && !bytes.Equal(*a.Data, *a.Input):
		return errBothData
	case a.To == nil && a.BlobHashes != nil:
		return core.ErrBlobTxCreate
	case a.To == nil && a.Authorizations != nil:
		return core.ErrSetCodeTxCreate
	case a.ChainID != nil && a.ChainID.ToInt().Cmp(chainID) != 0:
		return fmt.Errorf("chainId does not match node's (have=%v, want=%v)", a.ChainID.ToInt(), chainID)
	}
	return nil
}

// Message returns what a call or an estimate tries out with a gas limit of its own. Fees left out are zero, so that a
// sender needs no balance.
func (a *TransactionArgs) Message(gas uint64, baseFee *big.Int) transition.Message {
	price, feeCap, tipCap := a.fees(baseFee)
	msg := transition.Message{
		Message: core.Message{
			From:                  a.Sender(),
			To:                    a.To,
			Value:                 orZero(a.Value),
			GasLimit:              gas,
			GasPrice:              price,
			GasFeeCap:             feeCap,
			GasTipCap:             tipCap,
			Data:                  a.data(),
			SetCodeAuthorizations: a.Authorizations,
		},
		SkipNonce:  true,
		SkipSender: true,
		NoBaseFee:  true,
	}
	if a.BlobHashes != nil {
		msg.BlobHashes, msg.BlobGasFeeCap = a.BlobHashes, orZero(a.BlobFeeCap)
	}
	if a.Nonce != nil {
		msg.Nonce = uint64(*a.Nonce)
	}
	if a.AccessList != nil {
		msg.AccessList = *a.AccessList
	}
	return msg
}

// fees returns what the sender pays for a unit of gas at the base fee, at most, and to the block's builder, in wei.
func (a *TransactionArgs) fees(baseFee *big.Int) (price, feeCap, tipCap *uint256.Int) {
	if a.GasPrice != nil {
		price = orZero(a.GasPrice)
		return price, price, price
	}
	feeCap, tipCap, price = orZero(a.MaxFeePerGas), orZero(a.MaxPriorityFee), new(uint256.Int)
	if baseFee == nil { // before London
		baseFee = new(big.Int)
	}
	if !feeCap.IsZero() || !tipCap.IsZero() {
		if _, over := price.AddOverflow(tipCap, uint256.MustFromBig(baseFee)); over || price.Gt(feeCap) {
			price = feeCap
		}
	}
	return price, feeCap, tipCap
}

// orZero converts a quantity, which JSON decoding keeps below 2^256 and not negative.
func orZero(v *hexutil.Big) *uint256.Int {
	if v == nil {
		return new(uint256.Int)
	}
	return uint256.MustFromBig(v.ToInt())
}

// Simulated returns the transaction that stands in a block made up for arguments that were run with a gas limit of
// their own.
func (a *TransactionArgs) Simulated(limit uint64, chainID *big.Int) *types.Transaction {
	complete := *a
	complete.Gas = (*hexutil.Uint64)(&limit)
	if a.GasPrice == nil {
		complete.MaxFeePerGas = (*hexutil.Big)(orZero(a.MaxFeePerGas).ToBig())
		complete.MaxPriorityFee = (*hexutil.Big)(orZero(a.MaxPriorityFee).ToBig())
	}
	return complete.transaction(chainID)
}

// transaction returns the unsigned transaction that the completed arguments describe, of the newest type that fits
// them.
func (a *TransactionArgs) transaction(chainID *big.Int) *types.Transaction {
	list := types.AccessList{}
	if a.AccessList != nil {
		list = *a.AccessList
	}
	nonce, gas, value := uint64(*a.Nonce), uint64(*a.Gas), orZero(a.Value).ToBig()
	switch {
	case a.Authorizations != nil:
		return types.NewTx(&types.SetCodeTx{
			ChainID: uint256.MustFromBig(chainID), Nonce: nonce, To: *a.To, Value: orZero(a.Value), Data: a.data(),
			Gas: gas, GasFeeCap: orZero(a.MaxFeePerGas), GasTipCap: orZero(a.MaxPriorityFee), AccessList: list,
			AuthList: a.Authorizations,
		})
	case a.BlobHashes != nil:
		return types.NewTx(&types.BlobTx{
			ChainID: uint256.MustFromBig(chainID), Nonce: nonce, To: *a.To, Value: orZero(a.Value), Data: a.data(),
			Gas: gas, GasFeeCap: orZero(a.MaxFeePerGas), GasTipCap: orZero(a.MaxPriorityFee), AccessList: list,
			BlobFeeCap: orZero(a.BlobFeeCap), BlobHashes: a.BlobHashes,
		})
	case a.GasPrice == nil:
		return types.NewTx(&types.DynamicFeeTx{
			ChainID: chainID, Nonce: nonce, Gas: gas, To: a.To, Value: value, Data: a.data(),
			GasFeeCap: a.MaxFeePerGas.ToInt(), GasTipCap: a.MaxPriorityFee.ToInt(), AccessList: list,
		})
	case a.AccessList != nil:
		return types.NewTx(&types.AccessListTx{
			ChainID: chainID, Nonce: nonce, Gas: gas, To: a.To, Value: value, Data: a.data(),
			GasPrice: a.GasPrice.ToInt(), AccessList: list,
		})
	}
	return types.NewTx(&types.LegacyTx{
		Nonce: nonce, Gas: gas, To: a.To, Value: value, Data: a.data(), GasPrice: a.GasPrice.ToInt(),
	})
}
