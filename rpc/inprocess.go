package rpc

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"
)

// Client returns a client in this process, for which nothing goes over a network: a WebSocket through a pipe, so that
// it is answered in the same words as all others. It is the caller's to close.
func (s *Server) Client() *gethrpc.Client {
	dialer := websocket.Dialer{
		ReadBufferSize: pipeBuffer, WriteBufferSize: pipeBuffer,
		NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go func() {
				// it ends at once, as there is no second connection, and leaves the first to its own goroutine
				_ = (&http.Server{Handler: s.serveSockets()}).Serve(&onePipe{far})
			}()
			return near, nil
		},
	}
	client, err := gethrpc.DialOptions(
		context.Background(), "ws://in-process", gethrpc.WithWebsocketDialer(dialer),
		gethrpc.WithWebsocketMessageSizeLimit(0),
	)
	if err != nil { // the handler above takes every handshake
		panic(fmt.Sprintf("rpc: dialling within the process: %v", err))
	}
	return client
}

// pipeBuffer is how many bytes of a WebSocket within the process are read or written at once.
const pipeBuffer = 32 << 10

// onePipe is a listener with one connection.
type onePipe struct{ conn net.Conn }

// Accept returns the connection, and io.EOF after that.
func (l *onePipe) Accept() (net.Conn, error) {
	conn := l.conn
	l.conn = nil
	if conn == nil {
		return nil, io.EOF
	}
	return conn, nil
}

// Close leaves the connection to its reader.
func (l *onePipe) Close() error { return nil }

// Addr returns the address of pipes, which have none of their own.
func (l *onePipe) Addr() net.Addr { return pipeAddr{} }

// pipeAddr is the address of pipes.
type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "in-process" }
