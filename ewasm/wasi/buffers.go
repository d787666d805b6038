package wasi

// Buffers are pieces of a program's memory, which are read or written one after the other.
type Buffers struct {
	pieces [][]byte
	bytes  uint64
}

// NewBuffers returns no buffers, with room for some.
func NewBuffers(count int) *Buffers { return &Buffers{pieces: make([][]byte, 0, count)} }

// Add puts a piece behind the others.
func (b *Buffers) Add(piece []byte) {
	b.pieces = append(b.pieces, piece)
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
