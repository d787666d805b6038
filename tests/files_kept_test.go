package tests

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rlp"

	"hestia/ewasm/wasi"
	"hestia/node"
	"hestia/replay/t8n"
)

// What programs wrote to their files stays there over everything that a chain goes through. hestia cat proves it.

// The programs: a guest book, which keeps each line of its input with the caller's address, and SQLite.
const (
	guestbookFile = "../contracts/programs/guestbook/guestbook_c.wasm"
	sqliteFile    = "../contracts/programs/sqlite/sqlite.wasm"
)

var chainSigner = types.LatestSignerForChainID(big.NewInt(31337))

// writer sends transactions of one account to programs.
type writer struct {
	client *ethclient.Client
	key    *ecdsa.PrivateKey
}

// send sends data and returns the receipt. A nil address creates a contract.
func (w writer) send(t *testing.T, to *common.Address, data []byte, gas uint64) (*types.Receipt, error) {
	t.Helper()
	nonce, err := w.client.PendingNonceAt(t.Context(), crypto.PubkeyToAddress(w.key.PublicKey))
	if err != nil {
		return nil, err
	}
	tx := signedBy(w.key, nonce, to, data, gas)
	if err := w.client.SendTransaction(t.Context(), tx); err != nil {
		return nil, err
	}
	return w.client.TransactionReceipt(t.Context(), tx.Hash())
}

func signedBy(key *ecdsa.PrivateKey, nonce uint64, to *common.Address, data []byte, gas uint64) *types.Transaction {
	return types.MustSignNewTx(key, chainSigner, &types.DynamicFeeTx{
		ChainID: chainSigner.ChainID(), Nonce: nonce, To: to, Gas: gas, Data: data,
		GasFeeCap: big.NewInt(1e11), GasTipCap: big.NewInt(1e9),
	})
}

// deploy deploys the program of a file.
func (w writer) deploy(t *testing.T, file string) common.Address {
	t.Helper()
	code, err := os.ReadFile(file)
	check(t, err)
	receipt, err := w.send(t, nil, code, 200_000_000)
	check(t, err)
	if receipt.Status != types.ReceiptStatusSuccessful {
		t.Fatalf("%s is not deployed", file)
	}
	return receipt.ContractAddress
}

// kept is what the files of the two programs have to hold.
type kept struct {
	binary      string
	keys        []*ecdsa.PrivateKey
	book, store common.Address
	lines       string // of the book
	file        []byte // the database
	rows        string // of its table
}

// write fills the files of programs by transactions of which some fail, and remembers what they have to hold.
func write(t *testing.T, binary string, p *process) *kept {
	t.Helper()
	keys, err := node.DeriveKeys(node.DevMnemonic, 3)
	check(t, err)
	w := writer{p.client, keys[0]}
	k := &kept{binary: binary, keys: keys, book: w.deploy(t, guestbookFile), store: w.deploy(t, sqliteFile)}
	send := func(to common.Address, text string, status uint64) {
		receipt, err := w.send(t, &to, []byte(text), 20_000_000)
		check(t, err)
		if receipt.Status != status {
			t.Fatalf("%.40q: status %d, want %d", text, receipt.Status, status)
		}
	}
	caller := strings.ToLower(crypto.PubkeyToAddress(keys[0].PublicKey).Hex())
	send(k.store, "create table t(n integer primary key, text); create index i on t(text);", 1)
	for n := range 12 {
		line := fmt.Sprint("line ", n)
		send(k.book, line, 1)
		k.lines += caller + ": " + line + "\n"
		send(k.store, fmt.Sprintf("insert into t(text) values('%s'), ('%x');", line, n), 1)
		k.rows += line + "\n" + fmt.Sprintf("%x\n", n)
	}
	send(k.book, strings.Repeat("x", 201), 0) // longer than the book lets through
	send(k.store, "insert into t(text) values('lost'); insert into t(n) values(1);", 0)
	send(k.store, "create table other(a); insert into other values(zeroblob(2000)); drop table other; vacuum;", 1)
	k.file = k.cat(t, p.url, k.store, "database")
	return k
}

// cat is hestia cat: the content of a file.
func (k *kept) cat(t *testing.T, url string, at common.Address, path string) []byte {
	t.Helper()
	command := exec.Command(k.binary, "cat", "--rpc", url, at.Hex(), path)
	var proof strings.Builder
	command.Stderr = &proof
	content, err := command.Output()
	if err != nil || !strings.Contains(proof.String(), "proved by the state root 0x") {
		t.Fatalf("cat %s: %v: %s", path, err, &proof)
	}
	return content
}

// hold fails the test unless a node has the files, and the programs read them.
func (k *kept) hold(t *testing.T, p *process) {
	t.Helper()
	if have := k.cat(t, p.url, k.book, "book"); string(have) != k.lines {
		t.Errorf("the book holds %q, want %q", have, k.lines)
	}
	if !bytes.Equal(k.cat(t, p.url, k.store, "database"), k.file) {
		t.Error("the database is another")
	}
	for sql, want := range map[string]string{
		"select text from t order by n;": k.rows, "select n from t where text = 'line 3';": "7\n",
		"pragma integrity_check;": "ok\n",
	} {
		message := ethereum.CallMsg{To: &k.store, Data: []byte(sql)}
		if have, err := p.client.CallContract(t.Context(), message, nil); err != nil || string(have) != want {
			t.Errorf("%s: %q, %v; want %q", sql, have, err, want)
		}
	}
}

// run runs the binary and returns what it prints.
func (k *kept) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(k.binary, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("hestia %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// stop ends a node as a user does.
func stop(t *testing.T, p *process) {
	t.Helper()
	check(t, p.cmd.Process.Signal(syscall.SIGTERM))
	check(t, p.cmd.Wait())
}

func TestFilesOfProgramsStayOverAllThatAChainGoesThrough(t *testing.T) {
	if testing.Short() {
		t.Skip("starts five nodes, and compiles SQLite for each")
	}
	binary, dir, scratch := buildHestia(t), t.TempDir(), t.TempDir()
	p := startProcess(t, binary, "--datadir", dir)
	k := write(t, binary, p)
	k.hold(t, p)
	recording := filepath.Join(scratch, "all.json")
	height, err := p.client.BlockNumber(t.Context())
	check(t, err)
	k.run(t, "record", "--rpc", p.url, "--blocks", fmt.Sprintf("1..%d", height), "-o", recording)
	if out := k.run(t, "replay", recording); !strings.HasSuffix(out, "all.json: as recorded\n") {
		t.Errorf("replayed: %s", out)
	}
	var dump hexutil.Bytes
	check(t, p.client.Client().Call(&dump, "anvil_dumpState"))
	stop(t, p)

	t.Run("a state file loaded and written", func(t *testing.T) {
		file := filepath.Join(scratch, "state")
		other := startProcess(t, binary, "--state", file)
		var loaded bool
		check(t, other.client.Client().Call(&loaded, "anvil_loadState", dump))
		k.hold(t, other)
		stop(t, other)
		k.hold(t, startProcess(t, binary, "--state", file))
	})
	t.Run("the directory opened again", func(t *testing.T) {
		again := startProcess(t, binary, "--datadir", dir)
		k.hold(t, again)
		stop(t, again)
	})
	t.Run("exported and imported", func(t *testing.T) {
		genesis, blocks := filepath.Join(scratch, "genesis.json"), filepath.Join(scratch, "chain.rlp")
		k.run(t, "export", "--datadir", dir, "--genesis", genesis, blocks)
		k.run(t, "import", "--datadir", filepath.Join(scratch, "other"), "--genesis", genesis, blocks)
		k.hold(t, startProcess(t, binary, "--datadir", filepath.Join(scratch, "other")))
	})
}

// slots are the storage of an account, as package wasi sees it.
type slots map[common.Hash]common.Hash

func (s slots) Load(slot common.Hash) (common.Hash, error) { return s[slot], nil }

func (s slots) Store(slot, value common.Hash) error {
	s[slot] = value
	return nil
}

func (s slots) Hash(data []byte) (common.Hash, error) { return crypto.Keccak256Hash(data), nil }

func (s slots) Move(uint64) error { return nil }

func TestFilesOfProgramsAreInTheAccountsOfATransition(t *testing.T) {
	keys, err := node.DeriveKeys(node.DevMnemonic, 1)
	check(t, err)
	code, err := os.ReadFile(guestbookFile)
	check(t, err)
	engine, err := node.NewEngine()
	check(t, err)
	defer engine.Close()
	from := crypto.PubkeyToAddress(keys[0].PublicKey)
	at := crypto.CreateAddress(from, 0)
	list, err := rlp.EncodeToBytes(types.Transactions{
		signedBy(keys[0], 0, nil, code, 50_000_000), signedBy(keys[0], 1, &at, []byte("first"), 1_000_000),
		signedBy(keys[0], 2, &at, []byte("second"), 1_000_000),
	})
	check(t, err)
	transactions, err := t8n.DecodeRLP(list)
	check(t, err)
	alloc := types.GenesisAlloc{from: {Balance: new(big.Int).Lsh(big.NewInt(1), 90)}}
	want := ""
	for range 2 { // once with the files empty, and once on what that has left
		out, err := t8n.Run(engine, t8n.Input{
			Alloc: alloc, Env: transitionEnv(t), Transactions: transactions,
		}, t8n.Rules{Fork: "Osaka", ChainID: 31337})
		check(t, err)
		if len(out.Result.Rejected) > 0 {
			t.Fatalf("rejected: %v", out.Result.Rejected)
		}
		caller := strings.ToLower(from.Hex())
		want += caller + ": first\n" + caller + ": second\n"
		have, err := wasi.New(wasi.World{}, slots(out.Alloc[at].Storage)).ReadFile("book")
		if err != nil || string(have) != want {
			t.Errorf("the book holds %q, %v; want %q", have, err, want)
		}
		alloc, transactions = out.Alloc, transactions[1:]
		account := alloc[from]
		account.Nonce = 1
		alloc[from] = account
	}
}

// transitionEnv is the environment of a block.
func transitionEnv(t *testing.T) *t8n.Env {
	t.Helper()
	env := new(t8n.Env)
	check(t, json.Unmarshal([]byte(`{"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
		"currentGasLimit": "0x10000000", "currentNumber": "5", "currentTimestamp": "1000", "currentRandom": "0x1",
		"currentBaseFee": "0x10", "withdrawals": [], "parentExcessBlobGas": "0x0", "parentBlobGasUsed": "0x0",
		"parentBeaconBlockRoot": "0x0000000000000000000000000000000000000000000000000000000000000000"}`), env))
	return env
}

// lineOf is what an account writes as its n-th line.
func lineOf(n int) string { return fmt.Sprintf("line %d", n) }

// TestKillLeavesFilesAsAcknowledgedTransactionsLeftThem kills a node while two accounts sign a guest book and a third
// one fills a table of SQLite's.
func TestKillLeavesFilesAsAcknowledgedTransactionsLeftThem(t *testing.T) {
	if testing.Short() {
		t.Skip("kills nodes")
	}
	binary, dir := buildHestia(t), t.TempDir()
	keys, err := node.DeriveKeys(node.DevMnemonic, 3)
	check(t, err)
	k := &kept{binary: binary, keys: keys}
	var told [3]int // transactions of each account that were acknowledged
	total := 0
	for kill := range max(3, *kills/4) {
		p := startProcess(t, binary, "--datadir", dir)
		if kill == 0 {
			w := writer{p.client, keys[2]}
			k.book, k.store = w.deploy(t, guestbookFile), w.deploy(t, sqliteFile)
			_, err := w.send(t, &k.store, []byte("create table t(n integer primary key, text);"), 10_000_000)
			check(t, err)
		} else {
			told = k.holdKilled(t, p, told)
		}
		var senders sync.WaitGroup
		for i := range keys {
			senders.Go(func() { k.stream(t, p.client, i, &told[i]) })
		}
		// the moment of the kill is meant to be random
		time.Sleep(200*time.Millisecond + time.Duration(rand.Intn(200))*time.Millisecond)
		check(t, p.cmd.Process.Kill())
		p.cmd.Wait()
		senders.Wait()
	}
	p := startProcess(t, binary, "--datadir", dir)
	for _, n := range k.holdKilled(t, p, told) {
		total += n
	}
	if total < *kills {
		t.Errorf("only %d transactions were acknowledged", total)
	}
	t.Logf("%d transactions in the files", total)
	p.cmd.Process.Kill()
	p.cmd.Wait()
	reexecute(t, dir)
}

// stream writes one line after another until the node goes away.
func (k *kept) stream(t *testing.T, client *ethclient.Client, account int, next *int) {
	w := writer{client, k.keys[account]}
	for {
		to, text := k.book, lineOf(*next)
		if account == 2 {
			to, text = k.store, fmt.Sprintf("insert into t values(%d, '%s');", *next, lineOf(*next))
		}
		if receipt, err := w.send(t, &to, []byte(text), 5_000_000); err != nil || receipt.Status != 1 {
			return
		}
		*next++
	}
}

// holdKilled fails the test unless the files hold all lines that were acknowledged and at most one more of each
// account, whole and in order. It returns how many they hold.
func (k *kept) holdKilled(t *testing.T, p *process, told [3]int) (have [3]int) {
	t.Helper()
	line := regexp.MustCompile(`^(0x[0-9a-f]{40}): line (\d+)$`)
	for text := range strings.Lines(string(k.cat(t, p.url, k.book, "book"))) {
		match := line.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
		if match == nil {
			t.Fatalf("a torn line: %q", text)
		}
		for i, key := range k.keys[:2] {
			if match[1] != strings.ToLower(crypto.PubkeyToAddress(key.PublicKey).Hex()) {
				continue
			}
			if match[2] != fmt.Sprint(have[i]) {
				t.Fatalf("account %d: line %s follows %d lines", i, match[2], have[i])
			}
			have[i]++
		}
	}
	sql := "select count(*), coalesce(max(n), -1) from t where text = 'line ' || n; pragma integrity_check;"
	rows, err := p.client.CallContract(t.Context(), ethereum.CallMsg{To: &k.store, Data: []byte(sql)}, nil)
	check(t, err)
	var last int
	if _, err := fmt.Sscanf(string(rows), "%d|%d\nok\n", &have[2], &last); err != nil || last != have[2]-1 {
		t.Fatalf("the table: %q, %v", rows, err)
	}
	if file := k.cat(t, p.url, k.store, "database"); !bytes.HasPrefix(file, []byte("SQLite format 3\x00")) {
		t.Errorf("the database begins with %q", file[:min(len(file), 16)])
	}
	for i := range have {
		if have[i] < told[i] || have[i] > told[i]+1 {
			t.Errorf("account %d: %d lines, and %d were acknowledged", i, have[i], told[i])
		}
	}
	return have
}
