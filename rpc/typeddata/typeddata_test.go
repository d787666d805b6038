package typeddata_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"hestia/rpc/typeddata"
)

// value returns the JSON of a type and of a value of it.
func value(random *rand.Rand, types map[string][]apitypes.Type, kind string) string {
	if fields, known := types[kind]; known {
		var text []string
		for _, f := range fields {
			text = append(text, fmt.Sprintf("%q:%s", f.Name, value(random, types, f.Type)))
		}
		return "{" + strings.Join(text, ",") + "}"
	}
	if element, list := strings.CutSuffix(kind, "[]"); list {
		var text []string
		for range random.IntN(3) {
			text = append(text, value(random, types, element))
		}
		return "[" + strings.Join(text, ",") + "]"
	}
	switch kind {
	case "string":
		return fmt.Sprintf("%q", strings.Repeat("a", random.IntN(40)))
	case "bool":
		return fmt.Sprint(random.IntN(2) == 0)
	case "bytes32":
		return fmt.Sprintf(`"0x%064x"`, random.Uint64())
	case "address":
		return fmt.Sprintf(`"0x%040x"`, random.Uint64())
	}
	return fmt.Sprintf(`"%d"`, random.Uint64N(1<<62))
}

func TestTypedDataHasTheHashOfGethsLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	plain := []string{"uint256", "int128", "string", "bool", "bytes32", "address", "uint256[]", "string[]"}
	for range 300 {
		types := map[string][]apitypes.Type{
			"EIP712Domain": {{Name: "name", Type: "string"}, {Name: "chainId", Type: "uint256"}},
		}
		n := 1 + random.IntN(6)
		for i := range n {
			fields := []apitypes.Type{}
			for j := range 1 + random.IntN(4) {
				kind := plain[random.IntN(len(plain))]
				if i+1 < n && random.IntN(2) == 0 {
					kind = fmt.Sprintf("T%d", i+1+random.IntN(n-i-1)) + []string{"", "[]"}[random.IntN(2)]
				}
				fields = append(fields, apitypes.Type{Name: fmt.Sprint("f", j), Type: kind})
			}
			types[fmt.Sprint("T", i)] = fields
		}
		kinds, err := json.Marshal(types)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf(`{"types":%s,"primaryType":"T0","domain":{"name":"x","chainId":"7"},"message":%s}`,
			kinds, value(random, types, "T0"))
		var ours typeddata.Data
		var geths apitypes.TypedData
		if err := json.Unmarshal([]byte(text), &ours); err != nil {
			t.Fatal(text, err)
		}
		if err := json.Unmarshal([]byte(text), &geths); err != nil {
			t.Fatal(text, err)
		}
		have, err := ours.Hash()
		want, _, err2 := apitypes.TypedDataAndHash(geths)
		if err != nil || err2 != nil || !bytes.Equal(have, want) {
			t.Fatalf("%s has %x, %v and in geth %x, %v", text, have, err, want, err2)
		}
	}
}

func TestLongNumbersAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	digits := strings.Repeat("7", 4<<20)
	for _, text := range []string{
		`{"types":{"M":[]},"primaryType":"M","domain":{"chainId":"` + digits + `"},"message":{}}`,
		`{"types":{"M":[]},"primaryType":"M","domain":{"chainId":` + digits + `},"message":{}}`,
		`{"types":{"M":[{"name":"a","type":"uint8"}]},"primaryType":"M","domain":{"name":"x"},"message":{"a":"` +
			digits + `"}}`,
		`{"types":{"M":[{"name":"a","type":"int"}]},"primaryType":"M","domain":{"name":"x"},"message":{"a":` +
			digits + `}}`,
		`{"types":{"M":[{"name":"a","type":"uint[]"}]},"primaryType":"M","domain":{"name":"x"},"message":{"a":["` +
			digits + `"]}}`,
	} {
		began := time.Now()
		err := json.Unmarshal([]byte(text), new(typeddata.Data))
		if err == nil || len(err.Error()) > 500 ||
			!strings.Contains(err.Error(), "digits") && !strings.Contains(err.Error(), "cannot unmarshal number 777") {
			t.Errorf("%.100s: %.100v", text, err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%.100s takes %v", text, took)
		}
	}
}

func TestTypesThatNameTooManyOthersAreRefused(t *testing.T) {
	const n = 5000
	var kinds strings.Builder
	for i := range n {
		fmt.Fprintf(&kinds, `"T%d":[{"name":"a","type":"T%d"}],`, i, i+1)
	}
	text := `{"types":{` + kinds.String() + fmt.Sprintf(`"T%d":[{"name":"a","type":"uint8"}]},`, n) +
		`"primaryType":"T0","domain":{"name":"x"},"message":` + strings.Repeat(`{"a":`, n) + `{"a":1}` +
		strings.Repeat("}", n+1)
	var d typeddata.Data
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err := d.Hash()
	if err == nil || !strings.Contains(err.Error(), "4194304 bytes") {
		t.Errorf("the error is %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("that takes %v", took)
	}
}
