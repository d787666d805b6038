package state_test

import (
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/state"
)

func reader(t testing.TB, s *state.Store, root common.Hash) gstate.Reader {
	t.Helper()
	r, err := s.Reader(root)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatAReaderGaveMayBeChanged(t *testing.T) {
	s := open(t, "")
	root := fill(t, s)
	for range 2 { // the second round reads what the first kept
		account, err := reader(t, s, root).Account(rich)
		if err != nil || !account.Balance.Eq(uint256.NewInt(42)) {
			t.Fatalf("%v, %v", account, err)
		}
		account.Balance.Clear()
		account.Nonce, account.CodeHash[0] = 7, ^account.CodeHash[0]
	}
	expectFilled(t, s, root)
}

func TestAReaderKnowsWhatIsNotThere(t *testing.T) {
	s := open(t, "")
	r := reader(t, s, fill(t, s))
	for range 2 {
		if account, err := r.Account(absent); account != nil || err != nil {
			t.Errorf("%v, %v", account, err)
		}
		if got, err := r.Storage(absent, slot); got != (common.Hash{}) || err != nil {
			t.Errorf("%s, %v", got, err)
		}
	}
	if _, err := s.Reader(common.HexToHash("0x1234")); err == nil {
		t.Error("a root that is not in the store has a reader")
	}
}

// Several goroutines read more accounts than a reader keeps, at two roots.
func TestReadersShareAndStayAtTheirRoot(t *testing.T) {
	const accounts, readers = 3000, 4
	s := open(t, "")
	first := fill(t, s)
	db, err := s.At(first)
	if err != nil {
		t.Fatal(err)
	}
	address := func(i int) (a common.Address) {
		binary.BigEndian.PutUint64(a[:], uint64(i+1))
		return a
	}
	for i := range accounts {
		db.AddBalance(address(i), uint256.NewInt(uint64(i+1)), tracing.BalanceChangeUnspecified)
	}
	second, err := s.Commit(db, params.Rules{IsEIP158: true}, 2)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for i := range accounts {
				for root, want := range map[common.Hash]uint64{first: 0, second: uint64(i + 1)} {
					r, err := s.Reader(root)
					if err != nil {
						t.Error(err)
						return
					}
					account, err := r.Account(address(i))
					if err != nil {
						t.Error(err)
						return
					}
					var got uint64
					if account != nil {
						got = account.Balance.Uint64()
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("account %d: %s", i, diff)
					}
				}
			}
		})
	}
	all.Wait()
	for _, root := range []common.Hash{first, second} {
		if kept := state.Kept(reader(t, s, root)); kept == 0 || kept > state.SharedItems+readers {
			t.Errorf("%d accounts and slots are kept", kept)
		}
	}
	expectFilled(t, s, second)
}

// BenchmarkReader reads an account and a slot through a state of its own, as a request does. times-fresh is the ratio
// of the same without anything kept from earlier requests.
func BenchmarkReader(b *testing.B) {
	s, err := state.Open("", state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	root := fill(b, s)
	took := func(at func() (*gstate.StateDB, error)) time.Duration {
		began := time.Now()
		db, err := at()
		if err != nil {
			b.Fatal(err)
		}
		if db.GetBalance(rich).IsZero() || db.GetState(contract, slot) != value {
			b.Fatal("not what was written")
		}
		return time.Since(began)
	}
	database := gstate.NewMPTDatabase(s.Tries(), nil)
	var shared, fresh time.Duration
	for b.Loop() {
		shared += took(func() (*gstate.StateDB, error) { return s.At(root) })
		fresh += took(func() (*gstate.StateDB, error) { return gstate.New(root, database) })
	}
	b.ReportMetric(float64(shared)/float64(b.N), "shared-ns/op")
	b.ReportMetric(float64(fresh)/float64(shared), "times-fresh")
}
