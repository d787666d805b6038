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
// the one that the contract reads for its answer, and whose value is the answer. A slot that holds more than the
// answer, or the answer about other accounts too, is left alone.

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
	q := question{a.q.Service, token, call}
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
	call  hexutil.Bytes
}

// trial returns the call, on a state in which slots of the token have other values.
func (q question) trial(diff map[common.Hash]common.Hash) (*query.Trial, error) {
	return q.NewTrial(query.TransactionArgs{To: &q.token, Input: &q.call}, query.Latest, query.Overrides{
		State: &query.StateOverride{q.token: {StateDiff: diff}},
	})
}

// answer returns the word that the token answers with, false if it answers with anything else.
func (q question) answer(ctx context.Context, diff map[common.Hash]common.Hash) (common.Hash, bool, error) {
	trial, err := q.trial(diff)
	if err != nil {
		return common.Hash{}, false, err
	}
	outcome, err := trial.Run(ctx, trial.Limit())
	if err != nil {
		return common.Hash{}, false, err
	}
	output := outcome.Result.Output
	return common.BytesToHash(output), trial.EndError(outcome.Result) == nil && len(output) == common.HashLength, nil
}

// others returns the same question about other accounts: each of its addresses replaced in turn.
func (q question) others() []question {
	var others []question
	for end := 4 + common.HashLength; end <= len(q.call); end += common.HashLength {
		call := slices.Clone(q.call)
		for i := end - common.AddressLength; i < end; i++ {
			call[i] ^= 0xa5 // an account that has nothing, in all likelihood
		}
		others = append(others, question{q.Service, q.token, call})
	}
	return others
}

// reads returns the token's slots that the answer needs.
func (q question) reads(ctx context.Context) ([]common.Hash, error) {
	trial, err := q.trial(nil)
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

// isAnswer reports whether the token answers with the value of a slot, which holds nothing else. Two values are tried,
// as one could be the answer anyway.
func (q question) isAnswer(ctx context.Context, slot common.Hash, value *uint256.Int) (bool, error) {
	db, _, err := q.StateAt(query.Latest)
	if err != nil {
		return false, err
	}
	now, ok, err := q.answer(ctx, nil)
	if held := db.GetState(q.token, slot); err != nil || !ok || held != now && held != (common.Hash{}) {
		return false, err
	}
	other := new(uint256.Int).Xor(value, uint256.NewInt(1))
	for _, v := range []*uint256.Int{value, other} {
		diff := map[common.Hash]common.Hash{slot: v.Bytes32()}
		if got, ok, err := q.answer(ctx, diff); err != nil || !ok || got != v.Bytes32() {
			return false, err
		}
		for _, q := range q.others() {
			before, _, err := q.answer(ctx, nil)
			if err != nil {
				return false, err
			}
			if after, _, err := q.answer(ctx, diff); err != nil || after != before {
				return false, err
			}
		}
	}
	return true, nil
}
