package rpc

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hestia/rpc/budget"
)

// A silent WebSocket is pinged, and dropped if it does not answer.
const (
	pingEvery    = 30 * time.Second
	silence      = 60 * time.Second
	closeTimeout = time.Second
	socketBuffer = 1024 // bytes to read and to write at once
)

// socket is a WebSocket: a message a frame.
type socket struct {
	*websocket.Conn
	closed  chan struct{}
	closing sync.Once
}

// serveSockets makes WebSockets of requests for one. The door has let them in.
func (s *Server) serveSockets() http.Handler {
	upgrader := websocket.Upgrader{
		ReadBufferSize: socketBuffer, WriteBufferSize: socketBuffer, WriteBufferPool: new(sync.Pool),
		CheckOrigin: func(*http.Request) bool { return true },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // it has been answered
		}
		conn.SetReadLimit(budget.BodyBytes)
		k := &socket{Conn: conn, closed: make(chan struct{})}
		conn.SetPongHandler(func(string) error { return k.extend() })
		go k.ping()
		s.converse(k, conn.RemoteAddr(), connOf(r.Context()))
	})
}

// extend puts off the time by which the peer must send something.
func (k *socket) extend() error { return k.SetReadDeadline(time.Now().Add(silence)) }

// ping asks a silent peer for a sign of life until the socket closes.
func (k *socket) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			// a dead peer is noticed by its silence
			_ = k.WriteControl(websocket.PingMessage, nil, time.Now().Add(closeTimeout))
		case <-k.closed:
			return
		}
	}
}

// receive returns the next whole message.
func (k *socket) receive(kept *budget.Request) (json.RawMessage, error) {
	if err := k.extend(); err != nil {
		return nil, err
	}
	_, message, err := k.NextReader()
	if err != nil {
		return nil, err
	}
	return readCounted(message, -1, kept)
}

// send writes a message in one frame of text.
func (k *socket) send(text []byte) error { return k.WriteMessage(websocket.TextMessage, text) }

// Close says goodbye and hangs up.
func (k *socket) Close() error {
	k.closing.Do(func() { close(k.closed) })
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = k.WriteControl(websocket.CloseMessage, bye, time.Now().Add(closeTimeout)) // the peer may have left
	return k.Conn.Close()
}
