package wasi

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// A file is a value of Solidity's `mapping(string => bytes)`. One of less than 32 bytes is its slot: the bytes, left
// aligned, and twice their number in the last byte. The slot of a longer one holds twice its length plus one, and the
// bytes lie in the slots from keccak256(slot) on. A file of no bytes is a slot of zero, so that it does not exist.
// Bytes that nothing was written to take no slots. Behind the end of a file all is zero: to make it shorter clears
// slots.

// MaxFile is the size of the largest file, in bytes.
const MaxFile = 16 << 20

const (
	slotBytes = 32
	shortest  = slotBytes // of the files that lie in slots of their own, in bytes
)

// file is the file of a slot, as it is.
type file struct {
	slot common.Hash
	head common.Hash // what the slot holds
	size uint64
}

// file reads the slot of a file.
func (p *Process) file(slot common.Hash) (file, error) {
	head, err := p.host.Load(slot)
	if err != nil {
		return file{}, err
	}
	size, err := sizeOf(head)
	return file{slot, head, size}, err
}

// sizeOf returns the size that a slot says its file has. A program that writes its storage by other means than files
// may have put anything there.
func sizeOf(head common.Hash) (uint64, error) {
	last := head[slotBytes-1]
	if last%2 == 0 {
		if last/2 >= shortest {
			return 0, IO
		}
		return uint64(last / 2), nil
	}
	size := new(uint256.Int).SetBytes32(head[:])
	size.Rsh(size, 1)
	switch {
	case size.GtUint64(MaxFile):
		return 0, FBig
	case size.LtUint64(shortest):
		return 0, IO
	}
	return size.Uint64(), nil
}

// headOf returns what the slot of a file says. content are the bytes of a short one.
func headOf(size uint64, content common.Hash) common.Hash {
	if size < shortest {
		clear(content[size:])
		content[slotBytes-1] = byte(2 * size)
		return content
	}
	var head common.Hash
	binary.BigEndian.PutUint64(head[slotBytes-8:], 2*size+1)
	return head
}

// content returns the bytes of a short file, with zeros behind.
func (f *file) content() common.Hash {
	content := f.head
	clear(content[f.size:])
	return content
}

// run is the slots of a long file, from keccak256 of its slot on.
type run struct {
	host  Host
	first uint256.Int
}

func (p *Process) run(slot common.Hash) (run, error) {
	r := run{host: p.host}
	p.hashed = append(p.hashed[:0], slot[:]...)
	first, err := p.host.Hash(p.hashed)
	r.first.SetBytes32(first[:])
	return r, err
}

func (r *run) at(i uint64) common.Hash {
	var slot uint256.Int
	return slot.AddUint64(&r.first, i).Bytes32()
}

func (r *run) load(i uint64) (common.Hash, error) { return r.host.Load(r.at(i)) }

func (r *run) store(i uint64, value common.Hash) error { return r.host.Store(r.at(i), value) }

// clear sets slots to zero.
func (r *run) clear(from, to uint64) error {
	for i := from; i < to; i++ {
		if err := r.store(i, common.Hash{}); err != nil {
			return err
		}
	}
	return nil
}

// slotsOf returns how many slots the bytes of a file fill beside its own.
func slotsOf(size uint64) uint64 {
	if size < shortest {
		return 0
	}
	return (size + slotBytes - 1) / slotBytes
}

// readFile reads from an offset on, until the buffers are full or the file ends, and returns how many bytes that are.
func (p *Process) readFile(slot common.Hash, offset uint64, to *Buffers) (uint64, error) {
	f, err := p.file(slot)
	if err != nil || offset >= f.size {
		return 0, err
	}
	n := min(to.Len(), f.size-offset)
	if err := p.host.Move(n); err != nil || n == 0 {
		return 0, err
	}
	if f.size < shortest {
		to.put(f.head[offset : offset+n])
		return n, nil
	}
	r, err := p.run(slot)
	if err != nil {
		return 0, err
	}
	for at := offset; at < offset+n; {
		value, err := r.load(at / slotBytes)
		if err != nil {
			return 0, err
		}
		from := at % slotBytes
		part := min(slotBytes-from, offset+n-at)
		to.put(value[from : from+part])
		at += part
	}
	return n, nil
}

// writeFile writes all buffers from an offset on, or at the end of the file, and returns the offset behind.
func (p *Process) writeFile(slot common.Hash, offset uint64, appends bool, from *Buffers) (uint64, error) {
	f, err := p.file(slot)
	if err != nil {
		return 0, err
	}
	if appends {
		offset = f.size
	}
	n := from.Len()
	switch end := offset + n; {
	case n == 0:
		return offset, nil
	case offset > MaxFile || end > MaxFile:
		return 0, FBig
	}
	if err := p.host.Move(n); err != nil {
		return 0, err
	}
	size := max(f.size, offset+n)
	if size < shortest {
		content := f.content()
		from.take(content[offset : offset+n])
		return offset + n, p.host.Store(slot, headOf(size, content))
	}
	if err := p.writeSlots(&f, offset, from); err != nil {
		return 0, err
	}
	if size != f.size {
		err = p.host.Store(slot, headOf(size, common.Hash{}))
	}
	return offset + n, err
}

// writeSlots writes all buffers to the slots of a file that is long or becomes so.
func (p *Process) writeSlots(f *file, offset uint64, from *Buffers) error {
	r, err := p.run(f.slot)
	if err != nil {
		return err
	}
	wasShort := f.size < shortest
	if wasShort && f.size > 0 && offset >= slotBytes { // else the first slot is written below
		if err := r.store(0, f.content()); err != nil {
			return err
		}
	}
	for end := offset + from.Len(); offset < end; {
		i, at := offset/slotBytes, offset%slotBytes
		part := min(slotBytes-at, end-offset)
		var value common.Hash
		switch {
		case part == slotBytes:
		case wasShort && i == 0:
			value = f.content()
		case !wasShort && i*slotBytes < f.size:
			if value, err = r.load(i); err != nil {
				return err
			}
		}
		from.take(value[at : at+part])
		if err := r.store(i, value); err != nil {
			return err
		}
		offset += part
	}
	return nil
}

// resize makes a file longer, by zeros that take no slots, or shorter.
func (p *Process) resize(slot common.Hash, size uint64) error {
	if size > MaxFile {
		return FBig
	}
	f, err := p.file(slot)
	if err != nil || size == f.size {
		return err
	}
	if max(size, f.size) < shortest {
		return p.host.Store(slot, headOf(size, f.content()))
	}
	r, err := p.run(slot)
	if err != nil {
		return err
	}
	var content common.Hash
	if size > f.size {
		if 0 < f.size && f.size < shortest {
			err = r.store(0, f.content())
		}
	} else {
		content, err = r.shorten(f.size, size)
	}
	if err != nil {
		return err
	}
	return p.host.Store(slot, headOf(size, content))
}

// shorten clears what lies behind the new size. It returns the bytes of a file that becomes short.
func (r *run) shorten(old, size uint64) (content common.Hash, err error) {
	if keeps := size % slotBytes; keeps != 0 {
		last, err := r.load(size / slotBytes)
		if err != nil {
			return content, err
		}
		clear(last[keeps:])
		if size < shortest {
			content = last
		} else if err := r.store(size/slotBytes, last); err != nil {
			return content, err
		}
	}
	return content, r.clear(slotsOf(size), slotsOf(old))
}

// moveFile gives a file another slot. What was there before is lost.
func (p *Process) moveFile(from, to common.Hash) error {
	f, err := p.file(from)
	switch {
	case err != nil:
		return err
	case f.size == 0:
		return NoEnt
	case from == to:
		return nil
	}
	old, err := p.file(to)
	if err != nil {
		return err
	}
	if err := p.host.Move(f.size); err != nil {
		return err
	}
	if max(f.size, old.size) >= shortest {
		if err := p.moveSlots(&f, &old); err != nil {
			return err
		}
	}
	if err := p.host.Store(to, headOf(f.size, f.head)); err != nil {
		return err
	}
	return p.host.Store(from, common.Hash{})
}

// moveSlots puts the slots of a file in the place of another's.
func (p *Process) moveSlots(f, old *file) error {
	source, err := p.run(f.slot)
	if err != nil {
		return err
	}
	target, err := p.run(old.slot)
	if err != nil {
		return err
	}
	for i := range slotsOf(f.size) {
		value, err := source.load(i)
		if err == nil {
			err = target.store(i, value)
		}
		if err == nil {
			err = source.store(i, common.Hash{})
		}
		if err != nil {
			return err
		}
	}
	return target.clear(slotsOf(f.size), slotsOf(old.size))
}

// removeFile clears all slots of a file that has some bytes.
func (p *Process) removeFile(f *file) error {
	if f.size >= shortest {
		r, err := p.run(f.slot)
		if err == nil {
			err = r.clear(0, slotsOf(f.size))
		}
		if err != nil {
			return err
		}
	}
	return p.host.Store(f.slot, common.Hash{})
}
