package wasi_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/ewasm/wasi"
)

// poor is a storage that pays for so many slots.
type poor struct {
	*storage
	left int
}

var errPoor = errors.New("no gas")

func (p *poor) pay() error {
	if p.left--; p.left < 0 {
		return errPoor
	}
	return nil
}

func (p *poor) Load(slot common.Hash) (common.Hash, error) {
	if err := p.pay(); err != nil {
		return common.Hash{}, err
	}
	return p.storage.Load(slot)
}

func (p *poor) Store(slot, value common.Hash) error {
	if err := p.pay(); err != nil {
		return err
	}
	return p.storage.Store(slot, value)
}

// randomHead is what a contract may have put into the slot of a file: anything, or a size.
func randomHead(r *rand.Rand) (head common.Hash) {
	for i := range head {
		head[i] = byte(r.Uint32())
	}
	switch r.IntN(4) {
	case 0: // a short file, perhaps with bytes behind its end
		head[31] = byte(2 * r.IntN(34))
	case 1: // a long file, perhaps one that should be short
		head = common.Hash{}
		binary.BigEndian.PutUint64(head[24:], uint64(2*r.IntN(200)+1))
	case 2: // about the largest size
		head = common.Hash{}
		binary.BigEndian.PutUint64(head[24:], uint64(2*(wasi.MaxFile-2+r.IntN(5))+1))
	}
	return head
}

// Whatever lies in the slots of a file, an operation answers an errno or runs out of gas; what it has written can be
// read.
func TestAnySlotsAreAFileOrAnError(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range *operations {
		_, s := process(wasi.World{})
		slot := wasi.SlotOf("f")
		s.slots[slot] = randomHead(r)
		data := crypto.Keccak256Hash(slot[:])
		s.slots[data] = common.Hash{byte(r.Uint32()), 31: byte(r.Uint32())}
		p := wasi.New(wasi.World{}, &poor{s, 300})
		if problem := operate(r, p, s); problem != nil {
			t.Fatalf("round %d: %v", round, problem)
		}
	}
}

// operate does something with the file, and returns what is wrong with that.
func operate(r *rand.Rand, p *wasi.Process, s *storage) error {
	f := wasi.Place{Directory: root, Path: []byte("f")}
	fd, err := p.Open(wasi.Opening{
		Directory: root, Path: f.Path, How: []uint16{0, create, create | truncate, truncate}[r.IntN(4)],
		Rights: forBoth, Flags: uint16(r.IntN(2)),
	})
	if err != nil {
		return unless(err)
	}
	offset, text := r.Uint64N(100), bytes.Repeat([]byte{7}, r.IntN(100))
	switch r.IntN(6) {
	case 0:
		if err := p.WriteAt(fd, offset, whole(text)); err != nil || len(text) == 0 {
			return unless(err)
		}
		content, err := wasi.New(wasi.World{}, s).ReadFile("f")
		if err != nil || !bytes.Contains(content, text) {
			return fmt.Errorf("after writing %d bytes at %d: %v", len(text), offset, err)
		}
	case 1:
		size := r.Uint64N(200)
		if err := p.Resize(fd, size); err != nil {
			return unless(err)
		}
		if info, err := p.Info(fd); err != nil || info.Size != size {
			return fmt.Errorf("resized to %d: %d, %v", size, info.Size, err)
		}
	case 2:
		_, err := p.ReadAt(fd, offset, whole(make([]byte, 100)))
		return unless(err)
	case 3:
		return unless(p.Remove(root, f.Path))
	case 4:
		return unless(p.Rename(f, wasi.Place{Directory: root, Path: []byte("g")}))
	case 5:
		_, err := p.Seek(fd, int64(offset)-50, 2)
		return unless(err)
	}
	return nil
}

// unless returns the error unless it is an errno or the end of the gas.
func unless(err error) error {
	var errno wasi.Errno
	if err == nil || errors.As(err, &errno) || errors.Is(err, errPoor) {
		return nil
	}
	return err
}
