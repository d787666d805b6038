package ewasm

import (
	"encoding/binary"

	"hestia/ewasm/wasi"
)

// How the functions of programs read and write linear memory. Numbers are little-endian.

// maxBuffers is how many buffers a program can read or write at once.
const maxBuffers = 1024

// buffers reads a list of buffers, each of a pointer and a length. It is read once: what is written to memory
// afterwards does not change it.
func (p *program) buffers(pointer, count uint64) (*wasi.Buffers, error) {
	const item = 8
	n := uint64(uint32(count))
	if n > maxBuffers {
		return nil, wasi.Inval
	}
	list, err := p.frame.bytes(pointer, n*item)
	if err == nil {
		err = p.Move(n * item)
	}
	if err != nil {
		return nil, err
	}
	b := &p.list
	b.Reset(int(n))
	for ; len(list) > 0; list = list[item:] {
		at, length := binary.LittleEndian.Uint32(list), binary.LittleEndian.Uint32(list[4:])
		window, err := p.frame.bytes(uint64(at), uint64(length))
		if err != nil {
			return nil, err
		}
		b.Add(window)
	}
	return b, nil
}

// put32 writes a number.
func (p *program) put32(pointer uint64, n uint32) error {
	window, err := p.frame.bytes(pointer, 4)
	if err == nil {
		binary.LittleEndian.PutUint32(window, n)
	}
	return err
}

// put64 writes a number.
func (p *program) put64(pointer, n uint64) error {
	window, err := p.frame.bytes(pointer, 8)
	if err == nil {
		binary.LittleEndian.PutUint64(window, n)
	}
	return err
}

// putStatus writes a struct fdstat: type u8, flags u16 at 2, rights u64 at 8, those inherited at 16.
func (p *program) putStatus(pointer uint64, s wasi.Status) error {
	window, err := p.frame.bytes(pointer, statusBytes)
	if err != nil {
		return err
	}
	clear(window)
	window[0] = byte(s.Type)
	binary.LittleEndian.PutUint16(window[2:], s.Flags)
	binary.LittleEndian.PutUint64(window[8:], s.Rights)
	binary.LittleEndian.PutUint64(window[16:], s.Inherited)
	return nil
}

// putInfo writes a struct filestat: device u64, inode u64 at 8, type u8 at 16, links u64 at 24, size u64 at 32, and
// three times.
func (p *program) putInfo(pointer uint64, info wasi.Info) error {
	window, err := p.frame.bytes(pointer, infoBytes)
	if err != nil {
		return err
	}
	clear(window)
	binary.LittleEndian.PutUint64(window[8:], info.Inode)
	window[16] = byte(info.Type)
	window[24] = 1
	binary.LittleEndian.PutUint64(window[32:], info.Size)
	return nil
}

// The sizes of WASI's structs, in bytes.
const (
	statusBytes       = 24
	infoBytes         = 64
	prestatBytes      = 8
	subscriptionBytes = 48
	eventBytes        = 32
)

// strings writes strings that each end in a NUL, and a pointer to each of them.
func (p *program) strings(pointers, text uint64, list []string) error {
	heads, err := p.frame.bytes(pointers, uint64(4*len(list)))
	if err != nil {
		return err
	}
	to, err := p.frame.bytes(text, uint64(lengthOf(list)))
	if err == nil {
		err = p.Move(uint64(len(heads) + len(to)))
	}
	if err != nil {
		return err
	}
	at := uint32(text)
	for i, s := range list {
		binary.LittleEndian.PutUint32(heads[4*i:], at)
		to = to[copy(to, s):]
		to[0] = 0
		to = to[1:]
		at += uint32(len(s) + 1)
	}
	return nil
}

// sizes writes how many strings there are and how many bytes they take.
func (p *program) sizes(count, size uint64, list []string) error {
	if err := p.put32(count, uint32(len(list))); err != nil {
		return err
	}
	return p.put32(size, uint32(lengthOf(list)))
}

func lengthOf(list []string) (n int) {
	for _, s := range list {
		n += len(s) + 1
	}
	return n
}

// subscriptions reads a list of subscriptions: a u64 of the program's, a type u8 at 8, and from 16 on a descriptor u32
// or a clock u32, its time u64 at 24 and flags u16 at 40.
func subscriptions(list []byte) []wasi.Subscription {
	out := make([]wasi.Subscription, 0, len(list)/subscriptionBytes)
	for ; len(list) > 0; list = list[subscriptionBytes:] {
		s := wasi.Subscription{User: binary.LittleEndian.Uint64(list), Type: wasi.EventType(list[8])}
		if s.Type == wasi.ClockEvent {
			s.Clock = binary.LittleEndian.Uint32(list[16:])
			s.Timeout = binary.LittleEndian.Uint64(list[24:])
			s.Absolute = list[40]&1 != 0
		} else {
			s.FD = binary.LittleEndian.Uint32(list[16:])
		}
		out = append(out, s)
	}
	return out
}

// putEvent writes a struct event: a u64 of the program's, an errno u16 at 8, a type u8 at 10, bytes u64 at 16 and
// flags u16 at 24.
func putEvent(to []byte, e wasi.Event) {
	clear(to)
	binary.LittleEndian.PutUint64(to, e.User)
	binary.LittleEndian.PutUint16(to[8:], uint16(e.Errno))
	to[10] = byte(e.Type)
	binary.LittleEndian.PutUint64(to[16:], e.Bytes)
	if e.HangUp {
		to[24] = 1
	}
}
