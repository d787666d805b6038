package rpc_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hestia/chain/miner"
	"hestia/rpc"
	"hestia/rpc/query"
)

// goWords is what no answer may have: types of Go, and the words of its JSON package.
var goWords = regexp.MustCompile(
	`\bGo (value|struct)|unmarshal|\b(common|hexutil|types|query|dev|eth|rpc|json|uint256)\.[A-Z]`)

// misfits are values that fit few parameters or none.
var misfits = []string{
	`7.5`, `-1`, `"x"`, `"0x1"`, `true`, `[]`, `[7.5]`, `["x"]`, `[[7]]`, `[[{"gas":7},7]]`, `[{"calls":7}]`,
	`{"gas":"x"}`, `{"to":"0x12","nonce":"0x01"}`, `{"from":7}`, `{"value":"-1"}`, `{"accessList":7}`,
	`{"accessList":[{"address":7}]}`, `{"authorizationList":[7]}`, `{"blockNumber":7.5}`, `{"transactionIndex":"x"}`,
	`{"depth":"x"}`, `{"fromBlock":{}}`, `{"address":7}`, `{"topics":7}`, `{"topics":[7]}`, `{"timestamp":[]}`,
	`{"types":7}`, `{"types":{"A":[7]}}`, `{"tracer":7}`, `{"tracerConfig":7,"tracer":"callTracer"}`, `{"timeout":7}`,
	`[{"transactions":7}]`, `[{"transactions":[{"gas":[]}]}]`, `[{"blockOverride":{"baseFee":[]}}]`,
	`{"blockStateCalls":[{"calls":[{"gas":7}]}]}`, `{"blockStateCalls":[{"blockOverrides":{"time":7}}]}`,
	`{"0x00000000000000000000000000000000000000aa":{"balance":7}}`, `{"x":{}}`, `{"forking":7}`,
	`{"0x00000000000000000000000000000000000000aa":{"stateDiff":{"0x1":"0x1"}}}`,
}

// fitting are values by which a call reaches its later parameters.
var fitting = []string{
	`{}`, `"latest"`, `"0x00000000000000000000000000000000000000aa"`, `[{"transactions":[{}]}]`, `"0x1"`,
}

func TestNoAnswerHasTheWordsOfGo(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.populate(t)
	said := make(map[string]bool)
	ask := func(method, params string) {
		_, answer := s.post(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":[%s]}`, method, params))
		if strings.Contains(answer, `"error"`) && goWords.MatchString(answer) && !said[answer] {
			said[answer] = true
			t.Errorf("%s(%s): %s", method, params, answer)
		}
	}
	table := s.rpc.Table()
	for _, method := range slices.Sorted(maps.Keys(table)) {
		places := len(table[method].Params.List())
		if places == 0 || strings.Contains(method, "ine") && places < 3 { // what makes many blocks
			continue
		}
		for _, bad := range misfits {
			ask(method, bad)
			for _, first := range fitting {
				for place := 1; place < places; place++ {
					ask(method, first+strings.Repeat(","+fitting[1], place-1)+","+bad)
				}
			}
		}
	}
}

func TestAWrongFieldIsNamedWithWhatIsWanted(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	for _, row := range []struct{ method, params, want string }{
		{"eth_call", `{"gas":7}`, "fields): gas: have non-string, want a number in hex"},
		{"eth_call", `{"to":"0x12"}`, "fields): to: have 2 digits of hex, want 40"},
		{"eth_getBalance", `"0x12"`, "20 bytes in hex): have 2 digits of hex, want 40"},
		{"eth_getBalance", `7`, "(address, want 20 bytes in hex): have non-string"},
		{"eth_call", `{"accessList":7}`, "accessList: have number, want a list"},
		{
			"eth_call", `{}, "latest", {"0x00000000000000000000000000000000000000aa":{"balance":7}}`,
			"balance: have non-string",
		},
		{"eth_simulateV1", `{"blockStateCalls":[{"calls":[{"gas":7}]}]}`, "gas: have non-string, want a number in hex"},
		{"eth_getLogs", `7`, "(query, want an object): have number"},
	} {
		if err := s.call(t, nil, row.method, row.params); err == nil || err.Code != query.CodeInvalidParams ||
			!strings.Contains(err.Message, row.want) {
			t.Errorf("%s(%s): %+v, want %q", row.method, row.params, err, row.want)
		}
	}
}

func TestAClientInTheProcessReadsTheSameWordsAsOthers(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	client := s.rpc.Client()
	defer client.Close()
	for _, row := range []struct{ method, params string }{
		{"eth_getBalance", `7`},
		{"eth_getBalance", ``},
		{"eth_call", `{"gas":7}`},
		{"anvil_setBalance", `"0x00000000000000000000000000000000000000aa", "x"`},
		{"eth_callMany", `[]`},
		{"eth_getBalance", `"0x00000000000000000000000000000000000000aa", "latest", 7`},
		{"no_method", ``},
	} {
		want := s.call(t, nil, row.method, row.params)
		var params []any
		check(t, json.Unmarshal([]byte("["+row.params+"]"), &params))
		if err := client.Call(nil, row.method, params...); err == nil || want == nil || err.Error() != want.Message {
			t.Errorf("%s(%s): %v, over HTTP %+v", row.method, row.params, err, want)
		}
	}
}
