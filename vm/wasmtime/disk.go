package wasmtime

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// disk keeps artefacts over restarts, a file each. A nil disk keeps none. It is only a cache: a contract is compiled
// again if its file could not be written or does not read back as it was written. The files of another program or
// processor are in a folder of their own, which is removed when a disk is opened.
type disk struct{ folder string }

// diskMagic begins every file and changes with the format.
const diskMagic = "hestia artefact 3\n"

// generationPrefix begins the names of folders; half a hash follows.
const generationPrefix = "g-"

// unfinishedPrefix begins the name of a file until it is written.
const unfinishedPrefix = "new-"

var errDisk = errors.New("cannot keep artefacts")

func openDisk(dir string) (*disk, error) {
	if dir == "" {
		return nil, nil
	}
	g, err := generation()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDisk, err)
	}
	name := generationPrefix + hex.EncodeToString(g[:16])
	d := &disk{filepath.Join(dir, name)}
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", errDisk, err)
	}
	others, _ := os.ReadDir(dir)
	for _, other := range others {
		if other.Name() != name && strings.HasPrefix(other.Name(), generationPrefix) {
			os.RemoveAll(filepath.Join(dir, other.Name()))
		}
	}
	unfinished, _ := filepath.Glob(filepath.Join(d.folder, unfinishedPrefix+"*"))
	for _, path := range unfinished {
		os.Remove(path)
	}
	return d, nil
}

func (d *disk) path(k key) string {
	suffix := append(k.rules[:8:8], byte(k.form))
	return filepath.Join(d.folder, hex.EncodeToString(k.code[:])+"-"+hex.EncodeToString(suffix))
}

// load returns the image of k, false if there is no intact one.
func (d *disk) load(k key) (*image, bool) {
	if d == nil {
		return nil, false
	}
	file, err := os.ReadFile(d.path(k))
	if err != nil {
		return nil, false
	}
	img, ok := parseImage(k, file)
	if !ok {
		os.Remove(d.path(k))
	}
	return img, ok
}

// store writes an image under its name in one step.
func (d *disk) store(k key, img *image) {
	if d == nil {
		return
	}
	file, err := os.CreateTemp(d.folder, unfinishedPrefix)
	if err != nil {
		return
	}
	_, err = file.Write(img.file(k))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), d.path(k))
	}
	if err != nil {
		os.Remove(file.Name())
	}
}

// file returns the magic, a checksum of the rest, the key, the terms (a count before each list) and the machine code.
func (i *image) file(k key) []byte {
	var rest bytes.Buffer
	rest.Grow(len(i.code) + 256)
	rest.Write(k.code[:])
	rest.Write(k.rules[:])
	rest.WriteByte(byte(k.form))
	for _, field := range []any{
		i.instantiation, i.pages, i.foreign, i.settled, i.functions, uint32(len(i.imports)),
		i.imports, uint32(len(i.mirrored)), i.mirrored,
	} {
		binary.Write(&rest, binary.LittleEndian, field)
	}
	rest.Write(i.code)
	sum := sha256.Sum256(rest.Bytes())
	return append(append([]byte(diskMagic), sum[:]...), rest.Bytes()...)
}

func parseImage(k key, file []byte) (*image, bool) {
	rest, ok := bytes.CutPrefix(file, []byte(diskMagic))
	if !ok || len(rest) < sha256.Size {
		return nil, false
	}
	sum, rest := rest[:sha256.Size], rest[sha256.Size:]
	if have := sha256.Sum256(rest); !bytes.Equal(sum, have[:]) {
		return nil, false
	}
	rest, ok = bytes.CutPrefix(rest, slices.Concat(k.code[:], k.rules[:], []byte{byte(k.form)}))
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
