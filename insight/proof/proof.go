// Package proof asks a node for accounts and storage slots with their Merkle proofs, and believes only the state root
// of a block: eth_getProof, as EIP-1186 has it.
//
// It holds a proof against a root; who vouches for the root is the caller's question. Start at Account.
package proof

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethdb/memorydb"
	"github.com/ethereum/go-ethereum/rlp"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
)

// ErrWrong reports an answer that does not prove what it says. The node is broken, or lies.
var ErrWrong = errors.New("the proof is wrong")

// Proof is the answer of eth_getProof: one account and some of its slots.
type Proof struct {
	Address      common.Address  `json:"address"`
	AccountProof []hexutil.Bytes `json:"accountProof"` // the trie's nodes from the state root on
	Balance      *hexutil.Big    `json:"balance"`
	CodeHash     common.Hash     `json:"codeHash"`
	Nonce        hexutil.Uint64  `json:"nonce"`
	StorageHash  common.Hash     `json:"storageHash"`
	StorageProof []Slot          `json:"storageProof"`
}

// Slot is a slot of the storage in a proof.
type Slot struct {
	Key   string          `json:"key"`
	Value *hexutil.Big    `json:"value"`
	Proof []hexutil.Bytes `json:"proof"` // the trie's nodes from the storage root on
}

// Account asks for an account and some of its slots at the block of header, and verifies the answer. It returns the
// proof and the values of the slots in the order of keys; a slot that is not there is zero. The error wraps ErrWrong
// if the answer does not follow from the header's state root.
func Account(
	ctx context.Context, client *gethrpc.Client, at common.Address, keys []common.Hash, header *types.Header,
) (*Proof, []common.Hash, error) {
	p := new(Proof)
	block := gethrpc.BlockNumberOrHashWithHash(header.Hash(), false)
	if err := client.CallContext(ctx, p, "eth_getProof", at, keys, block); err != nil {
		return nil, nil, fmt.Errorf("eth_getProof: %w", err)
	}
	if len(p.StorageProof) != len(keys) {
		return nil, nil, fmt.Errorf("%w: %d slots for %d keys", ErrWrong, len(p.StorageProof), len(keys))
	}
	root, err := accountRoot(header.Root, at, p.AccountProof)
	if err != nil {
		return nil, nil, err
	}
	values := make([]common.Hash, len(keys))
	for i, key := range keys {
		if values[i], err = slot(root, key, p.StorageProof[i].Proof); err != nil {
			return nil, nil, err
		}
	}
	return p, values, nil
}

// accountRoot returns the storage root of an account, the empty one if there is no account.
func accountRoot(root common.Hash, at common.Address, nodes []hexutil.Bytes) (common.Hash, error) {
	leaf, err := verify(root, at[:], nodes)
	if err != nil {
		return common.Hash{}, fmt.Errorf("%w: account %s: %w", ErrWrong, at, err)
	}
	if leaf == nil {
		return types.EmptyRootHash, nil
	}
	var account types.StateAccount
	if err := rlp.DecodeBytes(leaf, &account); err != nil {
		return common.Hash{}, fmt.Errorf("%w: account %s: %w", ErrWrong, at, err)
	}
	return account.Root, nil
}

func slot(root, key common.Hash, nodes []hexutil.Bytes) (common.Hash, error) {
	if root == types.EmptyRootHash {
		return common.Hash{}, nil
	}
	leaf, err := verify(root, key[:], nodes)
	if err != nil {
		return common.Hash{}, fmt.Errorf("%w: slot %s: %w", ErrWrong, key, err)
	}
	if leaf == nil {
		return common.Hash{}, nil
	}
	var value []byte
	if err := rlp.DecodeBytes(leaf, &value); err != nil || len(value) > common.HashLength {
		return common.Hash{}, fmt.Errorf("%w: slot %s: no value of 32 bytes", ErrWrong, key)
	}
	return common.BytesToHash(value), nil
}

// verify returns the value under key in the trie with the given root, nil if the nodes prove that there is none. The
// trie hashes its keys.
func verify(root common.Hash, key []byte, nodes []hexutil.Bytes) ([]byte, error) {
	db := memorydb.New()
	for _, node := range nodes {
		if err := db.Put(crypto.Keccak256(node), node); err != nil {
			return nil, err
		}
	}
	return trie.VerifyProof(root, crypto.Keccak256(key), db)
}
