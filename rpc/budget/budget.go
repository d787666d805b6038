// Package budget bounds what clients make the node keep: bytes of a request, of a connection and of all requests
// together, and subscriptions. Bytes are counted where they are kept, before the answer is made of them.
//
// It does not know what is kept. Start at Node, which Of makes the Request of a context; limits.go holds the table of
// all limits.
package budget

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	gethrpc "github.com/ethereum/go-ethereum/rpc"
)

// codeLimitExceeded is the code of JSON-RPC for an answer that would be too large.
const codeLimitExceeded = -32005

// LimitError says which limit a request does not keep to.
type LimitError struct {
	Of   string // whose limit it is
	Most int
	Unit string
}

// Error names the limit and its value.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is limited to %d %s", e.Of, e.Most, e.Unit)
}

// ErrorCode returns the code of JSON-RPC.
func (e *LimitError) ErrorCode() int { return codeLimitExceeded }

// Limits are the bytes that may be kept. Zero fields have the values of the table.
type Limits struct{ Request, Connection, Node int }

// Node is the budget of all requests. It is safe for concurrent use.
type Node struct {
	limits Limits

	mu            sync.Mutex
	used          int
	subscriptions int
	requests      map[<-chan struct{}]*Request // by the end of their context
	connections   map[string]*Connection       // by name
	large         bool                         // so much was kept that memory is to be given back
	freeing       bool
}

// NewNode returns a budget of which nothing is used.
func NewNode(l Limits) *Node {
	fill := func(v *int, usual int) {
		if *v == 0 {
			*v = usual
		}
	}
	fill(&l.Request, RequestBytes)
	fill(&l.Connection, ConnectionBytes)
	fill(&l.Node, NodeBytes)
	return &Node{
		limits: l, requests: make(map[<-chan struct{}]*Request), connections: make(map[string]*Connection),
	}
}

// Connection is the part of the budget that one connection has.
type Connection struct {
	node          *Node
	name          string
	users         int // requests and holders; without any it is forgotten
	used          int
	subscriptions int

	telling sync.Mutex // held while it is sent a notification, so that only one is in memory
}

// Tell sends the connection a notification of so many bytes, which count until it is sent. The error is that of send,
// or a *LimitError. On a nil connection nothing is counted.
func (c *Connection) Tell(bytes int, send func() error) error {
	if c == nil {
		return send()
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	if bytes <= freeNotification {
		return send()
	}
	r := Request{node: c.node, connection: c}
	if err := r.Keep(bytes); err != nil {
		return err
	}
	defer r.Drop(0)
	return send()
}

// freeNotification is so small that it is sent also when nothing more may be kept.
const freeNotification = 4096

// Request returns a part of the budget for what the connection keeps beside its requests. The caller ends it.
func (c *Connection) Request() *Request {
	c.node.mu.Lock()
	defer c.node.mu.Unlock()
	c.users++
	return &Request{node: c.node, connection: c}
}

// Connect returns the connection of a name, which Close forgets.
func (n *Node) Connect(name string) *Connection {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.connect(name)
}

func (n *Node) connect(name string) *Connection {
	c := n.connections[name]
	if c == nil {
		c = &Connection{node: n, name: name}
		n.connections[name] = c
	}
	c.users++
	return c
}

// Close ends the use of a connection.
func (c *Connection) Close() {
	c.node.mu.Lock()
	defer c.node.mu.Unlock()
	c.leave()
}

func (c *Connection) leave() {
	if c.users--; c.users == 0 {
		delete(c.node.connections, c.name)
	}
}

// Subscribe counts a subscription. The caller calls release once, when it has ended.
func (c *Connection) Subscribe() (release func(), err error) {
	n := c.node
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case c.subscriptions >= Subscriptions:
		return nil, &LimitError{"a connection", Subscriptions, "subscriptions"}
	case n.subscriptions >= NodeSubscriptions:
		return nil, &LimitError{"the node", NodeSubscriptions, "subscriptions in all"}
	}
	c.users++
	c.subscriptions++
	n.subscriptions++
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		c.subscriptions--
		n.subscriptions--
		c.leave()
	}, nil
}

// Request is the part of the budget that one request has. It is safe for concurrent use.
type Request struct {
	node       *Node
	connection *Connection // nil if it is not known
	used       int
	failed     *LimitError // what it did not keep to; it keeps nothing more
	over       bool        // it is answered
}

// requestKey is the key of a request in its context.
type requestKey struct{}

// With returns a context that has a request of a connection, and what ends the request once it is answered.
func (n *Node) With(ctx context.Context, connection string) (context.Context, func()) {
	r := &Request{node: n, connection: n.Connect(connection)}
	return context.WithValue(ctx, requestKey{}, r), r.End
}

// Of returns the request of a context: the one that With put there, or else that of the message over a WebSocket or
// local socket that the context is of, which ends with the context.
func (n *Node) Of(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	done := ctx.Done()
	n.mu.Lock()
	defer n.mu.Unlock()
	if r := n.requests[done]; r != nil {
		return r
	}
	r := &Request{node: n}
	if done == nil {
		return r // of a caller in this process
	}
	if peer := gethrpc.PeerInfoFromContext(ctx); peer.RemoteAddr != "" {
		r.connection = n.connect(peer.RemoteAddr)
	}
	n.requests[done] = r
	context.AfterFunc(ctx, func() {
		r.End()
		n.mu.Lock()
		delete(n.requests, done)
		n.mu.Unlock()
	})
	return r
}

// ConnectionOf returns the connection of the request of a context, nil if it is not known.
func (n *Node) ConnectionOf(ctx context.Context) *Connection { return n.Of(ctx).connection }

// Keep counts bytes that are kept for the answer. The error is a *LimitError, from then on always the same.
func (r *Request) Keep(bytes int) error {
	n := r.node
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.failed != nil {
		return r.failed
	}
	switch c := r.connection; {
	case r.used+bytes > n.limits.Request:
		r.failed = &LimitError{"the answer to a request", n.limits.Request, "bytes"}
	case c != nil && c.used+bytes > n.limits.Connection:
		r.failed = &LimitError{"all that a connection waits for", n.limits.Connection, "bytes"}
	case n.used+bytes > n.limits.Node:
		r.failed = &LimitError{"all that clients of the node wait for", n.limits.Node, "bytes"}
	default:
		r.count(bytes)
		return nil
	}
	return r.failed
}

// Used returns the bytes that are counted now.
func (r *Request) Used() int {
	r.node.mu.Lock()
	defer r.node.mu.Unlock()
	return r.used
}

// Drop takes back all that was counted above so many bytes, because it is no longer kept.
func (r *Request) Drop(to int) {
	r.node.mu.Lock()
	defer r.node.mu.Unlock()
	if !r.over && r.used > to {
		r.count(to - r.used)
	}
}

// Free takes back so many bytes.
func (r *Request) Free(bytes int) {
	r.node.mu.Lock()
	defer r.node.mu.Unlock()
	if !r.over {
		r.count(-bytes)
	}
}

// Failed returns the error that Keep has returned, if it has.
func (r *Request) Failed() error {
	r.node.mu.Lock()
	defer r.node.mu.Unlock()
	if r.failed == nil {
		return nil
	}
	return r.failed
}

// count changes what is used. The caller holds the lock.
func (r *Request) count(bytes int) {
	n := r.node
	if r.over { // its client has left: nothing of it is kept for long
		return
	}
	r.used += bytes
	n.used += bytes
	if r.connection != nil {
		r.connection.used += bytes
	}
	n.large = n.large || n.used > largeBytes
}

// End takes back all that the request keeps. It may be called more than once.
func (r *Request) End() {
	n := r.node
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.over {
		return
	}
	r.count(-r.used)
	r.over = true
	if r.connection != nil {
		r.connection.leave()
	}
	if n.large && !n.freeing && n.used < largeBytes {
		n.large, n.freeing = false, true
		time.AfterFunc(freeAfter, n.free)
	}
}

// Once more than largeBytes were kept and are not any longer, the memory goes back to the system after a moment.
const (
	largeBytes = 8 << 20
	freeAfter  = 500 * time.Millisecond
	freeAgain  = 3 * time.Second
)

// free gives memory back to the system, which the runtime would keep for some minutes.
func (n *Node) free() {
	debug.FreeOSMemory()
	time.AfterFunc(freeAgain, debug.FreeOSMemory) // what has ended since
	n.mu.Lock()
	n.freeing = false
	n.mu.Unlock()
}
