package hestiatest_test

import (
	"fmt"
	"math/big"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/internal/wat"
	"hestia/replay/fixture"
)

// forwarder passes its calldata on to a contract, twice, and does not care what comes of it.
func forwarder(t *testing.T, to common.Address) []byte {
	t.Helper()
	code := wat.Assemble(t, fmt.Sprintf(`(module
	  (import "ethereum" "getCallDataSize" (func $size (result i32)))
	  (import "ethereum" "callDataCopy" (func $copy (param i32 i32 i32)))
	  (import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
	  (memory (export "memory") 1)
	  (data (i32.const 0) "%s")
	  (func $forward (drop (call $call (i64.const 100000) (i32.const 0) (i32.const 32) (i32.const 64) (call $size))))
	  (func (export "main")
	    (call $copy (i32.const 64) (i32.const 0) (call $size))
	    (call $forward)
	    (call $forward)))`, regexp.MustCompile(`..`).ReplaceAllString(common.Bytes2Hex(to[:]), `\$0`)))
	return code
}

func TestDifferencesNameTheCallInItsTree(t *testing.T) {
	d := hestiatest.Start(t)
	token := deployToken(d)
	through := d.Deploy(contracts.Deploy(forwarder(t, token.Address)), contracts.Token.ABI)
	token.Send("transfer", through.Address, big.NewInt(25))
	input, err := token.ABI.Pack("transfer", d.Accounts[1], big.NewInt(20)) // the second time there is too little
	if err != nil {
		t.Fatal(err)
	}
	var hash common.Hash
	d.Do(&hash, "eth_sendTransaction", map[string]any{
		"from": d.Accounts[0], "to": through.Address, "input": hexutil.Bytes(input), "gas": "0x40000",
	})
	file := filepath.Join(t.TempDir(), "forward.json")
	d.Record(file, hash)
	hestiatest.Replay(t, file)

	f := decode(t, file)
	outcome := f.Blocks[0].Transactions[0].Outcome
	if len(outcome.Calls) != 3 || len(outcome.Logs) != 1 {
		t.Fatalf("%d calls, %d events", len(outcome.Calls), len(outcome.Logs))
	}
	for slot := range f.Pre[token.Address].Storage { // enough for both calls
		f.Pre[token.Address].Storage[slot] = common.BigToHash(big.NewInt(40))
	}
	_, differences, err := f.Replay(newEngine(t))
	if err != nil {
		t.Fatal(err)
	}
	text := fixture.Report(differences)
	for _, want := range []string{
		"block 4, transaction " + hash.Hex() + "\n",
		"  call 0.1 to " + token.Address.Hex() + ", error\n    want execution reverted\n    got  nothing\n",
		"  event 1, of call 0.1\n    want nothing\n    got  " + token.Address.Hex(),
		" of " + token.Address.Hex() + ", written by call 0.1\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
