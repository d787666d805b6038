package watch

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// stateChange is what geth's prestate tracer says in diff mode: accounts before, and what of them differs after.
type stateChange struct {
	Pre  map[common.Address]changedAccount `json:"pre"`
	Post map[common.Address]changedAccount `json:"post"`
}

// changedAccount is an account, as far as it matters; after, only what differs is there.
type changedAccount struct {
	Balance *hexutil.Big                `json:"balance"` // wei
	Nonce   *uint64                     `json:"nonce"`
	Code    *hexutil.Bytes              `json:"code"`
	Storage map[common.Hash]common.Hash `json:"storage"` // a slot that is zero is left out
}

// accountDiff is an account's changes in Parity's words: "=" for the same, {"+": x} for new, {"-": x} for gone,
// {"*": {"from": x, "to": y}} for changed.
type accountDiff struct {
	Balance any                 `json:"balance"`
	Nonce   any                 `json:"nonce"`
	Code    any                 `json:"code"`
	Storage map[common.Hash]any `json:"storage"`
}

// parity puts the changes into Parity's words.
func (c *stateChange) parity() map[common.Address]*accountDiff {
	diffs := make(map[common.Address]*accountDiff)
	for address, after := range c.Post {
		before, existed := c.Pre[address]
		diffs[address] = newAccountDiff(before, after, existed)
	}
	for address, before := range c.Pre {
		if _, left := c.Post[address]; !left {
			diffs[address] = goneAccount(before)
		}
	}
	return diffs
}

// newAccountDiff describes how an account changed; existed says whether it was there before.
func newAccountDiff(before, after changedAccount, existed bool) *accountDiff {
	var balance, nonce, code pair
	if after.Balance != nil {
		balance = pair{orBig(before.Balance), after.Balance}
	}
	if after.Nonce != nil {
		nonce = pair{orNonce(before.Nonce), orNonce(after.Nonce)}
	}
	if after.Code != nil {
		code = pair{orBytes(before.Code), after.Code}
	}
	diff := &accountDiff{balance.diff(existed), nonce.diff(existed), code.diff(existed), make(map[common.Hash]any)}
	if !existed { // a new account has all of it
		diff.Balance = pair{nil, orBig(after.Balance)}.diff(false)
		diff.Nonce = pair{nil, orNonce(after.Nonce)}.diff(false)
		diff.Code = pair{nil, orBytes(after.Code)}.diff(false)
	}
	for key, value := range before.Storage {
		diff.Storage[key] = pair{value, after.Storage[key]}.diff(true)
	}
	for key, value := range after.Storage {
		if _, there := before.Storage[key]; !there {
			diff.Storage[key] = pair{common.Hash{}, value}.diff(existed)
		}
	}
	return diff
}

// goneAccount describes an account that was there before and is not any more.
func goneAccount(before changedAccount) *accountDiff {
	gone := func(v any) any { return map[string]any{"-": v} }
	diff := &accountDiff{
		gone(orBig(before.Balance)), gone(orNonce(before.Nonce)), gone(orBytes(before.Code)), make(map[common.Hash]any),
	}
	for key, value := range before.Storage {
		diff.Storage[key] = gone(value)
	}
	return diff
}

// pair is a value before and after; the zero value is one that stayed the same.
type pair struct{ from, to any }

// diff is "=" if nothing changed, {"+": after} if it is new, and {"*": {from, to}} if it is another value.
func (p pair) diff(existed bool) any {
	switch {
	case p.to == nil:
		return "="
	case !existed:
		return map[string]any{"+": p.to}
	}
	return map[string]any{"*": map[string]any{"from": p.from, "to": p.to}}
}

// orBig returns zero for an amount that is left out.
func orBig(v *hexutil.Big) *hexutil.Big {
	if v == nil {
		return new(hexutil.Big)
	}
	return v
}

// orNonce returns zero for a nonce that is left out.
func orNonce(v *uint64) hexutil.Uint64 {
	if v == nil {
		return 0
	}
	return hexutil.Uint64(*v)
}

// orBytes returns no bytes for code that is left out.
func orBytes(v *hexutil.Bytes) hexutil.Bytes {
	if v == nil {
		return hexutil.Bytes{}
	}
	return *v
}
