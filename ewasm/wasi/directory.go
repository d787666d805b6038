package wasi

import "github.com/ethereum/go-ethereum/common"

// Directories exist by being named: there is nothing of them in the storage, so nothing lists them.

// The flags of an opening.
const (
	openCreate = 1 << iota
	openDirectory
	openExclusive
	openTruncate

	openFlags = 1<<4 - 1
)

// Opening is a request for a descriptor.
type Opening struct {
	Directory uint32 // the descriptor that the path is relative to
	Path      []byte
	How       uint16 // WASI's oflags
	Rights    uint64
	Flags     uint16 // of the descriptor
}

func (o *Opening) has(flag uint16) bool { return o.How&flag != 0 }

// Open opens a file or directory.
func (p *Process) Open(o Opening) (fd uint32, err error) {
	if o.How&^openFlags != 0 || o.Flags&^flagsAll != 0 || o.has(openDirectory) && o.has(openCreate|openTruncate) {
		return 0, Inval
	}
	writes := o.has(openTruncate) || o.Rights&rightsToWrite != 0 && !o.has(openDirectory)
	name, slot, err := p.locate(o.Directory, o.Path)
	switch {
	case err != nil:
		return 0, err
	case len(name) == 0 && o.has(openCreate) && o.has(openExclusive):
		return 0, Exist
	case len(name) == 0 && (writes || o.has(openCreate)):
		return 0, IsDir
	case writes && p.Static:
		return 0, ROFS
	}
	d := &descriptor{kind: regular, slot: slot, flags: o.Flags, rights: o.Rights}
	if len(name) == 0 || o.has(openDirectory) {
		d = &descriptor{kind: directory, slot: slot, flags: o.Flags, rights: rightsAll, path: string(name)}
	}
	if fd, err = p.free(); err != nil {
		return 0, err
	}
	if len(name) != 0 {
		err = p.open(d, o)
	}
	if err != nil {
		return 0, err
	}
	p.set(fd, d)
	p.held += len(d.path)
	return fd, nil
}

// open looks at the slot of what is opened, and empties it if that is asked for.
func (p *Process) open(d *descriptor, o Opening) error {
	f, err := p.file(d.slot)
	exists := f.size > 0
	switch {
	case err != nil:
		return err
	case d.kind == directory && exists:
		return NotDir
	case d.kind == directory:
		return nil
	case exists && o.has(openCreate) && o.has(openExclusive):
		return Exist
	case exists && o.has(openTruncate):
		return p.removeFile(&f)
	case exists:
		return nil
	case !o.has(openCreate):
		return NoEnt
	case p.Static:
		return ROFS
	}
	return nil
}

// InfoOf returns what is known of the file with a path.
func (p *Process) InfoOf(fd uint32, path []byte) (Info, error) {
	name, slot, err := p.locate(fd, path)
	if err != nil || len(name) == 0 {
		return Info{Type: Directory, Inode: inodeOf(slot)}, err
	}
	f, err := p.file(slot)
	if err == nil && f.size == 0 {
		err = NoEnt
	}
	return Info{Type: Regular, Inode: inodeOf(slot), Size: f.size}, err
}

// MakeDirectory does nothing, because every directory exists, unless a file has its name.
func (p *Process) MakeDirectory(fd uint32, path []byte) error {
	name, slot, err := p.locate(fd, path)
	if err != nil {
		return err
	}
	if len(name) == 0 {
		return Exist
	}
	f, err := p.file(slot)
	if err == nil && f.size > 0 {
		err = Exist
	}
	return err
}

// Remove removes a file.
func (p *Process) Remove(fd uint32, path []byte) error {
	name, slot, err := p.locate(fd, path)
	switch {
	case err != nil:
		return err
	case len(name) == 0:
		return IsDir
	case p.Static:
		return ROFS
	}
	f, err := p.file(slot)
	switch {
	case err != nil:
		return err
	case f.size == 0:
		return NoEnt
	}
	return p.removeFile(&f)
}

// Place is a path and the descriptor that it is relative to.
type Place struct {
	Directory uint32
	Path      []byte
}

// Rename gives a file another name, whose file is lost. Descriptors of the file follow it.
func (p *Process) Rename(from, to Place) error {
	var slots [2]common.Hash
	for i, place := range []Place{from, to} {
		name, slot, err := p.locate(place.Directory, place.Path)
		switch {
		case err != nil:
			return err
		case len(name) == 0:
			return IsDir
		}
		slots[i] = slot
	}
	if p.Static {
		return ROFS
	}
	if err := p.moveFile(slots[0], slots[1]); err != nil {
		return err
	}
	for _, d := range p.table {
		if d != nil && d.kind == regular && d.slot == slots[0] {
			d.slot = slots[1]
		}
	}
	return nil
}
