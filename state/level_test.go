package state

import (
	"testing"

	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/ethereum/go-ethereum/ethdb/dbtest"
	"github.com/ethereum/go-ethereum/ethdb/memorydb"
	"github.com/google/go-cmp/cmp"
)

// TestLevelIsAKeyValueStoreAsGethMeansIt runs geth's own suite for such stores.
func TestLevelIsAKeyValueStoreAsGethMeansIt(t *testing.T) {
	dbtest.TestDatabaseSuite(t, func() ethdb.KeyValueStore {
		db, err := openLevel("", Options{CacheMB: defaultCacheMB})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}

func TestBatchReplaysInOrder(t *testing.T) {
	db, err := openLevel("", Options{CacheMB: defaultCacheMB})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b, to := db.NewBatchWithSize(64), memorydb.New()
	for _, write := range []error{
		b.Put([]byte("a"), []byte("1")), b.Put([]byte("b"), []byte("2")), b.Delete([]byte("a")), b.Replay(to),
	} {
		if write != nil {
			t.Fatal(write)
		}
	}
	if has, err := to.Has([]byte("a")); has || err != nil {
		t.Errorf("a deleted key is there: %v, %v", has, err)
	}
	got, err := to.Get([]byte("b"))
	if diff := cmp.Diff([]byte("2"), got); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
}
