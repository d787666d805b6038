package rpc_test

import (
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/gorilla/websocket"

	"hestia/chain/miner"
	"hestia/rpc"
	"hestia/rpc/budget"
)

// askOnce asks over a connection of its own, and returns the answer.
func askOnce(t *testing.T, url, body string) string {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Post(url, "application/json", strings.NewReader(body))
	check(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	check(t, err)
	return string(text)
}

func TestIdleConnectionsGiveWayAndThoseThatWaitForAnAnswerDoNot(t *testing.T) {
	s := start(t, miner.Manual, rpc.Config{Timeout: 20 * time.Second})
	address := strings.TrimPrefix(s.url, "http://")
	waiting, _, err := websocket.DefaultDialer.Dial("ws://"+address, nil)
	check(t, err)
	defer waiting.Close()
	// its answer comes with the block that is made below
	tx := types.MustSignNewTx(bobKey, types.LatestSigner(s.chain.ChainConfig()), &types.DynamicFeeTx{
		ChainID: s.chain.ChainConfig().ChainID, To: &alice, Gas: 21_000, GasFeeCap: big.NewInt(20 * params.GWei),
	})
	check(t, waiting.WriteMessage(websocket.TextMessage, []byte(
		`{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":[`+raw(t, tx)+`,20000]}`,
	)))
	time.Sleep(200 * time.Millisecond)
	for i := range budget.Connections + 50 {
		conn, err := net.Dial("tcp", address)
		check(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn, []string{"", "POST / HTTP/1.1\r\n"}[i%2])
		check(t, err)
	}
	began := time.Now()
	if answer := askOnce(t, s.url, ask); !strings.Contains(answer, "0x7a69") {
		t.Errorf("the answer is %s", answer)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("a new client waits %v", took)
	}
	askOnce(t, s.url, `{"jsonrpc":"2.0","id":1,"method":"evm_mine","params":[]}`)
	check(t, waiting.SetReadDeadline(time.Now().Add(5*time.Second)))
	if _, answer, err := waiting.ReadMessage(); err != nil || !strings.Contains(string(answer), `"transactionHash"`) {
		t.Errorf("the one that waited is answered %s, %v", answer, err)
	}
}

func TestMessagesWithoutAnIdRunAndAreNotAnswered(t *testing.T) {
	s := start(t, miner.Manual, rpc.Config{})
	conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(s.url, "http", "ws", 1), nil)
	check(t, err)
	defer conn.Close()
	const mine = `{"jsonrpc":"2.0","method":"evm_mine","params":[]}`
	for i := range budget.OpenRequests + 100 {
		check(t, conn.WriteMessage(websocket.TextMessage, []byte([]string{mine, "[" + mine + "," + mine + "]"}[i%2])))
	}
	number := `{"jsonrpc":"2.0","id":%d,"method":"eth_blockNumber","params":[]}`
	want := (budget.OpenRequests + 100) / 2 * 3
	for id := range 200 {
		check(t, conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, number, id)))
		_, answer, err := conn.ReadMessage()
		check(t, err)
		if !strings.Contains(string(answer), fmt.Sprintf(`"id":%d,`, id)) {
			t.Fatalf("the answer is %s", answer)
		}
		if strings.Contains(string(answer), fmt.Sprintf(`"0x%x"`, want)) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("after all have run there are not %d blocks", want)
}

func TestSmallQuestionsAreAnsweredWhenNothingMoreMayBeKept(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{Limits: budget.Limits{Node: 1000}})
	if answer := askOnce(t, s.url, ask); !strings.Contains(answer, "0x7a69") {
		t.Errorf("a small question is answered %s", answer)
	}
	large := strings.Replace(ask, "}", `,"params":["`+strings.Repeat("z", 1<<20)+`"]}`, 1)
	if answer := askOnce(t, s.url, large); !strings.Contains(answer, "limited to 1000 bytes") ||
		!strings.Contains(answer, `"id":null`) {
		t.Errorf("a large one is answered %.300s", answer)
	}
}
