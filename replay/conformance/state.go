package conformance

import (
	"bytes"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"

	"hestia/state"
)

// holding is the content of one account.
type holding struct {
	balance *big.Int // wei
	nonce   uint64
	code    []byte
	slots   map[common.Hash]string // hexadecimal, without leading zeros
}

// holdings are the accounts of a state.
type holdings map[common.Address]*holding

// at returns an account. It adds an empty one if there is none.
func (h holdings) at(a common.Address) *holding {
	if h[a] == nil {
		h[a] = &holding{balance: new(big.Int)}
	}
	return h[a]
}

// OnRoot implements geth's DumpCollector.
func (h holdings) OnRoot(common.Hash) {}

// OnAccount implements geth's DumpCollector.
func (h holdings) OnAccount(address *common.Address, a gstate.DumpAccount) {
	balance, _ := new(big.Int).SetString(a.Balance, 10)
	h[*address] = &holding{balance: balance, nonce: a.Nonce, code: a.Code, slots: a.Storage}
}

// accounts returns every account of the committed state under root.
func accounts(store *state.Store, root common.Hash) (holdings, error) {
	db, err := store.At(root)
	if err != nil {
		return nil, err
	}
	all := holdings{}
	_, err = db.DumpToCollector(all, nil)
	return all, err
}

// changes returns a line for every value that differs between two states, ordered by account.
func changes(old, current holdings) []string {
	var list []string
	for _, address := range slices.SortedFunc(maps.Keys(union(old, current)), common.Address.Cmp) {
		name := nameOf(address)
		before, after := old.at(address), current.at(address)
		if after.balance.Cmp(before.balance) != 0 {
			list = append(list, fmt.Sprintf("%s balance %d\n", name, after.balance))
		}
		if after.nonce != before.nonce {
			list = append(list, fmt.Sprintf("%s nonce %d\n", name, after.nonce))
		}
		if !bytes.Equal(after.code, before.code) {
			list = append(list, fmt.Sprintf("%s code %s\n", name, shortened(after.code)))
		}
		for _, key := range slices.SortedFunc(maps.Keys(union(before.slots, after.slots)), common.Hash.Cmp) {
			if was, is := before.slots[key], after.slots[key]; was != is {
				list = append(
					list, fmt.Sprintf("%s slot %s = %s\n", name, shortHash(key), shortHash(common.HexToHash(is))),
				)
			}
		}
	}
	return list
}

// union returns a map with the keys of both.
func union[K comparable, V any](a, b map[K]V) map[K]V {
	all := maps.Clone(a)
	if all == nil {
		all = map[K]V{}
	}
	maps.Copy(all, b)
	return all
}
