package chain_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"

	"hestia/chain"
	"hestia/state"
)

// history is a chain of which each block's hash is known.
type history []common.Hash

// oldChain writes a chain of some 60 blocks to dir, partly in tables and partly in a journal.
func oldChain(t *testing.T, dir string) history {
	t.Helper()
	nonce := uint64(3) // after story
	for round := range 3 {
		store := openStore(t, dir)
		c := openChain(t, store, chain.DefaultGenesis(alloc()))
		if round == 0 {
			story(t, c)
		}
		for range 20 {
			build(t, c, alice.pay(nonce))
			nonce++
		}
		if round == 2 {
			var h history
			for n := range c.Head().Number.Uint64() + 1 {
				h = append(h, c.HeaderByNumber(n).Hash())
			}
			defer func() {
				if len(h) < 60 {
					t.Fatalf("%d blocks", len(h))
				}
			}()
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			return h
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return nil
}

// outcome opens the store in dir, and returns the number of its head, or -1 if it is refused. It fails the test if the
// refusal is not one about damage, or if the store lacks anything of the blocks up to its head.
func (h history) outcome(t *testing.T, dir string) int {
	t.Helper()
	store, err := state.Open(dir, state.Options{})
	if err != nil {
		if !errors.Is(err, state.ErrCorrupt) {
			t.Errorf("refused with %v", err)
		}
		return -1
	}
	defer store.Close()
	c, err := chain.Open(store, engine(), chain.DefaultGenesis(alloc()))
	if err != nil {
		t.Errorf("the store opens, the chain does not: %v", err)
		return -1
	}
	head := int(c.Head().Number.Uint64())
	for n, hash := range h[:min(head+1, len(h))] {
		block := c.BlockByNumber(uint64(n))
		if block == nil || block.Hash() != hash || len(c.Receipts(hash)) != len(block.Transactions()) {
			t.Errorf("block %d of %d is not what it was", n, head)
			return head
		}
		if err := store.Dump(io.Discard, block.Root()); err != nil {
			t.Errorf("the state of block %d of %d: %v", n, head, err)
			return head
		}
	}
	return head
}

// spoil copies the chain in dir, lets change edit the one file that matches pattern, and returns the outcome. A change
// that returns nil deletes the file.
func (h history) spoil(t *testing.T, dir, pattern string, change func(content []byte) []byte) int {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(to, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	file := files[len(files)-1]
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if content = change(content); content == nil {
		err = os.Remove(file)
	} else {
		err = os.WriteFile(file, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h.outcome(t, to)
}

// siege makes the damages more, each at another place.
var siege = flag.Int("siege", 0, "damage stores for so many more rounds")

var databaseFiles = []string{"*.log", "*.ldb", "MANIFEST-*", "CURRENT"}

// TestADamagedStoreIsRefusedOrLacksNothing holds that no damage opens an older chain in silence, or one with holes.
func TestADamagedStoreIsRefusedOrLacksNothing(t *testing.T) {
	dir := t.TempDir()
	h := oldChain(t, dir)
	head, random := len(h)-1, rand.New(rand.NewPCG(1, 2))
	damages := []struct {
		name   string
		change func(b []byte) []byte
	}{
		{"a flipped bit", func(b []byte) []byte { b[random.IntN(len(b))] ^= 1 << random.IntN(8); return b }},
		{"zeros", func(b []byte) []byte {
			at := random.IntN(len(b))
			clear(b[at:min(at+1+random.IntN(100), len(b)-1)])
			return b
		}},
		{"a lost range", func(b []byte) []byte {
			at := random.IntN(len(b) / 2) // not at the end: that would be a cut
			return append(b[:at:at], b[at+1+random.IntN(len(b)/4):]...)
		}},
		{"a range twice", func(b []byte) []byte {
			at := random.IntN(len(b))
			return append(b[:at:at], b[at-min(at, 700):]...)
		}},
		{"garbage at the end", func(b []byte) []byte {
			for range 1 + random.IntN(5000) {
				b = append(b, byte(random.Uint32()))
			}
			return b
		}},
		{"zeros at the end", func(b []byte) []byte { return append(b, make([]byte, random.IntN(70_000))...) }},
		{"nothing", func([]byte) []byte { return nil }},
	}
	for _, file := range databaseFiles {
		for _, d := range damages {
			refused := 0
			for range 12 * (1 + *siege) {
				switch got := h.spoil(t, dir, file, d.change); got {
				case -1:
					refused++
				case head:
				default:
					t.Errorf("%s in %s: head %d", d.name, file, got)
				}
				if d.name == "nothing" {
					break
				}
			}
			t.Logf("%s in %s: %d refused", d.name, file, refused)
		}
	}
}

// TestAJournalThatACrashCutOpensWithWhatItHolds cuts the journal anywhere, and fills the end with zeros as a loss of
// power does.
func TestAJournalThatACrashCutOpensWithWhatItHolds(t *testing.T) {
	dir := t.TempDir()
	h := oldChain(t, dir)
	random, older := rand.New(rand.NewPCG(3, 4)), 0
	cuts := 50 * (1 + *siege)
	for i := range cuts {
		got := h.spoil(t, dir, "*.log", func(b []byte) []byte {
			at := random.IntN(len(b))
			if i%2 == 0 {
				return b[:at]
			}
			return append(b[:at:at], make([]byte, max(len(b)-at, 512))...)
		})
		if got < 0 {
			t.Error("a cut journal is refused")
		}
		if got < len(h)-1 {
			older++
		}
	}
	if older < cuts*4/5 {
		t.Errorf("%d of %d cuts lost blocks", older, cuts)
	}
}

// TestACutManifestIsRefusedOrLacksNothing holds that tables which a shorter manifest does not name are not deleted.
func TestACutManifestIsRefusedOrLacksNothing(t *testing.T) {
	dir := t.TempDir()
	h := oldChain(t, dir)
	size := 0
	h.spoil(t, dir, "MANIFEST-*", func(b []byte) []byte { size = len(b); return b })
	for cut := 1; cut <= size; cut += 7 {
		got := h.spoil(t, dir, "MANIFEST-*", func(b []byte) []byte { return b[:size-cut] })
		if got != -1 && got != len(h)-1 {
			t.Errorf("%d bytes less: head %d", cut, got)
		}
	}
}

// TestAHeadWithoutItsBlockNamesTheNewestWholeOne holds that a store which lacks the head's body does not open.
func TestAHeadWithoutItsBlockNamesTheNewestWholeOne(t *testing.T) {
	dir := t.TempDir()
	h := oldChain(t, dir)
	store := openStore(t, dir)
	for n := len(h) - 2; n < len(h); n++ {
		rawdb.DeleteBody(store.Disk(), h[n], uint64(n))
	}
	_, err := chain.Open(store, engine(), nil)
	if !errors.Is(err, chain.ErrDamaged) || !bytes.Contains([]byte(err.Error()), []byte("block 61 is the newest")) {
		t.Errorf("%d blocks: %v", len(h), err)
	}
}
