package state

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/table"
)

// verifiedBytes bounds the tables that are read in full when a store is opened, the newest first. The others are
// verified as they are read.
const verifiedBytes = 256 << 20

// batchHeader is the length of a journal's record before its writes: the first one's sequence number and their count.
const batchHeader = 8 + 4

// damage is what is wrong with a file.
type damage struct {
	file storage.FileDesc
	err  error
}

func (d damage) Error() string { return fmt.Sprintf("%s: %v", d.file, d.err) }
func (d damage) Unwrap() error { return d.err }

// checkWhole reads the manifest, the journals and the tables before LevelDB does. LevelDB passes over what it cannot
// read, and deletes files that the rest does not mention: the store would be one without some of its writes. What a
// crash leaves, which is a journal or manifest that ends early, is not damage. A store without a manifest is whole.
func checkWhole(stor storage.Storage) error {
	fd, err := stor.GetMeta()
	if errors.Is(err, os.ErrNotExist) {
		return nil // a new store, or LevelDB refuses it
	}
	if err != nil {
		return err
	}
	whole, err := readRecords(stor, fd)
	if err != nil {
		return err
	}
	m, err := readManifest(whole)
	if err != nil {
		return damage{fd, err}
	}
	if err := checkTables(stor, m.tables); err != nil {
		return err
	}
	return checkJournals(stor, m)
}

func readRecords(stor storage.Storage, fd storage.FileDesc) ([][]byte, error) {
	file, err := stor.Open(fd)
	if err != nil {
		return nil, damage{fd, err}
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, damage{fd, err}
	}
	whole, err := records(content)
	if err != nil {
		return nil, damage{fd, err}
	}
	return whole, nil
}

// checkJournals checks that the journals that m needs are there, and that no write is missing between the tables and
// them, within one, or from one to the next.
func checkJournals(stor storage.Storage, m *manifest) error {
	journals, err := stor.List(storage.TypeJournal)
	if err != nil {
		return err
	}
	slices.SortFunc(journals, func(a, b storage.FileDesc) int { return cmp.Compare(a.Num, b.Num) })
	for _, needed := range []uint64{m.journal, m.previous} {
		// LevelDB deletes an empty journal when it has begun the next, without telling the manifest.
		fd := storage.FileDesc{Type: storage.TypeJournal, Num: int64(needed)}
		if needed != 0 && (len(journals) == 0 || journals[len(journals)-1].Num < fd.Num) {
			return damage{fd, os.ErrNotExist}
		}
	}
	next, slack := m.sequence, uint64(1) // LevelDB counts one more when it opens a store
	for _, fd := range journals {
		if uint64(fd.Num) < m.journal && uint64(fd.Num) != m.previous {
			continue // obsolete
		}
		batches, err := readRecords(stor, fd)
		if err != nil {
			return err
		}
		for _, batch := range batches {
			if len(batch) < batchHeader {
				return damage{fd, errChunk}
			}
			first := binary.LittleEndian.Uint64(batch)
			if first < next || first > next+slack {
				return damage{fd, fmt.Errorf("write %d follows write %d", first, next-1)}
			}
			next, slack = first+uint64(binary.LittleEndian.Uint32(batch[8:])), 0
		}
	}
	return nil
}

// checkTables checks that the tables are there with their sizes, and reads the newest.
func checkTables(stor storage.Storage, tables map[uint64]int64) error {
	budget := int64(verifiedBytes)
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(tables))) {
		fd := storage.FileDesc{Type: storage.TypeTable, Num: int64(number)}
		budget -= tables[number]
		if err := checkTable(stor, fd, tables[number], budget >= 0); err != nil {
			return damage{fd, err}
		}
	}
	return nil
}

// checkTable checks one table's size and, if all is set, the checksums of its blocks.
func checkTable(stor storage.Storage, fd storage.FileDesc, size int64, all bool) error {
	file, err := stor.Open(fd)
	if err != nil {
		return err
	}
	defer file.Close()
	switch have, err := file.Seek(0, io.SeekEnd); {
	case err != nil:
		return err
	case have != size:
		return fmt.Errorf("%d bytes instead of %d", have, size)
	}
	if err := checkFooter(file, size); err != nil || !all {
		return err
	}
	options := &opt.Options{Strict: opt.StrictBlockChecksum | opt.StrictReader}
	r, err := table.NewReader(file, size, fd, nil, nil, options)
	if err != nil {
		return err
	}
	defer r.Release()
	blocks := r.NewIterator(nil, nil)
	defer blocks.Release()
	for blocks.Next() { //nolint:revive // reading is what verifies
	}
	return blocks.Error()
}

// A table ends with a footer, which no checksum covers: the places of two blocks, padding, and a number that marks
// tables.
const (
	footerLength = 48
	blockTrailer = 5 // kind and checksum, which a block's length leaves out
)

var errFooter = errors.New("a bad footer")

// checkFooter checks that the two blocks which the footer names lie in the table.
func checkFooter(file io.ReaderAt, size int64) error {
	footer := make([]byte, footerLength)
	if _, err := file.ReadAt(footer, max(size-footerLength, 0)); err != nil {
		return errFooter
	}
	r := fieldReader{in: bytes.NewReader(footer)}
	for range 2 {
		offset, length, end := r.number(), r.number(), uint64(size-footerLength)
		if r.err != nil || offset > end || length > end-offset || end-offset-length < blockTrailer {
			return errFooter
		}
	}
	return nil
}
