package rpc

import (
	"context"
	"net"
	"sync"
	"time"
)

// limitedListener accepts clients while there are places. If there are none, the client that has been idle longest
// gives way to the next one; only clients that all wait for an answer make it wait.
type limitedListener struct {
	net.Listener
	most int

	mu     sync.Mutex
	room   sync.Cond // a place has become free, or a client idle, while one waits; or closed
	open   map[*limitedConn]struct{}
	waits  bool
	closed bool
}

// limitConnections returns a listener that keeps at most n connections open.
func limitConnections(l net.Listener, n int) *limitedListener {
	limited := &limitedListener{Listener: l, most: n, open: make(map[*limitedConn]struct{})}
	limited.room.L = &limited.mu
	return limited
}

// Accept waits for a client, then for a place.
func (l *limitedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.open) >= l.most && !l.closed {
		if idle := l.idlest(); idle != nil {
			delete(l.open, idle)
			_ = idle.Conn.Close() // its server notices
			continue
		}
		l.waits = true
		l.room.Wait()
		l.waits = false
	}
	if l.closed {
		_ = conn.Close() // which nothing has been asked over
		return nil, net.ErrClosed
	}
	c := &limitedConn{Conn: conn, listener: l, active: time.Now()}
	l.open[c] = struct{}{}
	return c, nil
}

// idlest returns the connection that has waited for no answer longest, nil if all wait. The caller holds the lock.
func (l *limitedListener) idlest() (found *limitedConn) {
	for c := range l.open {
		if c.asked == 0 && (found == nil || c.active.Before(found.active)) {
			found = c
		}
	}
	return found
}

// hangUp closes the connections that have waited for no answer for a moment, in which the last is still written.
func (l *limitedListener) hangUp() {
	const moment = 100 * time.Millisecond
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		if c.asked == 0 && time.Since(c.active) > moment {
			_ = c.Conn.Close() // its server notices
		}
	}
}

// Close stops accepting.
func (l *limitedListener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.room.Broadcast()
	l.mu.Unlock()
	return l.Listener.Close()
}

// limitedConn is a connection with a place.
type limitedConn struct {
	net.Conn
	listener *limitedListener

	asked  int       // requests that have arrived whole and are not answered; guarded, like active, by the listener
	active time.Time // when the last arrived or was answered
}

// Close closes the connection and gives its place away.
func (c *limitedConn) Close() error {
	l := c.listener
	l.mu.Lock()
	delete(l.open, c)
	l.room.Broadcast()
	l.mu.Unlock()
	return c.Conn.Close()
}

// begin notes that a request has arrived. A nil connection notes nothing.
func (c *limitedConn) begin() { c.count(1) }

// end notes that a request is answered.
func (c *limitedConn) end() { c.count(-1) }

func (c *limitedConn) count(n int) {
	if c == nil {
		return
	}
	l := c.listener
	l.mu.Lock()
	defer l.mu.Unlock()
	c.asked += n
	c.active = time.Now()
	if l.waits && c.asked == 0 {
		l.room.Broadcast()
	}
}

// connKey is the key of a connection in the context of its requests.
type connKey struct{}

// withConn is http.Server.ConnContext.
func withConn(ctx context.Context, c net.Conn) context.Context {
	limited, _ := c.(*limitedConn)
	return context.WithValue(ctx, connKey{}, limited)
}

// connOf returns the connection of a request, nil for one within the process.
func connOf(ctx context.Context) *limitedConn {
	c, _ := ctx.Value(connKey{}).(*limitedConn)
	return c
}
