package transition

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// authorize installs the code delegations of a set-code transaction (EIP-7702). It skips an invalid one; the
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

// delegate makes authority's code a delegation to target, or removes its delegation if target is the zero address.
func (t *Transition) delegate(authority, target common.Address) {
	old, delegated := types.ParseDelegation(t.state.GetCode(authority))
	switch {
	case target == (common.Address{}) && delegated:
		t.state.SetCode(authority, nil, tracing.CodeChangeAuthorizationClear)
	case target != (common.Address{}) && (!delegated || old != target):
		t.state.SetCode(authority, types.AddressToDelegation(target), tracing.CodeChangeAuthorization)
	}
}

// checkAuthorization returns the account that signed auth, or the reason why auth is invalid. Once the signer is known,
// its account is warm, even if a later check fails.
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
