package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/google/go-cmp/cmp"

	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/node"
)

// lived starts a node with a chain in a directory, on which a token was deployed and moved twice, and returns the
// token.
func lived(t *testing.T, dir string) (*hestiatest.Devnet, *hestiatest.Contract) {
	t.Helper()
	d := hestiatest.StartWith(t, node.Config{DataDir: dir})
	token := d.Deploy(contracts.Token.Creation, contracts.Token.ABI)
	token.Send("transfer", d.Accounts[1], big.NewInt(25))
	token.From(1).Send("transfer", d.Accounts[2], big.NewInt(5))
	return d, token
}

// wants runs a command and compares what it says with regular expressions.
func wants(t *testing.T, code int, stdout, stderr string, args ...string) {
	t.Helper()
	got, out, errs := hestia(nil, args...)
	if got != code || !regexp.MustCompile(stdout).MatchString(out) || !regexp.MustCompile(stderr).MatchString(errs) {
		t.Errorf("hestia %s: exit status %d, want %d and %q, %q\n%s%s",
			strings.Join(args, " "), got, code, stdout, stderr, out, errs)
	}
}

// exported returns the file of a chain in a directory of its own, its genesis and its state root.
func exported(t *testing.T) (file, genesis, root string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "chain")
	t.Run("node", func(t *testing.T) {
		d, _ := lived(t, dir)
		header, err := d.Client.HeaderByNumber(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		root = header.Root.Hex()
		wants(t, 1, `^$`, `in use|another|unavailable`, "export", "--datadir", dir, filepath.Join(t.TempDir(), "busy"))
	})
	file, genesis = filepath.Join(t.TempDir(), "chain.rlp"), filepath.Join(t.TempDir(), "genesis.json")
	wants(t, 0, `chain.rlp: blocks 1 to 3\n$`, `^$`, "export", "--datadir", dir, "--genesis", genesis, file)
	return file, genesis, root
}

// block writes what the transition tool needs of a block to files.
func block(t *testing.T, b *types.Block) (env, txs string) {
	t.Helper()
	h := b.Header()
	fields, err := json.Marshal(map[string]any{
		"currentCoinbase": h.Coinbase, "currentRandom": h.MixDigest, "currentGasLimit": hexutil.Uint64(h.GasLimit),
		"currentNumber": (*hexutil.Big)(h.Number), "currentTimestamp": hexutil.Uint64(h.Time),
		"currentBaseFee":       (*hexutil.Big)(h.BaseFee),
		"blockHashes":          map[string]common.Hash{fmt.Sprint(h.Number.Uint64() - 1): h.ParentHash},
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

func TestT8nResultsInTheRootsOfAnExportedChain(t *testing.T) {
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
		wants(t, 0, `^$`, `^$`, "t8n", "--input.alloc", alloc, "--input.env", env, "--input.txs", txs,
			"--output.basedir", dir, "--output.body", "body.rlp",
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
