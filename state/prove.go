package state

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/holiman/uint256"
)

// Proof is a Merkle proof of one account: a verifier that trusts the state root needs nothing else.
type Proof struct {
	Nodes       [][]byte // the encoded trie nodes from the root towards the account
	Nonce       uint64
	Balance     *uint256.Int // wei
	CodeHash    common.Hash  // keccak256 of the code; that of no bytes if there is none
	StorageRoot common.Hash
	Slots       []SlotProof // one for each key asked for, in that order
}

// SlotProof is a Merkle proof of one storage slot under the account's storage root.
type SlotProof struct {
	Key   common.Hash
	Value common.Hash // zero if the slot is empty
	Nodes [][]byte    // the encoded trie nodes from the storage root towards the slot; none without storage
}

// Prove returns the proof of account address under root and of the given keys of its storage. For an account that does
// not exist, the proof shows its absence, and its fields are those of an empty account. The error says that the state
// under root is not in the store, or is the database's.
func (s *Store) Prove(root common.Hash, address common.Address, keys []common.Hash) (*Proof, error) {
	accounts, err := trie.NewStateTrie(trie.StateTrieID(root), s.tries)
	if err != nil {
		return nil, fmt.Errorf("state %s: %w", root, err)
	}
	account, err := accounts.GetAccount(address)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", address, err)
	}
	if account == nil {
		account = types.NewEmptyStateAccount()
	}
	nodes, err := path(accounts, address.Bytes())
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", address, err)
	}
	proof := &Proof{
		Nodes:       nodes,
		Nonce:       account.Nonce,
		Balance:     account.Balance,
		CodeHash:    common.BytesToHash(account.CodeHash),
		StorageRoot: account.Root,
		Slots:       make([]SlotProof, len(keys)),
	}
	return proof, s.proveSlots(proof, root, address, keys)
}

func (s *Store) proveSlots(proof *Proof, root common.Hash, address common.Address, keys []common.Hash) error {
	for i, key := range keys {
		proof.Slots[i].Key = key
	}
	if len(keys) == 0 || proof.StorageRoot == types.EmptyRootHash {
		return nil
	}
	id := trie.StorageTrieID(root, crypto.Keccak256Hash(address.Bytes()), proof.StorageRoot)
	slots, err := trie.NewStateTrie(id, s.tries)
	if err != nil {
		return fmt.Errorf("storage of %s: %w", address, err)
	}
	for i, key := range keys {
		value, err := slots.GetStorage(address, key.Bytes())
		if err != nil {
			return fmt.Errorf("storage %s of %s: %w", key, address, err)
		}
		proof.Slots[i].Value = common.BytesToHash(value)
		if proof.Slots[i].Nodes, err = path(slots, key.Bytes()); err != nil {
			return fmt.Errorf("storage %s of %s: %w", key, address, err)
		}
	}
	return nil
}

// path returns the nodes from t's root towards key.
func path(t *trie.StateTrie, key []byte) ([][]byte, error) {
	var nodes nodeList
	err := t.Prove(crypto.Keccak256(key), &nodes)
	return nodes, err
}

// nodeList collects the nodes of a proof in the trie's order, from the root down.
type nodeList [][]byte

// Put appends a node; geth's trie writes proofs to a key-value store.
func (l *nodeList) Put(_, node []byte) error {
	*l = append(*l, node)
	return nil
}

// Delete is never called: a proof only adds nodes.
func (l *nodeList) Delete([]byte) error { return nil }
