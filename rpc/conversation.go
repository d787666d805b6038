package rpc

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/budget"
	"hestia/rpc/query"
)

// geth's server answers connections that stay through a codec. It is made here, and not by geth, because what a peer
// has asked must be known to name parameters in what it is answered.

// peer is a connection that stays, message by message.
type peer interface {
	// a whole message, counted; what is not JSON is a *json.SyntaxError
	receive(kept *budget.Request) (json.RawMessage, error)
	send(text []byte) error
	SetWriteDeadline(t time.Time) error
	io.Closer
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

// converse answers a peer until it leaves. conn is its connection, nil within the process.
func (s *Server) converse(p peer, from net.Addr, conn *limitedConn) {
	// a name of its own, by which the budget knows the connection: addresses of local sockets are all the same
	name := fmt.Sprintf("%s#%d", from, s.names.Add(1))
	connection := s.base.Budget.Connect(name)
	defer connection.Close()
	c := &conversation{
		peer: p, table: s.table, from: name, conn: conn, all: &s.open, kept: connection.Request(),
		open: make(map[string]*question),
	}
	c.room.L = &c.mu
	defer c.kept.End()
	defer c.forget()
	s.rpc.ServeCodec(newCodec(gethrpc.NewFuncCodec, c), 0)
}

// newCodec returns the codec by which geth's server talks to a peer: it reads whole messages and writes answers with
// the names of parameters in them.
func newCodec[C any, M gethMessage](maker codecMaker[C, M], c *conversation) gethrpc.ServerCodec {
	return maker(any(c).(C),
		func(_ context.Context, m *M, _ bool) error {
			return c.write([]message{message(*m)}, false)
		},
		func(_ context.Context, batch []*M, _ bool) error {
			messages := make([]message, len(batch))
			for i, m := range batch {
				messages[i] = message(*m)
			}
			return c.write(messages, true)
		},
		c.decode)
}

// conversation is a peer with what it has asked.
type conversation struct {
	peer
	table table
	from  string
	conn  *limitedConn
	all   *atomic.Int64   // requests of all conversations that wait for an answer
	kept  *budget.Request // the messages that are read or not answered

	mu      sync.Mutex
	room    sync.Cond            // fewer wait for an answer, or the peer is gone
	open    map[string]*question // what is not answered, by its id
	waiting int                  // requests in it
	gone    bool
}

// question is the requests of one id that are not answered.
type question struct {
	params []query.Params // of each, the first that came first
	bytes  int            // of their messages, counted
}

// silent is the id that a message gets which has none: it is run like any other, so that not too many run at once, and
// its answer is not sent.
const silent = `"\u0000"`

// RemoteAddr says what the peer is, for geth's log.
func (c *conversation) RemoteAddr() string { return c.from }

// SetWriteDeadline does nothing: a message gets its time when it is written.
func (c *conversation) SetWriteDeadline(time.Time) error { return nil }

// Close hangs up.
func (c *conversation) Close() error {
	c.mu.Lock()
	c.gone = true
	c.room.Broadcast()
	c.mu.Unlock()
	return c.peer.Close()
}

// most is how many requests may wait for an answer: few if those of all conversations are many.
func (c *conversation) most() int {
	if c.all.Load() >= budget.NodeOpenRequests {
		return budget.LeastOpenRequests
	}
	return budget.OpenRequests
}

// forget gives up what is not answered.
func (c *conversation) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all.Add(-int64(c.waiting))
	c.waiting = 0
	clear(c.open)
}

// ready waits until so few requests wait for an answer that another may be read.
func (c *conversation) ready() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.gone && (c.waiting >= c.most() || c.waiting > 0 && c.kept.Used() > budget.BodyBytes) {
		c.room.Wait()
	}
	if c.gone {
		return net.ErrClosed
	}
	return nil
}

// decode reads the next message and notes what it asks.
func (c *conversation) decode(v any) error {
	if err := c.ready(); err != nil {
		return err
	}
	text, err := c.receive(c.kept)
	if err != nil {
		return err
	}
	bytes := countedBytes(len(text))
	if r, ok := splitRequest(text); ok { // nearly all are plain
		c.ask(r.id, r.method, bytes)
		*v.(*json.RawMessage) = text
		return nil
	}
	asked, err := oneOrMore[message](text)
	if err != nil {
		return err
	}
	*v.(*json.RawMessage) = c.askAll(text, asked, bytes)
	return nil
}

// askAll notes what the messages of a text ask and returns the text, in which one gets the silent id if none has an id.
func (c *conversation) askAll(text []byte, asked []message, bytes int) []byte {
	if len(asked) > budget.BatchItems { // a larger batch is refused as a whole
		c.kept.Free(bytes)
		return text
	}
	first := -1
	for i, m := range asked {
		switch {
		case m.Version != "2.0" || m.Method == "":
		case len(m.ID) == 0 && first < 0:
			first = i
		case len(m.ID) > 0 && m.ID[0] != '{' && m.ID[0] != '[':
			c.ask(m.ID, []byte(m.Method), bytes)
			first, bytes = len(asked), 0
		}
	}
	if first < 0 { // geth's server answers at once what is wrong with them
		c.kept.Free(bytes)
	}
	if first < 0 || first == len(asked) {
		return text
	}
	asked[first].ID = json.RawMessage(silent)
	c.ask(asked[first].ID, nil, bytes)
	if isBatch(text) {
		text, _ = json.Marshal(asked) // what was JSON is JSON again
	} else {
		text, _ = json.Marshal(asked[0])
	}
	return text
}

// ask notes a request, until it is answered.
func (c *conversation) ask(id, method []byte, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.open[string(id)]
	if q == nil {
		q = new(question)
		c.open[string(id)] = q
	}
	q.params = append(q.params, c.table[string(method)].Params)
	q.bytes += bytes
	c.waiting++
	c.all.Add(1)
	c.conn.begin()
}

// answered forgets what was asked first by an id.
func (c *conversation) answered(id json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.open[string(id)]
	if q == nil {
		return
	}
	if q.params = q.params[1:]; len(q.params) == 0 {
		delete(c.open, string(id))
		c.kept.Free(q.bytes)
	}
	c.waiting--
	c.all.Add(-1)
	c.conn.end()
	c.room.Broadcast()
}

// texts are buffers for what is written. They belong to no conversation, as most of those are silent most of the time.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled is the most bytes of a buffer that is kept for the next message.
const maxPooled = 1 << 20

// write sends answers or a notification in one message. A peer that does not take it in time is hung up on.
func (c *conversation) write(messages []message, batch bool) error {
	buffer := texts.Get().(*[]byte)
	text := (*buffer)[:0]
	silence := len(messages) > 0
	for i, m := range messages {
		if batch {
			text = append(text, "[,"[min(i, 1)])
		}
		text = m.append(text, c)
		silence = silence && string(m.ID) == silent
	}
	if batch {
		text = append(text, ']')
	}
	var err error
	if !silence {
		limit := budget.WriteTime + time.Duration(len(text)/budget.WriteBytesASecond)*time.Second
		if err = c.peer.SetWriteDeadline(time.Now().Add(limit)); err == nil {
			err = c.send(text)
		}
	}
	for _, m := range messages {
		c.answered(m.ID)
	}
	if *buffer = text; cap(text) <= maxPooled {
		texts.Put(buffer)
	}
	if err != nil {
		_ = c.Close() // the first error says why
	}
	return err
}

// paramsOf returns the parameters of what was asked first by an id.
func (c *conversation) paramsOf(id json.RawMessage) query.Params {
	c.mu.Lock()
	defer c.mu.Unlock()
	if q := c.open[string(id)]; q != nil {
		return q.params[0]
	}
	return ""
}
