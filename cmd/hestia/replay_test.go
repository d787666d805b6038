package main

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/node"
)

// lived starts a node with a chain in a directory, on which a token was deployed and moved twice, and returns the token.
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
		t.Errorf("hestia %s: exit status %d, want %d and %q, %q\n%s%s", strings.Join(args, " "), got, code, stdout, stderr, out, errs)
	}
}

func TestRecordAndReplayARunningNode(t *testing.T) {
	d, token := lived(t, "")
	one, all := filepath.Join(t.TempDir(), "one.json"), filepath.Join(t.TempDir(), "all.json")
	receipt := token.Send("transfer", d.Accounts[1], big.NewInt(7))
	wants(t, 0, `^$`, `^$`, "record", "--rpc", d.URL, "--tx", receipt.TxHash.Hex(), "-o", one)
	wants(t, 0, `^$`, `^$`, "record", "--rpc", d.URL, "--blocks", "1..4", "-o", all)
	wants(t, 0, `one.json: as recorded\n.*all.json: as recorded\n$`, `^$`, "replay", one, all)

	echo := write(t, "echo.wasm", contracts.Echo.Runtime)
	other := token.Address.Hex() + "=" + echo
	wants(t, 1, `one.json: \d+ differences\nblock 4, transaction 0x\w{64}\n  call 0 to `+token.Address.Hex()+`, output\n    want 0x0{63}1\n    got  0xa9059cbb`, `^$`, "replay", "--code", other, one)
	wants(t, 1, `^$`, `no contract stands at`, "replay", "--code", other, all)
	before, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, 0, `written anew, \d+ differences`, `^$`, "replay", "--update", "--code", other, one)
	wants(t, 0, `as recorded`, `^$`, "replay", one)
	if after, err := os.ReadFile(one); err != nil || bytes.Equal(before, after) {
		t.Errorf("--update wrote nothing: %v", err)
	}
}

func TestRecordSaysWhatIsWrong(t *testing.T) {
	d, _ := lived(t, "")
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, `needs either --tx or --blocks; see hestia record --help`},
		{[]string{"--tx", "0x12", "--blocks", "1..2"}, 2, `needs either`},
		{[]string{"--tx", "0x12"}, 2, `--tx: .*length`},
		{[]string{"--blocks", "3..1"}, 2, `--blocks "3..1" is not such as 3..7`},
		{[]string{"--blocks", "0..1"}, 1, `want between 1 and`},
		{[]string{"--blocks", "1..9"}, 1, `block 4: not found`},
		{[]string{"--tx", "0x" + strings.Repeat("12", 32)}, 1, `transaction 0x1212.*: not found`},
		{[]string{"--blocks", "1", "--schedule", "homestead"}, 1, `no gas schedule is called "homestead"`},
		{[]string{"--blocks", "1", "--schedule", "byzantium"}, 1, `disagrees with what comes out here; is the gas schedule right`},
		{[]string{"--blocks", "1", "-o", filepath.Join(t.TempDir(), "no", "where")}, 1, `no such file`},
	} {
		wants(t, row.code, `^$`, row.says, append([]string{"record", "--rpc", d.URL}, row.args...)...)
	}
	wants(t, 1, `^$`, `http://127.0.0.1:1.*refused`, "record", "--rpc", "http://127.0.0.1:1", "--blocks", "1")
}

func TestReplaySaysWhichFileIsWrongAndWhere(t *testing.T) {
	d, token := lived(t, "")
	good := filepath.Join(t.TempDir(), "good.json")
	d.Record(good, token.Receipt.TxHash)
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	cut := write(t, "cut.json", text[:len(text)/2])
	newer := write(t, "newer.json", bytes.Replace(text, []byte(`"version": 1`), []byte(`"version": 9`), 1))
	wants(t, 1, `good.json: as recorded`, `cut.json: fixture: line \d+: the file ends too early`, "replay", good, cut)
	wants(t, 1, `^$`, `newer.json: fixture: version: is 9; this program reads 1`, "replay", newer)
	wants(t, 1, `^$`, `no such file`, "replay", filepath.Join(t.TempDir(), "none"))
	wants(t, 2, `^$`, `needs at least one fixture`, "replay")
	wants(t, 2, `^$`, `--code "x" is not such as`, "replay", "--code", "x", good)
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

func TestExportedChainsImport(t *testing.T) {
	file, genesis, root := exported(t)
	dir := filepath.Join(t.TempDir(), "again")
	wants(t, 0, `chain.rlp: 3 blocks executed; the head is block 3, 0x\w{64}, state `+root, `^$`, "import", "--datadir", dir, "--genesis", genesis, file)
	wants(t, 0, `chain.rlp: 0 blocks executed; the head is block 3,`, `^$`, "import", "--datadir", dir, file)
	again := filepath.Join(t.TempDir(), "again.rlp")
	wants(t, 0, `blocks 1 to 3`, `^$`, "export", "--datadir", dir, again)
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if have, err := os.ReadFile(again); err != nil || !bytes.Equal(have, want) {
		t.Errorf("exported again, the chain is another: %v", err)
	}
}

func TestBadChainFilesLeaveNothingBehind(t *testing.T) {
	file, genesis, _ := exported(t)
	chain, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := write(t, "other.json", fmt.Appendf(nil, `{"config": {"chainId": 5}, "gasLimit": "0x10000000", "difficulty": "0x0", "alloc": {}}`))
	changed := bytes.Clone(chain)
	changed[len(changed)-40] ^= 1 // in the last transaction
	for _, row := range []struct {
		data    []byte
		genesis string
		says    string
	}{
		{chain[:len(chain)-7], genesis, `chain.rlp: chain file: item 2: `},
		{changed, genesis, `chain.rlp: chain file: item 2: `},
		{append([]byte("junk"), chain...), genesis, `chain.rlp: chain file: item 0: `},
		{nil, genesis, `chain.rlp: chain file: there is nothing in it`},
		{chain, other, `chain.rlp: chain file: item 0: block 1: block does not follow the head 0(?s).*of another chain, or of later blocks`},
		{chain, file, `chain.rlp: genesis: line 1`},
		{chain, "", `again: the data directory is empty and no genesis was given\n.*hestia export --genesis writes it`},
	} {
		dir := filepath.Join(t.TempDir(), "again")
		wants(t, 1, `^$`, row.says, "import", "--datadir", dir, "--genesis", row.genesis, write(t, "chain.rlp", row.data))
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: the directory is there", row.says)
		}
	}
	wants(t, 2, `^$`, `needs --datadir`, "import", file)
	wants(t, 1, `^$`, `none: the data directory is empty`, "export", "--datadir", filepath.Join(t.TempDir(), "none"), file)
}
