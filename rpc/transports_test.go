package rpc_test

import (
	"encoding/json"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hestia/chain/miner"
	"hestia/rpc"
)

// transport is how a script reaches the node.
type transport interface {
	ask(t *testing.T, request string) string // the answer, empty if there is none
	pushed(t *testing.T) string              // what the node says unasked, in turn
}

// setting is how the scripts of a folder are played.
type setting struct {
	over   func(*testing.T, *server) transport
	config rpc.Config
	plain  bool // the chain is no devnet
}

// settings are those of the folders of scripts.
var settings = map[string]setting{
	"testdata":         {over: newOverHTTP},
	"testdata/long":    {over: newOverHTTP}, // takes seconds
	"testdata/hurried": {over: newOverHTTP, config: rpc.Config{Timeout: 20 * time.Millisecond, GasCap: 1 << 46}},
	"testdata/ws":      {over: overWebSocket},
	"testdata/plain":   {over: newOverHTTP, plain: true}, // no devnet
	"testdata/ipc":     {over: overIPC},
}

// serve starts a node of five blocks and returns it with the way to it.
func (s setting) serve(t *testing.T) (*server, transport) {
	t.Helper()
	config := s.config
	config.Version = "Hestia/test"
	node := startOn(t, devnetGenesis(!s.plain), miner.Instant, config)
	node.populate(t)
	return node, s.over(t, node)
}

func newOverHTTP(_ *testing.T, s *server) transport { return overHTTP{s} }

type overHTTP struct{ *server }

func (h overHTTP) ask(t *testing.T, request string) string {
	_, answer := h.post(t, request)
	return answer
}

func (overHTTP) pushed(t *testing.T) string {
	t.Fatal("nothing is pushed over HTTP")
	return ""
}

// overConnection is a connection that stays, on which answers and what is pushed come in any order.
type overConnection struct {
	send    func(string) error
	receive func() (string, error)
	pushes  []string
}

func (c *overConnection) ask(t *testing.T, request string) string {
	check(t, c.send(request))
	for !isNotification(request) {
		text, err := c.receive()
		check(t, err)
		if !isPush(text) {
			return text
		}
		c.pushes = append(c.pushes, text)
	}
	return ""
}

func (c *overConnection) pushed(t *testing.T) string {
	if len(c.pushes) == 0 {
		text, err := c.receive()
		check(t, err)
		if !isPush(text) {
			t.Fatalf("pushed %s", text)
		}
		return text
	}
	text := c.pushes[0]
	c.pushes = c.pushes[1:]
	return text
}

func isPush(text string) bool { return strings.Contains(text, `"method":"eth_subscription"`) }

// isNotification tells requests that have no answer.
func isNotification(request string) bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal([]byte(request), &fields) == nil && fields["method"] != nil && fields["id"] == nil
}

const patience = 30 * time.Second

func overWebSocket(t *testing.T, s *server) transport {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(s.url, "http", "ws", 1), nil)
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	check(t, conn.SetReadDeadline(time.Now().Add(patience)))
	return &overConnection{
		send:    func(text string) error { return conn.WriteMessage(websocket.TextMessage, []byte(text)) },
		receive: func() (string, error) { _, text, err := conn.ReadMessage(); return string(text), err },
	}
}

func overIPC(t *testing.T, s *server) transport {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "ipc"))
	check(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		if err := s.rpc.ServeIPC(listener); err != nil {
			t.Error(err)
		}
	}()
	conn, err := net.Dial("unix", listener.Addr().String())
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	check(t, conn.SetReadDeadline(time.Now().Add(patience)))
	decoder := json.NewDecoder(conn)
	return &overConnection{
		send: func(text string) error { _, err := conn.Write([]byte(text + "\n")); return err },
		receive: func() (string, error) {
			var text json.RawMessage
			err := decoder.Decode(&text)
			return string(text), err
		},
	}
}
