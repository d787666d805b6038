package rpc_test

import (
	"io"
	"net/http"
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
		"deep":          strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
		"deep params":   `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
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

func TestOnlyAddressesAndKnownNamesAreServed(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{Hosts: []string{"localhost", "hestia.example"}})
	for host, want := range map[string]int{
		"127.0.0.1:8545": 200, "[::1]:8545": 200, "localhost:8545": 200, "LOCALHOST": 200, "hestia.example": 200,
		"evil.example": 403, "localhost.evil.example:80": 403,
	} {
		request, err := http.NewRequest(http.MethodPost, s.url, strings.NewReader(ask))
		check(t, err)
		request.Host = host
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		check(t, err)
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("host %s: status %d, want %d", host, response.StatusCode, want)
		}
	}
}

func TestPagesOfOtherOriginsReadOnlyIfAllowed(t *testing.T) {
	for _, row := range []struct {
		origins []string
		want    string
	}{
		{nil, ""}, {[]string{"https://dapp.example"}, "https://dapp.example"}, {[]string{"https://other.example"}, ""}, {[]string{"*"}, "https://dapp.example"},
	} {
		s := start(t, miner.Instant, rpc.Config{Origins: row.origins})
		for _, method := range []string{http.MethodPost, http.MethodOptions} {
			request, err := http.NewRequest(method, s.url, strings.NewReader(ask))
			check(t, err)
			request.Header.Set("Origin", "https://dapp.example")
			request.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(request)
			check(t, err)
			_, err = io.Copy(io.Discard, response.Body)
			check(t, err)
			response.Body.Close()
			if got := response.Header.Get("Access-Control-Allow-Origin"); got != row.want {
				t.Errorf("%s with origins %v: allowed %q, want %q", method, row.origins, got, row.want)
			}
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
