package statetest

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/replay"
	"hestia/transition"
)

// test is one GeneralStateTest.
type test struct {
	Env         env                `json:"env"`
	Pre         types.GenesisAlloc `json:"pre"`
	Transaction transaction        `json:"transaction"`
	Post        map[string][]post  `json:"post"` // by network
}

// env is the block that holds the transaction.
type env struct {
	Coinbase   common.Address        `json:"currentCoinbase"`
	Difficulty *math.HexOrDecimal256 `json:"currentDifficulty"`
	Random     *common.Hash          `json:"currentRandom"`
	GasLimit   math.HexOrDecimal64   `json:"currentGasLimit"`
	Number     math.HexOrDecimal64   `json:"currentNumber"`
	Time       math.HexOrDecimal64   `json:"currentTimestamp"`
	BaseFee    *math.HexOrDecimal256 `json:"currentBaseFee"`

	ExcessBlobGas *math.HexOrDecimal64 `json:"currentExcessBlobGas"`
}

// transaction is a family of transactions: a post selects one element of each list.
type transaction struct {
	Data        []string              `json:"data"`
	GasLimit    []math.HexOrDecimal64 `json:"gasLimit"`
	Value       []string              `json:"value"`
	AccessLists []*types.AccessList   `json:"accessLists"`
	GasPrice    *math.HexOrDecimal256 `json:"gasPrice"`
	FeeCap      *math.HexOrDecimal256 `json:"maxFeePerGas"`
	TipCap      *math.HexOrDecimal256 `json:"maxPriorityFeePerGas"`
	Nonce       math.HexOrDecimal64   `json:"nonce"`
	To          string                `json:"to"`
	Sender      *common.Address       `json:"sender"`
	SecretKey   string                `json:"secretKey"`
	Blobs       []common.Hash         `json:"blobVersionedHashes"`
	BlobFeeCap  *math.HexOrDecimal256 `json:"maxFeePerBlobGas"`
	AuthList    []*authorization      `json:"authorizationList"`
}

// authorization is a signed code delegation.
type authorization struct {
	ChainID *math.HexOrDecimal256 `json:"chainId"`
	Address common.Address        `json:"address"`
	Nonce   math.HexOrDecimal64   `json:"nonce"`
	V       math.HexOrDecimal64   `json:"v"`
	R       *math.HexOrDecimal256 `json:"r"`
	S       *math.HexOrDecimal256 `json:"s"`
}

// post is the expected outcome of one member of the family.
type post struct {
	Root      common.Hash `json:"hash"`
	Logs      common.Hash `json:"logs"` // keccak256 of the RLP of all logs
	Exception string      `json:"expectException"`

	Signed hexutil.Bytes `json:"txbytes"` // the transaction as it would be in a block; empty if it is not given

	Indexes struct {
		Data  int `json:"data"`
		Gas   int `json:"gas"`
		Value int `json:"value"`
	} `json:"indexes"`
}

// message returns the message that p selects, in a block with the given base fee in wei a gas, nil before London. The
// error wraps replay.ErrMalformed.
func (t *transaction) message(p post, baseFee *big.Int) (*transition.Message, error) {
	i := p.Indexes
	if !in(i.Data, len(t.Data)) || !in(i.Gas, len(t.GasLimit)) || !in(i.Value, len(t.Value)) {
		return nil, fmt.Errorf("%w: indexes point outside the transaction", replay.ErrMalformed)
	}
	from, err := t.from()
	if err != nil {
		return nil, err
	}
	to, err := t.to()
	if err != nil {
		return nil, err
	}
	data, err := hex.DecodeString(strings.TrimPrefix(t.Data[i.Data], "0x"))
	if err != nil {
		return nil, fmt.Errorf("%w: data: %w", replay.ErrMalformed, err)
	}
	value, err := parseValue(t.Value[i.Value])
	if err != nil {
		return nil, err
	}
	msg := &transition.Message{Message: core.Message{
		From: from, To: to, Nonce: uint64(t.Nonce), Value: value, GasLimit: uint64(t.GasLimit[i.Gas]), Data: data,
		BlobHashes: t.Blobs, SetCodeAuthorizations: t.authorizations(),
	}}
	msg.SkipSender = baseFee == nil && p.Exception == "" // London brought EIP-3607; older tests send from contracts
	if in(i.Data, len(t.AccessLists)) && t.AccessLists[i.Data] != nil {
		msg.AccessList = *t.AccessLists[i.Data]
	}
	if t.BlobFeeCap != nil {
		blobFeeCap := truncated(t.BlobFeeCap)
		msg.BlobGasFeeCap = &blobFeeCap
	}
	return msg, t.setFees(msg, baseFee)
}

// in reports whether index is inside a list of the given length.
func in(index, length int) bool { return index >= 0 && index < length }

// setFees sets the message's fees. gasPrice stands for both caps. The price paid is the fee cap, or base fee plus tip
// cap if that is less.
func (t *transaction) setFees(msg *transition.Message, baseFee *big.Int) error {
	price, feeCap, tipCap := (*big.Int)(t.GasPrice), (*big.Int)(t.FeeCap), (*big.Int)(t.TipCap)
	if price != nil {
		feeCap, tipCap = price, price
	}
	if feeCap == nil {
		return fmt.Errorf("%w: no gas price", replay.ErrMalformed)
	}
	if tipCap == nil {
		tipCap = feeCap
	}
	if price = feeCap; baseFee != nil {
		if paid := new(big.Int).Add(baseFee, tipCap); paid.Cmp(feeCap) < 0 {
			price = paid
		}
	}
	for _, fee := range []struct {
		to   **uint256.Int
		from *big.Int
	}{{&msg.GasPrice, price}, {&msg.GasFeeCap, feeCap}, {&msg.GasTipCap, tipCap}} {
		converted, overflow := uint256.FromBig(fee.from)
		if overflow || fee.from.Sign() < 0 {
			return fmt.Errorf("%w: fee %d", replay.ErrMalformed, fee.from)
		}
		*fee.to = converted
	}
	return nil
}

// parseValue reads an amount in wei, in decimal or hexadecimal.
func parseValue(text string) (*uint256.Int, error) {
	number, ok := math.ParseBig256(text)
	if !ok || number.Sign() < 0 {
		return nil, fmt.Errorf("%w: value %q", replay.ErrMalformed, text)
	}
	return uint256.MustFromBig(number), nil
}

// to returns the recipient, nil for a creation.
func (t *transaction) to() (*common.Address, error) {
	if t.To == "" {
		return nil, nil
	}
	if !common.IsHexAddress(t.To) {
		return nil, fmt.Errorf("%w: to %q", replay.ErrMalformed, t.To)
	}
	to := common.HexToAddress(t.To)
	return &to, nil
}

// from returns the sender given, or the address of the secret key.
func (t *transaction) from() (common.Address, error) {
	if t.Sender != nil {
		return *t.Sender, nil
	}
	key, err := crypto.HexToECDSA(strings.TrimPrefix(t.SecretKey, "0x"))
	if err != nil {
		return common.Address{}, fmt.Errorf("%w: secretKey: %w", replay.ErrMalformed, err)
	}
	return crypto.PubkeyToAddress(key.PublicKey), nil
}

// authorizations returns the code delegations. The list is nil only if the test has none, which differs from an empty
// one.
func (t *transaction) authorizations() []types.SetCodeAuthorization {
	if t.AuthList == nil {
		return nil
	}
	list := []types.SetCodeAuthorization{}
	for _, a := range t.AuthList {
		if a == nil {
			continue
		}
		list = append(list, types.SetCodeAuthorization{
			ChainID: truncated(a.ChainID), Address: a.Address, Nonce: uint64(a.Nonce),
			V: uint8(a.V), R: truncated(a.R), S: truncated(a.S),
		})
	}
	return list
}

// truncated returns the low 256 bits of n, zero for nil.
func truncated(n *math.HexOrDecimal256) uint256.Int {
	if n == nil {
		return uint256.Int{}
	}
	var v uint256.Int
	v.SetFromBig((*big.Int)(n))
	return v
}
