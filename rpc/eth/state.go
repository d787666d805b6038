package eth

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
	"hestia/state"
)

var errNoProof = errors.New("there is no proof of the pending state: its block is not made yet")

// maxKeys bounds the storage keys one proof may be asked for.
const maxKeys = 1024

// stateAPI is eth: accounts, code and storage at any block, and proofs of them.
type stateAPI struct{ q *query.Service }

// GetBalance returns what an account owns at a block, in wei.
func (a *stateAPI) GetBalance(address common.Address, ref *gethrpc.BlockNumberOrHash) (*hexutil.Big, error) {
	account, err := a.account(address, query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	return (*hexutil.Big)(account.Balance.ToBig()), nil
}

// account returns an account at a block, an empty one if there is none.
func (a *stateAPI) account(address common.Address, ref gethrpc.BlockNumberOrHash) (*types.StateAccount, error) {
	reader, err := a.q.ReaderAt(ref)
	if err != nil {
		return nil, err
	}
	account, err := reader.Account(address)
	if account == nil {
		account = types.NewEmptyStateAccount()
	}
	return account, err
}

// GetCode returns the code of an account at a block, empty if it has none.
func (a *stateAPI) GetCode(
	ctx context.Context, address common.Address, ref *gethrpc.BlockNumberOrHash,
) (hexutil.Bytes, error) {
	db, _, err := a.q.StateAt(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	code := db.GetCode(address)
	if err := a.q.Keep(ctx, query.Shown(code)); err != nil {
		return nil, err
	}
	return code, db.Error()
}

// GetStorageAt returns a storage slot of an account at a block: 32 bytes, zero if nothing was written.
func (a *stateAPI) GetStorageAt(
	address common.Address, key string, ref *gethrpc.BlockNumberOrHash,
) (hexutil.Bytes, error) {
	slot, _, err := storageKey(key)
	if err != nil {
		return nil, query.InvalidArgument(1, err)
	}
	reader, err := a.q.ReaderAt(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	value, err := reader.Storage(address, slot)
	return value[:], err
}

// GetTransactionCount is the account's nonce; at the pending block it counts what waits in the pool too.
func (a *stateAPI) GetTransactionCount(
	address common.Address, ref *gethrpc.BlockNumberOrHash,
) (*hexutil.Uint64, error) {
	block := query.OrLatest(ref)
	if number, ok := block.Number(); ok && number == gethrpc.PendingBlockNumber {
		nonce := hexutil.Uint64(a.q.Pool.Nonce(address))
		return &nonce, nil
	}
	account, err := a.account(address, block)
	if err != nil {
		return nil, err
	}
	nonce := hexutil.Uint64(account.Nonce)
	return &nonce, nil
}

// GetStorageValues reads slots of several accounts, at most as many as a proof may hold.
func (a *stateAPI) GetStorageValues(
	requests map[common.Address][]string, ref *gethrpc.BlockNumberOrHash,
) (map[common.Address][]hexutil.Bytes, error) {
	total := 0
	for _, keys := range requests {
		total += len(keys)
	}
	switch {
	case total == 0:
		return nil, query.InvalidParams("empty request")
	case total > maxKeys:
		return nil, query.WithCode(
			fmt.Errorf("too many storage keys requested (max %d, got %d)", maxKeys, total), query.CodeClientLimit,
		)
	}
	db, _, err := a.q.StateAt(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	result := make(map[common.Address][]hexutil.Bytes, len(requests))
	for address, keys := range requests {
		values := make([]hexutil.Bytes, len(keys))
		for i, key := range keys {
			slot, _, err := storageKey(key)
			if err != nil {
				return nil, query.InvalidArgument(0, fmt.Errorf("%s[%d]: %w", address, i, err))
			}
			value := db.GetState(address, slot)
			values[i] = value[:]
		}
		result[address] = values
	}
	return result, db.Error()
}

// accountJSON is an account as the state trie has it.
type accountJSON struct {
	Balance     *hexutil.Big   `json:"balance"`
	CodeHash    common.Hash    `json:"codeHash"`
	Nonce       hexutil.Uint64 `json:"nonce"`
	StorageRoot common.Hash    `json:"storageRoot"`
}

// GetAccount returns an account as the state trie has it.
func (a *stateAPI) GetAccount(address common.Address, ref *gethrpc.BlockNumberOrHash) (*accountJSON, error) {
	if query.IsPending(query.OrLatest(ref)) {
		return a.pendingAccount(address)
	}
	header, err := a.q.Header(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	proof, err := a.q.Chain.Store().Prove(a.q.Chain.Root(header), address, nil)
	if err != nil {
		return nil, err
	}
	return &accountJSON{
		(*hexutil.Big)(proof.Balance.ToBig()), proof.CodeHash, hexutil.Uint64(proof.Nonce), proof.StorageRoot,
	}, nil
}

// pendingAccount is GetAccount in the state of the pending block.
func (a *stateAPI) pendingAccount(address common.Address) (*accountJSON, error) {
	db, _, err := a.q.StateAt(query.Pending)
	if err != nil {
		return nil, err
	}
	account := &accountJSON{
		(*hexutil.Big)(db.GetBalance(address).ToBig()), db.GetCodeHash(address), hexutil.Uint64(db.GetNonce(address)),
		db.GetStorageRoot(address),
	}
	if !db.Exist(address) {
		account.CodeHash, account.StorageRoot = types.EmptyCodeHash, types.EmptyRootHash
	}
	return account, nil
}

// accountInfoJSON is an account with its code.
type accountInfoJSON struct {
	Balance *hexutil.Big   `json:"balance"`
	Code    hexutil.Bytes  `json:"code"`
	Nonce   hexutil.Uint64 `json:"nonce"`
}

// GetAccountInfo returns an account with its code.
func (a *stateAPI) GetAccountInfo(address common.Address, ref *gethrpc.BlockNumberOrHash) (*accountInfoJSON, error) {
	db, _, err := a.q.StateAt(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	balance := (*hexutil.Big)(db.GetBalance(address).ToBig())
	return &accountInfoJSON{balance, db.GetCode(address), hexutil.Uint64(db.GetNonce(address))}, db.Error()
}

// storageKey decodes a storage key, up to 32 bytes of hex with or without prefix, and says how many bytes were given.
func storageKey(text string) (common.Hash, int, error) {
	digits := text
	if strings.HasPrefix(digits, "0x") || strings.HasPrefix(digits, "0X") {
		digits = digits[2:]
	}
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	if len(digits) > 2*common.HashLength {
		return common.Hash{}, 0, fmt.Errorf("storage key too long (want at most 32 bytes): %.80q", text)
	}
	key, err := hex.DecodeString(digits)
	if err != nil {
		return common.Hash{}, 0, fmt.Errorf("invalid hex in storage key: %.80q", text)
	}
	return common.BytesToHash(key), len(key), nil
}

// proofJSON is an account with the trie nodes that prove it against the block's state root.
type proofJSON struct {
	Address      common.Address  `json:"address"`
	AccountProof []hexutil.Bytes `json:"accountProof"`
	Balance      *hexutil.Big    `json:"balance"`
	CodeHash     common.Hash     `json:"codeHash"`
	Nonce        hexutil.Uint64  `json:"nonce"`
	StorageHash  common.Hash     `json:"storageHash"`
	StorageProof []slotJSON      `json:"storageProof"`
}

// slotJSON is a storage slot with its proof: the nodes from the storage root to it.
type slotJSON struct {
	Key   string          `json:"key"`
	Value *hexutil.Big    `json:"value"`
	Proof []hexutil.Bytes `json:"proof"`
}

// GetProof proves an account and some of its storage against the state root of a block.
func (a *stateAPI) GetProof(address common.Address, keys []string, ref *gethrpc.BlockNumberOrHash) (*proofJSON, error) {
	if len(keys) > maxKeys {
		return nil, query.InvalidParams("too many storage keys requested (max %d, got %d)", maxKeys, len(keys))
	}
	slots, names := make([]common.Hash, len(keys)), make([]string, len(keys))
	for i, key := range keys {
		slot, length, err := storageKey(key)
		if err != nil {
			return nil, query.InvalidArgument(1, fmt.Errorf("[%d]: %w", i, err))
		}
		slots[i], names[i] = slot, hexutil.Encode(slot[:])
		if length != common.HashLength { // a short key comes back as a quantity
			names[i] = hexutil.EncodeBig(slot.Big())
		}
	}
	if query.IsPending(query.OrLatest(ref)) {
		return nil, errNoProof
	}
	header, err := a.q.Header(query.OrLatest(ref))
	if err != nil {
		return nil, err
	}
	proof, err := a.q.Chain.Store().Prove(a.q.Chain.Root(header), address, slots)
	if err != nil {
		return nil, err
	}
	return newProofJSON(address, proof, names), nil
}

// newProofJSON describes a proof; names are the slots as the client wrote them.
func newProofJSON(address common.Address, proof *state.Proof, names []string) *proofJSON {
	result := &proofJSON{
		Address:      address,
		AccountProof: encodeNodes(proof.Nodes),
		Balance:      (*hexutil.Big)(proof.Balance.ToBig()),
		CodeHash:     proof.CodeHash,
		Nonce:        hexutil.Uint64(proof.Nonce),
		StorageHash:  proof.StorageRoot,
		StorageProof: make([]slotJSON, len(names)),
	}
	for i, slot := range proof.Slots {
		value := new(big.Int).SetBytes(slot.Value[:])
		result.StorageProof[i] = slotJSON{names[i], (*hexutil.Big)(value), encodeNodes(slot.Nodes)}
	}
	return result
}

// encodeNodes returns nodes as hex. A proof without nodes is an empty list, not null.
func encodeNodes(nodes [][]byte) []hexutil.Bytes {
	encoded := make([]hexutil.Bytes, len(nodes))
	for i, node := range nodes {
		encoded[i] = node
	}
	return encoded
}
