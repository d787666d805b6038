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
// out, and ".." takes back the component before; it cannot leave the directory.
func (p *Process) resolve(fd uint32, path []byte) (string, error) {
	d, err := p.descriptor(fd)
	switch {
	case err != nil:
		return "", err
	case d.kind != directory:
		return "", NotDir
	case len(path) > MaxPath:
		return "", NameTooLong
	}
	if err := p.host.Move(uint64(len(path))); err != nil {
		return "", err
	}
	if !utf8.Valid(path) || bytes.IndexByte(path, 0) >= 0 {
		return "", IlSeq
	}
	var parts []string
	for part := range strings.SplitSeq(string(path), "/") {
		switch {
		case part == "" || part == ".":
		case part != "..":
			parts = append(parts, part)
		case len(parts) == 0:
			return "", NotCapable
		default:
			parts = parts[:len(parts)-1]
		}
	}
	if d.path != "" {
		parts = append([]string{d.path}, parts...)
	}
	whole := strings.Join(parts, "/")
	if len(whole) > MaxPath {
		return "", NameTooLong
	}
	return whole, nil
}

// locate returns the slot of a path relative to an open directory. The root has no file.
func (p *Process) locate(fd uint32, path []byte) (name string, slot common.Hash, err error) {
	if name, err = p.resolve(fd, path); err != nil || name == "" {
		return name, rootSlot, err
	}
	slot, err = p.host.Hash([]byte(name), Base[:])
	return name, slot, err
}
