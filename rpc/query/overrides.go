package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

// What overrides can contradict.
var (
	errNoBeaconRoot  = errors.New(`block override "beaconRoot" is not supported for this RPC method`)
	errNoWithdrawals = errors.New(`block override "withdrawals" is not supported for this RPC method`)
)

// Overrides are the changes to state and block that a simulated call runs on.
type Overrides struct {
	State *StateOverride
	Block *BlockOverrides
}

// OverrideAccount is the changes to one account. State replaces all of its storage, StateDiff some slots.
type OverrideAccount struct {
	Nonce            *hexutil.Uint64             `json:"nonce"`
	Code             *hexutil.Bytes              `json:"code"`
	Balance          *hexutil.Big                `json:"balance"`
	State            map[common.Hash]common.Hash `json:"state"`
	StateDiff        map[common.Hash]common.Hash `json:"stateDiff"`
	MovePrecompileTo *common.Address             `json:"movePrecompileToAddress"`
}

// StateOverride is the changes to accounts, by address.
type StateOverride map[common.Address]OverrideAccount

// UnmarshalJSON reads an object; an error names the account and the field.
func (o *StateOverride) UnmarshalJSON(data []byte) error {
	return Decode(data, (*map[common.Address]OverrideAccount)(o))
}

// Apply changes db and returns the precompiles by address after the overrides, or nil if none moved. An account that is
// overridden is no precompile any more. Of two that move to one account the one with the higher address is there, as in
// geth.
func (o *StateOverride) Apply(db *gstate.StateDB, rules params.Rules) (gethvm.PrecompiledContracts, error) {
	if o == nil {
		return nil, nil
	}
	precompiles := gethvm.ActivePrecompiledContracts(rules)
	// sorted, so that errors are the same each time
	for _, address := range slices.SortedFunc(maps.Keys(*o), common.Address.Cmp) {
		account := (*o)[address]
		if to := account.MovePrecompileTo; to != nil {
			if err := o.move(address, *to, precompiles); err != nil {
				return nil, err
			}
		}
		delete(precompiles, address)
		if err := account.apply(db, address); err != nil {
			return nil, err
		}
	}
	db.Finalise(params.Rules{}) // as if a transaction before had done it
	return precompiles, nil
}

// move puts a precompile elsewhere.
func (o *StateOverride) move(from, to common.Address, precompiles gethvm.PrecompiledContracts) error {
	if precompiles[from] == nil {
		return fmt.Errorf("account %s is not a precompile", from.Hex())
	}
	if from == to {
		return WithCode(fmt.Errorf("account %s is moved to itself", to.Hex()), codeMovedToItself)
	}
	if _, overridden := (*o)[to]; overridden {
		return fmt.Errorf("account %s is already overridden", to.Hex())
	}
	precompiles[to] = precompiles[from]
	return nil
}

// apply sets what the overrides say of one account.
func (o *OverrideAccount) apply(db *gstate.StateDB, address common.Address) error {
	if o.State != nil && o.StateDiff != nil {
		return fmt.Errorf("account %s has both 'state' and 'stateDiff'", address.Hex())
	}
	if o.Nonce != nil {
		db.SetNonce(address, uint64(*o.Nonce), tracing.NonceChangeUnspecified)
	}
	if o.Code != nil {
		db.SetCode(address, *o.Code, tracing.CodeChangeUnspecified)
	}
	if o.Balance != nil {
		db.SetBalance(address, uint256.MustFromBig(o.Balance.ToInt()), tracing.BalanceChangeUnspecified)
	}
	if o.State != nil {
		db.SetStorage(address, o.State)
	}
	for key, value := range o.StateDiff {
		db.SetState(address, key, value)
	}
	return nil
}

// CheckFields refuses fields that the type of known does not have; data that is no object is left to its decoder.
func CheckFields(data json.RawMessage, known any, what string) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return nil
	}
	t := reflect.TypeOf(known)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		has := func(f reflect.StructField) bool { return strings.EqualFold(f.Tag.Get("json"), name) }
		if !slices.ContainsFunc(reflect.VisibleFields(t), has) {
			return fmt.Errorf("unknown field %q in %s", name, what)
		}
	}
	return nil
}

// BlockOverrides are the changes to the block that a call sees itself in.
type BlockOverrides struct {
	Number        *hexutil.Big       `json:"number"`
	Difficulty    *hexutil.Big       `json:"difficulty"` // has no meaning any more, and is passed over as geth does
	Time          *hexutil.Uint64    `json:"time"`
	GasLimit      *hexutil.Uint64    `json:"gasLimit"`
	FeeRecipient  *common.Address    `json:"feeRecipient"`
	PrevRandao    *common.Hash       `json:"prevRandao"`
	BaseFeePerGas *hexutil.Big       `json:"baseFeePerGas"`
	BlobBaseFee   *hexutil.Big       `json:"blobBaseFee"` // there are no blobs to pay for
	BeaconRoot    *common.Hash       `json:"beaconRoot"`
	Withdrawals   *types.Withdrawals `json:"withdrawals"`
}

// UnmarshalJSON reads an object; an error names the field.
func (o *BlockOverrides) UnmarshalJSON(data []byte) error {
	type plain BlockOverrides
	return Decode(data, (*plain)(o))
}

// Header returns h with the overrides applied, for calls. Nil overrides nothing.
func (o *BlockOverrides) Header(h *types.Header) (*types.Header, error) {
	switch {
	case o == nil:
		return h, nil
	case o.BeaconRoot != nil:
		return nil, errNoBeaconRoot
	case o.Withdrawals != nil:
		return nil, errNoWithdrawals
	case o.Number != nil && !o.Number.ToInt().IsUint64():
		return nil, InvalidParams("block override \"number\" is above 2^64-1")
	}
	return o.Fill(h), nil
}

// Fill returns h with what is overridden.
func (o *BlockOverrides) Fill(h *types.Header) *types.Header {
	h = types.CopyHeader(h)
	if o.Number != nil {
		h.Number = o.Number.ToInt()
	}
	if o.Time != nil {
		h.Time = uint64(*o.Time)
	}
	if o.GasLimit != nil {
		h.GasLimit = uint64(*o.GasLimit)
	}
	if o.FeeRecipient != nil {
		h.Coinbase = *o.FeeRecipient
	}
	if o.PrevRandao != nil {
		h.MixDigest = *o.PrevRandao
	}
	if o.BaseFeePerGas != nil {
		h.BaseFee = o.BaseFeePerGas.ToInt()
	}
	return h
}
