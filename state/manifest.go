package state

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// The fields of a manifest's records, by LevelDB's numbers.
const (
	fieldComparer        = 1
	fieldJournal         = 2
	fieldNextFile        = 3
	fieldSequence        = 4
	fieldCompacted       = 5
	fieldDeletedTable    = 6
	fieldAddedTable      = 7
	fieldPreviousJournal = 9
)

var errManifest = errors.New("a bad record")

// manifest is what the records of a LevelDB manifest say about the other files.
type manifest struct {
	journal  uint64           // number of the oldest journal that is needed; 0 = none
	previous uint64           // number of a journal before it that is needed too; 0 = none
	sequence uint64           // of the newest write that the tables hold
	tables   map[uint64]int64 // sizes in bytes, by number
}

// readManifest applies the records of a manifest in order.
func readManifest(records [][]byte) (*manifest, error) {
	m := &manifest{tables: make(map[uint64]int64)}
	for _, record := range records {
		r := fieldReader{in: bytes.NewReader(record)}
		for r.in.Len() > 0 && r.err == nil {
			m.apply(&r)
		}
		if r.err != nil {
			return nil, r.err
		}
	}
	return m, nil
}

// apply reads one field.
func (m *manifest) apply(r *fieldReader) {
	switch r.number() {
	case fieldComparer:
		r.skip()
	case fieldJournal:
		m.journal = r.number()
	case fieldNextFile:
		r.number()
	case fieldSequence:
		m.sequence = r.number()
	case fieldCompacted:
		r.number() // level
		r.skip()
	case fieldDeletedTable:
		r.number() // level
		delete(m.tables, r.number())
	case fieldAddedTable:
		r.number() // level
		table := r.number()
		m.tables[table] = int64(r.number())
		r.skip() // smallest key
		r.skip() // largest key
	case fieldPreviousJournal:
		m.previous = r.number()
	default:
		r.err = errManifest
	}
}

// fieldReader reads a record's fields. After an error it returns zeros.
type fieldReader struct {
	in  *bytes.Reader
	err error
}

func (r *fieldReader) number() uint64 {
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		r.err = errManifest
	}
	return n
}

// skip passes over a length and as many bytes.
func (r *fieldReader) skip() {
	n := r.number()
	if n > uint64(r.in.Len()) {
		r.err = errManifest
		return
	}
	r.in.Seek(int64(n), 1) //nolint:errcheck // cannot fail within the record
}
