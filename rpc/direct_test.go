package rpc_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hestia/chain/miner"
	"hestia/rpc"
)

// The two roads: geth's server answers whatever is not of exactly the first type.
const (
	directRoad = "application/json"
	gethsRoad  = "application/json; charset=utf-8"
)

// answerBy is what a client sees of the answer to a body that is sent by a road.
type answerBy struct {
	Status             int
	Body, Type, Length string
	TransferEncoding   []string
}

func (s *server) by(t testing.TB, road, body string) answerBy {
	t.Helper()
	response, err := http.Post(s.url, road, strings.NewReader(body))
	check(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	check(t, err)
	h := response.Header
	return answerBy{
		Status: response.StatusCode, Body: string(text), Type: h.Get("Content-Type"), Length: h.Get("Content-Length"),
		TransferEncoding: response.TransferEncoding,
	}
}

// directly are requests of the direct methods: those of the scripts, and what a parser may take for one.
func directly(t testing.TB) (bodies []string) {
	t.Helper()
	scripts, err := filepath.Glob("testdata/*.txt")
	check(t, err)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		check(t, err)
		for line := range strings.Lines(string(text)) {
			if body, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), ">> "); ok && onlyReads(body) {
				bodies = append(bodies, body)
			}
		}
	}
	if len(bodies) < 2*len(rpc.DirectNames) {
		t.Fatalf("only %d requests in the scripts", len(bodies))
	}
	call := `{"to":"` + token.Hex() + `","data":"0x70a08231000000000000000000000000` + strings.ToLower(
		alice.Hex()[2:],
	) + `"}`
	for _, params := range []string{
		`,"params":[]`, `,"params":null`, `,"params":{}`, `,"params":"x"`, `,"params":[ ]`, ``, `,"params":[null]`,
		`,"params":[,]`,
		`,"params":["` + alice.Hex() + `","latest"]`, `,"params":["` + alice.Hex() + `"]`,
		`,"params":["` + alice.Hex() + `",null]`,
		`,"params":["` + alice.Hex() + `","latest","more"]`, `,"params":["` + alice.Hex() + `",{"blockNumber":"0x1"}]`,
		`,"params":[null,"latest"]`, `,"params":["0x1","latest"]`, `,"params":["` + alice.Hex() + `","\u006catest"]`,
		`,"params":[` + call + `,"latest"]`, `,"params":[` + call + `,"0x99"]`, `,"params":[` + call + `,"latest",{}]`,
		`,"params":[` + call + `,"latest",{"` + token.Hex() + `":{"code":"0x"}}]`,
		`,"params":[ ` + call + " ,\n\t\"earliest\" ]\r\n",
	} {
		for _, method := range []string{"eth_getBalance", "eth_call", "eth_chainId", "eth_getTransactionCount"} {
			bodies = append(bodies, `{"jsonrpc":"2.0","id":1,"method":"`+method+`"`+params+`}`)
		}
	}
	for _, id := range []string{
		`1`, `-1`, `1.5e3`, `"a\"b"`, `"\u00e9<&>"`, `""`, `null`, `true`, `{}`, `[1]`, `[]`, `00`, `"`,
	} {
		bodies = append(bodies, `{"jsonrpc":"2.0","id":`+id+`,"method":"eth_blockNumber"}`)
	}
	return append(bodies,
		``, ` `, `{}`, `[]`, `null`, `"eth_chainId"`, `{"jsonrpc":"2.0","method":"eth_chainId"}`,
		`{"id":1,"method":"eth_chainId"}`,
		`{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}`, `{"jsonrpc":2.0,"id":1,"method":"eth_chainId"}`,
		`{"jsonrpc":"2.0","id":1,"method":"eth_chainId","more":{"a":["}"]}}`,
		`{"jsonrpc":"2.0","id":1,"Method":"eth_chainId"}`,
		`{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId"}`,
		`{"jsonrpc":"2.0","id":1,"method":"eth_chainId","method":"net_version"}`,
		`{"jsonrpc":"2.0","id":1,"method":"eth_\u0063hainId"}`, `{"jsonrpc":"2.0","id":1,"\u006dethod":"eth_chainId"}`,
		`{"jsonrpc":"2.0","id":1,"method":"eth_chainid"}`, `{"jsonrpc":"2.0","id":1,"method":["eth_chainId"]}`,
		`{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}{}`, `{"jsonrpc":"2.0","id":1,"method":"eth_chainId"} x`,
		` {"jsonrpc" : "2.0" , "id" : 1 , "method" : "eth_chainId" , "params" : [ ] } `,
		`{"jsonrpc":"2.0","id":1,"method":"eth_chainId"`,
		`{"jsonrpc":"2.0","id":1,"method":"eth_chainId","result":"0x1"}`,
		"\ufeff"+`{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}`,
		"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"eth_chainId\"}",
		`[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}]`,
	)
}

var methodName = regexp.MustCompile(`"[a-z]+[0-9]?_[A-Za-z0-9]+"`)

// onlyReads reports whether a request names direct methods and no others.
func onlyReads(body string) bool {
	names := methodName.FindAllString(body, -1)
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool {
		return !slices.Contains(rpc.DirectNames, strings.Trim(name, `"`))
	})
}

func TestBothRoadsGiveOneAnswer(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.populate(t)
	for _, body := range directly(t) {
		if diff := cmp.Diff(s.by(t, gethsRoad, body), s.by(t, directRoad, body)); diff != "" {
			t.Errorf("%s\n- geth's, + direct:\n%s", body, diff)
		}
	}
}

// FuzzRoads looks for a body to which the roads give different answers.
func FuzzRoads(f *testing.F) {
	s := start(f, miner.Instant, rpc.Config{})
	s.populate(f)
	for _, body := range directly(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if !onlyReads(body) {
			return // what changes the chain gives another answer the second time
		}
		if diff := cmp.Diff(s.by(t, gethsRoad, body), s.by(t, directRoad, body)); diff != "" {
			t.Errorf("- geth's, + direct:\n%s", diff)
		}
	})
}

// Of a body that ends too early there is the same to say on both roads.
func TestAShortBodyIsRefusedAsGethDoes(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	var answers []string
	for _, road := range []string{gethsRoad, directRoad} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		check(t, err)
		defer conn.Close()
		_, err = fmt.Fprintf(
			conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n%s", road, ask,
		)
		check(t, err)
		check(t, conn.(*net.TCPConn).CloseWrite())
		answer, err := io.ReadAll(conn)
		check(t, err)
		_, body, _ := strings.Cut(string(answer), "\r\n\r\n")
		answers = append(answers, body)
	}
	if diff := cmp.Diff(answers[0], answers[1]); diff != "" || !strings.Contains(answers[0], "-32700") {
		t.Errorf("%q, - geth's, + direct:\n%s", answers[0], diff)
	}
}

// If a call may take longer than the server's own timeout, geth's road answers in time.
func TestOnlyWhatEndsInTimeIsAnsweredDirectly(t *testing.T) {
	for timeout, want := range map[time.Duration]int{
		5 * time.Second: len(rpc.DirectNames), 30 * time.Second: len(rpc.DirectNames), time.Minute: 0,
	} {
		if got := len(rpc.DirectMethods(timeout)); got != want {
			t.Errorf("timeout %v: %d methods, want %d", timeout, got, want)
		}
	}
}

// BenchmarkRoads asks over one connection by both roads in turn; times-geth is how much longer a client waits on
// geth's.
func BenchmarkRoads(b *testing.B) {
	s := start(b, miner.Instant, rpc.Config{})
	s.populate(b)
	for name, params := range map[string]string{
		"eth_getBalance": `"` + alice.Hex() + `","latest"`,
		"eth_call": `{"to":"` + token.Hex() + `","data":"0x70a08231000000000000000000000000` + alice.Hex()[2:] +
			`"},"latest"`,
	} {
		b.Run("method="+name, func(b *testing.B) {
			body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":[%s]}`, name, params)
			took := map[string]time.Duration{}
			for b.Loop() {
				for _, road := range []string{directRoad, gethsRoad} {
					began := time.Now()
					if answer := s.by(b, road, body); !strings.Contains(answer.Body, `"result":"0x`) {
						b.Fatal(answer)
					}
					took[road] += time.Since(began)
				}
			}
			b.ReportMetric(float64(took[directRoad])/float64(b.N), "direct-ns/op")
			b.ReportMetric(float64(took[gethsRoad])/float64(took[directRoad]), "times-geth")
		})
	}
}
