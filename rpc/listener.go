package rpc

import (
	"net"
	"sync"
)

// maxConnections bounds the clients connected at once; of more, each waits until another leaves.
const maxConnections = 1024

// limitedListener accepts only as many connections as there are places.
type limitedListener struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

// limitConnections returns a listener that accepts while fewer than n connections are open.
func limitConnections(l net.Listener, n int) net.Listener {
	return &limitedListener{Listener: l, places: make(chan struct{}, n), closed: make(chan struct{})}
}

// Accept waits for a place, then for a client.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &limitedConn{Conn: conn, leave: func() { <-l.places }}, nil
}

// Close stops accepting.
func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// limitedConn gives its place back when it is closed, once.
type limitedConn struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close closes the connection and gives its place away, once.
func (c *limitedConn) Close() error {
	defer c.once.Do(c.leave)
	return c.Conn.Close()
}
