package rpc_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hestia/chain/miner"
	"hestia/rpc"
)

const ask = `{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}`

func TestOversizedAndDeepBodiesAreRefusedAndTheNodeStays(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	if status, _ := s.post(t, strings.Repeat(" ", 17<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("17 MiB are answered by status %d", status)
	}
	for name, body := range map[string]string{
		"deep": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
		"deep params": `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":` + strings.Repeat(
			"[", 20_000,
		) + strings.Repeat("]", 20_000) + `}`,
		"invalid UTF-8": "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}",
		"truncated":     ask[:20],
		"long method":   `{"jsonrpc":"2.0","id":1,"method":"` + strings.Repeat("x", 1<<20) + `"}`,
		"long batch":    "[" + strings.Repeat(ask+",", 2000) + ask + "]",
	} {
		status, answer := s.post(t, body)
		if status != http.StatusOK || !strings.Contains(answer, `"error"`) || len(answer) > 1<<21 {
			t.Errorf("%s: status %d, %d bytes: %.100s", name, status, len(answer), answer)
		}
	}
	if _, answer := s.post(t, ask); !strings.Contains(answer, "0x7a69") {
		t.Errorf("afterwards: %s", answer)
	}
}

// knock sends a request with a Host and an Origin, and returns the answer's status, the origin it allows, and its text.
func knock(t *testing.T, s *server, method, host, origin string) (status int, allowed, text string) {
	t.Helper()
	request, err := http.NewRequest(method, s.url, strings.NewReader(ask))
	check(t, err)
	request.Host = host
	request.Header.Set("Content-Type", "application/json")
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	response, err := http.DefaultClient.Do(request)
	check(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(t, err)
	return response.StatusCode, response.Header.Get("Access-Control-Allow-Origin"), string(body)
}

func TestOnlyAddressesAndKnownNamesAreServed(t *testing.T) {
	local := map[string]bool{
		"127.0.0.1:8545": true, "[::1]:8545": true, "[::1]": true, "localhost:8545": true, "LOCALHOST": true,
		"localhost.": true, "app.localhost:80": true, "172.17.0.1:8545": true, "0.0.0.0:8545": true,
		"host.docker.internal:8545": false, "hestia": false, "evil.example": false, "localhost.evil.example:80": false,
		"127.0.0.1.evil.example": false, "xlocalhost": false,
	}
	for _, row := range []struct {
		hosts, more []string
	}{
		{nil, nil},
		{[]string{"host.docker.internal", "Hestia"}, []string{"host.docker.internal:8545", "hestia"}},
	} {
		s := start(t, miner.Instant, rpc.Config{Hosts: row.hosts})
		for host, is := range local {
			status, _, text := knock(t, s, http.MethodPost, host, "")
			switch want := is || slices.Contains(row.more, host); {
			case want && status != http.StatusOK, !want && status == http.StatusOK:
				t.Errorf("%v: host %s: status %d %s", row.hosts, host, status, text)
			case !want && !strings.Contains(text, "--hosts "):
				t.Errorf("host %s: the refusal names no flag: %s", host, text)
			}
		}
	}
	s := start(t, miner.Instant, rpc.Config{Hosts: []string{"*"}})
	if status, _, _ := knock(t, s, http.MethodPost, "evil.example", ""); status != http.StatusOK {
		t.Errorf("any host: status %d", status)
	}
}

// knockWith sends a request of these lines, and a question, over a connection of its own. It returns the answer's
// first line.
func knockWith(t *testing.T, s *server, lines ...string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	check(t, err)
	defer conn.Close()
	lines = append(lines, "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(ask)), "", ask)
	_, err = io.WriteString(conn, strings.Join(lines, "\r\n"))
	check(t, err)
	status, err := bufio.NewReader(conn).ReadString('\n')
	check(t, err)
	return strings.TrimSpace(status)
}

func TestOfSeveralOriginsOrHostsInOneRequestAllMustBeAllowed(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{Origins: []string{"https://dapp.example"}, Hosts: []string{"hestia"}})
	const host, near, let, far = "Host: localhost", "Origin: http://localhost", "Origin: https://dapp.example",
		"Origin: https://evil.example"
	for _, row := range []struct {
		status string
		lines  []string
	}{
		{"200", []string{host, near}},
		{"200", []string{host, near, let}},
		{"200", []string{host, "Origin:", near}},
		{"403", []string{host, near, far}},
		{"403", []string{host, far, near}},
		{"403", []string{host, near, let, far}},
		{"403", []string{host, "Origin:", far}},
		{"403", []string{host, let + ", https://evil.example"}},
		{"403", []string{host, "Origin: http://evil.example,x.localhost"}},
		{"400", []string{host, "Host: evil.example"}},
		{"400", []string{"Host: evil.example", host}},
		{"403", []string{"Host: evil.example,x.localhost"}},
		{"200", []string{"Host: hestia,localhost"}},
	} {
		for _, method := range []string{"POST", "OPTIONS"} {
			status := knockWith(t, s, append([]string{method + " / HTTP/1.1"}, row.lines...)...)
			want := row.status
			if method == "OPTIONS" && want == "200" {
				want = "204"
			}
			if !strings.HasPrefix(status, "HTTP/1.1 "+want) {
				t.Errorf("%s %q: %s, want %s", method, row.lines, status, want)
			}
		}
	}
}

func TestOnlyLocalPagesAndThoseThatAreAllowedMayAsk(t *testing.T) {
	local := []string{
		"http://localhost:5173", "https://localhost", "http://LOCALHOST:3000", "http://127.0.0.1:8080",
		"http://[::1]:1", "http://localhost.:3000",
		"http://app.localhost:3000", "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn", "moz-extension://6b2f",
	}
	far := []string{
		"https://dapp.example", "null", "http://localhost.evil.example", "http://evil.example#localhost", "file://",
		"http://10.0.0.7", "http://localhost@evil.example", "chrome-extension", "%zz",
	}
	for _, row := range []struct{ origins, let, refused []string }{
		{nil, local, far},
		{[]string{"https://dapp.example/"}, append(local, "https://dapp.example"), far[1:]},
		{[]string{"https://other.example"}, local, far},
		{[]string{"HTTPS://dapp.example:443/"}, []string{"https://dapp.example", "https://dapp.example:443"}, far[1:]},
		{[]string{"http://dapp.example:443"}, []string{"http://dapp.example:443"}, []string{"http://dapp.example"}},
		{[]string{"*"}, append(local, far...), nil},
	} {
		s := start(t, miner.Instant, rpc.Config{Origins: row.origins})
		for _, method := range []string{http.MethodPost, http.MethodOptions} {
			for _, origin := range row.let {
				status, allowed, text := knock(t, s, method, "localhost", origin)
				if status/100 != 2 || allowed != origin {
					t.Errorf(
						"%s with origins %v: %s gets %d, allowed %q: %s", method, row.origins, origin, status, allowed,
						text,
					)
				}
			}
			for _, origin := range row.refused {
				status, allowed, text := knock(t, s, method, "localhost", origin)
				if status != http.StatusForbidden || allowed != "" || !strings.Contains(text, "--origins ") {
					t.Errorf(
						"%s with origins %v: %s gets %d, allowed %q: %s", method, row.origins, origin, status, allowed,
						text,
					)
				}
			}
		}
	}
}

func TestAPreflightAllowsTheHeadersItAsksFor(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	request, err := http.NewRequest(http.MethodOptions, s.url, nil)
	check(t, err)
	request.Header.Set("Origin", "http://localhost:5173")
	request.Header.Set("Access-Control-Request-Headers", "content-type,x-client")
	request.Header.Set("Access-Control-Request-Private-Network", "true")
	response, err := http.DefaultClient.Do(request)
	check(t, err)
	response.Body.Close()
	for name, want := range map[string]string{
		"Access-Control-Allow-Headers": "content-type,x-client", "Access-Control-Allow-Private-Network": "true",
		"Vary": "Origin",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestRequestsThatAreNotJSONAreRefusedByType(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	response, err := http.Post(s.url, "text/plain", strings.NewReader(ask))
	check(t, err)
	response.Body.Close()
	if response.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("status %d, want 415", response.StatusCode)
	}
}

// Numbers, fields and sizes that no honest client sends are answered with the right code, and the node stays.
func TestHostileParametersGetTheirCodes(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	call := func(method, params string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":` + params + `}`
	}
	for name, row := range map[string]struct{ body, code string }{
		"not JSON":             {`{"jsonrpc":`, "-32700"},
		"not a request":        {`{"id":1}`, "-32600"},
		"an empty batch":       {`[]`, "-32600"},
		"an unknown method":    {call("eth_nothing", `[]`), "-32601"},
		"a negative number":    {call("eth_getBlockByNumber", `["-0x1", false]`), "-32602"},
		"a fractional number":  {call("eth_getBlockByNumber", `[1.5, false]`), "-32602"},
		"a huge number":        {call("eth_getBlockByNumber", `["0x1`+strings.Repeat("0", 100)+`", false]`), "-32602"},
		"a missing parameter":  {call("eth_getBlockByNumber", `[]`), "-32602"},
		"too many parameters":  {call("eth_chainId", `[1]`), "-32602"},
		"parameters by name":   {call("eth_getBalance", `{"address":"0x00"}`), "-32602"},
		"a short address":      {call("eth_getBalance", `["0x00", "latest"]`), "-32602"},
		"a value over 256 bit": {call("eth_call", `[{"value":"0x1`+strings.Repeat("0", 64)+`"}]`), "-32602"},
		"10 MB of a string":    {call("web3_sha3", `["`+strings.Repeat("z", 10<<20)+`"]`), "-32602"},
		"10,000 levels":        {call("eth_call", strings.Repeat(`[`, 10_001)+strings.Repeat(`]`, 10_001)), "-32700"},
		"10,000 keys": {
			call("eth_getProof", `["`+token.Hex()+`", [`+strings.Repeat(`"0x0",`, 9_999)+`"0x0"]]`), "-32602",
		},
		"10,000 percentiles": {
			call("eth_feeHistory", `["0x1", "latest", [`+strings.Repeat(`1,`, 9_999)+`2]]`), "-32000",
		},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := s.post(t, row.body)
			if status != http.StatusOK || !strings.Contains(answer, `"code":`+row.code+`,`) || len(answer) > 4096 {
				t.Errorf("status %d, %.300s, want code %s", status, answer, row.code)
			}
		})
	}
	if _, answer := s.post(
		t, call("eth_getBalance", `["`+token.Hex()+`", "latest"]`),
	); !strings.Contains(answer, `"result":"0x0"`) {
		t.Errorf("afterwards: %s", answer)
	}
}

func TestASlowSenderHoldsNobodyUp(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	for range 50 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		check(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn,
			"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{")
		check(t, err)
	}
	if _, answer := s.post(t, ask); !strings.Contains(answer, "0x7a69") {
		t.Errorf("answer %s", answer)
	}
}
