package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"

	"hestia/rpc/budget"
	"hestia/rpc/query"
	"hestia/vm"
)

// errUnknownPreimage answers for a hash that nothing in the state has.
var errUnknownPreimage = errors.New("unknown preimage")

// How many accounts or slots one answer holds at most.
const (
	maxAccounts = 256
	maxSlots    = 1024
)

// errNoDump answers for the pending block: what its transactions change is in no trie.
var errNoDump = errors.New("the pending state cannot be listed: its block is not made yet")

// dumpAPI is debug: what is in the state.
type dumpAPI struct{ q *query.Service }

// stateOf returns the state after a mined block.
func (a *dumpAPI) stateOf(ref gethrpc.BlockNumberOrHash) (*gstate.StateDB, error) {
	if query.IsPending(ref) {
		return nil, errNoDump
	}
	db, _, err := a.q.StateAt(ref)
	return db, err
}

// DumpBlock returns the accounts after a block; if there are very many, the first of them.
func (a *dumpAPI) DumpBlock(ctx context.Context, number gethrpc.BlockNumber) (gstate.Dump, error) {
	db, err := a.stateOf(gethrpc.BlockNumberOrHashWithNumber(number))
	if err != nil {
		return gstate.Dump{}, err
	}
	return a.dump(ctx, db, &gstate.DumpConfig{OnlyWithAddresses: true, Max: maxAccounts})
}

// AccountRange returns accounts after a block in the order of the hashes of their addresses, from start on.
func (a *dumpAPI) AccountRange(
	ctx context.Context, ref gethrpc.BlockNumberOrHash, start hexutil.Bytes, most int,
	noCode, noStorage, incompletes bool,
) (gstate.Dump, error) {
	db, err := a.stateOf(ref)
	if err != nil {
		return gstate.Dump{}, err
	}
	if len(start) > common.HashLength {
		return gstate.Dump{}, query.InvalidParams("start: %d bytes, want at most 32", len(start))
	}
	if most <= 0 || most > maxAccounts {
		most = maxAccounts
	}
	return a.dump(ctx, db, &gstate.DumpConfig{
		SkipCode: noCode, SkipStorage: noStorage, OnlyWithAddresses: !incompletes, Start: start, Max: uint64(most),
	})
}

// dump returns accounts of a state, which count for the request.
func (a *dumpAPI) dump(
	ctx context.Context, db *gstate.StateDB, config *gstate.DumpConfig,
) (_ gstate.Dump, err error) {
	kept := &keptDump{gstate.Dump{Accounts: make(map[string]gstate.DumpAccount)}, a.q.Budget.Of(ctx)}
	defer func() {
		if over := recover(); over != nil {
			limit, ok := over.(*budget.LimitError)
			if !ok {
				panic(over)
			}
			err = limit
		}
	}()
	next, err := db.DumpToCollector(kept, config)
	kept.Next = next
	return kept.Dump, err
}

// keptDump counts the accounts that it collects.
type keptDump struct {
	gstate.Dump
	kept *budget.Request
}

// OnAccount takes an account. It panics with a *budget.LimitError if that is too much: nothing else ends a dump.
func (d *keptDump) OnAccount(address *common.Address, account gstate.DumpAccount) {
	const fields, slot = 500, 140
	err := d.kept.Keep(fields + query.Shown(account.Code) + slot*len(account.Storage))
	if over := (*budget.LimitError)(nil); errors.As(err, &over) {
		panic(over)
	}
	d.Dump.OnAccount(address, account)
}

// slotRangeJSON is part of an account's storage, by the hash of the slot's key.
type slotRangeJSON struct {
	Storage map[common.Hash]slotEntryJSON `json:"storage"`
	NextKey *common.Hash                  `json:"nextKey"` // null if there is no more
}

// slotEntryJSON is a storage slot with its key, null if the preimage of the key's hash is not known.
type slotEntryJSON struct {
	Key   *common.Hash `json:"key"`
	Value common.Hash  `json:"value"`
}

// StorageRangeAt returns storage of an account as it was before a transaction of a block, from the hash start on.
func (a *dumpAPI) StorageRangeAt(
	ctx context.Context, ref gethrpc.BlockNumberOrHash, index int, account common.Address, start hexutil.Bytes,
	most int,
) (*slotRangeJSON, error) {
	block := a.q.Block(ref)
	switch {
	case block == nil:
		return nil, query.ErrBlockNotFound
	case index < 0 || index > len(block.Transactions()):
		return nil, query.InvalidParams("transaction index %d out of range for block %s", index, block.Hash())
	case len(start) > common.HashLength:
		return nil, query.InvalidParams("start: %d bytes, want at most 32", len(start))
	case most <= 0 || most > maxSlots:
		most = maxSlots
	}
	release, err := a.q.Enter(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if block.Hash() == a.q.Chain.First().Hash() {
		db, err := a.q.Chain.StateAt(block.Root())
		if err != nil {
			return nil, err
		}
		return slotRange{db, account, most}.read(db, nil, start)
	}
	// The trie holds the storage before the block. What the transactions before index wrote is gathered beside it.
	touched := make(map[common.Hash]common.Hash)
	watch := vm.Tracing{Hooks: &tracing.Hooks{OnStorageChange: func(changed common.Address, key, _, _ common.Hash) {
		if changed == account {
			touched[crypto.Keccak256Hash(key[:])] = key
		}
	}}}
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	db, err := a.q.Chain.Replay(ctx, block, index, func(int) (vm.Tracing, error) { return watch, nil })
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	before, err := a.q.Chain.StateAt(a.q.Chain.Root(a.q.Chain.Header(block.ParentHash())))
	if err != nil {
		return nil, err
	}
	return slotRange{db, account, most}.read(before, touched, start)
}

// slotRange reads part of an account's storage in a state that is in no trie yet.
type slotRange struct {
	db      *gstate.StateDB
	account common.Address
	most    int // slots
}

// read returns the slots from the hash start on: those in the trie of the state before, and those touched since.
func (r slotRange) read(
	before *gstate.StateDB, touched map[common.Hash]common.Hash, start []byte,
) (*slotRangeJSON, error) {
	keys, err := r.candidates(before, touched, start)
	if err != nil {
		return nil, err
	}
	result := &slotRangeJSON{Storage: make(map[common.Hash]slotEntryJSON)}
	for _, hash := range slices.SortedFunc(maps.Keys(keys), common.Hash.Cmp) {
		key := keys[hash]
		value := r.db.GetState(r.account, key)
		switch {
		case value == (common.Hash{}):
			continue
		case len(result.Storage) == r.most:
			result.NextKey = &hash
			return result, nil
		}
		result.Storage[hash] = slotEntryJSON{&key, value}
	}
	return result, nil
}

// candidates returns the keys of slots that may hold something, by their hashes: enough of them for one answer.
func (r slotRange) candidates(
	before *gstate.StateDB, touched map[common.Hash]common.Hash, start []byte,
) (map[common.Hash]common.Hash, error) {
	keys := make(map[common.Hash]common.Hash)
	end := common.MaxHash
	root := before.GetStorageRoot(r.account)
	if root != (common.Hash{}) && root != types.EmptyRootHash {
		slots, err := before.Database().OpenStorageTrie(before.IntermediateRoot(params.Rules{}), r.account, root, nil)
		if err != nil {
			return nil, err
		}
		nodes, err := slots.NodeIterator(start)
		if err != nil {
			return nil, err
		}
		it := trie.NewIterator(nodes)
		for it.Next() {
			end = common.BytesToHash(it.Key)
			keys[end] = common.BytesToHash(slots.GetKey(it.Key))
			if len(keys) > r.most+len(touched) {
				break
			}
		}
		if it.Err != nil {
			return nil, it.Err
		}
		if len(keys) <= r.most+len(touched) {
			end = common.MaxHash
		}
	}
	for hash, key := range touched {
		if bytes.Compare(hash[:], start) >= 0 && hash.Cmp(end) <= 0 {
			keys[hash] = key
		}
	}
	return keys, nil
}

// GetAccessibleState returns the first block from one to another whose state is there: the first, as all are kept.
func (a *dumpAPI) GetAccessibleState(from, to gethrpc.BlockNumber) (uint64, error) {
	header := a.q.HeaderByNumber(from)
	if header == nil || a.q.HeaderByNumber(to) == nil {
		return 0, query.ErrBlockNotFound
	}
	return header.Number.Uint64(), nil
}

// Preimage returns what a hash in the state is of: an address, a slot's key, or code.
func (a *dumpAPI) Preimage(hash common.Hash) (hexutil.Bytes, error) {
	if preimage := a.q.Chain.Store().Tries().Preimage(hash); preimage != nil {
		return preimage, nil
	}
	return nil, errUnknownPreimage
}

// CodeByHash returns the code with a hash.
func (a *dumpAPI) CodeByHash(hash common.Hash) (hexutil.Bytes, error) {
	code := a.q.Chain.Store().Code(hash)
	if crypto.Keccak256Hash(code) != hash {
		return nil, fmt.Errorf("no code with hash %s", hash)
	}
	return code, nil
}

// GetModifiedAccountsByNumber returns the accounts that differ after two blocks; with one number, those it changed.
func (a *dumpAPI) GetModifiedAccountsByNumber(start uint64, end *uint64) ([]common.Address, error) {
	if end == nil {
		if start == 0 {
			return nil, query.ErrBlockNotFound
		}
		last := start
		start, end = start-1, &last
	}
	return a.modified(a.q.Chain.HeaderByNumber(start), a.q.Chain.HeaderByNumber(*end))
}

// GetModifiedAccountsByHash is the same with blocks named by hash.
func (a *dumpAPI) GetModifiedAccountsByHash(start common.Hash, end *common.Hash) ([]common.Address, error) {
	from := a.q.Chain.Header(start)
	if end == nil {
		if from == nil {
			return nil, query.ErrBlockNotFound
		}
		return a.modified(a.q.Chain.Header(from.ParentHash), from)
	}
	return a.modified(from, a.q.Chain.Header(*end))
}

// modified returns the accounts that differ between the states after two blocks.
func (a *dumpAPI) modified(from, to *types.Header) ([]common.Address, error) {
	switch {
	case from == nil || to == nil:
		return nil, query.ErrBlockNotFound
	case from.Number.Cmp(to.Number) >= 0:
		return nil, query.InvalidParams(
			"start block height (%d) must be less than end block height (%d)", from.Number, to.Number,
		)
	}
	tries := a.q.Chain.Store().Tries()
	before, err := trie.NewStateTrie(trie.StateTrieID(from.Root), tries)
	if err != nil {
		return nil, err
	}
	after, err := trie.NewStateTrie(trie.StateTrieID(to.Root), tries)
	if err != nil {
		return nil, err
	}
	old, err := before.NodeIterator(nil)
	if err != nil {
		return nil, err
	}
	fresh, err := after.NodeIterator(nil)
	if err != nil {
		return nil, err
	}
	difference, _ := trie.NewDifferenceIterator(old, fresh)
	it := trie.NewIterator(difference)
	changed := []common.Address{}
	for it.Next() {
		if key := after.GetKey(it.Key); key != nil {
			changed = append(changed, common.BytesToAddress(key))
		}
	}
	return changed, it.Err
}
