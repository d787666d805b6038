package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/google/go-cmp/cmp"
)

// gethData is the folder of geth's own tests of t8n, in the module that we build with.
func gethData(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/ethereum/go-ethereum").Output()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(strings.TrimSpace(string(dir)), "cmd", "evm", "testdata")
	if _, err := os.Stat(data); err != nil {
		t.Skip("geth's tests are not in this copy of its module")
	}
	return data
}

// TestT8nAgreesWithGeth holds geth's own tests that run no EVM code and have no blobs. Its system contracts are EVM code too.
func TestT8nAgreesWithGeth(t *testing.T) {
	data := gethData(t)
	for _, row := range []struct{ dir, txs, env, fork, reward, outputs, want string }{
		{"1", "txs.json", "env.json", "Byzantium", "0", "alloc result", "exp.json"},
		{"5", "txs.json", "env.json", "Byzantium", "0x80", "alloc result", "exp.json"},
		{"13", "txs.json", "env.json", "London", "0", "body", "exp.json"},
		{"13", "signed_txs.rlp", "env.json", "London", "0", "result", "exp2.json"},
		{"14", "txs.json", "env.json", "London", "0", "result", "exp.json"},
		{"14", "txs.json", "env.uncles.json", "London", "0", "result", "exp2.json"},
		{"14", "txs.json", "env.uncles.json", "Berlin", "0", "result", "exp_berlin.json"},
		{"19", "txs.json", "env.json", "London", "0", "result", "exp_london.json"},
		{"19", "txs.json", "env.json", "ArrowGlacier", "0", "result", "exp_arrowglacier.json"},
		{"19", "txs.json", "env.json", "GrayGlacier", "0", "result", "exp_grayglacier.json"},
		{"25", "txs.json", "env.json", "Paris", "0", "alloc result", "exp.json"},
		{"26", "txs.json", "env.json", "Shanghai", "0", "alloc result", "exp.json"},
	} {
		in := func(name string) string { return filepath.Join(data, row.dir, name) }
		args := []string{
			"t8n", "--input.alloc", in("alloc.json"), "--input.txs", in(row.txs), "--input.env", in(row.env),
			"--state.fork", row.fork, "--state.reward", row.reward,
		}
		for _, output := range []string{"alloc", "result", "body"} {
			to := ""
			if strings.Contains(row.outputs, output) {
				to = "stdout"
			}
			args = append(args, "--output."+output, to)
		}
		code, stdout, stderr := hestia(nil, args...)
		if code != 0 {
			t.Errorf("%s %s: exit status %d: %s", row.dir, row.fork, code, stderr)
			continue
		}
		want, err := os.ReadFile(in(row.want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(generic(t, string(want)), generic(t, stdout)); diff != "" {
			t.Errorf("%s %s %s:\n%s", row.dir, row.env, row.fork, diff)
		}
	}
}

func generic(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return value
}

// block is what of a block of a chain file the transition tool needs, and must come to.
func block(t *testing.T, b *types.Block) (env, txs string) {
	t.Helper()
	h := b.Header()
	fields, err := json.Marshal(map[string]any{
		"currentCoinbase": h.Coinbase, "currentRandom": h.MixDigest, "currentGasLimit": hexutil.Uint64(h.GasLimit),
		"currentNumber": (*hexutil.Big)(h.Number), "currentTimestamp": hexutil.Uint64(h.Time), "currentBaseFee": (*hexutil.Big)(h.BaseFee),
		"currentExcessBlobGas": "0x0", "parentBeaconBlockRoot": h.ParentBeaconRoot, "withdrawals": []int{},
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := rlp.EncodeToBytes(b.Transactions())
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "env.json", fields), write(t, "txs.rlp", []byte(`"`+hexutil.Encode(list)+`"`))
}

func TestT8nComesToTheRootsOfAnExportedChain(t *testing.T) {
	file, genesis, root := exported(t)
	chain, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer chain.Close()
	var first struct{ Alloc json.RawMessage }
	text, err := os.ReadFile(genesis)
	if err == nil {
		err = json.Unmarshal(text, &first)
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	alloc, last := write(t, "alloc.json", first.Alloc), ""
	for blocks := rlp.NewStream(chain, 0); ; {
		var b types.Block
		if err := blocks.Decode(&b); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		env, txs := block(t, &b)
		wants(t, 0, `^$`, `^$`, "t8n", "--input.alloc", alloc, "--input.env", env, "--input.txs", txs, "--output.basedir", dir, "--output.body", "body.rlp",
			"--state.chainid", "31337", "--state.schedule", "development", "--state.reward", "-1")
		alloc = filepath.Join(dir, "alloc.json")
		var got struct {
			StateRoot, TxRoot, ReceiptsRoot, WithdrawalsRoot, RequestsHash string
			GasUsed                                                        hexutil.Uint64
			LogsBloom                                                      types.Bloom
		}
		text, err := os.ReadFile(filepath.Join(dir, "result.json"))
		if err == nil {
			err = json.Unmarshal(text, &got)
		}
		if err != nil {
			t.Fatal(err)
		}
		want := got
		want.StateRoot, want.TxRoot, want.ReceiptsRoot = b.Root().Hex(), b.TxHash().Hex(), b.ReceiptHash().Hex()
		want.WithdrawalsRoot, want.RequestsHash = b.Header().WithdrawalsHash.Hex(), b.RequestsHash().Hex()
		want.GasUsed, want.LogsBloom = hexutil.Uint64(b.GasUsed()), b.Bloom()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("block %d:\n%s", b.NumberU64(), diff)
		}
		given, err := os.ReadFile(txs)
		body, err2 := os.ReadFile(filepath.Join(dir, "body.rlp"))
		if err != nil || err2 != nil || strings.TrimSpace(string(body)) != string(given) {
			t.Errorf("block %d has another body: %v %v", b.NumberU64(), err, err2)
		}
		last = got.StateRoot
	}
	if last != root {
		t.Errorf("the last root is %s, of the node %s", last, root)
	}
}

func TestT8nTakesAllFromStandardInput(t *testing.T) {
	data := filepath.Join(gethData(t), "1")
	var all []string
	for field, file := range map[string]string{"alloc": "alloc.json", "env": "env.json", "txs": "txs.json"} {
		text, err := os.ReadFile(filepath.Join(data, file))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, `"`+field+`": `+string(text))
	}
	piped := "{" + strings.Join(all, ",") + "}"
	args := []string{"t8n", "--input.alloc=stdin", "--input.env=stdin", "--input.txs=stdin", "--output.alloc=stdout", "--output.result=stderr", "--state.fork=Byzantium"}
	code, stdout, stderr := hestia([]byte(piped), args...)
	want, err := os.ReadFile(filepath.Join(data, "exp.json"))
	if err != nil {
		t.Fatal(err)
	}
	both := map[string]any{"alloc": generic(t, stdout).(map[string]any)["alloc"], "result": generic(t, stderr).(map[string]any)["result"]}
	if diff := cmp.Diff(generic(t, string(want)), any(both)); code != 0 || diff != "" {
		t.Errorf("exit status %d\n%s", code, diff)
	}
}

func TestT8nFailsWithTheStatusOfGeth(t *testing.T) {
	data := gethData(t)
	in := func(name string) string { return filepath.Join(data, name) }
	asks := write(t, "alloc.json", fmt.Appendf(nil, `{"0x1000000000000000000000000000000000000000": {"balance": "0x0", "code": "%s"},
		"0x71562b71999873db5b286df957af199ec94617f7": {"balance": "0xffffffffff"}}`, hexutil.Encode(asking(t))))
	call := write(t, "txs.json", []byte(`[{"gas": "0x100000", "gasPrice": "0x10", "input": "0x", "nonce": "0x0", "value": "0x0", "v": "0x0", "r": "0x0", "s": "0x0",
		"to": "0x1000000000000000000000000000000000000000", "secretKey": "0xb71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291"}]`))
	env := `{"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentGasLimit": "0x5f5e100", "currentNumber": "5", "currentTimestamp": "1000",
		"currentDifficulty": "0x20000"%s}`
	hashless, hashed := write(t, "env.json", fmt.Appendf(nil, env, "")), write(t, "env.json", fmt.Appendf(nil, env, `, "blockHashes": {"3": "0x`+strings.Repeat("22", 32)+`"}`))
	cut := write(t, "cut.json", []byte(`{"currentCoinbase": "0x2adc`))
	for _, row := range []struct {
		code                        int
		alloc, env, txs, fork, says string
	}{
		{3, in("1/alloc.json"), in("1/env.json"), in("1/txs.json"), "Frontier+1346", `changes of the EVM|invalid eip`},
		{3, in("1/alloc.json"), in("1/env.json"), in("1/txs.json"), "Istanbul", `there are prices for Byzantium, and from Berlin to Osaka`},
		{3, in("1/alloc.json"), in("1/env.json"), in("1/txs.json"), "Atlantis", `unsupported fork "Atlantis"`},
		{3, in("24/alloc.json"), in("24/env-missingrandom.json"), in("24/txs.json"), "Paris", `currentRandom`},
		{3, in("35/alloc.json"), in("35/env.json"), in("35/txs.json"), "Osaka", `the rules need withdrawals`},
		{4, asks, hashless, call, "Byzantium", `block hash: .*block 3`},
		{0, asks, hashed, call, "Byzantium", `^$`},
		{10, in("1/alloc.json"), cut, in("1/txs.json"), "Byzantium", `cut.json: unexpected EOF`},
		{10, cut, in("1/env.json"), in("1/txs.json"), "Byzantium", `cut.json: `},
		{10, in("1/alloc.json"), write(t, "env.json", []byte(`{}`)), in("1/txs.json"), "Byzantium", `currentCoinbase is missing`},
		{11, in("1/none.json"), in("1/env.json"), in("1/txs.json"), "Byzantium", `no such file`},
		{12, in("1/alloc.json"), in("1/env.json"), write(t, "txs.rlp", []byte(`"0x80"`)), "Byzantium", `RLP: transactions: `},
	} {
		wants(t, row.code, ``, row.says, "t8n", "--input.alloc", row.alloc, "--input.env", row.env, "--input.txs", row.txs, "--state.fork", row.fork,
			"--output.alloc", "", "--output.result", "stdout")
	}
	wants(t, 11, `^$`, `not a directory`, "t8n", "--input.alloc", in("1/alloc.json"), "--input.env", in("1/env.json"), "--input.txs", in("1/txs.json"),
		"--state.fork", "Byzantium", "--output.basedir", filepath.Join(cut, "below"))
}

// asking is a contract that asks for the hash of block 3.
func asking(t *testing.T) []byte {
	t.Helper()
	code, err := wasmtime.Wat2Wasm(`(module
	  (import "ethereum" "getBlockHash" (func $hash (param i64 i32) (result i32)))
	  (memory (export "memory") 1)
	  (func (export "main") (drop (call $hash (i64.const 3) (i32.const 0)))))`)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
