package dev

import (
	"context"
	"errors"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/tracers/logger"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/rpc/query"
	"hestia/vm"
)

// A token's balances and allowances are where its contract keeps them. The slot is found by asking the contract: it is
// the one that the contract reads for its answer, and whose value is the answer.

// errNoSlot reports a contract that does not answer with the value of one of its storage slots.
var errNoSlot = errors.New("no storage slot of the token holds what it answers")

// DealERC20 sets what an account owns of a token.
func (a *devAPI) DealERC20(ctx context.Context, address, token common.Address, balance amount) (bool, error) {
	return a.setAnswer(ctx, token, tokenCall("balanceOf(address)", address), balance.value())
}

// SetERC20Balance is DealERC20 under anvil's newer name.
func (a *anvilAPI) SetERC20Balance(ctx context.Context, address, token common.Address, balance amount) (bool, error) {
	return a.DealERC20(ctx, address, token, balance)
}

// SetERC20Allowance sets how much of an account's tokens another may send.
func (a *anvilAPI) SetERC20Allowance(
	ctx context.Context, owner, spender, token common.Address, allowance amount,
) (bool, error) {
	return a.setAnswer(ctx, token, tokenCall("allowance(address,address)", owner, spender), allowance.value())
}

// tokenCall returns the data of a call of a method with addresses.
func tokenCall(method string, addresses ...common.Address) hexutil.Bytes {
	data := crypto.Keccak256([]byte(method))[:4]
	for _, address := range addresses {
		data = append(data, common.LeftPadBytes(address[:], common.HashLength)...)
	}
	return data
}

// setAnswer sets the slot from which a token answers a call, so that it answers with a value.
func (a *devAPI) setAnswer(
	ctx context.Context, token common.Address, call hexutil.Bytes, value *uint256.Int,
) (bool, error) {
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	q := question{a.q.Service, token, query.TransactionArgs{To: &token, Input: &call}}
	slots, err := q.reads(ctx)
	if err != nil {
		return false, err
	}
	for _, slot := range slots {
		held, err := q.isAnswer(ctx, slot, value)
		if err != nil {
			return false, err
		}
		if held {
			storage := map[common.Hash]common.Hash{slot: value.Bytes32()}
			return a.edit(chain.Edit{Address: token, Storage: storage})
		}
	}
	return false, errNoSlot
}

// question is a call of a token on the newest state.
type question struct {
	*query.Service
	token common.Address
	args  query.TransactionArgs
}

// reads returns the token's slots that the answer needs.
func (q question) reads(ctx context.Context) ([]common.Hash, error) {
	trial, err := q.NewTrial(q.args, query.Latest, query.Overrides{})
	if err != nil {
		return nil, err
	}
	watching := logger.NewAccessListTracer(nil, nil)
	outcome, err := trial.RunTraced(ctx, trial.Limit(), vm.Tracing{Hooks: watching.Hooks()})
	if err != nil {
		return nil, err
	}
	if err := trial.EndError(outcome.Result); err != nil {
		return nil, err
	}
	list := watching.AccessList()
	at := slices.IndexFunc(list, func(t types.AccessTuple) bool { return t.Address == q.token })
	if at < 0 {
		return nil, errNoSlot
	}
	return list[at].StorageKeys, nil
}

// isAnswer reports whether the token answers with the value of a slot. Two values are tried, as one could be the
// answer anyway.
func (q question) isAnswer(ctx context.Context, slot common.Hash, value *uint256.Int) (bool, error) {
	other := new(uint256.Int).Xor(value, uint256.NewInt(1))
	for _, v := range []*uint256.Int{value, other} {
		diff := map[common.Hash]common.Hash{slot: v.Bytes32()}
		trial, err := q.NewTrial(q.args, query.Latest, query.Overrides{
			State: &query.StateOverride{q.token: {StateDiff: diff}},
		})
		if err != nil {
			return false, err
		}
		outcome, err := trial.Run(ctx, trial.Limit())
		if err != nil {
			return false, err
		}
		if trial.EndError(outcome.Result) != nil || common.BytesToHash(outcome.Result.Output) != v.Bytes32() {
			return false, nil
		}
	}
	return true, nil
}
