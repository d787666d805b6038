package wasi

import (
	"encoding/binary"
	"math/bits"

	"github.com/ethereum/go-ethereum/common"
)

// MaxDescriptors is how many descriptors a process has at most, the standard ones and the root included.
const MaxDescriptors = 1024

// firstFree is the lowest descriptor that opening gives away.
const firstFree = 4

// kind is what a descriptor stands for.
type kind uint8

const (
	standardInput kind = iota
	standardOutput
	standardError
	directory
	regular
)

// descriptor is an open file or directory, or a standard stream.
type descriptor struct {
	kind      kind
	preopened bool        // it is the root, as the program found it
	path      string      // of a directory, from the root
	slot      common.Hash // of a file or directory
	position  uint64      // in a file, in bytes
	flags     uint16
	rights    uint64
}

// The rights that matter here. The others are given to directories, because libraries ask whether they have them.
const (
	rightRead     = 1 << 1
	rightWrite    = 1 << 6
	rightAllocate = 1 << 8
	rightResize   = 1 << 22
	rightsAll     = 1<<30 - 1
	rightsToWrite = rightWrite | rightAllocate | rightResize
)

// The flags of a descriptor.
const (
	flagAppend = 1
	flagsAll   = 1<<5 - 1
)

func (p *Process) descriptor(fd uint32) (*descriptor, error) {
	if fd >= uint32(len(p.table)) || p.table[fd] == nil {
		return nil, BadF
	}
	return p.table[fd], nil
}

// regular returns a descriptor with rights if it is a file's, and other if not.
func (p *Process) regular(fd uint32, rights uint64, other Errno) (*descriptor, error) {
	d, err := p.descriptor(fd)
	switch {
	case err != nil:
		return nil, err
	case d.kind != regular:
		return nil, other
	case d.rights&rights != rights:
		return nil, NotCapable
	}
	return d, nil
}

// Check returns BadF unless the descriptor is open.
func (p *Process) Check(fd uint32) error {
	_, err := p.descriptor(fd)
	return err
}

// Close closes a descriptor of any kind.
func (p *Process) Close(fd uint32) error {
	d, err := p.descriptor(fd)
	if err != nil {
		return err
	}
	p.held -= len(d.path)
	p.set(fd, nil)
	return nil
}

// Renumber gives a descriptor the number of another, which is closed.
func (p *Process) Renumber(from, to uint32) error {
	d, err := p.descriptor(from)
	if err == nil {
		err = p.Check(to)
	}
	if err != nil || from == to {
		return err
	}
	if err := p.Close(to); err != nil {
		return err
	}
	p.set(from, nil)
	p.set(to, d)
	return nil
}

// free returns the lowest descriptor that is free.
func (p *Process) free() (uint32, error) {
	for i, taken := range p.numbers {
		if fd := 64*i + bits.TrailingZeros64(^taken); fd < 64*(i+1) {
			return uint32(fd), nil
		}
	}
	return 0, MFile
}

// set makes a descriptor an open one, or with nil a free one. The standard ones are never given away again.
func (p *Process) set(fd uint32, d *descriptor) {
	for uint32(len(p.table)) <= fd {
		p.table = append(p.table, nil)
	}
	p.table[fd] = d
	switch bit := uint64(1) << (fd % 64); {
	case d != nil:
		p.numbers[fd/64] |= bit
	case fd >= firstFree:
		p.numbers[fd/64] &^= bit
	}
}

// Seek moves the position in a file and returns it.
func (p *Process) Seek(fd uint32, offset int64, whence uint8) (uint64, error) {
	d, err := p.regular(fd, 0, SPipe)
	if err != nil {
		return 0, err
	}
	base := int64(0)
	switch whence {
	case fromStart:
	case fromHere:
		base = int64(d.position)
	case fromEnd:
		f, err := p.file(d.slot)
		if err != nil {
			return 0, err
		}
		base = int64(f.size)
	default:
		return 0, Inval
	}
	if offset < -base || offset > MaxFile-base {
		return 0, Inval
	}
	d.position = uint64(base + offset)
	return d.position, nil
}

// What an offset is counted from.
const (
	fromStart = iota
	fromHere
	fromEnd
)

// Tell returns the position in a file.
func (p *Process) Tell(fd uint32) (uint64, error) {
	d, err := p.regular(fd, 0, SPipe)
	if err != nil {
		return 0, err
	}
	return d.position, nil
}

// Read reads from a file, or standard input, and returns how many bytes it has read.
func (p *Process) Read(fd uint32, to *Buffers) (uint64, error) {
	d, err := p.descriptor(fd)
	if err != nil {
		return 0, err
	}
	if d.kind == standardInput {
		n := min(to.Len(), uint64(len(p.Input)-p.taken))
		if err := p.host.Move(n); err != nil {
			return 0, err
		}
		to.put(p.Input[p.taken : p.taken+int(n)])
		p.taken += int(n)
		return n, nil
	}
	n, err := p.ReadAt(fd, d.position, to)
	d.position += n
	return n, err
}

// ReadAt reads from a file at an offset, and leaves its position as it is.
func (p *Process) ReadAt(fd uint32, offset uint64, to *Buffers) (uint64, error) {
	d, err := p.descriptor(fd)
	switch {
	case err != nil:
		return 0, err
	case d.kind == standardInput:
		return 0, SPipe
	case d.kind == directory:
		return 0, IsDir
	case d.kind != regular:
		return 0, BadF
	case d.rights&rightRead == 0:
		return 0, NotCapable
	}
	return p.readFile(d.slot, offset, to)
}

// Write writes all of the buffers to a file, standard output or standard error. ErrOutput ends the program.
func (p *Process) Write(fd uint32, from *Buffers) error {
	d, err := p.descriptor(fd)
	switch {
	case err != nil:
		return err
	case d.kind == standardOutput:
		return p.write(&p.stdout, from)
	case d.kind == standardError:
		return p.write(&p.stderr, from)
	}
	behind, err := p.writeAt(fd, d.position, from)
	if err == nil {
		d.position = behind
	}
	return err
}

func (p *Process) write(to *[]byte, from *Buffers) error {
	n := from.Len()
	if n > uint64(MaxOutput-len(*to)) {
		return ErrOutput
	}
	if err := p.host.Move(n); err != nil {
		return err
	}
	from.each(n, func(piece []byte) { *to = append(*to, piece...) })
	return nil
}

// WriteAt writes all of the buffers to a file at an offset, or at its end if the descriptor appends. It leaves the
// position as it is.
func (p *Process) WriteAt(fd uint32, offset uint64, from *Buffers) error {
	d, err := p.descriptor(fd)
	switch {
	case err != nil:
		return err
	case d.kind == standardOutput || d.kind == standardError:
		return SPipe
	}
	_, err = p.writeAt(fd, offset, from)
	return err
}

func (p *Process) writeAt(fd uint32, offset uint64, from *Buffers) (behind uint64, err error) {
	d, err := p.regular(fd, rightWrite, BadF)
	switch {
	case err != nil:
		return 0, err
	case p.Static:
		return 0, ROFS
	}
	return p.writeFile(d.slot, offset, d.flags&flagAppend != 0, from)
}

// Resize sets the size of an open file.
func (p *Process) Resize(fd uint32, size uint64) error {
	d, err := p.regular(fd, rightResize, Inval)
	switch {
	case err != nil:
		return err
	case p.Static:
		return ROFS
	}
	return p.resize(d.slot, size)
}

// SetFlags sets the flags of a descriptor. Only the one to append means anything.
func (p *Process) SetFlags(fd uint32, flags uint16) error {
	d, err := p.descriptor(fd)
	switch {
	case err != nil:
		return err
	case flags&^flagsAll != 0:
		return Inval
	}
	d.flags = flags
	return nil
}

// Type is a kind of file in WASI's numbers.
type Type uint8

// The types that there are here. Streams are of unknown type: of a character device a library would think that someone
// reads every line.
const (
	Unknown   Type = 0
	Directory Type = 3
	Regular   Type = 4
)

func (d *descriptor) filetype() Type {
	switch d.kind {
	case directory:
		return Directory
	case regular:
		return Regular
	default:
		return Unknown
	}
}

// Status is what a program is told of a descriptor.
type Status struct {
	Type      Type
	Flags     uint16
	Rights    uint64
	Inherited uint64 // the rights of what is opened below
}

// Status returns what is known of a descriptor.
func (p *Process) Status(fd uint32) (Status, error) {
	d, err := p.descriptor(fd)
	if err != nil {
		return Status{}, err
	}
	s := Status{Type: d.filetype(), Flags: d.flags, Rights: d.rights}
	if d.kind == directory {
		s.Inherited = rightsAll
	}
	return s, nil
}

// Preopened returns the name of a directory that was open when the program began, else BadF.
func (p *Process) Preopened(fd uint32) (string, error) {
	d, err := p.descriptor(fd)
	if err == nil && !d.preopened {
		err = BadF
	}
	return "/", err
}

// Info is what a program is told of a file.
type Info struct {
	Type  Type
	Inode uint64
	Size  uint64 // bytes
}

// Info returns what is known of an open file. An open file of no bytes exists.
func (p *Process) Info(fd uint32) (Info, error) {
	d, err := p.descriptor(fd)
	if err != nil {
		return Info{}, err
	}
	info := Info{Type: d.filetype(), Inode: inodeOf(d.slot)}
	if d.kind == regular {
		f, err := p.file(d.slot)
		if err != nil {
			return Info{}, err
		}
		info.Size = f.size
	}
	return info, nil
}

func inodeOf(slot common.Hash) uint64 { return binary.BigEndian.Uint64(slot[:]) }
