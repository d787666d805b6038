package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// geth's server answers connections that stay through a codec. It is made here, and not by geth, because what a peer
// has asked must be known to name parameters in what it is answered.

// peer is a connection that stays, message by message.
type peer interface {
	receive() (json.RawMessage, error) // a whole message; what is not JSON is a *json.SyntaxError
	send(text []byte) error
	SetWriteDeadline(t time.Time) error
	io.Closer
}

// message is any of JSON-RPC, with the fields and tags of geth's.
type message struct {
	Version string          `json:"jsonrpc,omitempty"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

// gethMessage is geth's type of messages, which has no name outside of its package.
type gethMessage interface {
	~struct {
		Version string          `json:"jsonrpc,omitempty"`
		ID      json.RawMessage `json:"id,omitempty"`
		Method  string          `json:"method,omitempty"`
		Params  json.RawMessage `json:"params,omitempty"`
		Error   json.RawMessage `json:"error,omitempty"`
		Result  json.RawMessage `json:"result,omitempty"`
	}
}

// codecMaker is gethrpc.NewFuncCodec.
type codecMaker[C any, M gethMessage] func(
	conn C, one func(context.Context, *M, bool) error, batch func(context.Context, []*M, bool) error,
	decode func(any) error,
) gethrpc.ServerCodec

// converse answers a peer until it leaves.
func (s *Server) converse(p peer, from net.Addr) {
	c := &conversation{peer: p, table: s.table, from: from.String(), open: make(map[string]query.Params)}
	s.rpc.ServeCodec(newCodec(gethrpc.NewFuncCodec, c), 0)
}

// newCodec returns the codec by which geth's server talks to a peer: it reads whole messages and writes answers with
// the names of parameters in them.
func newCodec[C any, M gethMessage](maker codecMaker[C, M], c *conversation) gethrpc.ServerCodec {
	return maker(any(c).(C),
		func(_ context.Context, m *M, _ bool) error {
			return c.write(func(text []byte) []byte { return message(*m).append(text, c) })
		},
		func(_ context.Context, batch []*M, _ bool) error {
			return c.write(func(text []byte) []byte {
				text = append(text, '[')
				for i, m := range batch {
					if i > 0 {
						text = append(text, ',')
					}
					text = message(*m).append(text, c)
				}
				return append(text, ']')
			})
		},
		c.decode)
}

// What a conversation keeps.
const (
	maxOpen = 2 * batchItems // questions whose answers can be given names; of more, the rest go without
	maxID   = 64             // bytes of an id that can be
)

// conversation is a peer with what it has asked.
type conversation struct {
	peer
	table table
	from  string

	mu   sync.Mutex
	open map[string]query.Params // the parameters of what is not answered, by its id
}

// RemoteAddr says what the peer is, for geth's log.
func (c *conversation) RemoteAddr() string { return c.from }

// decode reads the next message and notes what it asks.
func (c *conversation) decode(v any) error {
	text, err := c.receive()
	if err != nil {
		return err
	}
	*v.(*json.RawMessage) = text
	if r, ok := splitRequest(text); ok { // nearly all are plain
		c.ask(r.id, r.method)
		return nil
	}
	asked, err := oneOrMore[request](text)
	if err != nil {
		return err
	}
	if len(asked) <= batchItems { // a larger batch is refused as a whole
		for _, r := range asked {
			c.ask(r.ID, []byte(r.Method))
		}
	}
	return nil
}

// ask notes the parameters of a request, until it is answered.
func (c *conversation) ask(id, method []byte) {
	params := c.table[string(method)].Params
	if len(params) == 0 || len(id) == 0 || len(id) > maxID {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) < maxOpen {
		c.open[string(id)] = params
	}
}

// answered returns the parameters of what was asked by an id, and forgets it.
func (c *conversation) answered(id json.RawMessage) query.Params {
	c.mu.Lock()
	defer c.mu.Unlock()
	params := c.open[string(id)]
	delete(c.open, string(id))
	return params
}

// texts are buffers for what is written. They belong to no conversation, as most of those are silent most of the time.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// write sends what appendTo appends, in one message.
func (c *conversation) write(appendTo func(text []byte) []byte) error {
	buffer := texts.Get().(*[]byte)
	*buffer = appendTo((*buffer)[:0])
	err := c.send(*buffer)
	texts.Put(buffer)
	return err
}

// append adds the message's text, with the name of a parameter that it complains of.
func (m message) append(text []byte, c *conversation) []byte {
	text = append(text, `{"jsonrpc":"2.0"`...)
	if m.ID != nil {
		text = append(append(text, `,"id":`...), m.ID...)
	}
	if m.Method != "" {
		method, _ := json.Marshal(m.Method) // a string has a JSON
		text = append(append(text, `,"method":`...), method...)
	}
	if m.Params != nil {
		text = append(append(text, `,"params":`...), m.Params...)
	}
	if m.Error != nil {
		text = append(append(text, `,"error":`...), withNames(m.Error, c.answered(m.ID))...)
	}
	if m.Result != nil {
		c.answered(m.ID)
		text = append(append(text, `,"result":`...), m.Result...)
	}
	return append(text, '}')
}

// request is what a message asks, as far as it matters here.
type request struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
}

// oneOrMore decodes one message or a batch; what is none is left empty. It fails on what is not JSON.
func oneOrMore[M request | message](text []byte) (list []M, err error) {
	if isBatch(text) {
		err = json.Unmarshal(text, &list)
	} else {
		list = make([]M, 1)
		err = json.Unmarshal(text, &list[0])
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return nil, syntax
	}
	return list, nil
}

// isBatch tells an array from anything else.
func isBatch(text []byte) bool {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			return c == '['
		}
	}
	return false
}

// pipe is a peer whose messages follow each other in a stream, each of the node's on a line.
type pipe struct {
	net.Conn
	decoder *json.Decoder
}

// newPipe returns the peer at the other end of a local socket.
func newPipe(conn net.Conn) *pipe { return &pipe{conn, json.NewDecoder(conn)} }

// receive returns the next JSON value of the stream.
func (p *pipe) receive() (text json.RawMessage, err error) {
	err = p.decoder.Decode(&text)
	return text, err
}

// send writes a message and a line feed.
func (p *pipe) send(text []byte) error {
	_, err := p.Write(append(text, '\n'))
	return err
}
