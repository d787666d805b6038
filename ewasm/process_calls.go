package ewasm

import (
	"slices"

	"hestia/ewasm/wasi"
	"hestia/frame"
)

// The functions of programs. What they do is in package wasi; here they meet linear memory.

func argsGet(p *program, a Args) error { return p.strings(a[0], a[1], p.Arguments()) }

func argsSizesGet(p *program, a Args) error { return p.sizes(a[0], a[1], p.Arguments()) }

func environGet(p *program, a Args) error { return p.strings(a[0], a[1], p.Environment()) }

func environSizesGet(p *program, a Args) error { return p.sizes(a[0], a[1], p.Environment()) }

func clockResGet(p *program, a Args) error {
	n, err := p.Resolution(uint32(a[0]))
	if err != nil {
		return err
	}
	return p.put64(a[1], n)
}

func clockTimeGet(p *program, a Args) error {
	n, err := p.Now(uint32(a[0]))
	if err != nil {
		return err
	}
	return p.put64(a[2], n)
}

// onDescriptor is for functions that have nothing to do, if their first operand is open.
func onDescriptor(p *program, a Args) error { return p.Check(uint32(a[0])) }

// refused is for functions that are not there: an open descriptor does not have them.
func refused(fd int, why wasi.Errno) func(*program, Args) error {
	return func(p *program, a Args) error {
		if err := p.Check(uint32(a[fd])); err != nil {
			return err
		}
		return why
	}
}

// noSockets is for functions of sockets, which no descriptor is.
func noSockets(*program, Args) error { return wasi.NotCapable }

// noMessages is for those that have buffers.
func noMessages(p *program, a Args) error {
	if _, err := p.buffers(a[1], a[2]); err != nil {
		return err
	}
	return wasi.NotCapable
}

func fdClose(p *program, a Args) error { return p.Close(uint32(a[0])) }

func fdRenumber(p *program, a Args) error { return p.Renumber(uint32(a[0]), uint32(a[1])) }

func fdFdstatGet(p *program, a Args) error {
	s, err := p.Status(uint32(a[0]))
	if err != nil {
		return err
	}
	return p.putStatus(a[1], s)
}

func fdFdstatSetFlags(p *program, a Args) error {
	if uint32(a[1]) > 1<<16-1 {
		return wasi.Inval
	}
	return p.SetFlags(uint32(a[0]), uint16(a[1]))
}

func fdFilestatGet(p *program, a Args) error {
	info, err := p.Info(uint32(a[0]))
	if err != nil {
		return err
	}
	return p.putInfo(a[1], info)
}

func fdFilestatSetSize(p *program, a Args) error { return p.Resize(uint32(a[0]), a[1]) }

func fdRead(p *program, a Args) error {
	to, err := p.buffers(a[1], a[2])
	if err != nil {
		return err
	}
	n, err := p.Read(uint32(a[0]), to)
	if err != nil {
		return err
	}
	return p.put32(a[3], uint32(n))
}

func fdPread(p *program, a Args) error {
	to, err := p.buffers(a[1], a[2])
	if err != nil {
		return err
	}
	n, err := p.ReadAt(uint32(a[0]), a[3], to)
	if err != nil {
		return err
	}
	return p.put32(a[4], uint32(n))
}

func fdWrite(p *program, a Args) error {
	from, err := p.buffers(a[1], a[2])
	if err != nil {
		return err
	}
	n := from.Len()
	if err := p.Write(uint32(a[0]), from); err != nil {
		return err
	}
	return p.put32(a[3], uint32(n))
}

func fdPwrite(p *program, a Args) error {
	from, err := p.buffers(a[1], a[2])
	if err != nil {
		return err
	}
	n := from.Len()
	if err := p.WriteAt(uint32(a[0]), a[3], from); err != nil {
		return err
	}
	return p.put32(a[4], uint32(n))
}

func fdSeek(p *program, a Args) error {
	if uint32(a[2]) > 1<<8-1 {
		return wasi.Inval
	}
	n, err := p.Seek(uint32(a[0]), int64(a[1]), uint8(a[2]))
	if err != nil {
		return err
	}
	return p.put64(a[3], n)
}

func fdTell(p *program, a Args) error {
	n, err := p.Tell(uint32(a[0]))
	if err != nil {
		return err
	}
	return p.put64(a[1], n)
}

// fdPrestatGet writes a type, 0 for a directory, and the length of its name at 4.
func fdPrestatGet(p *program, a Args) error {
	name, err := p.Preopened(uint32(a[0]))
	if err != nil {
		return err
	}
	return p.put64(a[1], uint64(len(name))<<32)
}

func fdPrestatDirName(p *program, a Args) error {
	name, err := p.Preopened(uint32(a[0]))
	if err != nil {
		return err
	}
	if uint32(a[2]) < uint32(len(name)) {
		return wasi.NameTooLong
	}
	_, err = p.frame.store(a[1], []byte(name))
	return err
}

// path returns the bytes at pointer, of which the process pays for those that are a path.
func (p *program) path(pointer, length uint64) []byte {
	window, _ := p.frame.bytes(pointer, length) // which answering has found in memory
	return window
}

func pathOpen(p *program, a Args) error {
	if uint32(a[4]) > 1<<16-1 || uint32(a[7]) > 1<<16-1 {
		return wasi.Inval
	}
	fd, err := p.Open(wasi.Opening{
		Directory: uint32(a[0]), Path: p.path(a[2], a[3]), How: uint16(a[4]), Rights: a[5], Flags: uint16(a[7]),
	})
	if err != nil {
		return err
	}
	return p.put32(a[8], fd)
}

func pathFilestatGet(p *program, a Args) error {
	info, err := p.InfoOf(uint32(a[0]), p.path(a[2], a[3]))
	if err != nil {
		return err
	}
	return p.putInfo(a[4], info)
}

func pathCreateDirectory(p *program, a Args) error {
	return p.MakeDirectory(uint32(a[0]), p.path(a[1], a[2]))
}

func pathUnlinkFile(p *program, a Args) error { return p.Remove(uint32(a[0]), p.path(a[1], a[2])) }

func pathRename(p *program, a Args) error {
	return p.Rename(wasi.Place{Directory: uint32(a[0]), Path: p.path(a[1], a[2])},
		wasi.Place{Directory: uint32(a[3]), Path: p.path(a[4], a[5])})
}

// pollOneoff reads all subscriptions before it writes an event, because the lists may overlap.
func pollOneoff(p *program, a Args) error {
	n := uint64(uint32(a[2]))
	if n == 0 || n > wasi.MaxSubscriptions {
		return wasi.Inval
	}
	list, err := p.frame.bytes(a[0], n*subscriptionBytes)
	if err != nil {
		return err
	}
	to, err := p.frame.bytes(a[1], n*eventBytes)
	if err == nil {
		err = p.Move(n * (subscriptionBytes + eventBytes))
	}
	if err != nil {
		return err
	}
	events, err := p.Poll(subscriptions(list))
	if err != nil {
		return err
	}
	for i, e := range events {
		putEvent(to[i*eventBytes:(i+1)*eventBytes], e)
	}
	return p.put32(a[3], uint32(len(events)))
}

func procRaise(*program, Args) error { return ErrRaised }

func schedYield(*program, Args) error { return nil }

// randomGet draws in parts, so that it can be interrupted.
func randomGet(p *program, a Args) error {
	if err := p.Move(uint64(uint32(a[1]))); err != nil {
		return err
	}
	window, err := p.frame.bytes(a[0], a[1])
	if err != nil {
		return err
	}
	const drawnAtOnce = wasi.RandomBytes << 10
	for part := range slices.Chunk(window, drawnAtOnce) {
		if p.frame.Interrupt.Due() {
			return &frame.FaultError{Err: frame.ErrInterrupted}
		}
		p.Random(part)
	}
	return nil
}
