package wasmtime

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// image is an artefact as bytes: what a disk can keep.
type image struct {
	terms
	code []byte // as wasmtime serializes it
}

// diskMagic begins every file and changes with the format.
const diskMagic = "hestia artefact 4\n"

// sumBytes is the size of the checksum. It finds damage, not intent: the folder is its owner's alone.
const sumBytes = 8

// file returns the magic, a checksum of the rest, the key, the terms (a count before each list) and the machine code.
func (i *image) file(k key) []byte {
	var file bytes.Buffer
	file.Grow(len(i.code) + 512)
	file.WriteString(diskMagic)
	file.Write(make([]byte, sumBytes))
	file.Write(k.code[:])
	file.Write(k.rules[:])
	file.WriteByte(byte(k.form))
	for _, field := range []any{
		i.instantiation, i.pages, i.foreign, i.settled, i.functions, uint32(len(i.imports)),
		i.imports, uint32(len(i.mirrored)), i.mirrored,
	} {
		binary.Write(&file, binary.LittleEndian, field)
	}
	file.Write(i.code)
	sum := file.Bytes()[len(diskMagic):]
	binary.LittleEndian.PutUint64(sum, xxhash.Sum64(sum[sumBytes:]))
	return file.Bytes()
}

func parseImage(k key, file []byte) (*image, bool) {
	rest, ok := bytes.CutPrefix(file, []byte(diskMagic))
	if !ok || len(rest) < sumBytes || binary.LittleEndian.Uint64(rest) != xxhash.Sum64(rest[sumBytes:]) {
		return nil, false
	}
	rest, ok = bytes.CutPrefix(rest[sumBytes:], slices.Concat(k.code[:], k.rules[:], []byte{byte(k.form)}))
	if !ok || len(rest) < 18 {
		return nil, false
	}
	img := &image{}
	img.instantiation = int64(binary.LittleEndian.Uint64(rest))
	img.pages = binary.LittleEndian.Uint32(rest[8:])
	img.foreign = rest[12] != 0
	img.settled = rest[13] != 0
	img.functions = binary.LittleEndian.Uint32(rest[14:])
	if img.imports, rest, ok = parseRows(rest[18:]); ok {
		img.mirrored, img.code, ok = parseRows(rest)
	}
	return img, ok
}

// parseRows reads a list of rows at the beginning of from and returns what follows it.
func parseRows(from []byte) (list []uint16, rest []byte, ok bool) {
	if len(from) < 4 {
		return nil, nil, false
	}
	count, rest := uint64(binary.LittleEndian.Uint32(from)), from[4:]
	if 2*count > uint64(len(rest)) {
		return nil, nil, false
	}
	for ; count > 0; count-- {
		number := binary.LittleEndian.Uint16(rest)
		if int(number) >= len(rows) {
			return nil, nil, false
		}
		list, rest = append(list, number), rest[2:]
	}
	return list, rest, true
}
