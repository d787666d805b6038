package rpc

import (
	"encoding/json"
	"net"

	"hestia/rpc/budget"
)

// pipe is a peer whose messages follow each other in a stream, each of the node's on a line.
type pipe struct {
	net.Conn
	decoder *json.Decoder
	arrived int             // bytes since the last message
	counted int             // of them
	kept    *budget.Request // nil before the first message
}

// newPipe returns the peer at the other end of a local socket.
func newPipe(conn net.Conn) *pipe {
	p := &pipe{Conn: conn}
	p.decoder = json.NewDecoder(arrivals{p})
	return p
}

// arrivals reads what arrives over a pipe and counts it.
type arrivals struct{ *pipe }

// errLongMessage ends a connection over which a message arrives that is longer than any may be.
var errLongMessage = &budget.LimitError{Of: "a message", Most: budget.BodyBytes, Unit: "bytes"}

// Read reads on while the message is not too long and may be kept.
func (a arrivals) Read(b []byte) (int, error) {
	n, err := a.Conn.Read(b)
	a.arrived += n
	if a.arrived > budget.BodyBytes {
		return 0, errLongMessage
	}
	if more := countedBytes(a.arrived) - a.counted; more > 0 {
		if err := a.kept.Keep(more); err != nil {
			return 0, err
		}
		a.counted += more
	}
	return n, err
}

// receive returns the next JSON value of the stream.
func (p *pipe) receive(kept *budget.Request) (text json.RawMessage, err error) {
	p.kept = kept
	err = p.decoder.Decode(&text)
	kept.Free(p.counted)
	p.arrived, p.counted = 0, 0
	if err != nil {
		return nil, err
	}
	return text, kept.Keep(countedBytes(len(text)))
}

// send writes a message and a line feed.
func (p *pipe) send(text []byte) error {
	_, err := p.Write(append(text, '\n'))
	return err
}
