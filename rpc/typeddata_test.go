package rpc_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain/miner"
	"hestia/rpc"
)

// signTyped signs typed data of a field a with the first account: as an object, and as its JSON in a string.
func signTyped(t *testing.T, s *server, kind, value, rest string) (signature string, failure error) {
	t.Helper()
	data := fmt.Sprintf(`{"types":{"M":[{"name":"a","type":%q}]%s,"message":{"a":%s}}`, kind, rest, value)
	text, err := json.Marshal(data)
	check(t, err)
	var other string
	client, err := gethrpc.DialContext(t.Context(), s.url)
	check(t, err)
	defer client.Close()
	var accounts []string
	check(t, client.Call(&accounts, "eth_accounts"))
	failure = client.Call(&signature, "eth_signTypedData_v4", accounts[0], json.RawMessage(data))
	second := client.Call(&other, "eth_signTypedData_v4", accounts[0], json.RawMessage(text))
	if other != signature || (failure == nil) != (second == nil) {
		t.Errorf("%s: an object gives %q, %v; a string %q, %v", data, signature, failure, other, second)
	}
	return signature, failure
}

const aboutM = `},"primaryType":"M","domain":{"name":"x"}`

func TestTypedDataKeepsAllDigitsOfANumber(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	for _, digits := range []string{"9007199254740993", "1000000000000000001", "1180591620717411303425", "5"} {
		number, err := signTyped(t, s, "uint256", digits, aboutM)
		check(t, err)
		text, err := signTyped(t, s, "uint256", `"`+digits+`"`, aboutM)
		check(t, err)
		if number != text {
			t.Errorf("%s: the number gives %s, its digits %s", digits, number, text)
		}
	}
	for _, value := range []string{"1.5", "1e400", `{}`, "null", "true"} {
		if _, err := signTyped(t, s, "uint256", value, aboutM); err == nil {
			t.Errorf("%s is signed", value)
		}
	}
	if _, err := signTyped(t, s, "string", "5", aboutM); err == nil {
		t.Error("a number is signed as a string")
	}
}

func TestTypedDataMayHaveAnEmptyDomain(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	for _, rest := range []string{
		`,"EIP712Domain":[]},"primaryType":"M","domain":{}`, `,"EIP712Domain":[]},"primaryType":"M"`,
		`},"primaryType":"M"`,
	} {
		signature, err := signTyped(t, s, "uint256", "1", rest)
		if err != nil || !strings.HasPrefix(signature, "0xfadef673") { // what anvil 1.7.1 gives
			t.Errorf("%s: %s, %v", rest, signature, err)
		}
	}
	const named = `,"EIP712Domain":[{"name":"name","type":"string"}]},"primaryType":"M","domain":{"name":"x"`
	few, err := signTyped(t, s, "uint256", "1", named+"}")
	check(t, err)
	more, err := signTyped(t, s, "uint256", "1", named+`,"version":"1","foo":1}`)
	check(t, err)
	if few != more {
		t.Error("fields of the domain that its type does not name are signed")
	}
	if _, err := signTyped(t, s, "uint256", "1", strings.Replace(named, `"M"`, `"EIP712Domain"`, 1)+"}"); err != nil {
		t.Errorf("the domain alone: %v", err)
	}
}

func TestTypedDataRefusesListsOfAnotherLength(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	for value, want := range map[string]bool{"[1,2,3]": true, "[1,2]": false, "[]": false, "[1,null,3]": false} {
		if _, err := signTyped(t, s, "uint256[3]", value, aboutM); (err == nil) != want {
			t.Errorf("%s: %v", value, err)
		}
	}
	if _, err := signTyped(t, s, "uint256[2][]", "[[1,2],[3,4]]", aboutM); err != nil {
		t.Error(err)
	}
}
