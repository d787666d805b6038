package state_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethdb/memorydb"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/holiman/uint256"
	"github.com/syndtr/goleveldb/leveldb"

	"hestia/state"
)

var (
	rich     = common.HexToAddress("0x1000000000000000000000000000000000000001")
	contract = common.HexToAddress("0x2000000000000000000000000000000000000002")
	absent   = common.HexToAddress("0x3000000000000000000000000000000000000003")
	slot     = common.HexToHash("0x07")
	value    = common.HexToHash("0x0102")
)

func open(t *testing.T, dir string) *state.Store {
	t.Helper()
	s, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) // harmless if the test has closed it
	return s
}

// fill commits an account with a balance and a contract with code and one slot.
func fill(t testing.TB, s *state.Store) common.Hash {
	t.Helper()
	db, err := s.At(types.EmptyRootHash)
	if err != nil {
		t.Fatal(err)
	}
	db.AddBalance(rich, uint256.NewInt(42), tracing.BalanceChangeUnspecified)
	db.SetCode(contract, []byte("code"), tracing.CodeChangeUnspecified)
	db.SetNonce(contract, 1, tracing.NonceChangeUnspecified)
	db.SetState(contract, slot, value)
	root, err := s.Commit(db, params.Rules{IsEIP158: true}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func expectFilled(t *testing.T, s *state.Store, root common.Hash) {
	t.Helper()
	db, err := s.At(root)
	if err != nil {
		t.Fatal(err)
	}
	if got := db.GetBalance(rich); !got.Eq(uint256.NewInt(42)) {
		t.Errorf("balance is %v", got)
	}
	if got := db.GetCode(contract); string(got) != "code" {
		t.Errorf("code is %q", got)
	}
	if got := db.GetState(contract, slot); got != value {
		t.Errorf("slot holds %s", got)
	}
}

func TestCommittedStateIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	root := fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	expectFilled(t, open(t, dir), root)
}

func TestOldStatesStayReadable(t *testing.T) {
	s := open(t, "")
	old := fill(t, s)
	db, err := s.At(old)
	if err != nil {
		t.Fatal(err)
	}
	db.SetState(contract, slot, common.Hash{})
	db.SetBalance(rich, uint256.NewInt(1), tracing.BalanceChangeUnspecified)
	if _, err := s.Commit(db, params.Rules{IsEIP158: true}, 2); err != nil {
		t.Fatal(err)
	}
	expectFilled(t, s, old)
}

func TestUncommittedChangesAreForgotten(t *testing.T) {
	s := open(t, "")
	root := fill(t, s)
	db, err := s.At(root)
	if err != nil {
		t.Fatal(err)
	}
	db.SetBalance(rich, uint256.NewInt(1), tracing.BalanceChangeUnspecified)
	db.IntermediateRoot(params.Rules{})
	expectFilled(t, s, root)
}

func TestUnknownRootIsRefused(t *testing.T) {
	s := open(t, "")
	if _, err := s.At(common.Hash{1}); err == nil || s.Has(common.Hash{1}) {
		t.Error("a state that was never committed is there")
	}
	if !s.Has(types.EmptyRootHash) {
		t.Error("the empty state is not there")
	}
}

func TestSyncedStoreKeepsWhatItIsGiven(t *testing.T) {
	dir := t.TempDir()
	s, err := state.Open(dir, state.Options{Sync: true, CacheMB: 1})
	if err != nil {
		t.Fatal(err)
	}
	root := fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	expectFilled(t, open(t, dir), root)
}

func TestProofsHoldAgainstTheRoot(t *testing.T) {
	s := open(t, "")
	root := fill(t, s)
	other := common.HexToHash("0x09")
	proof, err := s.Prove(root, contract, []common.Hash{slot, other})
	if err != nil {
		t.Fatal(err)
	}
	var account types.StateAccount
	if err := rlp.DecodeBytes(verify(t, root, contract.Bytes(), proof.Nodes), &account); err != nil {
		t.Fatal(err)
	}
	if proof.Nonce != 1 || account.Nonce != 1 || proof.CodeHash != crypto.Keccak256Hash([]byte("code")) ||
		account.Root != proof.StorageRoot {
		t.Errorf("proof %+v of account %+v", proof, account)
	}
	var proved []byte
	if err := rlp.DecodeBytes(verify(t, proof.StorageRoot, slot.Bytes(), proof.Slots[0].Nodes), &proved); err != nil {
		t.Fatal(err)
	}
	if common.BytesToHash(proved) != value || proof.Slots[0].Value != value {
		t.Errorf("slot is proved to hold %x and said to hold %s", proved, proof.Slots[0].Value)
	}
	got := verify(t, proof.StorageRoot, other.Bytes(), proof.Slots[1].Nodes)
	if got != nil || proof.Slots[1].Value != (common.Hash{}) {
		t.Errorf("an empty slot is proved to hold %x", got)
	}
}

func TestAbsentAccountIsProvedAbsent(t *testing.T) {
	s := open(t, "")
	root := fill(t, s)
	proof, err := s.Prove(root, absent, []common.Hash{slot})
	if err != nil {
		t.Fatal(err)
	}
	if got := verify(t, root, absent.Bytes(), proof.Nodes); got != nil {
		t.Errorf("an absent account is proved to be %x", got)
	}
	if proof.CodeHash != types.EmptyCodeHash || proof.StorageRoot != types.EmptyRootHash || !proof.Balance.IsZero() ||
		len(proof.Slots) != 1 || len(proof.Slots[0].Nodes) != 0 {
		t.Errorf("proof is %+v", proof)
	}
}

// verify returns what the nodes prove to stand at key, nil if nothing.
func verify(t *testing.T, root common.Hash, key []byte, nodes [][]byte) []byte {
	t.Helper()
	db := memorydb.New()
	for _, node := range nodes {
		if err := db.Put(crypto.Keccak256(node), node); err != nil {
			t.Fatal(err)
		}
	}
	got, err := trie.VerifyProof(root, crypto.Keccak256(key), db)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDumpNamesAddressesAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	root := fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := open(t, dir).Dump(&out, root); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{strings.ToLower(rich.Hex()), strings.ToLower(contract.Hex()), `"42"`, root.Hex()} {
		if !strings.Contains(strings.ToLower(out.String()), want) {
			t.Errorf("dump lacks %s:\n%s", want, out.String())
		}
	}
	if err := s.Dump(&out, common.Hash{1}); err == nil {
		t.Error("an unknown state was dumped")
	}
}

func TestLockedDirectoryIsRefusedByName(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	expectRefusal(t, dir, state.ErrLocked)
}

func TestForeignDirectoryIsRefusedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expectRefusal(t, dir, state.ErrForeign)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("directory holds %v, error %v", entries, err)
	}
}

func TestForeignDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	db, err := leveldb.OpenFile(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Put([]byte("a"), []byte("b"), nil), db.Close()); err != nil {
		t.Fatal(err)
	}
	expectRefusal(t, dir, state.ErrForeign)
}

func TestDatabaseOfAnotherVersionIsRefused(t *testing.T) {
	dir := t.TempDir()
	db, err := leveldb.OpenFile(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Put([]byte("hestia-store-version"), []byte("99"), nil), db.Close()); err != nil {
		t.Fatal(err)
	}
	expectRefusal(t, dir, state.ErrVersion)
}

func TestDamagedDatabaseIsRefused(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"no CURRENT": func(dir string) error { return os.Remove(filepath.Join(dir, "CURRENT")) },
		"bad MANIFEST": func(dir string) error {
			names, err := filepath.Glob(filepath.Join(dir, "MANIFEST-*"))
			if err != nil {
				return err
			}
			return os.WriteFile(names[0], []byte("not a manifest at all, but long enough to be read"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			fill(t, s)
			if err := errors.Join(s.Close(), damage(dir)); err != nil {
				t.Fatal(err)
			}
			expectRefusal(t, dir, state.ErrCorrupt)
		})
	}
}

func TestFileInPlaceOfTheDirectoryIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expectRefusal(t, file, nil)
}

func expectRefusal(t *testing.T, dir string, want error) {
	t.Helper()
	_, err := state.Open(dir, state.Options{})
	if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error is %v, want %v with the directory's name", err, want)
	}
}

func TestOnlyNamedFoldersMayStandBesideTheDatabase(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	expectRefusal(t, dir, state.ErrForeign)
	s, err := state.Open(dir, state.Options{Beside: []string{"cache"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
