package transition

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// authorize installs the code delegations of a set-code transaction (EIP-7702). An invalid one is passed over; the
// transaction goes on.
func (t *Transition) authorize(list []types.SetCodeAuthorization) {
	for i := range list {
		auth := &list[i]
		authority, err := t.checkAuthorization(auth)
		if err != nil {
			continue
		}
		if t.state.Exist(authority) {
			t.state.AddRefund(params.CallNewAccountGas - params.TxAuthTupleGas)
		}
		t.state.SetNonce(authority, auth.Nonce+1, tracing.NonceChangeAuthorization)
		t.delegate(authority, auth.Address)
	}
}

// delegate points authority's code at target, or clears it where target is the zero address.
func (t *Transition) delegate(authority, target common.Address) {
	old, delegated := types.ParseDelegation(t.state.GetCode(authority))
	switch {
	case target == (common.Address{}) && delegated:
		t.state.SetCode(authority, nil, tracing.CodeChangeAuthorizationClear)
	case target != (common.Address{}) && (!delegated || old != target):
		t.state.SetCode(authority, types.AddressToDelegation(target), tracing.CodeChangeAuthorization)
	}
}

// checkAuthorization returns who signed auth, or why it does not hold. Once the signature is read the authority is warm,
// whatever comes after.
func (t *Transition) checkAuthorization(auth *types.SetCodeAuthorization) (common.Address, error) {
	if !auth.ChainID.IsZero() && auth.ChainID.CmpBig(t.env.Config.ChainID) != 0 {
		return common.Address{}, core.ErrAuthorizationWrongChainID
	}
	if auth.Nonce+1 < auth.Nonce {
		return common.Address{}, core.ErrAuthorizationNonceOverflow
	}
	authority, err := auth.Authority()
	if err != nil {
		return common.Address{}, fmt.Errorf("%w: %w", core.ErrAuthorizationInvalidSignature, err)
	}
	t.state.AddAddressToAccessList(authority)
	code := t.state.GetCode(authority)
	if _, delegated := types.ParseDelegation(code); len(code) != 0 && !delegated {
		return common.Address{}, core.ErrAuthorizationDestinationHasCode
	}
	if t.state.GetNonce(authority) != auth.Nonce {
		return common.Address{}, core.ErrAuthorizationNonceMismatch
	}
	return authority, nil
}
