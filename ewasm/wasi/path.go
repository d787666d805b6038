package wasi

import (
	"bytes"
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
// out, and ".." takes back the component before; it cannot leave the directory. The result lasts until the next hash.
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
	whole := append(p.hashed[:0], d.path...)
	for len(path) > 0 {
		part, rest, _ := bytes.Cut(path, []byte{'/'})
		switch string(part) {
		case "", ".":
		case "..":
			if len(whole) == len(d.path) {
				return nil, NotCapable
			}
			whole = whole[:max(bytes.LastIndexByte(whole, '/'), len(d.path))]
		default:
			if len(whole) > 0 {
				whole = append(whole, '/')
			}
			whole = append(whole, part...)
		}
		path = rest
	}
	if p.hashed = whole; len(whole) > MaxPath {
		return nil, NameTooLong
	}
	return whole, nil
}

// locate returns the slot of a path relative to an open directory, and the path from the root, which lasts until the
// next hash. The root has no file and no name.
func (p *Process) locate(fd uint32, path []byte) (name []byte, slot common.Hash, err error) {
	if name, err = p.resolve(fd, path); err != nil || len(name) == 0 {
		return name, rootSlot, err
	}
	p.hashed = append(name, Base[:]...)
	slot, err = p.host.Hash(p.hashed)
	return name, slot, err
}
