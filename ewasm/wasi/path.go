package wasi

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// MaxPath is the longest path, in bytes: as the program gives it, and from the root.
const MaxPath = 1024

// Base is the slot of the mapping of all files: the ERC-7201 location of "hestia.files".
var Base = common.HexToHash("0xa90114275b07ba64c92b63a79d2b746c3770cea7db86b21457dbea531a46cc00")

var rootSlot = SlotOf("")

// SlotOf returns the slot of the file with a path from the root, such as "state/count".
func SlotOf(path string) common.Hash { return crypto.Keccak256Hash([]byte(path), Base[:]) }

// resolve returns the path from the root of a path relative to an open directory. Empty components and "." are left
// out, and ".." takes back the component before; it cannot leave the directory. The result may be the path given.
func (p *Process) resolve(fd uint32, path []byte) ([]byte, error) {
	d, err := p.descriptor(fd)
	switch {
	case err != nil:
		return nil, err
	case d.kind != directory:
		return nil, NotDir
	case len(path) > MaxPath:
		return nil, NameTooLong
	}
	if err := p.host.Move(uint64(len(path))); err != nil {
		return nil, err
	}
	if !utf8.Valid(path) || bytes.IndexByte(path, 0) >= 0 {
		return nil, IlSeq
	}
	if d.path == "" && folded(path) {
		return path, nil
	}
	var parts []string
	for part := range strings.SplitSeq(string(path), "/") {
		switch {
		case part == "" || part == ".":
		case part != "..":
			parts = append(parts, part)
		case len(parts) == 0:
			return nil, NotCapable
		default:
			parts = parts[:len(parts)-1]
		}
	}
	if d.path != "" {
		parts = append([]string{d.path}, parts...)
	}
	whole := strings.Join(parts, "/")
	if len(whole) > MaxPath {
		return nil, NameTooLong
	}
	return []byte(whole), nil
}

// folded reports whether nothing of a path is left out or taken back.
func folded(path []byte) bool {
	for part := range bytes.SplitSeq(path, []byte("/")) {
		switch string(part) {
		case "", ".", "..":
			return false
		}
	}
	return true
}

// locate returns the slot of a path relative to an open directory. The root has no file and no name. The name may be
// the path given.
func (p *Process) locate(fd uint32, path []byte) (name []byte, slot common.Hash, err error) {
	if name, err = p.resolve(fd, path); err != nil || len(name) == 0 {
		return name, rootSlot, err
	}
	p.hashed = append(append(p.hashed[:0], name...), Base[:]...)
	slot, err = p.host.Hash(p.hashed)
	return name, slot, err
}
