package state

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/syndtr/goleveldb/leveldb/journal"
)

// written returns the journal that LevelDB makes of records of these lengths, and the records.
func written(t *testing.T, lengths ...int) (file []byte, want [][]byte) {
	t.Helper()
	var b bytes.Buffer
	w := journal.NewWriter(&b)
	for i, n := range lengths {
		record := bytes.Repeat([]byte{byte(i + 1)}, n)
		want = append(want, record)
		to, err := w.Next()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), want
}

func TestRecordsAreThoseThatLevelDBWrote(t *testing.T) {
	file, want := written(t, 1, 100, 40_000, 32<<10-7, 70_000, 3, 32_000, 741, 5)
	got, err := records(file)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%.200s %v", diff, err)
	}
}

// TestACutJournalIsNoDamage cuts journals at each byte near the boundaries of records and blocks.
func TestACutJournalIsNoDamage(t *testing.T) {
	file, want := written(t, 20, 300, 33_000, 40)
	for cut := range file {
		if block := cut % journalBlock; block > 400 && block < journalBlock-50 && cut%331 != 0 {
			continue
		}
		whole, err := records(file[:cut])
		if err != nil || !cmp.Equal(want[:len(whole)], append([][]byte{}, whole...)) {
			t.Errorf("at %d: %d records, %v", cut, len(whole), err)
		}
		zeros := append(file[:cut:cut], make([]byte, 40_000)...)
		whole, err = records(zeros)
		if err != nil || !cmp.Equal(want[:len(whole)], append([][]byte{}, whole...)) {
			t.Errorf("zeros from %d: %d records, %v", cut, len(whole), err)
		}
	}
}

// TestEachFlippedBitIsDamage flips each bit, those of the last record's header too.
func TestEachFlippedBitIsDamage(t *testing.T) {
	for _, lengths := range [][]int{{20, 30, 40}, {10}, {20, 600}} {
		file, want := written(t, lengths...)
		for i := range len(file) * 8 {
			file[i/8] ^= 1 << (i % 8)
			if whole, err := records(file); err == nil {
				t.Errorf("bit %d of %d: %d of %d records", i, len(file)*8, len(whole), len(want))
			}
			file[i/8] ^= 1 << (i % 8)
		}
	}
}

// TestAStoreThatBeginsWithALargeBatchOpensAgain covers a batch that goes to tables at once, not to the empty journal.
func TestAStoreThatBeginsWithALargeBatchOpensAgain(t *testing.T) {
	dir := t.TempDir()
	for round := range 4 {
		l, err := openLevel(dir, Options{CacheMB: 16})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		b := l.NewBatch()
		for i := range 3 {
			if err := b.Put([]byte{byte(round), byte(i)}, make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Write(); err != nil {
			t.Fatal(err)
		}
		if round%2 == 0 {
			if err := l.Put([]byte("small"), nil); err != nil {
				t.Fatal(err)
			}
		}
		for r := range round + 1 {
			if has, err := l.Has([]byte{byte(r), 2}); !has || err != nil {
				t.Errorf("round %d lacks a write of round %d: %v", round, r, err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzRecordsReadsAnything(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x01\x00\x01x"))
	f.Fuzz(func(t *testing.T, file []byte) {
		whole, err := records(file)
		if err == nil {
			_, _ = readManifest(whole)
		}
	})
}
