package rpc_test

import (
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"hestia/chain/miner"
	"hestia/rpc"
)

// What no honest client sends over a WebSocket is answered with the right code or ends its connection; others' stay.
func TestHostileMessagesOverAWebSocket(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	dial := func() *websocket.Conn {
		conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(s.url, "http", "ws", 1), nil)
		check(t, err)
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	bystander := dial()
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	for name, row := range map[string]struct{ message, answer string }{ // answer "" = the connection ends
		"not JSON":        {`{"jsonrpc":`, `"code":-32700`},
		"deep":            {deep, `"code":-32700`},
		"deep parameters": {`{"jsonrpc":"2.0","id":1,"method":"eth_call","params":` + deep + `}`, `"code":-32700`},
		"an empty batch":  {`[]`, `"code":-32600`},
		"a long batch":    {"[" + strings.Repeat(ask+",", 2000) + ask + "]", `batch too large`},
		"a fraction": {
			`{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":[1.5,false]}`, `"code":-32602`,
		},
		"10 MB": {
			`{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["` + strings.Repeat("z", 10<<20) + `"]}`,
			`"code":-32602`,
		},
		"more than a body":   {strings.Repeat(" ", 17<<20), ""},
		"invalid UTF-8":      {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}", `"code":-32`},
		"an unknown method":  {`{"jsonrpc":"2.0","id":1,"method":"eth_nothing"}`, `"code":-32601`},
		"an unknown channel": {`{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["nothing"]}`, `"error"`},
	} {
		conn := dial()
		// the node may end the connection while it is sent to
		_ = conn.WriteMessage(websocket.TextMessage, []byte(row.message))
		_, answer, err := conn.ReadMessage()
		if row.answer == "" && err == nil || row.answer != "" && !strings.Contains(string(answer), row.answer) ||
			len(answer) > 4096 {
			t.Errorf("%s: %.300s, %v, want %q", name, answer, err, row.answer)
		}
	}
	check(t, bystander.WriteMessage(websocket.TextMessage, []byte(ask)))
	if _, answer, err := bystander.ReadMessage(); err != nil || !strings.Contains(string(answer), "0x7a69") {
		t.Errorf("afterwards: %s, %v", answer, err)
	}
}

func TestPagesOfOtherOriginsGetNoWebSocket(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{Origins: []string{"https://dapp.example"}})
	for origins, want := range map[string]bool{
		"": true, "https://dapp.example": true, "http://localhost:5173": true, "https://evil.example": false,
		"http://localhost:5173 https://dapp.example": true, "https://dapp.example https://evil.example": false,
		"https://evil.example https://dapp.example": false,
	} {
		header := map[string][]string{}
		if origins != "" {
			header["Origin"] = strings.Fields(origins)
		}
		conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(s.url, "http", "ws", 1), header)
		if (err == nil) != want {
			t.Errorf("origins %q: %v", origins, err)
		}
		if err == nil {
			conn.Close()
		}
	}
}
