package wasi

import "github.com/ethereum/go-ethereum/common"

// Whole files by path, for tools that look at a contract's files from outside.

// ReadFile returns the content of a file: NoEnt if there is none. The path is relative to the root.
func (p *Process) ReadFile(path string) ([]byte, error) {
	slot, err := p.slotOf(path)
	if err != nil {
		return nil, err
	}
	f, err := p.file(slot)
	switch {
	case err != nil:
		return nil, err
	case f.size == 0:
		return nil, NoEnt
	}
	content := make([]byte, f.size)
	to := new(Buffers)
	to.Add(content)
	_, err = p.readFile(slot, 0, to)
	return content, err
}

// WriteFile gives a file a content, and makes it if there is none. No content removes the file. Slots that keep their
// value are not stored.
func (p *Process) WriteFile(path string, content []byte) error {
	slot, err := p.slotOf(path)
	if err != nil {
		return err
	}
	if err := p.resize(slot, uint64(len(content))); err != nil || len(content) == 0 {
		return err
	}
	from := new(Buffers)
	from.Add(content)
	_, err = p.writeFile(slot, 0, false, from)
	return err
}

// slotOf is SlotOf for a path that may be wrong.
func (p *Process) slotOf(path string) (slot common.Hash, err error) {
	const preopened = 3
	name, slot, err := p.locate(preopened, []byte(path))
	if err == nil && len(name) == 0 {
		err = IsDir
	}
	return slot, err
}
