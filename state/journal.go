package state

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// LevelDB's journals and manifests share a format: blocks of 32 KiB hold chunks, and a record is one chunk or several.
// A chunk is a header (checksum of kind and payload, length, kind) and a payload. Integers are little-endian. See
// https://github.com/google/leveldb/blob/main/doc/log_format.md.
const (
	journalBlock  = 32 << 10
	journalHeader = 7
	// zeroTail is the fewest zeros at the end that are taken for space which a power loss left unwritten: a sector.
	zeroTail = 512
)

// The kinds of chunks.
const (
	chunkFull = iota + 1
	chunkFirst
	chunkMiddle
	chunkLast
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errChunk reports a journal that is damaged elsewhere than at a tail that a crash can leave.
var errChunk = errors.New("a bad chunk before its end")

// records returns the whole records of a journal. A journal that ends within a record is one that a crash cut, which is
// no error. LevelDB drops all chunks that it cannot read without a word; records tells the two apart.
func records(journal []byte) (whole [][]byte, err error) {
	var record []byte
	open := false // a record's first chunk was read, its last was not
	for at := 0; at < len(journal); {
		left := journalBlock - at%journalBlock
		if left < journalHeader {
			at += left // a chunk's header is never divided
			continue
		}
		kind, payload, ok := chunk(journal[at:min(at+left, len(journal))])
		if !ok {
			if torn(journal[at:], left) {
				return whole, nil
			}
			return nil, errChunk
		}
		if continues := kind == chunkMiddle || kind == chunkLast; continues != open {
			return nil, errChunk
		}
		record = append(record, payload...)
		open = kind == chunkFirst || kind == chunkMiddle
		if !open {
			whole, record = append(whole, record), nil
		}
		at += journalHeader + len(payload)
	}
	return whole, nil
}

// chunk reads the chunk at the start of b, which ends with its block or the file. ok is false if there is none whose
// checksum is right.
func chunk(b []byte) (kind byte, payload []byte, ok bool) {
	if len(b) < journalHeader {
		return 0, nil, false
	}
	kind = b[6]
	end := journalHeader + int(binary.LittleEndian.Uint16(b[4:]))
	if kind < chunkFull || kind > chunkLast || end > len(b) || checksum(b[6:end]) != binary.LittleEndian.Uint32(b) {
		return 0, nil, false
	}
	return kind, b[journalHeader:end], true
}

// checksum returns LevelDB's masked checksum of b.
func checksum(b []byte) uint32 { return mask(crc32.Checksum(b, castagnoli)) }

func mask(crc uint32) uint32 { return (crc>>15 | crc<<17) + 0xa282ead8 }

// torn reports whether rest, which begins with a chunk that cannot be read, is what a crash leaves at the end of a
// journal: a chunk that the end of the file cuts, or zeros. left is the length of the block from there on.
func torn(rest []byte, left int) bool {
	written := len(rest)
	for written > 0 && rest[written-1] == 0 {
		written--
	}
	if written > 0 && len(rest)-written < zeroTail {
		written = len(rest)
	}
	if written < journalHeader {
		return true
	}
	rest = rest[:written]
	end := journalHeader + int(binary.LittleEndian.Uint16(rest[4:]))
	kind := rest[6]
	if kind < chunkFull || kind > chunkLast || end <= len(rest) || end > left {
		return false
	}
	return !wholeChunkIn(rest)
}

// wholeChunkIn reports whether rest holds a whole chunk although the first one there seems to be cut: its length is
// what is damaged then.
func wholeChunkIn(rest []byte) bool {
	want := binary.LittleEndian.Uint32(rest)
	crc := crc32.Checksum(rest[6:journalHeader], castagnoli)
	for i := journalHeader; ; i++ {
		if mask(crc) == want {
			return true
		}
		if i == len(rest) {
			break
		}
		crc = crc32.Update(crc, castagnoli, rest[i:i+1])
	}
	for at := 1; at < len(rest); at++ {
		if _, _, ok := chunk(rest[at:]); ok {
			return true
		}
	}
	return false
}
