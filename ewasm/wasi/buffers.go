package wasi

// Buffers are pieces of a program's memory, which are read or written one after the other.
// The zero value has none.
type Buffers struct {
	pieces [][]byte // what is left of them
	all    [][]byte // as they were added; pieces is its end
	bytes  uint64
	few    [4][]byte // room for them, if they are few
}

// Reset leaves no buffers, with room for some.
func (b *Buffers) Reset(count int) {
	switch {
	case count <= len(b.few):
		b.all = b.few[:]
	case cap(b.all) < count:
		b.all = make([][]byte, 0, count)
	}
	b.all, b.pieces, b.bytes = b.all[:0], nil, 0
}

// Add puts a piece behind the others. None may have been read or written.
func (b *Buffers) Add(piece []byte) {
	b.all = append(b.all, piece)
	b.pieces = b.all
	b.bytes += uint64(len(piece))
}

// Len returns how many bytes are left in all pieces.
func (b *Buffers) Len() uint64 { return b.bytes }

// put writes data, for which there is room.
func (b *Buffers) put(data []byte) {
	b.each(uint64(len(data)), func(piece []byte) { data = data[copy(piece, data):] })
}

// take fills to, for which there is enough.
func (b *Buffers) take(to []byte) {
	b.each(uint64(len(to)), func(piece []byte) { to = to[copy(to, piece):] })
}

// each passes the next bytes on, piece by piece.
func (b *Buffers) each(bytes uint64, do func(piece []byte)) {
	b.bytes -= bytes
	for bytes > 0 {
		n := min(bytes, uint64(len(b.pieces[0])))
		do(b.pieces[0][:n])
		bytes -= n
		if b.pieces[0] = b.pieces[0][n:]; len(b.pieces[0]) == 0 {
			b.pieces = b.pieces[1:]
		}
	}
}
